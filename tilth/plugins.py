"""What is installed under a name: Tilth's own parts and other packages', found the same way, imported one at a time."""

from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Literal, cast

from tilth.errors import TilthError, UsageError, nearest

Group = Literal["tilth.ops", "tilth.records", "tilth.dialects", "tilth.formats", "tilth.providers", "tilth.artifacts"]


@cache
def installed(group: Group) -> dict[str, EntryPoint]:
    """Entry points of one group by name, in alphabetical order. Imports none of them."""
    points = sorted(_everything().select(group=group), key=lambda point: point.name)
    return {point.name: point for point in points}


@cache
def _everything() -> EntryPoints:
    # Every call reads the notes of every package that is installed. In 3.11 it is another type with the same `select`.
    return cast(EntryPoints, entry_points())


def load(group: Group, name: str) -> object:
    """The object that is installed as `name`.

    Raises `UsageError` for a name that nobody installed, naming the nearest one, and `TilthError` for a plugin
    that is installed and cannot be imported.
    """
    points = installed(group)
    kind = group.removeprefix("tilth.").rstrip("s").replace("op", "operation")
    if name not in points:
        raise UsageError(f"no {kind} is called {name}", fix=nearest(name, points))
    try:
        return points[name].load()
    except (ImportError, AttributeError) as failure:
        raise TilthError(
            f"the {kind} {name} is installed as {points[name].value} and does not import: {failure}"
        ) from failure
