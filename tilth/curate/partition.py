"""From rows to parts: groups are formed, dealt out, and the result is checked for leaks; imports numpy."""

from collections import Counter
from collections.abc import Hashable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tilth.curate.allocation import Group, allocate, targets
from tilth.curate.similarity.corpus import Compared, Reading, gather
from tilth.curate.similarity.groups import Groups, similar_groups
from tilth.curate.similarity.leakage import largest_leak
from tilth.curate.similarity.likeness import Likeness
from tilth.curate.similarity.prefix import prefix_buckets
from tilth.errors import UsageError
from tilth.operation import Dataset

if TYPE_CHECKING:
    from tilth.curate.split import SplitOptions

PARTS = ("train", "validation", "test")
_LARGE_SHARE = 0.5  # one group of half the rows leaves the split little to decide


def partition(data: Dataset, options: "SplitOptions") -> tuple[list[str], dict[str, Any]]:
    """The part of every row, and the facts."""
    ids, keys, strata = _read_keys(data, options)
    compared = dict(zip(options.by, gather([data], options.by, Reading()) if options.by else [], strict=True))
    groups = _form_groups(len(ids), keys, list(compared.values()), options.threshold)
    names = sorted(set(strata))
    shares = _shares(len(ids), options)
    part, sizes = _deal_out(ids, strata, names, groups, shares, options.seed)
    facts = {
        "rows": {name: int((part == number).sum()) for number, name in enumerate(PARTS)},
        "groups": len(sizes),
        "groups_of_several_rows": sum(size > 1 for size in sizes),
        "largest_group": max(sizes, default=0),
        "strata": _strata_table(strata, part),
        "leakage": {column: _leak(one, part, ids) for column, one in compared.items()},
        "warnings": _warnings(sizes, part, shares),
    }
    return [PARTS[number] for number in part.tolist()], facts


def _read_keys(data: Dataset, options: "SplitOptions") -> tuple[list[str], list[tuple[int, Hashable]], list[str]]:
    """Ids, what ties rows together by name (row, value), and the stratum of every row."""
    ids: list[str] = []
    keys: list[tuple[int, Hashable]] = []
    strata: list[str] = []
    for batch in data.batches():
        start = len(ids)
        ids.extend(batch.ids)
        for row, (id, record) in enumerate(zip(batch.ids, batch.records, strict=True), start):
            keys.extend((row, key) for key in _inherent_keys(id, record.get("meta") or {}))
        for field in options.together:
            values = enumerate(batch.column(field).to_pylist(), start)
            keys.extend((row, (field, value)) for row, value in values if value is not None)
        named = batch.column(options.stratify).to_pylist() if options.stratify else [None] * len(batch)
        strata.extend("none" if name is None else name for name in named)
    return ids, keys, strata


def _inherent_keys(id: str, meta: dict[str, Any]) -> Iterator[Hashable]:
    yield id
    parents = meta.get("parents")
    yield from (parent for parent in parents if isinstance(parent, str)) if isinstance(parents, list) else ()
    source = meta.get("source")
    document = source.get("document") if isinstance(source, dict) else None
    if isinstance(document, str):
        yield "document", document


def _form_groups(rows: int, keys: list[tuple[int, Hashable]], compared: list[Compared], threshold: float) -> Groups:
    groups = Groups(rows)
    groups.join_equal(keys)
    for one in compared:
        text_of = one.text_of
        has_text = np.flatnonzero(text_of >= 0)
        label_of = similar_groups(Likeness([one.sets], prefix_buckets(one.sets, threshold), threshold)).labels
        groups.join_equal(zip(has_text.tolist(), label_of[text_of[has_text]].tolist(), strict=True))
    return groups


def _shares(rows: int, options: "SplitOptions") -> list[float]:
    held_out = [size if size < 1 else size / max(rows, 1) for size in (options.validation, options.test)]
    if rows and sum(held_out) >= 1:
        asked = f"validation {options.validation:g} and test {options.test:g}"
        raise UsageError(f"split: {asked} leave none of {rows} rows for training", fix="smaller parts")
    return [1 - sum(held_out), *held_out]


def _deal_out(
    ids: list[str], strata: list[str], names: list[str], groups: Groups, shares: list[float], seed: int
) -> tuple[NDArray[np.int64], list[int]]:
    """The part of every row and the size of every group."""
    number = {name: position for position, name in enumerate(names)}
    members: dict[int, list[int]] = {}
    for row, label in enumerate(groups.labels.tolist()):
        members.setdefault(label, []).append(row)
    formed = [
        Group(min(_key(ids[row], seed) for row in rows), dict(Counter(number[strata[row]] for row in rows)))
        for rows in members.values()
    ]
    sizes = Counter(strata)
    chosen = allocate(formed, targets([sizes[name] for name in names], shares)) if formed else []
    part = np.zeros(len(ids), np.int64)
    for rows, choice in zip(members.values(), chosen, strict=True):
        part[rows] = choice
    return part, [len(rows) for rows in members.values()]


def _key(id: str, seed: int) -> bytes:
    return blake2b(f"{seed}:{id}".encode(), digest_size=16).digest()


def _strata_table(strata: list[str], part: NDArray[np.int64]) -> dict[str, dict[str, int]]:
    counts = Counter(zip(strata, part.tolist(), strict=True))
    return {name: {PARTS[number]: counts[name, number] for number in range(len(PARTS))} for name in sorted(set(strata))}


def _leak(one: Compared, part: NDArray[np.int64], ids: list[str]) -> dict[str, Any]:
    """Measured between texts: rows with equal texts are in one part, so any of them stands for all."""
    text_of = one.text_of
    rows = np.flatnonzero(text_of >= 0)
    row_of, part_of = np.zeros(len(one.sets), np.int64), np.zeros(len(one.sets), np.int64)
    row_of[text_of[rows[::-1]]], part_of[text_of[rows]] = rows[::-1], part[rows]
    held_out = np.flatnonzero(part_of > 0)
    order = sorted(held_out.tolist(), key=lambda text: ids[row_of[text]])
    leak = largest_leak(one.sets, part_of, np.array(order, np.int64))
    pair = [] if leak.rows is None else [ids[row_of[text]] for text in leak.rows]
    return {"largest": leak.similarity, "pair": pair, "texts_checked": leak.rows_checked, "texts": leak.rows_to_check}


def _warnings(sizes: list[int], part: NDArray[np.int64], shares: list[float]) -> list[str]:
    rows, largest = len(part), max(sizes, default=0)
    found = []
    if rows > 1 and largest > _LARGE_SHARE * rows:
        found.append(
            f"{largest} of {rows} rows hang together as one group and stay in one part: raise the threshold, or "
            "compare something else, if they only share a template"
        )
    found += [
        f"{name} is empty: {rows} rows in {len(sizes)} groups do not fill it"
        for number, name in enumerate(PARTS)
        if rows and shares[number] > 0 and not (part == number).any()
    ]
    return found
