"""A tokenized set as safetensors: one matrix for each column, written row by row; imports numpy.

The format is a length, a JSON header and the numbers, so that it needs no library to be written.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from tilth.formats import replacing
from tilth.trainers.token_store import TokenStore
from tilth.trainers.tokens.padding import Matrix, Padding, columns_of, lengths, matrices, stored_column

_BYTES = 8  # int64: what PyTorch's loss wants, so that a file can be trained on as it is loaded
_ALIGNMENT = 8


def write_safetensors(
    store: TokenStore, path: Path, padding: Padding, described: Mapping[str, str], *, overwrite: bool
) -> None:
    """Write every column as an int64 matrix of its own width, and beside it how long each row is without padding."""
    tensors: dict[str, tuple[list[int], Callable[[], Iterator[Matrix]]]] = {}
    for name in columns_of(store):
        shape = [store.rows, padding.widths[stored_column(name)]]
        tensors[name] = shape, _part(matrices, store, name, padding)
    for column in store.columns:
        if column != "labels":
            name = "lengths" if column == "input_ids" else column.replace("_ids", "_lengths")
            tensors[name] = [store.rows], _part(lengths, store, column)
    with replacing(path, overwrite=overwrite) as temporary, temporary.open("wb") as sink:
        _write_header(sink, {name: shape for name, (shape, _) in tensors.items()}, described)
        for _, read in tensors.values():
            for matrix in read():
                sink.write(matrix.astype("<i8", copy=False).tobytes())


def _part(read: Callable[..., Iterator[Matrix]], *given: object) -> Callable[[], Iterator[Matrix]]:
    return lambda: read(*given)


def _write_header(sink: BinaryIO, shapes: Mapping[str, list[int]], described: Mapping[str, str]) -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt", **described}}
    end = 0
    for name, shape in shapes.items():
        size = _BYTES
        for length in shape:
            size *= length
        header[name] = {"dtype": "I64", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)  # numbers that begin at a multiple of their size can be mapped
    sink.write(len(text).to_bytes(8, "little") + text)
