"""Two rows that are one row edited: which fields differ, and in which words."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 2_000  # comparing takes time with the square of it
_LEAST_ALIKE = 0.5


class Absent:
    """The value of a field that is not there, which null is not."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


class Change(NamedTuple):
    """One field before and after."""

    path: str
    """Where it is, as in `messages[1].content`."""
    before: Any
    after: Any

    @property
    def field(self) -> str:
        """The path without numbers: the same for every message of a conversation."""
        return re.sub(r"\[\d+\]", "[]", self.path)

    def as_json(self) -> dict[str, Any]:
        """Plain data; a side that is not there is left out."""
        sides = {"before": self.before, "after": self.after}
        return {"path": self.path, **{name: value for name, value in sides.items() if value is not ABSENT}}


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """The innermost values that differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            inner = f"{path}.{name}" if path else str(name)
            yield from changes(before.get(name, ABSENT), after.get(name, ABSENT), inner)
    elif isinstance(before, list) and isinstance(after, list) and _are_of_objects(before, after):
        for index in range(max(len(before), len(after))):
            old, new = (items[index] if index < len(items) else ABSENT for items in (before, after))
            yield from changes(old, new, f"{path}[{index}]")
    elif not _are_equal(before, after):
        yield Change(path, before, after)


def words_changed(before: str, after: str) -> list[tuple[str, str]]:
    """Consecutive words as (before, after): equal where nothing changed, empty on a side that lacks them."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    shortest = min(len(old), len(new))
    start = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    end = next((at for at in range(shortest - start) if old[-1 - at] != new[-1 - at]), shortest - start)
    middle = old[start : len(old) - end], new[start : len(new) - end]
    pieces = [("".join(old[:start]),) * 2]
    if max(map(len, middle)) > _MOST_WORDS:
        pieces.append(("".join(middle[0]), "".join(middle[1])))
    else:
        found = SequenceMatcher(None, *middle, autojunk=False)
        pieces += [("".join(middle[0][a:b]), "".join(middle[1][c:d])) for _, a, b, c, d in found.get_opcodes()]
    pieces.append(("".join(old[len(old) - end :]),) * 2)
    return [piece for piece in pieces if any(piece)]


def are_alike(before: Any, after: Any) -> bool:
    """Whether two rows have half of their different words in common: only then is one taken for the other, edited."""
    old, new = (frozenset(word for text in _texts(value) for word in text.split()) for value in (before, after))
    return 2 * len(old & new) >= _LEAST_ALIKE * max(len(old) + len(new), 1)


def _are_of_objects(before: list[Any], after: list[Any]) -> bool:
    return bool(before) and bool(after) and all(isinstance(item, Mapping) for item in (*before, *after))


def _are_equal(before: Any, after: Any) -> bool:
    # To Python True is 1 and 1 is 1.0; to a data set they are three things.
    if type(before) is not type(after) and not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return False
    if isinstance(before, list):
        pairs = zip(before, after, strict=False)
        return len(before) == len(after) and all(_are_equal(*pair) for pair in pairs)
    if isinstance(before, Mapping):
        return before.keys() == after.keys() and all(_are_equal(before[name], after[name]) for name in before)
    return bool(before == after)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)
