"""The answer of a container that is read and not written."""

from typing import NoReturn

from tilth.errors import UsageError


def refuse_writing(name: str, fix: str) -> NoReturn:
    """Raise `UsageError`, naming what to write in its place."""
    raise UsageError(f"{name} is read and not written", fix=fix)
