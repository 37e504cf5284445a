"""What loading a pickle would do to whoever loads it, from what it imports and calls.

A list of bad names is no protection: scanners that trust one are passed again and again, and so nothing here ever says
that a pickle is safe. The names only say how bad it looks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tilth.artifacts.pickles.machine import Call, Ref, Told

_SHOWN = 6
_TEXT_SHOWN = 60
_PLAIN = re.compile(
    r"""
    torch\._utils\._rebuild_\w+ | torch\._tensor\._rebuild_from_type_v2 | torch\.\w+Storage
    | torch\.storage\.(UntypedStorage|TypedStorage|_Untyped\w+) | torch\.nn\.parameter\.Parameter
    | torch\.(u?int\d+|float\w+|bfloat16|bool|complex\d+|Size|device|Tensor)
    | torch\.serialization\._get_layout
    | collections\.(OrderedDict|defaultdict|Counter)
    | (builtins|__builtin__)\.(set|frozenset|dict|list|tuple|int|float|bool|str|bytes|bytearray|complex|slice|range)
    | (builtins|__builtin__)\.object | (copyreg|copy_reg)\._reconstructor | _codecs\.encode
    | numpy(\._core|\.core)?\.multiarray\.(_reconstruct|scalar) | numpy(\._core|\.core)\.numeric\._frombuffer
    | numpy\.(ndarray|dtype|dtypes\.\w+)
    | datetime\.(date|time|datetime|timedelta|timezone) | decimal\.Decimal
    """,
    re.VERBOSE,
)
"""What weights, arrays and plain values need. Everything else is code of some module."""
_DANGEROUS_MODULES = frozenset(
    """
    os posix nt ntpath posixpath subprocess sys runpy pty socket shutil importlib imp ctypes cffi pickle _pickle
    cloudpickle dill joblib shelve marshal code codeop types inspect pdb bdb cProfile profile timeit trace doctest
    webbrowser antigravity urllib http httpx httpx2 requests ftplib smtplib telnetlib asyncio multiprocessing
    signal pip ensurepip venv pkgutil zipimport tempfile io linecache operator fileinput sqlite3 distutils setuptools
    builtins __builtin__
    """.split()  # noqa: SIM905 a list of a hundred quoted words cannot be read
)
_DANGEROUS_NAMES = frozenset(
    """
    system popen exec eval execfile compile __import__ getattr setattr open run call check_output Popen spawn
    runstring load loads _load_from_bytes load_module run_path run_module import_module
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Verdict:
    """How a pickle looks."""

    plain: bool
    """Whether it was followed to its end and asks only for what weights and plain values need."""
    unsafe: list[str]
    """Sentences for people; never empty, because a pickle is never safe."""


def judge(told: Told) -> Verdict:
    """What to say about a pickle that was followed."""
    dangerous = [name for name in told.imports if _is_dangerous(name)]
    others = [name for name in told.imports if not _PLAIN.fullmatch(name) and name not in dangerous]
    sentences = []
    if dangerous:
        sentences.append(f"loading it runs {_calls(told, dangerous)}: do not load it, and ask where it comes from")
    if others:
        packages = sorted({name.partition(".")[0] for name in others})
        sentences.append(
            f"loading it imports and calls {len(others)} names of {_names(packages)}, such as {others[0]}: "
            "load it only if you trust whoever made it"
        )
    if told.broken or told.stopped:
        why = told.broken or told.stopped
        sentences.append(f"it was not followed to its end ({why}): what it would do there is not known")
    if not sentences:
        sentences.append("a pickle, as far as seen of tensors and plain values only; loading a pickle can run code")
    return Verdict(not (dangerous or others or told.broken or told.stopped), sentences)


def _is_dangerous(name: str) -> bool:
    module, *rest = name.split(".")
    if _PLAIN.fullmatch(name):
        return False
    return module in _DANGEROUS_MODULES or module == "?" or not _DANGEROUS_NAMES.isdisjoint(rest)


def _calls(told: Told, dangerous: list[str]) -> str:
    """The dangerous names, with what they would be called with where that is plain to see."""
    shown = []
    for name in dangerous:
        made = next(
            (call for call in told.calls if isinstance(call.function, Ref) and str(call.function) == name), None
        )
        shown.append(name + (f"({_argument(made)})" if made else ""))
    return _names(shown)


def _argument(call: Call) -> str:
    arguments = call.arguments if isinstance(call.arguments, tuple) else ()
    return ", ".join(_plain_value(value) for value in arguments[:2])


def _plain_value(value: Any) -> str:
    if isinstance(value, str | bytes | int | float | None):
        return repr(value)[:_TEXT_SHOWN]
    return "..."


def _names(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
