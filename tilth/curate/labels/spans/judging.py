"""A verdict on each text with labelled spans, in words; imports numpy and scikit-learn."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.ranking import Ranking
from tilth.curate.labels.spans.findings import KINDS, Findings, find
from tilth.curate.labels.spans.tagged import OUTSIDE, Tagged, gather
from tilth.curate.labels.verdicts import check_size, exchanged
from tilth.operation import Dataset, Judged, Reason
from tilth.schemas.safe_text import safe_text

_SHOWN_CHARACTERS = 60


def judge_spans(data: Dataset, ranking: Ranking, folds: int, seed: int, threshold: float) -> Iterator[Judged]:
    """Set rows aside by the most suspicious of their findings."""
    tagged = gather(data)
    check_size(len(tagged.row), len(tagged.names))
    findings = find(tagged, ranking, folds, seed)
    seen = np.flatnonzero(~np.isnan(findings.score))
    row = tagged.row[findings.first]
    order = seen[np.lexsort((findings.first[seen], -findings.score[seen], row[seen]))]
    judged, top = np.unique(row[order], return_index=True)
    worst = dict(zip(judged.tolist(), order[top].tolist(), strict=True))
    too_much = seen[findings.score[seen] > threshold]
    more = Counter(row[too_much].tolist())
    facts = _facts(tagged, findings, too_much, worst)
    place = 0
    for batch in data.batches():
        reasons = []
        for one in range(place, place + len(batch)):
            score = float(findings.score[worst[one]]) if one in worst else -1.0
            aside = score > threshold or (threshold == 0 and score == 0)
            reasons.append(_reason(tagged, findings, worst[one], more[one] - 1) if aside else None)
        place += len(batch)
        yield Judged(batch, reasons, facts=facts)


def _reason(tagged: Tagged, findings: Findings, one: int, more: int) -> Reason:
    kind = KINDS[int(findings.kind[one])]
    words = _shown(tagged, int(findings.first[one]), int(findings.last[one]))
    given, better = (tagged.names[int(number)] for number in (findings.given[one], findings.better[one]))
    if kind in ("missing span", "too short"):
        given = tagged.names[OUTSIDE]
    said = f"{kind}: {words} has {given}, looks like {better}"
    if kind == "too short":
        said = f"span {kind}: {words} beside it looks like {better} too"
    elif kind == "too long":
        said = f"span {kind}: {words} in it has {given}, looks like {better}"
    return Reason("label-error", None, float(findings.score[one]), said + (f" (and {more} more)" if more > 0 else ""))


def _shown(tagged: Tagged, first: int, last: int) -> str:
    text = tagged.texts[int(tagged.row[first])]
    words = text[int(tagged.borders[first, 0]) : int(tagged.borders[last - 1, 1])]
    cut = words if len(words) <= _SHOWN_CHARACTERS else words[:_SHOWN_CHARACTERS] + "…"
    return f'"{safe_text(cut, one_line=True)}"'


def _facts(tagged: Tagged, findings: Findings, too_much: NDArray[np.int64], worst: dict[int, int]) -> dict[str, Any]:
    unjudged = Counter(tagged.unjudged)
    alone = len(tagged.texts) - len(worst) - unjudged.total()
    if alone:
        unjudged["no other text to learn from"] = alone
    kinds = Counter(KINDS[number] for number in findings.kind[too_much].tolist())
    swapped = [one for one in too_much.tolist() if KINDS[int(findings.kind[one])] == "wrong label"]
    return {
        "classes": len(tagged.names) - 1,
        "rows_judged": len(worst),
        "rows_not_judged": dict(unjudged),
        "spans": int(tagged.span.max(initial=-1)) + 1,
        "spans_left_out": dict(tagged.left_out),
        "suspicious": {kind: kinds[kind] for kind in KINDS if kinds[kind]},
        "exchanged": exchanged(findings.given[swapped].tolist(), findings.better[swapped].tolist(), tagged.names),
        "warnings": _warnings(tagged, unjudged, judged=len(worst)),
    }


def _warnings(tagged: Tagged, unjudged: Counter[str], judged: int) -> list[str]:
    if len(tagged.names) == 1:
        return ["no row has a span with a label: there is nothing to compare"]
    if not judged:
        return [f"no row could be judged: {', '.join(f'{rows} {why}' for why, rows in unjudged.items())}"]
    return []
