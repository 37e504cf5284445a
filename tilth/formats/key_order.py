"""One order of keys that as many rows as possible share."""

from collections.abc import Iterable

from tilth.errors import DataError

Shape = tuple[str, ...]
"""The keys of a row, in their order."""

MAX_KEYS = 10_000
"""More different keys than this are keys that hold data, and a table of them would be nearly all holes."""
_SHAPES_REMEMBERED = 10_000


class KeyOrder:
    """An order that grows with the rows that are seen; what was in order stays so."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        """All keys, one that came later beside the one that it follows in its row."""
        self._known: set[str] = set()
        self._seen: set[Shape] = set()
        self._forgot = False
        self._ordered: dict[Shape, bool] = {}

    def see(self, shape: Shape) -> None:
        """Give each key of a row its place."""
        if shape in self._seen:
            return
        if len(self._seen) >= _SHAPES_REMEMBERED:
            self._seen.clear()
            self._forgot = True
        self._seen.add(shape)
        before: str | None = None
        place: int | None = 0  # where a key goes that comes now; None when that has to be looked up
        for key in shape:
            if key in self._known:
                place = None
            else:
                place = self.keys.index(before) + 1 if place is None and before is not None else place or 0
                self.keys.insert(place, key)
                self._known.add(key)
                place += 1
            before = key
        if len(self.keys) > MAX_KEYS:
            raise DataError(f"the rows have more than {MAX_KEYS} different keys", fix="an output in jsonl")

    def all_in_order(self) -> bool:
        """Whether every row that was seen is known to have its keys in this order."""
        return bool(self.keys) and not self._forgot and all(map(self.in_order, self._seen))

    def in_order(self, keys: Iterable[str]) -> bool:
        """Whether these keys, all of them seen, come in this order."""
        shape = tuple(keys)
        known = self._ordered.get(shape)
        if known is None:
            position = {key: place for place, key in enumerate(self.keys)} if shape else {}
            places = [position[key] for key in shape]
            known = places == sorted(places)
            if len(self._ordered) >= _SHAPES_REMEMBERED:
                self._ordered.clear()
            self._ordered[shape] = known
        return known
