"""What a template is: a way to write records as text, that says what in it is an answer."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tilth.judgement import Fields, Reason
from tilth.trainers.templates.rendered import Rendered


@dataclass(frozen=True)
class SpecialTokens:
    """The tokens of a tokenizer that are no text, as far as a template needs them."""

    bos: str | None = None
    """Written once, where a sequence begins."""
    eos: str | None = None
    """Written where a sequence ends."""
    strings: tuple[str, ...] = ()
    """All of them, as they are spelt. In the text of a record they would be read as what they are not."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What a Jinja template sees under their names, such as `bos_token`."""
    adds_bos: bool = False
    """Whether the tokenizer begins plain text with the first token by itself."""


class Template(ABC):
    """A way to write records as text."""

    name: str
    """As the user named it."""
    source: str
    """Its text."""
    special: SpecialTokens
    stop: str | None
    """The text that ends an answer; None when the template closes none."""
    is_dated: bool = False
    """Whether it writes today's date."""
    control_strings: tuple[str, ...]
    """What must not stand in a record's own text: there it would be read as a role or as a turn's end."""

    @property
    def hash(self) -> str:
        """sha256 of the template's text: saved with what was made, so that another template can be noticed."""
        return sha256(self.source.encode()).hexdigest()

    @abstractmethod
    def render(self, fields: Fields) -> Rendered | Reason:
        """A record with answers to learn as text, or the reason why it cannot be written so."""

    @abstractmethod
    def render_pair(self, fields: Fields) -> tuple[Rendered, Rendered] | Reason:
        """A preference as two texts, with the chosen and with the rejected answer."""

    def forged(self, texts: Iterable[tuple[str, str]]) -> Reason | None:
        """The reason to refuse a record when one of its texts, each with its place, holds a control string.

        Such a text would be read as a role, a turn end or padding: the model would learn a conversation that
        nobody wrote.
        """
        for place, text in texts:
            for control in self.control_strings:
                if control in text:
                    return Reason("control-string", detail=f"{place} holds the control string {control!r}")
        return None


def markers(literals: Iterable[str], special: Sequence[str]) -> list[str]:
    """What marks a role in the text between messages when it is no special token: its first and its last line."""
    pieces = {piece for literal in literals for piece in _edges(literal, special)}
    # A bare word such as `user` marks nothing; a marker has a sign in it, as in `### Response:` or `[/INST]`.
    return sorted(piece for piece in pieces if len(piece) > 1 and not piece.replace(" ", "").isalnum())


def _edges(literal: str, special: Sequence[str]) -> Iterator[str]:
    lines = [line for line in literal.splitlines() if line.strip()]
    for line in lines[:1] + lines[-1:]:
        for token in special:
            line = line.replace(token, "\n")
        yield from (piece.strip() for piece in line.splitlines() if piece.strip())
