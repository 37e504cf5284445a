"""The operation `fit-score`: weights of the quality score from what people decided."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tilth.curate.features import feature_names, features
from tilth.errors import MissingExtraError, UsageError
from tilth.formats import Dataset as RecordSet
from tilth.operation import Batch, Dataset, Fields, Judged, Options, build
from tilth.review.event import RecordKey
from tilth.review.event_lines import read_events
from tilth.review.fit_page import fit_page
from tilth.review.standing import Standing, Standings
from tilth.schemas import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS_FILE, PAGE_FILE = "weights.json", "calibration.md"
_GOOD = frozenset({"true", "1", "yes", "good", "accept", "accepted", "keep", "chosen", "pass"})
_BAD = frozenset({"false", "0", "no", "bad", "reject", "rejected", "drop", "fail"})


class FitScoreOptions(Options):
    """Where the verdicts are."""

    journal: Path | None = None
    """Decisions of a review (FILE.review.sqlite, or its events as .jsonl): accepted is good, rejected is bad, and what
    was edited is bad as it was and good as it became."""
    by: str = ""
    """A field that says it: true, yes, good, accept, 1; or false, no, bad, reject, 0. Other rows say nothing."""
    together: str = "prompt"
    """Rows that share this are never on both sides of a fold: versions of one answer would give each other away."""
    seed: int = 0
    """Deals the folds."""


class Example(NamedTuple):
    """A record, the verdict on it, and what it must not be parted from."""

    record: Fields
    good: bool
    group: str


@build(FitScoreOptions)
def fit_score(data: Dataset, options: FitScoreOptions, folder: Path) -> Iterator[Judged]:
    """Fit the weights of the quality score to people's decisions, and show how well it is calibrated.

    Decisions come from a review journal or a field; without either, preference records give their chosen answer as
    good and the rejected one as bad. Writes `weights.json` (for `tilth score --weights`) and, for people,
    `calibration.md`. All that is said about the fit is measured out of fold: area under the curve, Brier score,
    reliability table.
    """
    if find_spec("sklearn") is None:
        raise MissingExtraError("fitting a score", "quality")
    if options.journal is not None and options.by:
        raise UsageError("a journal and a field are named, and verdicts come from one of them", fix="--journal FILE")
    import numpy as np

    from tilth.curate.fitting import fit_weights

    names = feature_names()
    values: list[NDArray[np.float64]] = []
    good: list[bool] = []
    groups: list[str] = []
    verdicts = _Verdicts(options)
    for batch in data.batches():
        examples = list(verdicts.of(batch))
        if examples:
            records = RecordSet.of(example.record for example in examples)
            values.extend(features(part, names) for part in records.batches())
            good.extend(example.good for example in examples)
            groups.extend(example.group for example in examples)
    measured = np.concatenate(values) if values else np.empty((0, len(names)))
    weights = fit_weights(measured, np.array(good, bool), groups, names, options.seed)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(weights.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (folder / WEIGHTS_FILE).write_text(text + "\n", encoding="utf-8")
    (folder / PAGE_FILE).write_text(fit_page(weights), encoding="utf-8")
    facts = {**weights.fitted, "weights": {term.feature: term.weight for term in weights.terms}}
    for batch in data.batches():
        yield Judged(batch, [None] * len(batch), facts=facts)


class _Verdicts:
    """What people said about rows, wherever they said it."""

    def __init__(self, options: FitScoreOptions) -> None:
        self._options = options
        self._standings = Standings(read_events(options.journal)) if options.journal is not None else None
        self._copies: dict[str, int] = {}

    def of(self, batch: Batch) -> Iterator[Example]:
        """The examples that a batch gives."""
        together = batch.column(self._options.together).to_pylist()
        groups = [name if name is not None else id for name, id in zip(together, batch.ids, strict=True)]
        if self._standings is not None:
            for record, id, group in zip(batch.records, batch.ids, groups, strict=True):
                yield from _decided(record, self._standing(id, self._standings), group)
        elif self._options.by:
            said = batch.column(self._options.by).to_pylist()
            for record, word, group in zip(batch.records, said, groups, strict=True):
                folded = (word or "").strip().lower()
                if folded in _GOOD | _BAD:
                    yield Example(record, folded in _GOOD, group)
        else:
            for record, group in zip(batch.records, groups, strict=True):
                if record.get("type") == "preference":
                    yield from _compared(record, group)

    def _standing(self, id: str, standings: Standings) -> list[Standing]:
        key = RecordKey(id, self._copies.get(id, 0))
        self._copies[id] = key.occurrence + 1
        return [how for how in standings.all_of(key).values() if how.is_decided] if key in standings else []


def _decided(record: Fields, left: list[Standing], group: str) -> Iterator[Example]:
    """Nothing where people differ: nobody is overruled."""
    if not left or len({how.status for how in left}) > 1:
        return
    last = left[-1]
    if last.edit is not None and last.is_edited:
        yield Example(record, False, group)
        yield Example({**last.edit, "meta": {}}, True, group)
    else:
        yield Example(record, last.status == "accepted", group)


def _compared(record: Fields, group: str) -> Iterator[Example]:
    for side, good in (("chosen", True), ("rejected", False)):
        prompt, answer, _ = parts({**record, "chosen": record.get(side)})
        answered: Fields = {"type": "instruction", "instruction": prompt or "", "output": answer or ""}
        yield Example(answered, good, group)
