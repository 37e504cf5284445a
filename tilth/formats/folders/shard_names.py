"""Files that are one set together: `train-00000-of-00002.parquet`, or names that differ in their numbers only."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tilth.errors import DataError

_SHARD = re.compile(r"(?P<stem>.*)-(?P<index>\d{5,})-of-(?P<count>\d{5,})(?:-[0-9a-f]+)?(?P<suffix>\..+)", re.DOTALL)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Shard:
    """One file of a numbered set."""

    path: Path
    stem: str
    """What the name begins with: a split, where a folder keeps to the names of Hugging Face."""
    index: int
    count: int
    """How many there are together."""


def shard(path: Path) -> Shard | None:
    """What a file's name says about its place in a set; None when it says nothing."""
    found = _SHARD.fullmatch(path.name)
    return found and Shard(path, found["stem"], int(found["index"]), int(found["count"]))


def by_stem(files: Iterable[Path]) -> dict[str, list[Path]]:
    """The shards among some files, by what their names begin with, in order.

    Raises `DataError` when one is missing: rows would be, without anybody noticing.
    """
    found: dict[str, list[Shard]] = {}
    for path in files:
        if (each := shard(path)) is not None:
            found.setdefault(each.stem, []).append(each)
    return {stem: [each.path for each in complete(shards)] for stem, shards in found.items()}


def notes_on_shards(files: Iterable[Path]) -> list[str]:
    """What people should know about files that they chose by a pattern: whether shards are missing among them.

    Raises `DataError` for shards of two sets, which nobody wants together.
    """
    sets: dict[tuple[Path, str], list[Shard]] = {}
    for path in files:
        if (each := shard(path)) is not None:
            sets.setdefault((path.parent, each.stem), []).append(each)
    notes = []
    for (_, stem), shards in sets.items():
        counts = {each.count for each in shards}
        if len(counts) > 1:
            complete(shards)
        if len(shards) < shards[0].count:
            notes.append(f"{len(shards)} of the {shards[0].count} shards of {stem}")
    return notes


def complete(shards: Sequence[Shard]) -> list[Shard]:
    """The shards of one set in order. Raises `DataError` when they are not all there, or are of two sets."""
    counts = sorted({each.count for each in shards})
    where = str(shards[0].path.parent / f"{shards[0].stem}-*")
    if len(counts) > 1:
        raise DataError(f"shards of two sets: one of {counts[0]} files, one of {counts[1]}", where=where)
    order = sorted(shards, key=lambda each: each.index)
    places = [each.index for each in order]
    if missing := sorted(set(range(counts[0])) - set(places)):
        named = ", ".join(f"{index:05d}" for index in missing[:8]) + (" and more" if len(missing) > 8 else "")
        raise DataError(f"{len(missing)} of {counts[0]} shards are missing: {named}", where=where)
    if len(places) > counts[0]:
        twice = next(index for index in places if places.count(index) > 1 or index >= counts[0])
        raise DataError(f"shard {twice:05d} of {counts[0]:05d} is there twice", where=where)
    return order


def numbered(files: Sequence[Path]) -> list[Path] | None:
    """Files whose names differ in their numbers only, in the order of these; None when there is more between them."""
    if len({_without_numbers(path.name) for path in files}) != 1:
        return None
    return sorted(files, key=in_order)


def in_order(path: Path) -> tuple[list[int], str]:
    """What sorts `part-2` before `part-10`."""
    return [int(digits) for digits in _DIGITS.findall(path.name)], path.name


def _without_numbers(name: str) -> str:
    """The name without numbers and without the random part that Spark puts between them."""
    return _DIGITS.sub("#", re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "*", name))
