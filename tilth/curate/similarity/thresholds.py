"""What each threshold would set aside, with pairs to look at, before anything is decided."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tilth.curate.similarity.minhash import Cut
from tilth.curate.similarity.repeats import Repeats
from tilth.operation import Dataset, Origin
from tilth.schemas.safe_text import safe_text

if TYPE_CHECKING:
    from tilth.curate.dedup import DedupOptions

_THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
_SAMPLES = 2
_SNIPPET = 64  # characters of a text that are shown, from a little before it differs from the other
_LEAD = 16


def sweep_thresholds(
    sources: Sequence[Dataset],
    find: Callable[[float], Repeats],
    given: int,
    columns: Sequence[str],
    cut: Cut | None,
    options: "DedupOptions",
) -> dict[str, Any]:
    """For every threshold the rows that go, and pairs that go at it and no more at the next one."""
    wanted = sorted({*_THRESHOLDS, options.least})
    if options.method == "exact":
        wanted = [1.0]
    steps: list[dict[str, Any]] = []
    sampled: list[tuple[int, int, float]] = []
    for threshold, following in zip(wanted, [*wanted[1:], 2.0], strict=True):
        repeats = find(threshold)
        gone = np.flatnonzero(repeats.witness >= 0)
        here = gone[repeats.score[gone] < following]
        shown = here[np.linspace(0, len(here) - 1, min(_SAMPLES, len(here)), dtype=np.int64)].tolist()
        pairs = [(row, int(repeats.witness[row]), float(repeats.score[row])) for row in shown]
        sampled += pairs
        rows = len(repeats.witness) - given
        steps.append(
            {"threshold": threshold, "set_aside": len(gone), "share": len(gone) / max(rows, 1), "pairs": pairs}
        )
        if cut is not None:
            steps[-1]["found_by_minhash"] = cut.found_share(threshold)
    texts = _texts(sources, {row for pair in sampled for row in pair[:2]}, columns)
    for step in steps:
        step["pairs"] = [_pair(texts[row], texts[witness], score) for row, witness, score in step["pairs"]]
    return {"sweep": steps, "table": _table(steps, options.least)}


def _texts(sources: Sequence[Dataset], rows: set[int], columns: Sequence[str]) -> dict[int, tuple[Origin, str]]:
    found: dict[int, tuple[Origin, str]] = {}
    low = 0
    for data in sources:
        for batch in data.batches():
            here = sorted(row for row in rows if low <= row < low + len(batch))
            if here:
                some = batch.take([row - low for row in here])
                parts = zip(*(some.column(column).to_pylist() for column in columns), strict=True)
                for row, origin, part in zip(here, some.origins, parts, strict=True):
                    found[row] = origin, "\n".join(text for text in part if text)
            low += len(batch)
    return found


def _pair(row: tuple[Origin, str], witness: tuple[Origin, str], score: float) -> dict[str, Any]:
    pairs = enumerate(zip(row[1], witness[1], strict=False))
    differs = next((place for place, (one, other) in pairs if one != other), 0)
    start = max(0, differs - _LEAD)
    return {
        "score": score,
        "row": str(row[0]),
        "text": row[1][start : start + _SNIPPET],
        "against": str(witness[0]),
        "against_text": witness[1][start : start + _SNIPPET],
    }


def _table(steps: Sequence[dict[str, Any]], threshold: float) -> str:
    has_curve = any("found_by_minhash" in step for step in steps)
    lines = ["threshold  set aside    share" + ("  minhash finds" if has_curve else "")]
    for step in steps:
        line = f"{step['threshold']:>9.2f}  {step['set_aside']:>9,}  {step['share']:>7.2%}"
        line += f"  {step['found_by_minhash']:>13.2%}" if has_curve else ""
        lines.append(line + ("  <-" if step["threshold"] == threshold else ""))
        for pair in step["pairs"]:
            lines.append(f"    {pair['score']:.3f}  {pair['row']} and {pair['against']}")
            lines += [f"      | {safe_text(pair[side], one_line=True)}" for side in ("text", "against_text")]
    return "\n".join(lines)
