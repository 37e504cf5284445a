"""Any record through a template: one text, or two for a preference."""

from collections.abc import Sequence
from typing import Any, Literal

from tilth.judgement import Fields, Reason
from tilth.trainers.conversation import ANSWER_TYPES, PAIR_TYPES, misshapen
from tilth.trainers.templates.placeholders import FieldTemplate
from tilth.trainers.templates.rendered import Rendered
from tilth.trainers.templates.template import SpecialTokens, Template

Shape = Literal["prompt-completion", "text", "segments"]
"""How a rendered record is written down for another trainer."""


class Renderer:
    """A template for all record types: plain texts are no conversation, and stay what they are."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self._plain = plain_text(template.special)
        self._writes_bos = False

    @property
    def warnings(self) -> list[str]:
        """What somebody who writes the texts down should know."""
        special, found = self.template.special, []
        if self._writes_bos:
            found.append(f"the texts begin with {special.bos}; a trainer that adds it would begin each twice")
        if self.template.is_dated:
            found.append("the template writes today's date, so the same records give another text tomorrow")
        return found

    def render(self, fields: Fields) -> list[Rendered] | Reason:
        """The record as text; of a preference the text with the chosen answer and the one with the rejected."""
        kind = fields.get("type")
        if kind in PAIR_TYPES:
            pair = self.template.render_pair(fields)
            return pair if isinstance(pair, Reason) else list(pair)
        if not isinstance(self.template, FieldTemplate) and kind not in ANSWER_TYPES:
            found = self._plain.render(fields) if kind == "text" else misshapen(fields) or _no_conversation(fields)
        else:
            found = self.template.render(fields)
        if isinstance(found, Reason):
            return found
        self._writes_bos |= bool(self.template.special.bos) and found.text.startswith(self.template.special.bos or "")
        return [found]

    def pieces(self, rendered: Rendered) -> list[tuple[str, bool]]:
        """Consecutive pieces of the text, and whether each is learned; with the token that ends a text left open."""
        learned, pieces, at = rendered.learned(self.template.stop), list[tuple[str, bool]](), 0
        text, eos = rendered.text, self.template.special.eos
        if rendered.ends_open and eos:
            start, end = learned[-1]
            text = text[:end] + eos
            learned[-1] = start, len(text)
        for start, end in learned:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
        return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]

    def row(self, fields: Fields, rendered: Sequence[Rendered], shape: Shape) -> dict[str, Any] | Reason:
        """The rendered record as a row, or the reason why a row of that shape would be learned otherwise."""
        sides = [self.pieces(each) for each in rendered]
        whole = ["".join(text for text, _ in pieces) for pieces in sides]
        if len(sides) > 1:
            if shape == "segments":
                return Reason("no-place", detail="segments hold one text, and a preference has two")
            if shape == "text":
                return {"chosen": whole[0], "rejected": whole[1]}
            (prompt, chosen), (_, rejected) = map(_split, sides)
            return {"prompt": prompt, "chosen": chosen, "rejected": rejected}
        if shape == "segments":
            return {"segments": [{"label": learned, "text": text} for text, learned in sides[0]]}
        if shape == "text" or fields["type"] == "text":
            return {"text": whole[0]}
        if len(rendered[0].answers) != 1:
            several = f"{len(rendered[0].answers)} answers are learned, and a completion holds one"
            return Reason("several-answers", detail=f"{several}; --shape segments holds them all")
        prompt, completion = _split(sides[0])
        return {"prompt": prompt, "completion": completion}


def plain_text(special: SpecialTokens) -> Template:
    """The template of a text that is learned as it is."""
    return FieldTemplate(["{text}"], special, "text")


def _no_conversation(fields: Fields) -> Reason:
    wanted = f"{fields['type']} records are no conversations; a text file with places for their fields can say them"
    return Reason("no-answer", detail=wanted)


def _split(pieces: Sequence[tuple[str, bool]]) -> tuple[str, str]:
    """What stands before the first learned piece, and from there to the last: layout behind it is not learned."""
    learned = [index for index, (_, is_learned) in enumerate(pieces) if is_learned]
    first, last = learned[0], learned[-1]
    return "".join(text for text, _ in pieces[:first]), "".join(text for text, _ in pieces[first : last + 1])
