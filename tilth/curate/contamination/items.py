"""The items of benchmark files: which texts of theirs must not come up in a training set, and where they stand."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tilth.errors import DataError
from tilth.formats import Dataset
from tilth.judgement import Batch
from tilth.schemas.detect import NoDialectError

DEFAULT_PARTS = ("prompt", "answer")
_PARTS = frozenset({"prompt", "answer", "text"})


class Item(NamedTuple):
    """One item of a benchmark."""

    benchmark: int
    id: str
    """Identity of its content; empty where no dialect knows the file."""
    place: str
    """File and line."""


class ItemText(NamedTuple):
    """One text of an item."""

    item: int
    part: str
    text: str
    is_question: bool
    """Whether it names the item even when it is short, as an answer such as `yes` does not."""


class Items(NamedTuple):
    """The items of some benchmarks, and their texts."""

    benchmarks: list[str]
    """Their files."""
    items: list[Item]
    texts: list[ItemText]


def read_items(files: Sequence[Path], parts: Sequence[str]) -> Items:
    """The items of the files, through the same readers as any other data.

    A file in a shape that no dialect knows gives every field that holds text, unless `parts` names other fields than
    the usual ones. Raises `DataError` for a file that cannot be read or whose items have none of the parts.
    """
    found = Items([], [], [])
    for number, file in enumerate(files):
        found.benchmarks.append(str(file))
        texts_before = len(found.texts)
        for batch, is_known in _batches(file):
            first = len(found.items)
            ids = batch.ids if is_known else [""] * len(batch)
            found.items.extend(Item(number, id, str(place)) for id, place in zip(ids, batch.origins, strict=True))
            for part in _fields(batch, parts, is_known=is_known):
                is_question = part != "answer" and (is_known or part in parts)
                for row, text in enumerate(_column(batch, part, is_known=is_known)):
                    if text and text.strip():
                        found.texts.append(ItemText(first + row, part, text, is_question))
        if len(found.texts) == texts_before:
            named = " or ".join(parts)
            raise DataError(f"no item of this benchmark has a text under {named}", where=str(file), fix="--items FIELD")
    return found


def _batches(file: Path) -> Iterator[tuple[Batch, bool]]:
    """The batches of a file, and whether a dialect understands them."""
    try:
        data = Dataset.open(file)
    except NoDialectError:
        yield from ((batch, False) for batch in Dataset.open(file, as_rows=True).batches())
        return
    yield from ((batch, True) for batch in data.batches())


def _fields(batch: Batch, parts: Sequence[str], *, is_known: bool) -> Sequence[str]:
    if is_known or tuple(parts) != DEFAULT_PARTS:
        return parts
    names = dict.fromkeys(name for row in batch.rows for name in row)
    return [name for name in names if any(isinstance(row.get(name), str) for row in batch.rows)]


def _column(batch: Batch, part: str, *, is_known: bool) -> Sequence[str | None]:
    if is_known and (part in _PARTS or not any(part in row for row in batch.rows)):
        return batch.column(part).to_pylist()
    values = (row.get(part) for row in batch.rows)
    return [value if isinstance(value, str) else None for value in values]
