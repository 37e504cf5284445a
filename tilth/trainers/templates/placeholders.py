"""A template of plain text with places for fields: `### Question:\n{question}\n\n### Answer:\n{answer}`."""

import re
from collections.abc import Iterator, Sequence

from tilth.judgement import Fields, Reason
from tilth.trainers.conversation import misshapen
from tilth.trainers.templates.field_values import ANSWER_NAMES, Value, values_of
from tilth.trainers.templates.rendered import Rendered
from tilth.trainers.templates.template import SpecialTokens, Template, markers

# `{name}` is a place, `{{name}}` writes the braces; every other brace is what it is, as in a template about JSON.
_PLACE = re.compile(r"\{\{([\w.-]+)\}\}|\{([A-Za-z_][\w.-]*)\}")


class FieldTemplate(Template):
    """Plain text in one variant or several: the first in which no place stays empty is used, else the last.

    What is learned begins at the first place for an answer (`{output}`, `{answer}`, `{label}`, ...) and goes to the
    end of the text.
    """

    def __init__(self, variants: Sequence[str], special: SpecialTokens, where: str) -> None:
        """`where` is the template's name."""
        self.name, self.special, self.source = where, special, "\n\n".join(variants)
        self._variants = [_Variant(text) for text in variants]
        self.control_strings = (*special.strings, *markers(self._literals(), special.strings))
        self.stop = self._stop()

    def render(self, fields: Fields) -> Rendered | Reason:
        """A record of any type but a preference as text."""
        if (wrong := misshapen(fields)) is not None:
            return wrong
        values = values_of(fields)
        return values if isinstance(values, Reason) else self._filled(fields, values)

    def render_pair(self, fields: Fields) -> tuple[Rendered, Rendered] | Reason:
        """A preference as two texts."""
        if (wrong := misshapen(fields)) is not None:
            return wrong
        sides = []
        for side in ("chosen", "rejected"):
            values = values_of(fields, side)
            found = values if isinstance(values, Reason) else self._filled(fields, values)
            if isinstance(found, Reason):
                return Reason(found.code, detail=f"{side}: {found.detail}")
            sides.append(found)
        return sides[0], sides[1]

    def _filled(self, fields: Fields, values: dict[str, Value]) -> Rendered | Reason:
        variant = next((each for each in self._variants if each.is_full(values)), self._variants[-1])
        unknown = [name for name in variant.names if name not in values]
        if unknown:
            return Reason("missing", detail=f"the record has no field {unknown[0]}, which the template has a place for")
        if forged := self.forged((name, values[name].text) for name in variant.names):
            return forged
        written = frozenset[str]().union(*(values[name].covers for name in variant.names))
        left = sorted(frozenset[str]().union(*(value.covers for value in values.values() if value.text)) - written)
        if left:
            return Reason("no-place", detail=f"the template has no place for {', '.join(left)}")
        text, answer_at = variant.filled(values)
        if answer_at is not None and not any(
            values[name].text.strip() for name in variant.names if name in ANSWER_NAMES
        ):
            return Reason("no-answer", detail="the record holds no answer to learn")
        if fields["type"] == "text":
            answer_at = 0  # continued pre-training: all of it
        begin = self.special.bos if self.special.adds_bos and self.special.bos else ""
        begin = "" if text.startswith(begin) else begin
        start = None if answer_at is None else len(begin) + answer_at
        text = begin + text
        return Rendered(
            text, () if start is None else ((start, len(text)),), ends_open=self.stop is None and start is not None
        )

    def _literals(self) -> Iterator[str]:
        for variant in self._variants:
            yield from variant.literals

    def _stop(self) -> str | None:
        """The special token that the template writes right after the answer; None when it writes none."""
        closing = self._variants[-1].literals[-1].lstrip()
        return max((token for token in self.special.strings if closing.startswith(token)), key=len, default=None)


class _Variant:
    """One text with places: literals, with a name between each two."""

    def __init__(self, text: str) -> None:
        self.names: list[str] = []
        self.literals = [""]
        end = 0
        for found in _PLACE.finditer(text):
            self.literals[-1] += text[end : found.start()]
            end = found.end()
            if found[2] is None:
                self.literals[-1] += "{" + found[1] + "}"
            else:
                self.names.append(found[2])
                self.literals.append("")
        self.literals[-1] += text[end:]

    def is_full(self, values: dict[str, Value]) -> bool:
        return all(name in values and values[name].text for name in self.names)

    def filled(self, values: dict[str, Value]) -> tuple[str, int | None]:
        """The text, and where in it the first answer begins."""
        pieces, length, answer_at = [self.literals[0]], len(self.literals[0]), None
        for name, literal in zip(self.names, self.literals[1:], strict=True):
            if answer_at is None and name in ANSWER_NAMES:
                answer_at = length
            pieces += [values[name].text, literal]
            length += len(values[name].text) + len(literal)
        return "".join(pieces), answer_at
