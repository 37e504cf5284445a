"""Lists of which each item is read and written by itself, with a note of those that are spelled in another way."""

from collections.abc import Callable, Sequence
from typing import Any

from tilth.errors import DataError
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.exact_json import dump_json

One = Callable[[Any], Any]


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the type and to the order of names: 1 is neither 1.0 nor true."""
    if one != other:
        return False
    try:
        return dump_json(one) == dump_json(other)
    except DataError:
        return False


def odd_items(items: Sequence[Any], decode: One, encode: One) -> dict[str, Any]:
    """The items, by their index, that are not written back as they were."""
    return {str(index): item for index, item in enumerate(items) if not _is_usual(item, decode, encode)}


def written(dialect: str, path: str, items: Sequence[Any], odd: Any, decode: One, encode: One) -> list[Any]:
    """The items written, each as it was noted unless it has changed since. Raises `LossError` with all the losses.

    `encode` raises `LossError` with paths in the item; here they become paths in the record, below `path`.
    """
    done: list[Any] = []
    lost: list[str] = []
    for index, item in enumerate(items):
        noted = odd.get(str(index)) if isinstance(odd, dict) else None
        if noted is not None and is_same(decode(noted), item):
            done.append(noted)
            continue
        try:
            done.append(encode(item))
        except LossError as failure:
            lost.extend(f"{path}[{index}].{what}" for what in failure.lost)
    if lost:
        raise LossError(dialect, lost)
    return done


def _is_usual(item: Any, decode: One, encode: One) -> bool:
    try:
        return is_same(encode(decode(item)), item)
    except LossError:
        return False
