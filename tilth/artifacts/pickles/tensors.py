"""The tensors that a PyTorch pickle would put together, told from its symbols: name, type, shape, storage."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import prod
from typing import Any

from tilth.artifacts.pickles.machine import Call, Pairs, Ref, Stored

MAX_VALUES = 400_000
"""Values that are gone through: by references to itself a small pickle can stand for endlessly many."""
_DEEPEST = 40  # a pickled module lies in the dict of a module in the dict of a module
_STORAGE_TYPES = {
    "DoubleStorage": ("F64", 8),
    "FloatStorage": ("F32", 4),
    "HalfStorage": ("F16", 2),
    "BFloat16Storage": ("BF16", 2),
    "LongStorage": ("I64", 8),
    "IntStorage": ("I32", 4),
    "ShortStorage": ("I16", 2),
    "CharStorage": ("I8", 1),
    "ByteStorage": ("U8", 1),
    "BoolStorage": ("BOOL", 1),
    "UntypedStorage": ("U8", 1),
}


@dataclass(frozen=True)
class Tensor:
    """One tensor of a checkpoint."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    storage: str
    """Under which key the numbers lie; tied tensors share one."""
    storage_bytes: int

    @property
    def numbers(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)


def tensors_in(root: Any) -> Iterator[Tensor]:
    """All tensors under names, as `model.layers.0.weight` or `state.3.exp_avg`."""
    yield from _walk(root, "", _DEEPEST, count(MAX_VALUES, -1))


def key_names(root: Any) -> list[str]:
    """The text keys of a dict or of the first dict in a list: what the columns of a pickled data set are called."""
    if isinstance(root, list | tuple) and root:
        root = root[0]
    return [key for key, _ in pairs_of(root) if isinstance(key, str)]


def pairs_of(value: Any) -> list[tuple[Any, Any]]:
    """The pairs of a dict, of an OrderedDict, or of an object's state."""
    if isinstance(value, Call):
        return value.pairs or (value.state.pairs if isinstance(value.state, Pairs) else [])
    return value.pairs if isinstance(value, Pairs) else []


def _walk(value: Any, name: str, depth: int, left: Iterator[int]) -> Iterator[Tensor]:
    if (found := _tensor(value, name)) is not None:
        yield found
        return
    items = enumerate(value) if isinstance(value, list | tuple) else pairs_of(value)
    for key, inner in items:
        if next(left) < 0 or depth == 0:
            return
        if isinstance(inner, Call | Pairs | list | tuple):
            yield from _walk(inner, f"{name}.{_key(key)}" if name else _key(key), depth - 1, left)


def _key(key: Any) -> str:
    return str(key)[:200] if isinstance(key, str | int) else "?"


def _tensor(value: Any, name: str) -> Tensor | None:
    if not (isinstance(value, Call) and isinstance(value.function, Ref) and isinstance(value.arguments, tuple)):
        return None
    function, arguments = value.function.name, value.arguments
    if function in ("_rebuild_parameter", "_rebuild_parameter_with_state") and arguments:
        return _tensor(arguments[0], name)
    if function not in ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3") or len(arguments) < 4:
        return None
    stored, shape = arguments[0], arguments[2]
    if not (isinstance(stored, Stored) and isinstance(stored.what, tuple) and len(stored.what) >= 5):
        return None
    _, storage_type, key, _, numbers = stored.what[:5]
    dtype, width = _STORAGE_TYPES.get(getattr(storage_type, "name", ""), ("?", 0))
    if function == "_rebuild_tensor_v3" and len(arguments) > 6:
        dtype = str(getattr(arguments[6], "name", dtype))
    if not (isinstance(shape, tuple) and all(isinstance(size, int) for size in shape) and isinstance(numbers, int)):
        return None
    return Tensor(name, dtype, shape, str(key)[:40], numbers * width)
