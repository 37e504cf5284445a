"""The texts of a column as one run of bytes and the places where they begin: cut and changed all at once."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.formats.bulk.arrays import Flags, as_flags, as_indices, buffer_of, constant, repeated
from tilth.formats.bulk.surprise import expect
from tilth.kernels import kernel, replaced

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
WORD = 8
"""Bytes that are compared at once."""
Part = str | pa.StringArray
"""What a row is joined of: the same text in every row, or the texts of a column."""


def texts_of(content: bytes | pa.Buffer, offsets: NDArray[Any], like: pa.StringArray | None = None) -> pa.StringArray:
    """Texts that lie one behind the other in bytes known to be UTF-8; null where those of `like` are."""
    validity = None if like is None or not like.null_count else like.buffers()[0]
    marks = buffer_of(offsets.astype(np.int32, copy=False))
    held = content if isinstance(content, pa.Buffer) else pa.py_buffer(content)
    return pa.StringArray.from_buffers(len(offsets) - 1, marks, held, validity)


def cut(content: bytes, begins: NDArray[Any], ends: NDArray[Any]) -> pa.StringArray:
    """The bytes cut at both ends of each span, uncopied: span number i is text number 2 * i.

    The spans come in order and do not overlap.
    """
    offsets = np.empty(2 * len(begins), np.int32)
    offsets[0::2], offsets[1::2] = begins, ends
    return texts_of(content, offsets)


def texts_between(content: bytes, begins: NDArray[Any], ends: NDArray[Any]) -> pa.StringArray:
    """The text of each span of some UTF-8 bytes; at least one span."""
    return picked(cut(content, begins, ends), np.arange(0, 2 * len(begins), 2))


def picked(texts: pa.StringArray, places: Places, is_null: Flags | None = None) -> pa.StringArray:
    """Some of the texts, in the given order; null where it says so."""
    return cast(pa.StringArray, kernel("take", texts, as_indices(places, is_null)))


def gathered(pieces: Sequence[tuple[Places, pa.StringArray]], rows: int) -> pa.StringArray:
    """Texts each at its own row, null in all other rows; at least one piece."""
    if len(pieces) == 1 and len(pieces[0][0]) == rows:
        return pieces[0][1]
    texts = pieces[0][1] if len(pieces) == 1 else pa.concat_arrays([each for _, each in pieces])
    at = np.concatenate([places for places, _ in pieces])
    order = np.zeros(rows, np.int64)
    is_null = np.ones(rows, np.bool_)
    order[at], is_null[at] = np.arange(len(at)), False
    return picked(texts, order, is_null)


def bytes_of(texts: pa.StringArray) -> tuple[Bytes, NDArray[np.int32]]:
    """The bytes of all texts, and where each begins and the last one ends. The texts are no slice of others."""
    _, marks, content = texts.buffers()
    offsets = np.zeros(1, np.int32) if marks is None else np.frombuffer(cast(Any, marks), np.int32, len(texts) + 1)
    size = int(offsets[-1])
    if content is None or not size:
        return np.empty(0, np.uint8), offsets
    return np.frombuffer(cast(Any, content), np.uint8, size), offsets


def content_of(texts: pa.StringArray) -> pa.Buffer:
    """All texts, one behind the other. The texts are no slice of others."""
    content, offsets = texts.buffers()[2], bytes_of(texts)[1]
    return pa.py_buffer(b"") if content is None else content.slice(int(offsets[0]), int(offsets[-1] - offsets[0]))


def in_own_array(texts: pa.StringArray) -> pa.StringArray:
    """The same texts in an array of their own, where they are a slice of others."""
    marks = texts.buffers()[1]
    if texts.offset == 0 and (marks is None or int(np.frombuffer(cast(Any, marks), np.int32, 1)[0]) == 0):
        return texts
    return picked(texts, np.arange(len(texts)))


def joined(texts: pa.StringArray, separator: str) -> bytes:
    """All texts in one. None of them is null, and there is at least one."""
    ends = pa.Array.from_buffers(pa.int32(), 2, [None, buffer_of(np.array([0, len(texts)], np.int32))])
    together = cast(Any, pa.ListArray).from_arrays(ends, texts)
    return content_of(kernel("binary_join", together, constant(separator))).to_pybytes()


def rows_joined(parts: Sequence[Part], rows: int) -> pa.StringArray:
    """For each row its parts in one text; null where one of them is null."""
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    if not any(isinstance(part, pa.Array) for part in merged):
        return repeated("".join(cast(list[str], merged)), rows)
    given = [constant(part) if isinstance(part, str) else part for part in merged]
    return cast(pa.StringArray, kernel("binary_join_element_wise", *given, constant("")))


def first_given(*columns: pa.StringArray | None) -> pa.StringArray:
    """In each row the first text that is not null; at least one column is there."""
    there = [column for column in columns if column is not None]
    return there[0] if len(there) == 1 else cast(pa.StringArray, kernel("coalesce", *there))


def or_empty(texts: pa.StringArray) -> pa.StringArray:
    """The texts, and the empty text where there is none."""
    return cast(pa.StringArray, kernel("coalesce", texts, constant(""))) if texts.null_count else texts


def exchanged(texts: pa.StringArray, places: Places, others: pa.StringArray) -> pa.StringArray:
    """The texts with others at some places, which come in order."""
    is_other = np.zeros(len(texts), np.bool_)
    is_other[places] = True
    return cast(pa.StringArray, kernel("replace_with_mask", texts, as_flags(is_other), others))


def chosen(is_first: Flags, first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    """In each row a text of the first column or of the second."""
    return cast(pa.StringArray, kernel("if_else", as_flags(is_first), first, second))


def doubled_quotes(texts: pa.StringArray) -> pa.StringArray:
    """The texts with every quote twice."""
    has_quotes = bool((bytes_of(texts)[0] == ord('"')).any())
    return replaced(texts, '"', '""') if has_quotes else texts


def single_quotes(texts: pa.StringArray) -> pa.StringArray:
    """The texts with one quote for every two."""
    has_quotes = bool((bytes_of(texts)[0] == ord('"')).any())
    return replaced(texts, '""', '"') if has_quotes else texts


def split_at_commas(content: bytes, count: int) -> pa.StringArray:
    """The texts between the commas. There are `count` of them, and none holds a comma."""
    commas = np.flatnonzero(np.frombuffer(content, np.uint8) == ord(","))
    expect(len(commas) + 1 == count)
    offsets = np.empty(count + 1, np.int64)
    offsets[0], offsets[-1] = 0, len(content) - len(commas)
    offsets[1:-1] = commas - np.arange(len(commas))
    return texts_of(content.replace(b",", b""), offsets)


def is_utf8(content: bytes) -> bool:
    """Whether the bytes are UTF-8 throughout."""
    if content.isascii():
        return True
    try:
        texts_of(content, np.array([0, len(content)])).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def words_at(text: bytes, places: Places) -> NDArray[np.uint64]:
    """The `WORD` bytes from each place of a text on, in a number, the first one lowest; zeros behind the text's end.

    The text is no shorter than that, and the last place is the largest.
    """
    word_at = np.ndarray((len(text) - WORD + 1,), "<u8", text, strides=(1,))
    last = len(word_at) - 1
    words: NDArray[np.uint64] = word_at[np.minimum(places, last)]
    if places.size and places.flat[-1] > last:
        words >>= (np.maximum(places - last, 0) * 8).astype(np.uint64)
    return words


def first_bytes(texts: pa.StringArray) -> Bytes:
    """The first byte of each text; 0 for an empty one."""
    content, offsets = bytes_of(texts)
    if not len(content):
        return np.zeros(len(texts), np.uint8)
    found: Bytes = content[np.minimum(offsets[:-1], len(content) - 1)]
    found[offsets[1:] == offsets[:-1]] = 0
    return found
