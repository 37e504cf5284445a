"""A template and a tokenizer that belong together: what turns records into tokens, for training and for a look."""

import re
from collections.abc import Sequence
from typing import Any

from tilth.errors import UsageError
from tilth.trainers.conversation import Message
from tilth.trainers.templates import ChatTemplate, SpecialTokens, Template
from tilth.trainers.tokenizer import Tokenizer

_LIKE_A_TOKEN = re.compile(r"<\|?[\w/-]+\|?>")


class Encoder:
    """A template, a tokenizer, and the tokens at which an answer ends."""

    def __init__(self, template: Template, tokenizer: Tokenizer) -> None:
        """Raises `UsageError` when neither of them says where an answer ends."""
        self.template, self.tokenizer = template, tokenizer
        self.stop_id = tokenizer.id_of(template.stop)
        """The token that the template writes behind an answer; None when it writes none."""
        if self.stop_id is None and tokenizer.eos_id is None:
            raise UsageError(
                "neither the chat template nor the tokenizer says where an answer ends", where=template.name
            )

    @property
    def warnings(self) -> list[str]:
        """What somebody should know before a model is trained on such tokens."""
        written = {token for text in self.template.control_strings for token in _LIKE_A_TOKEN.findall(text)}
        unknown = sorted(token for token in written if self.tokenizer.id_of(token) is None)
        found = [f"to this tokenizer {token} is no token but plain text, in several pieces" for token in unknown]
        if self.template.is_dated:
            found.append("the template writes today's date, so the same records give other tokens tomorrow")
        return found

    @property
    def stop_ids(self) -> list[int]:
        """Every token at which generation ends."""
        return sorted({token for token in (self.stop_id, self.tokenizer.eos_id) if token is not None})


class ChatEncoder(Encoder):
    """An encoder whose template is a chat template, as that of every model which is trained here."""

    def __init__(self, template: ChatTemplate, tokenizer: Tokenizer) -> None:
        super().__init__(template, tokenizer)
        self.template: ChatTemplate = template

    def prompt_ids(self, messages: Sequence[Message], tools: Any = None) -> list[int]:
        """The tokens that a model is given when it is asked for the next answer."""
        return self.tokenizer.ids(self.template.prompt(messages, tools))


def encoder_of(tokenizer: Any, where: str) -> ChatEncoder:
    """The encoder of a tokenizer that `transformers` loaded; its chat template is corrected where it must be.

    Raises `UsageError` when the tokenizer has no chat template, or one that no answer can be learned with.
    """
    found = tokenizer.chat_template
    source = found.get("default") if isinstance(found, dict) else found
    if not source:
        raise UsageError("the model's tokenizer has no chat template", where=where, fix="--chat-template FILE.jinja")
    bos = tokenizer.bos_token
    strings = sorted(token.content for token in tokenizer.added_tokens_decoder.values() if token.special)
    adds_bos = bool(bos) and list(tokenizer("a")["input_ids"])[:1] == [tokenizer.bos_token_id]
    special = SpecialTokens(
        bos, tokenizer.eos_token, tuple(strings), dict(tokenizer.special_tokens_map), adds_bos=adds_bos
    )
    template = ChatTemplate(source, special, where)
    tokenizer.chat_template = template.source
    return ChatEncoder(template, Tokenizer(tokenizer.backend_tokenizer, special))
