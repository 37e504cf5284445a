"""A Jinja chat template, asked only what can be checked: prompts, the end of an answer, control strings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tilth.errors import UsageError
from tilth.judgement import Fields, Reason
from tilth.trainers.conversation import Conversation, Message, answers_of, pair_of
from tilth.trainers.templates.rendered import Rendered
from tilth.trainers.templates.sandbox import Sandbox, TemplateRefusalError, TemplateStoppedError
from tilth.trainers.templates.template import SpecialTokens, Template, markers
from tilth.trainers.templates.unsaid import unsaid

# Letters only, so that no template changes them and no tokenizer knows them.
_SYSTEM, _FIRST, _ANSWER, _SECOND = "tilthprobesystem", "tilthprobefirst", "tilthprobeanswer", "tilthprobesecond"


class ChatTemplate(Template):
    """What a model sees, and where it stops."""

    def __init__(self, source: str, special: SpecialTokens, where: str) -> None:
        """Raises `UsageError` for a template with which no answer can be learned. `where` is its name."""
        self.special, self.name, self.source = special, where, source
        self._sandbox = Sandbox(source, special.values)
        self._probe = self._rendered_probe()
        if special.adds_bos and special.bos and special.bos not in self._probe:
            # Other programs tokenise rendered text with or without a first token in front, which ends in two or in
            # none. Written by the template, which is saved with the model, it is there exactly once.
            self.source = "{{- bos_token -}}\n" + source
            self._sandbox = Sandbox(self.source, special.values)
            self._probe = self._rendered_probe()
        self.control_strings = (*special.strings, *markers(self._literals(), special.strings))
        self.stop = self._stop()
        self.marks_answers = "endgeneration" in self.source
        self.is_dated = "strftime_now" in self.source

    def prompt(self, messages: Sequence[Message], tools: Any = None) -> str:
        """The text that a model is given when it is asked for the next answer. Raises `TemplateRefusalError`."""
        return str(self._sandbox.ask(messages=list(messages), tools=tools, prompt=True)["text"])

    def render(self, fields: Fields) -> Rendered | Reason:
        """An instruction, chat or QA record as text."""
        conversation = answers_of(fields)
        return conversation if isinstance(conversation, Reason) else self.render_conversation(conversation)

    def render_pair(self, fields: Fields) -> tuple[Rendered, Rendered] | Reason:
        """A preference as two texts."""
        sides = pair_of(fields)
        if isinstance(sides, Reason):
            return sides
        chosen, rejected = map(self.render_conversation, sides)
        if isinstance(chosen, Reason):
            return Reason(chosen.code, detail=f"chosen: {chosen.detail}")
        if isinstance(rejected, Reason):
            return Reason(rejected.code, detail=f"rejected: {rejected.detail}")
        return chosen, rejected

    def render_conversation(self, conversation: Conversation) -> Rendered | Reason:
        """A conversation as text, or the reason why it cannot be learned from."""
        if forged := self.forged(_texts(conversation)):
            return forged
        answers = conversation.answers
        try:
            found = self._sandbox.ask(messages=conversation.messages, tools=conversation.tools, answers=answers)
        except TemplateRefusalError as refusal:
            return Reason("template-refuses", detail=f"the chat template cannot render it: {refusal}")
        if "unstable" in found:
            detail = f"the template writes what precedes message {found['unstable'] + 1} in two ways"
            return Reason("unstable-template", detail=detail)
        rendered = Rendered(
            found["text"],
            tuple((start, end) for start, end in found["answers"]),
            tuple((start, end) for start, end in found["marks"]) if self.marks_answers else None,
            ends_open=self.stop is None and answers[-1] == len(conversation.messages) - 1,
        )
        return unsaid(conversation, rendered, self.stop) or rendered

    def _rendered_probe(self) -> str:
        turns = [{"role": "user", "content": _FIRST}, {"role": "assistant", "content": _ANSWER}]
        turns.append({"role": "user", "content": _SECOND})
        try:
            return self.prompt([{"role": "system", "content": _SYSTEM}, *turns])
        except TemplateStoppedError as stop:
            raise UsageError(f"the chat template cannot be used: {stop}", where=self.name) from stop
        except TemplateRefusalError:
            pass  # some templates know no system message
        try:
            return self.prompt(turns)
        except TemplateRefusalError as refusal:
            wants_token = "_token' is undefined" in str(refusal)
            raise UsageError(
                f"the chat template cannot render a question and an answer: {refusal}",
                where=self.name,
                fix="--tokenizer FOLDER, whose tokens it names" if wants_token else "",
            ) from refusal

    def _literals(self) -> Iterator[str]:
        """The text right before and right after each message of the probe."""
        between = self._probe
        for sentinel in (_SYSTEM, _FIRST, _ANSWER, _SECOND):
            before, found, rest = between.partition(sentinel)
            if found:
                yield before
                between = rest
        yield between

    def _stop(self) -> str | None:
        """The special token that the template writes right after an answer; None when it writes none."""
        _, found, tail = self._probe.partition(_ANSWER)
        if not found:
            raise UsageError("the chat template does not render answers", where=self.name)
        closing = tail.partition(_SECOND)[0].lstrip()
        first = max((token for token in self.special.strings if closing.startswith(token)), key=len, default=None)
        return None if first == self.special.bos else first


def _texts(conversation: Conversation) -> Iterator[tuple[str, str]]:
    for number, message in enumerate(conversation.messages, 1):
        for text in _strings({name: value for name, value in message.items() if name != "role"}):
            yield f"message {number}", text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
