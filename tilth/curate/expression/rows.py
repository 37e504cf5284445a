"""The rows of a batch as an expression sees them: one list of values for each name."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from tilth.curate.expression.kinds import Kind, kind_of
from tilth.curate.signals import signal_named
from tilth.operation import Batch, Fields

Values = list[Any]
"""One value per row; None where a row has none."""
_USUAL = {sort: kind_of(sort()) for sort in (str, int, float, bool, list, dict)}


class WrongKindError(Exception):
    """A value that is of another kind than its use asks for."""

    def __init__(self, row: int, found: Kind) -> None:
        self.row, self.found = row, found
        super().__init__(found.value)


class Computed(Protocol):
    """Anything that gives one value per row."""

    @property
    def compute(self) -> "Callable[[Rows], Values]":
        """The function from rows to values."""
        ...


class Rows:
    """Columns of one batch, each made when it is first asked for."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._made: dict[tuple[str, ...], Values] = {}
        self._computed: dict[int, Values] = {}
        self.length = len(batch)

    def computed(self, column: "Computed") -> Values:
        """The values of a column, computed once."""
        if id(column) not in self._computed:
            self._computed[id(column)] = column.compute(self)
        return self._computed[id(column)]

    def column(self, source: str, path: tuple[str, ...]) -> Values:
        """The values behind a name; `source` is `part`, `signal`, `id` or `field`."""
        key = (source, *path)
        if key not in self._made:
            self._made[key] = self._make(source, path)
        return self._made[key]

    def owner(self, row: int) -> int:
        """The row of the batch that a row here belongs to."""
        return row

    def has(self, path: tuple[str, ...]) -> bool:
        """Whether any record has a field of the first name, if only a null."""
        return any(path[0] in record or path[0] in (record.get("extra") or ()) for record in self.batch.records)

    def _make(self, source: str, path: tuple[str, ...]) -> Values:
        batch = self.batch
        if source == "part":
            # A record type of one's own may declare no parts and have a field of that name.
            found: Values = batch.column(path[0]).to_pylist()
            if None not in found:
                return found
            return [_field(record, path) if value is None else value for value, record in zip(found, batch.records)]  # noqa: B905
        if source == "signal":
            measured = signal_named(path[0]).measure(batch).tolist()
            return [None if value != value else value for value in measured]
        if source == "id":
            return list(batch.ids)
        return [_field(record, path) for record in batch.records]


class Items(Rows):
    """The items of a list in each row, as rows of their own; what is not an item is what its row has."""

    def __init__(self, outer: Rows, lists: Sequence[Sequence[Any] | None]) -> None:
        self.batch, self._outer, self._made, self._computed = outer.batch, outer, {}, {}
        self._owners = [row for row, items in enumerate(lists) for _ in items or ()]
        self.items: Values = [item for items in lists for item in items or ()]
        self.length = len(self.items)

    def column(self, source: str, path: tuple[str, ...]) -> Values:
        """The values behind a name; `source` is `item` for what is in the items."""
        if source == "item":
            return [at(item, path) for item in self.items]
        outer = self._outer.column(source, path)
        return [outer[row] for row in self._owners]

    def owner(self, row: int) -> int:
        """The row of the batch that an item belongs to."""
        return self._outer.owner(self._owners[row])

    def gathered(self, conditions: Values, lists: Values, decide: Callable[[Values], Any]) -> Values:
        """One outcome per row from the outcomes of its items; null for a row without a list."""
        found: Values = []
        place = 0
        for items in lists:
            found.append(None if items is None else decide(conditions[place : place + len(items)]))
            place += len(items or ())
        return found


def of_kinds(values: Values, kinds: Collection[Kind]) -> Values:
    """The same values. Raises `WrongKindError` at the first that is neither null nor of these kinds."""
    unusual = [sort for sort in set(map(type, values)) if sort not in _USUAL or _USUAL[sort] not in kinds]
    if unusual and unusual != [type(None)]:
        for row, value in enumerate(values):
            if value is not None and kind_of(value) not in kinds:
                raise WrongKindError(row, kind_of(value))
    return values


def at(value: Any, path: Sequence[str]) -> Any:
    """The value at a path; through a list, what each item has there. None where there is nothing."""
    for place, step in enumerate(path):
        if isinstance(value, list):
            return [found for item in value if (found := at(item, path[place:])) is not None]
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def _field(record: Fields, path: Sequence[str]) -> Any:
    """A field of a record, or else one that Tilth does not know, from its `extra`."""
    if path[0] in record:
        return at(record, path)
    return at(record.get("extra"), path)
