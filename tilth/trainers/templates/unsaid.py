"""What a chat template leaves out of a conversation without a word, as many do with tools and system messages."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tilth.judgement import Reason
from tilth.trainers.conversation import Conversation
from tilth.trainers.templates.rendered import Rendered


def unsaid(conversation: Conversation, rendered: Rendered, stop: str | None) -> Reason | None:
    """The reason to refuse a conversation of which something is not in the text that was made of it.

    A model would learn an answer to something that it was not given, or a call that it does not make.
    """
    spans = dict(zip(conversation.answers, rendered.answers, strict=True))
    for number, message in enumerate(conversation.messages):
        start, end = spans.get(number, (0, len(rendered.text)))
        text = rendered.text[start:end]
        for name in _names(message.get("tool_calls")):
            if name not in text:
                return _reason(f"the call of {name} in message {number + 1}")
        role, content = message["role"], message.get("content")
        # What a tool says may be written as JSON, and of an assistant's earlier turns the reasoning left out.
        if role in ("system", "developer", "user") and isinstance(content, str) and content.strip() not in text:
            return _reason(f"what the {role} says in message {number + 1}")
        if number in spans and not text.replace(stop or "", "").strip():
            return Reason("no-answer", detail="the template renders an answer without any text to learn")
    for name in _names(conversation.tools):
        if name not in rendered.text:
            return _reason(f"the tool {name}")
    return None


def _names(tools: Any) -> Iterator[str]:
    """Names of functions, in tools or in calls of them, however they are nested."""
    for tool in tools if isinstance(tools, Iterable) and not isinstance(tools, str) else ():
        inner = tool.get("function", tool) if isinstance(tool, Mapping) else None
        name = inner.get("name") if isinstance(inner, Mapping) else None
        if isinstance(name, str):
            yield name


def _reason(what: str) -> Reason:
    return Reason("no-place", detail=f"the template leaves out {what}")
