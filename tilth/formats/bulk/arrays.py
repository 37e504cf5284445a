"""Arrow arrays of texts and of numpy's numbers, and back, by their buffers.

`pyarrow.array`, `pyarrow.scalar` and `to_numpy` ask of what they are given whether it belongs to pandas, and import
pandas for that where it is installed: that takes longer than converting a file of 50 MB.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def buffer_of(values: NDArray[Any]) -> pa.Buffer:
    """The memory of an array, uncopied."""
    return pa.py_buffer(cast(Any, np.ascontiguousarray(values)))


def as_indices(places: NDArray[np.int64], is_null: Flags | None = None) -> Any:
    """Numbers as Arrow has them; null where it says so."""
    validity = None if is_null is None else _bits(~is_null)
    return pa.Array.from_buffers(pa.int64(), len(places), [validity, buffer_of(places)])


def as_flags(flags: Flags) -> pa.BooleanArray:
    """Truth values as Arrow has them."""
    return cast(pa.BooleanArray, pa.Array.from_buffers(pa.bool_(), len(flags), [None, _bits(flags)]))


def as_texts(texts: Iterable[str | bytes | None]) -> pa.StringArray:
    """Texts as Arrow has them; bytes are UTF-8 already."""
    encoded = [text if text is None or isinstance(text, bytes) else text.encode("utf-8") for text in texts]
    is_null = np.array([text is None for text in encoded], np.bool_)
    there = [text or b"" for text in encoded]
    marks = np.fromiter(accumulate(map(len, there), initial=0), np.int32, len(there) + 1)
    validity = _bits(~is_null) if is_null.any() else None
    return pa.StringArray.from_buffers(len(there), buffer_of(marks), pa.py_buffer(b"".join(there)), validity)


@lru_cache(maxsize=1000)
def constant(text: str) -> pa.StringScalar:
    """The same text in every row."""
    return as_texts([text])[0]


def repeated(text: str, rows: int) -> pa.StringArray:
    """A column of the same text."""
    return as_texts([text.encode("utf-8")] * rows)


def is_given(values: Any) -> Flags:
    """Which values of an array are not null."""
    validity = values.buffers()[0]
    if validity is None or not values.null_count:
        return np.full(len(values), values.null_count == 0)
    bits = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little")
    return bits[values.offset : values.offset + len(values)].astype(np.bool_)


def codes_of(encoded: Any) -> NDArray[np.int64]:
    """For each value of a dictionary-encoded array, none of them null, its place in the dictionary."""
    indices = encoded.indices
    return np.frombuffer(indices.buffers()[1], np.int32)[indices.offset : indices.offset + len(indices)].astype(
        np.int64
    )


def numbers_of(values: Any) -> NDArray[np.float64]:
    """The floats of an array without nulls."""
    return np.frombuffer(values.buffers()[1], np.float64)[values.offset : values.offset + len(values)]


def _bits(flags: Flags) -> pa.Buffer:
    return buffer_of(np.packbits(flags, bitorder="little"))
