"""Prompt templates: Jinja files, JSON with a template in it, and plain text with places such as {instruction}."""

import re

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.chat_templates import tell_template
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_JINJA = Kind(
    "jinja-template", "a template that lays out messages or fields as one text", "named .jinja, .jinja2 or .j2"
)
_JSON = Kind(
    "prompt-template", "a prompt with places for the fields of a record", "JSON or text with {instruction} or its kin"
)

_MOST_TEXT = 256 * 1024
_PLACES = re.compile(r"\{\{?\s*([A-Za-z_][\w.]{0,40})\s*\}?\}")
_FIELDS = ("instruction", "input", "question", "prompt", "context", "query", "messages", "answer", "output", "response",
           "system", "text", "document", "user_prompt")  # fmt: skip
_TEMPLATE_KEYS = ("chat_template", "prompt_template", "prompt_input", "prompt_no_input", "response_split", "template")
_MOST_KEYS = 40
_SUFFIXES = (".jinja", ".jinja2", ".j2")


class PromptTemplates:
    """Recognises templates of prompts and chats."""

    kinds = (_JINJA, _JSON)

    def match(self, probe: Probe) -> Artifact | None:
        """A Jinja suffix, a JSON object with a template, a short text with places."""
        if probe.suffix in _SUFFIXES and b"\x00" not in probe.head:
            return _jinja(probe)
        if probe.suffix == ".json" and any(key in probe.keys for key in _TEMPLATE_KEYS):
            return probe.described(_JSON, _tell_json)
        if probe.suffix in (".txt", ".md", ".prompt", ".tmpl") and probe.size <= _MOST_TEXT:
            places = _places(probe.text(_MOST_TEXT))
            if set(places) & set(_FIELDS):
                artifact = _JSON.found()
                artifact.tell("places", places)
                return artifact
        return None


def _jinja(probe: Probe) -> Artifact:
    source = probe.text(_MOST_TEXT)
    artifact = _JINJA.found()
    artifact.tell("lines", source.count("\n") + 1)
    if re.search(r"\bmessages?\b", source):
        tell_template(artifact, source)
    else:
        artifact.tell("places", _places(source))
        scratch = _JINJA.found()
        tell_template(scratch, source)
        artifact.unsafe += scratch.unsafe
    if source.count("{%") != source.count("%}"):
        artifact.broken.append("a {% without its %}, or the other way round")
    return artifact


def _tell_json(artifact: Artifact, content: Document) -> None:
    texts = {key: text for key in list(content)[:_MOST_KEYS] if (text := content.text(key))}
    if "chat_template" in texts:
        tell_template(artifact, texts["chat_template"])
        return
    artifact.tell("about", texts.get("description", "")[:200])
    artifact.tell("templates", [key for key, text in texts.items() if _places(text)])
    artifact.tell("places", list(dict.fromkeys(place for text in texts.values() for place in _places(text))))
    artifact.tell("answer_after", texts.get("response_split", ""))


def _places(source: str) -> list[str]:
    return list(dict.fromkeys(_PLACES.findall(source)))[:50]
