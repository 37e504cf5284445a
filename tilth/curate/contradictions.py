"""The operation `contradictions`: rows that answer the same input in another way than a row that stays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from tilth.operation import Dataset, Judged, Options, Origin, Reason, judge

if TYPE_CHECKING:
    from tilth.curate.contradictory.exchanges import Exchanges
    from tilth.curate.contradictory.search import Found

_NAMED_CHARACTERS = 60


class ContradictionsOptions(Options):
    """When two inputs are the same, and when two answers to them are not."""

    input: str = "prompt"
    """What is answered: `prompt` (for question answering the question and its context), or a field."""
    answer: str = "answer"
    """What is said to it: `answer`, or a field. Of preferences, which of the two answers is the chosen one."""
    answers: Literal["auto", "label", "text"] = "auto"
    """How answers are compared. `label`: any other text is another answer. `text`: by their words, so that the same
    in other words is no contradiction. `auto`: as labels in classification, as texts elsewhere."""
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Jaccard similarity from which on two inputs are nearly the same. For answers that are texts, inputs must also
    ask about the same: word for word but for a letter in long words. Case, signs, articles and courtesies such as
    `could you please` never count there."""
    unit: Literal["word", "char"] = "word"
    """What a shingle of an input is made of. `char` suits scripts that put no blanks between words."""
    size: Annotated[int, Field(ge=1, le=50)] = 3
    """Consecutive words or characters in a shingle."""
    agreement: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of the shorter text's words, less those of the input, that the longer one has when both say the same.
    Numbers or a negation that differ make a contradiction all the same."""
    most_words: Annotated[int, Field(ge=1)] = 20
    """Answers that are texts of more words are not compared and are counted: two essays on one question may differ
    in every word and both be right."""


@judge(ContradictionsOptions, suspicion="high")
def contradictions(data: Dataset, options: ContradictionsOptions) -> Iterator[Judged]:
    """Set aside rows that say something else to an input than a row that stays.

    Inputs are the same, but for case, blanks and courtesies, or nearly. Answers are visited from the one that most
    rows give to the one that fewest give, ties in file order, and one goes if and only if it contradicts one that
    stays; the reason names that row. The score is the similarity of the inputs times how different the answers are,
    from 0 to 1. A preference contradicts one that chose what it rejected over what it chose. An input that asks for
    something to be made up has many right answers, and its rows stay: English requests like `write a poem` are known
    by their words, any other by four texts for answers or more, none of which comes twice. Distinct texts are held in
    memory.
    """
    from tilth.curate.contradictory.exchanges import gather
    from tilth.curate.contradictory.search import find_contradictions

    exchanges = gather(data, options)
    found = find_contradictions(exchanges, options)
    witnesses = _named(data, {one.witness for one in found.values()})
    facts = {
        "inputs": len(exchanges.inputs),
        "inputs_contradicted": len({exchanges.input_of[row] for row in found}),
        "rows_without_answer": exchanges.answers.count(None) - exchanges.too_long - exchanges.open_ended,
        "rows_too_long": exchanges.too_long,
        "rows_open_ended": exchanges.open_ended,
    }
    row = 0
    for batch in data.batches():
        held = range(row, row + len(batch))
        reasons = [_reason(one, found[one], exchanges, witnesses) if one in found else None for one in held]
        row += len(batch)
        yield Judged(batch, reasons, facts=facts)


def _named(data: Dataset, rows: set[int]) -> dict[int, tuple[str, Origin]]:
    """Identity and place of some rows."""
    named: dict[int, tuple[str, Origin]] = {}
    low = 0
    for batch in data.batches() if rows else ():
        some = [place for place in range(len(batch)) if low + place in rows]
        chosen = batch.take(some)
        named.update(
            (low + place, known)
            for place, known in zip(some, zip(chosen.ids, chosen.origins, strict=True), strict=True)
        )
        low += len(batch)
    return named


def _reason(row: int, found: "Found", exchanges: "Exchanges", named: dict[int, tuple[str, Origin]]) -> Reason:
    against, origin = named[found.witness]
    own, other = (_said(exchanges, one) for one in (row, found.witness))
    same = "same input as" if found.likeness == 1 else f"input {found.likeness:.3f} like"
    detail = f"{same} {origin}: {own} here, {other} there"
    return Reason("contradiction", against, found.likeness * found.difference, detail)


def _said(exchanges: "Exchanges", row: int) -> str:
    answer = exchanges.answers[row]
    said = "no answer" if answer is None or not answer.said else answer.said[0]
    return repr(said if len(said) <= _NAMED_CHARACTERS else f"{said[:_NAMED_CHARACTERS]}...")
