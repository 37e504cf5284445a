"""From rows to verdicts: columns are gathered, repeats found, and each one is given its reason."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.corpus import Reading, gather
from tilth.curate.similarity.evidence import Evidence, read_evidence
from tilth.curate.similarity.minhash import choose_cut
from tilth.curate.similarity.order import by_date, by_number, by_source
from tilth.curate.similarity.repeats import Repeats, find_repeats
from tilth.curate.similarity.shares import shares
from tilth.formats import Dataset as Files
from tilth.operation import Dataset, Reason

if TYPE_CHECKING:
    from tilth.curate.dedup import DedupOptions
    from tilth.curate.semantic.columns import EmbeddedColumns

_COLUMNS = {"both": ("prompt", "answer"), "any": ("prompt", "answer")}
_WORDS = {"both": "prompt and answer", "any": "prompt or answer"}

Rows = NDArray[np.int64]


class Verdict:
    """Why each row goes, and what was found out on the way."""

    def __init__(self, repeats: Repeats, evidence: Evidence, given: int, options: "DedupOptions") -> None:
        self._repeats, self._evidence, self._given, self._options = repeats, evidence, given, options
        self.facts: dict[str, Any] = {}

    def reasons(self, low: int, high: int) -> list[Reason | None]:
        """The verdicts on the rows from `low` up to `high`."""
        witness = self._repeats.witness[self._given + low : self._given + high]
        reasons: list[Reason | None] = [None] * len(witness)
        for place in np.flatnonzero(witness >= 0).tolist():
            reasons[place] = self._reason(self._given + low + place, int(witness[place]))
        return reasons

    def _reason(self, row: int, witness: int) -> Reason:
        against, place = self._evidence.id(witness), self._evidence.origin(witness)
        options, score = self._options, float(self._repeats.score[row])
        compared = _WORDS.get(options.by, options.by)
        if self._evidence.is_same_text[row]:
            return Reason("exact-duplicate", against, score, f"same {compared} as {place}")
        if options.method == "semantic":
            return Reason("near-duplicate", against, score, f"cosine {score:.3f} of {compared} with {place}")
        shared = f"{score:.3f} of the {options.unit} {options.size}-shingles of {compared} shared with {place}"
        return Reason("near-duplicate", against, score, shared)


class Deduplication:
    """One data set, compared with itself or with another one."""

    def __init__(self, data: Dataset, options: "DedupOptions") -> None:
        self._options = options
        self._columns = _COLUMNS.get(options.by, (options.by,))
        other = [Files.open(options.against)] if options.against else []
        self._sources: Sequence[Dataset] = [*other, data]
        self._cut = choose_cut(options.least, options.permutations) if options.method == "minhash" else None
        is_exact = options.method in ("exact", "semantic")
        # One signature serves one threshold: a sweep over many looks pairs up by the join, whatever the method.
        cut = None if options.sweep else self._cut
        reading = Reading(options.normalize, options.unit, options.size, is_exact, cut)
        self._compared = gather(self._sources, self._columns, reading)
        self._given = other[0].count() if other else 0
        self._order = self._visiting_order(data)
        self._vectors = self._embedded() if options.method == "semantic" else None

    def decide(self) -> Verdict:
        """The verdict on every row."""
        return self._verdict(self._repeats(self._options.least))

    def sweep_thresholds(self) -> dict[str, Any]:
        """What each threshold would set aside, with pairs to look at."""
        from tilth.curate.similarity.thresholds import sweep_thresholds

        return sweep_thresholds(self._sources, self._repeats, self._given, self._columns, self._cut, self._options)

    def _repeats(self, threshold: float) -> Repeats:
        wanted: Literal["any", "every"] = "any" if self._options.by == "any" else "every"
        search = self._vectors.search(wanted) if self._vectors else None
        return find_repeats(self._compared, self._order, threshold, wanted=wanted, given=self._given, search=search)

    def _embedded(self) -> "EmbeddedColumns":
        from tilth.curate.semantic.columns import EmbeddedColumns

        text_of = [one.text_of for one in self._compared]
        return EmbeddedColumns(self._sources, self._columns, text_of, self._options.embedder)

    def _verdict(self, repeats: Repeats) -> Verdict:
        options = self._options
        evidence = read_evidence(self._sources, repeats, self._given, self._columns, options.normalize)
        verdict = Verdict(repeats, evidence, self._given, options)
        own = repeats.witness[self._given :]
        has_text = self._has_text()
        verdict.facts = {
            "rows_compared": int(has_text.sum()),
            "rows_without_text": int((~has_text).sum()),
            "distinct_texts": len(self._compared[0].sets),
            "pairs_compared": repeats.pairs_compared,
            "exact_duplicates": int(evidence.is_same_text.sum()),
            "near_duplicates": int((own >= 0).sum()) - int(evidence.is_same_text.sum()),
            **shares(repeats.witness, evidence),
        }
        if self._vectors:
            verdict.facts |= self._vectors.facts
        if options.against:
            verdict.facts["rows_against"] = self._given
        if self._cut is not None:
            curve = {f"{step / 20:.2f}": self._cut.found_share(step / 20) for step in range(2, 21)}
            verdict.facts |= {"bands": self._cut.bands, "band_rows": self._cut.rows, "s_curve": curve}
        return verdict

    def _has_text(self) -> NDArray[np.bool_]:
        there = np.array([one.text_of[self._given :] >= 0 for one in self._compared])
        return np.asarray(there.any(0) if self._options.by == "any" else there.all(0), np.bool_)

    def _visiting_order(self, data: Dataset) -> Rows:
        options = self._options
        if options.keep == "longest":
            lengths = np.sum([one.lengths[self._given :] for one in self._compared], axis=0)
            own = np.argsort(-lengths, kind="stable")
        elif options.keep == "best":
            own = by_number(data, options.score_field)
        elif options.keep == "newest":
            own = by_date(data, options.date_field)
        elif options.keep == "source":
            own = by_source(data, options.source_field, options.priority)
        else:
            own = np.arange(len(self._compared[0].text_of) - self._given)
        return np.concatenate([np.arange(self._given), own + self._given])
