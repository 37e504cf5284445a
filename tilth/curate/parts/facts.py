"""What came of a split: sizes, strata, and what leaked after all, measured in other ways than the parts were made."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.curate.parts.ties import Ties
from tilth.curate.similarity.corpus import Compared
from tilth.curate.similarity.leakage import largest_leak

_LARGE_SHARE = 0.5  # one group of half the rows leaves the split little to decide
_MOST_STRATA = 200  # listed, the largest first: more of them are no table but a data set of their own
ASIDE = -1
"""The part of a row that is in none."""


def strata_table(strata: Sequence[str], part: NDArray[np.int64], names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Rows of each stratum in each part, the largest strata first where they are many."""
    sizes = Counter(strata)
    listed = sorted(sizes) if len(sizes) <= _MOST_STRATA else [name for name, _ in sizes.most_common(_MOST_STRATA)]
    wanted = set(listed)
    counts = Counter(pair for pair in zip(strata, part.tolist(), strict=True) if pair[0] in wanted)
    return {stratum: {name: counts[stratum, number] for number, name in enumerate(names)} for stratum in listed}


def leak(one: Compared, part: NDArray[np.int64], ids: Sequence[str]) -> dict[str, Any]:
    """The closest texts of two parts. A text stands for all rows that have it, unless an earlier split tore them."""
    rows = np.flatnonzero((one.text_of >= 0) & (part != ASIDE))
    texts = len(one.sets)
    row_of, part_of = np.zeros(texts, np.int64), np.full(texts, ASIDE)
    row_of[one.text_of[rows[::-1]]], part_of[one.text_of[rows]] = rows[::-1], part[rows]
    if (torn := np.flatnonzero(part[rows] != part_of[one.text_of[rows]])).size:
        row = int(rows[torn[0]])
        other = next(int(each) for each in rows if one.text_of[each] == one.text_of[row] and part[each] != part[row])
        return {"largest": 1.0, "pair": [ids[row], ids[other]], "texts_checked": int(texts), "texts": int(texts)}
    order = sorted(np.flatnonzero(part_of > 0).tolist(), key=lambda text: ids[int(row_of[text])])
    found = largest_leak(one.sets, part_of, np.array(order, np.int64))
    pair = [] if found.rows is None else [ids[int(row_of[text])] for text in found.rows]
    return {
        "largest": found.similarity,
        "pair": pair,
        "texts_checked": found.rows_checked,
        "texts": found.rows_to_check,
    }


def straddling(ties: Ties, part: NDArray[np.int64]) -> dict[str, int]:
    """How many contents or parents, documents and values of a field are found in more than one part."""
    first: dict[Any, int] = {}
    torn: dict[str, set[Any]] = {kind: set() for keys in ties.keys for kind, _ in keys}
    for keys, number in zip(ties.keys, part.tolist(), strict=True):
        for key in keys if number != ASIDE else ():
            if first.setdefault(key, number) != number:
                torn[key[0]].add(key)
    return {kind: len(found) for kind, found in sorted(torn.items())}


def warnings(sizes: Sequence[int], part: NDArray[np.int64], names: Sequence[str], shares: Sequence[float]) -> list[str]:
    """What somebody should know before using the parts."""
    rows, largest = len(part), max(sizes, default=0)
    found = []
    if rows > 1 and largest > _LARGE_SHARE * rows:
        found.append(
            f"{largest} of {rows} rows hang together as one group and stay in one part: raise the threshold, or "
            "compare something else, if they only share a template"
        )
    found += [
        f"{name} is empty: {rows} rows in {len(sizes)} groups do not fill it"
        for number, name in enumerate(names)
        if rows and shares[number] > 0 and not (part == number).any()
    ]
    return found


def note(leaks: dict[str, dict[str, Any]], torn: dict[str, int]) -> str:
    """The leakage that was measured, in one line for people."""
    seen = [f"{column} {one['largest']:.2f}" for column, one in leaks.items()]
    similar = f"most similar texts of two parts: {', '.join(seen)}" if seen else "no texts were compared"
    plural = {"parent": "parents", "document": "documents"}
    shared = [f"{count:,} {plural.get(kind, kind)}" for kind, count in torn.items()]
    return f"leakage: {similar}; in two parts: {', '.join(shared)}"
