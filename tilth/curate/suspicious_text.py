"""The operation `suspicious-text`: characters that nobody sees, and text that gives a model orders."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from tilth.curate.hostile.sign import Sign
from tilth.curate.hostile.suspicion import WEIGHTS, Kind, signs, suspicion
from tilth.curate.record_edits import RecordEditor
from tilth.curate.text_edits import Edit
from tilth.operation import Dataset, Fields, Judged, Options, Reason, judge

_SHOWN = 3


class SuspiciousTextOptions(Options):
    """What is suspicious, and from where on."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = tuple(WEIGHTS)
    """What is looked for."""
    minimum: Annotated[float, Field(ge=0, le=1)] = 0.4
    """Rows whose score reaches it are set aside; 0.4 lets zero-width characters between words pass, which web
    pages leave behind, and 0.5 control characters."""


@judge(SuspiciousTextOptions, suspicion="high")
def suspicious_text(data: Dataset, options: SuspiciousTextOptions) -> Iterator[Judged]:
    """Set aside rows with hidden characters, look-alike letters, control strings of chat templates, or injected orders.

    The score runs from 0 to 1, larger is more suspicious; the code of the reason is the worst kind of sign, and its
    detail names code points and places. Every text of the content is read, the arguments of tool calls too. A text
    about injections quotes them and is found as well: look at what is set aside, `tilth restore` brings it back.
    """
    found: Counter[str] = Counter()
    reader = _Reader(options.kinds)
    for batch in data.batches():
        reasons = [_reason(reader.read(record), options.minimum) for record in batch.records]
        found.update(reason.code for reason in reasons if reason is not None)
        yield Judged(batch, reasons, facts={"weights": WEIGHTS, "rows_by_worst_sign": dict(sorted(found.items()))})


class _Placed(NamedTuple):
    sign: Sign
    field: str

    def __str__(self) -> str:
        return f"{self.sign.kind} in {self.field} at {self.sign.start}-{self.sign.end}: {self.sign.detail}"


class _Reader:
    """Collects the signs in the texts of a record."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._found: list[_Placed] = []
        self._walk = RecordEditor(self._look, deep=True)

    def read(self, record: Fields) -> list[_Placed]:
        self._found = []
        self._walk.edited({name: value for name, value in record.items() if name not in ("meta", "extra")})
        return self._found

    def _look(self, text: str, place: str) -> Sequence[Sequence[Edit]]:
        self._found += [_Placed(sign, place) for sign in signs(text, self._kinds)]
        return ()


def _reason(found: Sequence[_Placed], minimum: float) -> Reason | None:
    kinds = {placed.sign.kind for placed in found}
    score = round(suspicion(kinds), 4)
    if not found or score < minimum:
        return None
    order = {kind: rank for rank, kind in enumerate(WEIGHTS)}
    ranked = sorted(found, key=lambda placed: order[_known(placed.sign.kind)])
    more = len(ranked) - _SHOWN
    detail = "; ".join(map(str, ranked[:_SHOWN])) + (f"; and {more} more" if more > 0 else "")
    return Reason(ranked[0].sign.kind, None, score, detail)


def _known(kind: str) -> Kind:
    return next(known for known in WEIGHTS if known == kind)
