"""A tokenizer's chat template, asked only what can be checked: prompts, stop token, control strings, answer spans."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from tilth.errors import UsageError
from tilth.judgement import Reason
from tilth.trainers.conversation import Conversation, Message

# Letters only, so that no template changes them and no tokenizer knows them.
_SYSTEM, _FIRST, _ANSWER, _SECOND = "tilthprobesystem", "tilthprobefirst", "tilthprobeanswer", "tilthprobesecond"


class TemplateRefusalError(Exception):
    """The template cannot render these messages; the text says why, in the template's own words."""


class ChatTemplate:
    """What a model sees and where it stops, according to the tokenizer that travels with it."""

    def __init__(self, tokenizer: Any, where: str) -> None:
        """Raises `UsageError` when the tokenizer has no chat template, or one that no answer can be learned with."""
        self.tokenizer, self.where = tokenizer, where
        if not tokenizer.chat_template:
            raise UsageError(
                "the model's tokenizer has no chat template", where=where, fix="--chat-template FILE.jinja"
            )
        self.special_strings = tuple(
            sorted(token.content for token in tokenizer.added_tokens_decoder.values() if token.special)
        )
        self._probe = self._rendered_probe()
        if self._lacks_bos():
            # Other programs tokenise rendered text with or without a first token in front, which ends in two or in
            # none. Written by the template, which is saved with the model, it is there exactly once.
            tokenizer.chat_template = "{{- bos_token -}}\n" + tokenizer.chat_template
            self._probe = self._rendered_probe()
        self.control_strings = (*self.special_strings, *self._role_markers())
        self.stop_id = self._stop_id()
        self.marks_answers = "endgeneration" in tokenizer.chat_template

    @property
    def hash(self) -> str:
        """sha256 of the template's text: saved with a model, so that another template can be noticed."""
        return sha256(self.tokenizer.chat_template.encode()).hexdigest()

    @property
    def stop_ids(self) -> list[int]:
        """Every token at which generation ends."""
        return sorted({token for token in (self.stop_id, self.tokenizer.eos_token_id) if token is not None})

    def render(self, messages: Sequence[Message], tools: Any = None, *, prompt: bool = False) -> str:
        """The messages as text; with `prompt` up to where the next answer begins. Raises `TemplateRefusalError`."""
        from jinja2 import TemplateError

        try:
            text = self.tokenizer.apply_chat_template(
                list(messages), tools=tools, tokenize=False, add_generation_prompt=prompt
            )
        except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as failure:
            # The first is what a template says; the others are what it trips over in a message of another shape.
            raise TemplateRefusalError(str(failure)) from failure
        return str(text)

    def tokens(self, text: str) -> list[int]:
        """Token ids of rendered text. The template writes all special tokens, so the tokenizer must add none."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def prompt_ids(self, messages: Sequence[Message], tools: Any = None) -> list[int]:
        """The tokens that a model is given when it is asked for the next answer."""
        return self.tokens(self.render(messages, tools, prompt=True))

    def answer_mask(self, conversation: Conversation) -> list[int] | None:
        """1 for every token inside the template's `{% generation %}` marks; None when it has no such marks."""
        if not self.marks_answers:
            return None
        marked = self.tokenizer.apply_chat_template(
            conversation.messages, tools=conversation.tools, return_dict=True, return_assistant_tokens_mask=True
        )
        return list(marked["assistant_masks"])

    def forged_control(self, conversation: Conversation) -> Reason | None:
        """The reason to refuse a conversation whose texts hold one of the template's control strings.

        Such a text would be read as a role, a turn end or padding: the model would learn a conversation that
        nobody wrote.
        """
        for number, message in enumerate(conversation.messages, 1):
            for text in _strings({name: value for name, value in message.items() if name != "role"}):
                for control in self.control_strings:
                    if control in text:
                        return Reason("control-string", detail=f"message {number} holds the control string {control!r}")
        return None

    def _rendered_probe(self) -> str:
        turns = [{"role": "user", "content": _FIRST}, {"role": "assistant", "content": _ANSWER}]
        turns.append({"role": "user", "content": _SECOND})
        try:
            return self.render([{"role": "system", "content": _SYSTEM}, *turns], prompt=True)
        except TemplateRefusalError:
            pass  # some templates know no system message
        try:
            return self.render(turns, prompt=True)
        except TemplateRefusalError as refusal:
            raise UsageError(
                f"the chat template cannot render a question and an answer: {refusal}", where=self.where
            ) from refusal

    def _lacks_bos(self) -> bool:
        """Whether the tokenizer would begin plain text with a token that the template does not write."""
        bos, bos_id = self.tokenizer.bos_token, self.tokenizer.bos_token_id
        return bool(bos) and list(self.tokenizer("a")["input_ids"])[:1] == [bos_id] and bos not in self._probe

    def _role_markers(self) -> list[str]:
        """The literal text right before and right after a message: what marks a role when it is not a special token."""
        pieces: set[str] = set()
        between = self._probe
        for sentinel in (_SYSTEM, _FIRST, _ANSWER, _SECOND):
            before, found, rest = between.partition(sentinel)
            if found:
                pieces.update(self._edges(before))
                between = rest
        pieces.update(self._edges(between))
        # A bare word such as `user` marks nothing; a marker has a sign in it, as in `### Response:` or `[/INST]`.
        return sorted(piece for piece in pieces if len(piece) > 1 and not piece.replace(" ", "").isalnum())

    def _edges(self, literal: str) -> Iterator[str]:
        lines = [line for line in literal.splitlines() if line.strip()]
        for line in lines[:1] + lines[-1:]:
            for special in self.special_strings:
                line = line.replace(special, "\n")
            yield from (piece.strip() for piece in line.splitlines() if piece.strip())

    def _stop_id(self) -> int | None:
        """The special token that the template writes right after an answer; None when it writes none."""
        _, found, tail = self._probe.partition(_ANSWER)
        if not found:
            raise UsageError("the chat template does not render answers", where=self.where)
        special_ids = {id for id, token in self.tokenizer.added_tokens_decoder.items() if token.special}
        closing = [token for token in self.tokens(tail.partition(_SECOND)[0]) if self.tokenizer.decode([token]).strip()]
        if closing and closing[0] in special_ids and closing[0] != self.tokenizer.bos_token_id:
            return closing[0]
        if self.tokenizer.eos_token_id is None:
            raise UsageError("neither the chat template nor the tokenizer says where an answer ends", where=self.where)
        return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
