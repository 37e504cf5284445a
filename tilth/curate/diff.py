"""Compare two data sets: rows added, removed and edited, field by field, and how the distributions moved."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from tilth.curate.diffs.difference import Difference, Example
from tilth.curate.diffs.fields import are_alike, changes
from tilth.curate.diffs.side import ID_NAMES, CountTokens, Side, read_side
from tilth.curate.diffs.subject import Pick, Unit
from tilth.curate.signals import signal_named
from tilth.errors import UsageError
from tilth.operation import Options

if TYPE_CHECKING:
    from tilth.curate.diffs.left_over import LeftOver
    from tilth.formats import Dataset


def _between_commas(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for part in names for name in part.split(",") if name)


Names = Annotated[tuple[str, ...], AfterValidator(_between_commas)]
"""Names of fields, each by itself or several between commas."""


class DiffOptions(Options):
    """What is compared, and how a row is found again."""

    by: str | None = None
    """How a row that was edited is found again: by a field (`id`, `prompt`, `extra.key`), or `row` for its place in
    the file. When not given: by an upstream id, else by the same prompt, the same long answer, the same place."""
    fields: Names = ()
    """Compare only these fields."""
    ignore: Names = ()
    """Leave these fields out of the comparison."""
    compare: Unit | None = None
    """Rows as they are, or what the records in them say; rows when both sides have the same dialect."""
    label: str | None = None
    """Field whose values are counted as labels; classes and kinds of entities when it is not given."""
    examples: Annotated[int, Field(ge=0)] = 3
    """How many rows of each kind to show."""


_NO_OPTIONS = DiffOptions()
_ENOUGH_IDS = 0.9
_ORDER = ("edited", "removed", "added")


def diff(
    a: "Dataset",
    b: "Dataset",
    options: DiffOptions = _NO_OPTIONS,
    *,
    count_tokens: CountTokens | None = None,
    take: Callable[[Example], None] | None = None,
) -> Difference:
    """Compare two data sets, each gone through twice, with a few dozen bytes of memory for each row.

    `count_tokens` gives the exact number of tokens of each text; without it they are estimated. `take` is given
    every row that is not the same on both sides: first the removed ones, then the edited and added ones in the order
    of `b`.
    """
    same_dialect = a.dialect.name == b.dialect.name
    unit = options.compare or ("rows" if same_dialect else "records")
    pick = Pick(unit, options.fields, options.ignore)
    sides = [read_side(each, pick, options.label, count_tokens) for each in (a, b)]
    pick.check()
    unchanged, left = _left_over(sides, (a, b), pick, options)
    found = _found_again(left, options)
    seen = _Seen(left, found, options.examples)
    for example in seen.examples_of_all():
        if take is not None:
            take(example)
    return _difference(a, b, unit, sides, unchanged, seen, exact_tokens=count_tokens is not None)


def _left_over(
    sides: "list[Side]", data: "tuple[Dataset, Dataset]", pick: Pick, options: DiffOptions
) -> "tuple[int, list[LeftOver]]":
    """How many rows are equal, and those of both sides that are not."""
    import numpy as np

    from tilth.curate.diffs.left_over import lay_by
    from tilth.curate.diffs.pairing import pair_up, without
    from tilth.curate.diffs.side import contents_of

    contents = [contents_of(side) for side in sides]
    if options.by == "row":
        shared = min(map(len, contents))
        equal = np.flatnonzero(contents[0][:shared] == contents[1][:shared])
        pairs = equal, equal
    else:
        pairs = pair_up(*contents)
    ways = _ways(sides, options)
    left = [
        lay_by(each, pick, without(len(keys), used), ways)
        for each, keys, used in zip(data, contents, pairs, strict=True)
    ]
    return len(pairs[0]), left


def _ways(sides: "list[Side]", options: DiffOptions) -> list[str]:
    """The ways in which an edited row is looked for, the surest first."""
    if options.by is not None:
        return [options.by]
    ids = [name for name in ID_NAMES if all(side.ids[name] >= _ENOUGH_IDS * max(side.rows, 1) for side in sides)]
    same_length = sides[0].rows == sides[1].rows
    return [*ids, "prompt", "answer", *(["row"] if same_length else [])]


def _found_again(left: "list[LeftOver]", options: DiffOptions) -> dict[int, tuple[int, str]]:
    """For rows left over of the second side: the row of the first that they are an edit of, and how it was found."""
    import numpy as np

    from tilth.curate.diffs.left_over import NO_KEY
    from tilth.curate.diffs.pairing import pair_up

    free = [np.ones(len(side), np.bool_) for side in left]
    found: dict[int, tuple[int, str]] = {}
    for way in left[0].keys:
        keys = [side.keys_of(way) for side in left]
        if way == options.by and not any((side != NO_KEY).any() for side in keys) and all(map(len, left)):
            raise UsageError(f"no row has a field {way}, as --by says", fix="--by prompt")
        open_ones = [np.flatnonzero(is_free & (side != NO_KEY)) for is_free, side in zip(free, keys, strict=True)]
        pairs = pair_up(*(side[some] for side, some in zip(keys, open_ones, strict=True)))
        for one, other in zip(open_ones[0][pairs[0]].tolist(), open_ones[1][pairs[1]].tolist(), strict=True):
            # The same place alone proves nothing: rows may have been shuffled.
            if way == "row" and options.by is None and not are_alike(left[0][one].subject, left[1][other].subject):
                continue
            found[other] = one, way
            free[0][one] = free[1][other] = False
    return found


class _Seen:
    """Goes through the rows that are left, tells what became of each, and counts."""

    def __init__(self, left: "list[LeftOver]", found: Mapping[int, tuple[int, str]], shown: int) -> None:
        self._left, self._found, self._shown = left, found, shown
        self.fields, self.ways, self.kinds = Counter[str](), Counter[str](), Counter[str]()
        self.examples: list[Example] = []

    def examples_of_all(self) -> Iterator[Example]:
        before, after = self._left
        edited = {one for one, _ in self._found.values()}
        for index in range(len(before)):
            if index not in edited:
                row = before[index]
                yield self._counted(Example("removed", row.place, None, row=row.row))
        for index in range(len(after)):
            row = after[index]
            if index not in self._found:
                yield self._counted(Example("added", None, row.place, row=row.row))
                continue
            one, way = self._found[index]
            old = before[one]
            self.ways[way] += 1
            changed = tuple(changes(old.subject, row.subject))
            self.fields.update({change.field for change in changed})
            yield self._counted(Example("edited", old.place, row.place, changed))

    def _counted(self, example: Example) -> Example:
        self.kinds[example.kind] += 1
        if self.kinds[example.kind] <= self._shown:
            self.examples.append(example)
        return example


def _difference(
    a: "Dataset", b: "Dataset", unit: Unit, sides: "list[Side]", unchanged: int, seen: _Seen, *, exact_tokens: bool
) -> Difference:
    from tilth.curate.diffs.drift import length_drift, share_drift
    from tilth.curate.diffs.pairing import repeats
    from tilth.curate.diffs.side import contents_of

    one, other = sides
    units = {name: signal_named(name).unit for name in one.lengths}
    return Difference(
        names=(a.path, b.path),
        dialects=(a.dialect.name, b.dialect.name),
        unit=unit,
        rows=(one.rows, other.rows),
        unchanged=unchanged,
        edited=seen.kinds["edited"],
        added=seen.kinds["added"],
        removed=seen.kinds["removed"],
        ways={"content": unchanged, **dict(seen.ways.most_common())},
        repeats=(repeats(contents_of(one)), repeats(contents_of(other))),
        fields=dict(seen.fields.most_common()),
        types=share_drift(one.types, other.types),
        labels=share_drift(one.labels, other.labels),
        lengths={name: length_drift(units[name], one.lengths[name], other.lengths[name]) for name in units},
        exact_tokens=exact_tokens,
        examples=tuple(sorted(seen.examples, key=lambda example: _ORDER.index(example.kind))),
    )
