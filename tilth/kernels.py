"""Arrow's kernels by name.

`pyarrow.compute` makes a documented function of each of 300 kernels when it is imported, and that takes as long as a
tenth of a short command. What those functions call is taken from where they take it; where it has moved, from them.
The methods of arrays that import `pyarrow.compute` by themselves (`take`, `cast`, `fill_null`) stand for kernels too.
"""

from typing import Any

import pyarrow as pa

try:
    from pyarrow._compute import CastOptions, FunctionOptions, ReplaceSubstringOptions, SliceOptions, call_function
except ImportError:
    from pyarrow.compute import CastOptions, FunctionOptions, ReplaceSubstringOptions, SliceOptions, call_function


def kernel(name: str, *values: Any, options: FunctionOptions | None = None) -> Any:
    """What the kernel of that name makes of arrays and scalars: see the list of functions in Arrow's documentation."""
    return call_function(name, list(values), options)


def cast_to(values: Any, kind: pa.DataType) -> Any:
    """The values of an array in another type. Raises `pyarrow.ArrowInvalid` for one that the type does not hold."""
    return call_function("cast", [values], CastOptions.safe(kind))


def replaced(texts: Any, pattern: str, replacement: str) -> Any:
    """The texts with every occurrence of a pattern, taken literally, replaced."""
    return call_function("replace_substring", [texts], ReplaceSubstringOptions(pattern, replacement))


def without_first(texts: Any, characters: int) -> Any:
    """The texts from some character on."""
    return call_function("utf8_slice_codeunits", [texts], SliceOptions(characters))
