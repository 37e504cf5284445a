"""Times that cannot be told: the calendar of the library ends, and beyond it prints something else in their place."""

from typing import Any

import pyarrow as pa

from tilth.kernels import cast_to, kernel

_YEARS = 29_000  # from 1970, either way; the calendar ends at the year 32767
_YEAR_S = 31_556_952
_DAY_S = 86_400
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def untellable(column: "pa.Array[Any]") -> "pa.Array[Any] | None":
    """For each value of a column of dates or times, whether it cannot be told; None where all can.

    Only the values of the column itself are looked at, not what lies in lists and objects: see `holds_untellable`.
    """
    bounds = _bounds(column.type)
    if bounds is None:
        return None
    numbers = cast_to(column.view(pa.int32() if column.type.bit_width == 32 else pa.int64()), pa.int64())
    lowest, highest = (pa.scalar(bound, pa.int64()) for bound in bounds)
    outside = kernel("or", kernel("less", numbers, lowest), kernel("greater", numbers, highest))
    return outside if kernel("any", outside).as_py() else None


def holds_untellable(column: Any) -> bool:
    """Whether any value in the lists and objects of an array, however deep, cannot be told."""
    kind = column.type
    if pa.types.is_struct(kind):
        return any(map(_is_untellable, column.flatten()))
    if pa.types.is_map(kind):
        return _is_untellable(column.keys) or _is_untellable(column.items)
    if pa.types.is_nested(kind) and hasattr(column, "flatten"):
        return _is_untellable(column.flatten())
    return False


def _is_untellable(column: "pa.Array[Any]") -> bool:
    return untellable(column) is not None or holds_untellable(column)


def _bounds(kind: Any) -> tuple[int, int] | None:
    if pa.types.is_date32(kind):
        days = _YEARS * _YEAR_S // _DAY_S
        return -days, days
    if pa.types.is_date64(kind):
        return -_YEARS * _YEAR_S * 1000, _YEARS * _YEAR_S * 1000
    if pa.types.is_timestamp(kind):
        last = _YEARS * _YEAR_S * _PER_SECOND[kind.unit]
        return None if last > 2**63 else (-last, last)
    if pa.types.is_time(kind):
        return 0, _DAY_S * _PER_SECOND[kind.unit] - 1
    return None
