"""Values that lie inside of objects in a row: taken out by a path, with their place kept, and put back there."""

from collections.abc import Mapping
from typing import Any

from tilth.schemas.dialects.loss import LossError

Path = tuple[str, ...]


def path_of(column: str) -> Path:
    """The steps of `reply.text`."""
    return tuple(column.split("."))


def taken(row: Mapping[str, Any], paths: Mapping[str, Path]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row with null where the paths lead, and what was there by the names of the paths that lead anywhere."""
    hollow, found = dict(row), {}
    for name, path in paths.items():
        place = _opened(hollow, path)
        if place is not None and path[-1] in place:
            found[name] = place[path[-1]]
            place[path[-1]] = None
    return hollow, found


def filled(
    dialect: str, row: Mapping[str, Any], values: Mapping[str, Any], paths: Mapping[str, Path]
) -> dict[str, Any]:
    """The row with values where the paths lead, in new objects where there are none.

    Raises `LossError` where something else than an object is in the way.
    """
    whole = dict(row)
    for name, value in values.items():
        place = _opened(whole, paths[name], make=True)
        if place is None:
            raise LossError(dialect, [f"{name} (what it lies in is no object)"])
        place[paths[name][-1]] = value
    return whole


def _opened(row: dict[str, Any], path: Path, *, make: bool = False) -> dict[str, Any] | None:
    """The object that a path ends in, it and all above it copied, so that writing in it changes no other row."""
    place = row
    for step in path[:-1]:
        below = place.get(step, {} if make else None)
        if not isinstance(below, dict):
            return None
        place[step] = dict(below)
        place = place[step]
    return place
