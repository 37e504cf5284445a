"""Dialects by name: what is installed, Tilth's own among them."""

from functools import cache

from tilth.errors import TilthError, UsageError
from tilth.plugins import installed, load
from tilth.schemas.dialects.base import Dialect
from tilth.schemas.dialects.tilth import BareTilth, Tilth
from tilth.schemas.registry import is_record_type, record_type_named


def dialect(name: str, record_type: str | None = None) -> Dialect:
    """The dialect of that name.

    With a `record_type`, `tilth` means bare rows of that type (no `type` in them). Raises `UsageError`, with the
    nearest name, when there is no such dialect or when it does not hold that type.
    """
    found = _load(name)
    if record_type is None:
        return found
    record_type = record_type_named(record_type).name()
    if not found.holds(record_type):
        holds = " and ".join(found.record_types)
        raise UsageError(f"{name} holds {holds} records, not {record_type}", fix=f"--as {found.record_types[0]}")
    return BareTilth(record_type) if isinstance(found, Tilth) else found


def dialects() -> dict[str, Dialect]:
    """Every dialect by name, in alphabetical order."""
    return {name: _load(name) for name in installed("tilth.dialects")}


@cache
def _load(name: str) -> Dialect:
    known = installed("tilth.dialects")
    family = [each for each in known if each.startswith(f"{name}-")]
    if name not in known and family:
        raise UsageError(f"{name} has several dialects", fix=" or ".join(family))
    if name not in known and is_record_type(name):
        holding = [each for each, found in dialects().items() if name in found.record_types and found.is_detected]
        what = f"no dialect is called {name}: that is a type of records, and these dialects hold it"
        raise UsageError(what, fix=" | ".join(holding))
    found = load("tilth.dialects", name)
    if not (isinstance(found, type) and issubclass(found, Dialect)):
        raise TilthError(f"the entry point {name} in tilth.dialects is not a dialect")
    return found()
