"""Hashes that decide whether a result is still the result: of files, of code, of options, of a whole step."""

import json
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from io import DEFAULT_BUFFER_SIZE
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Self

import tilth

if TYPE_CHECKING:
    from tilth.operation import Operation, Options

_HASHED_BYTES = 8 << 20  # at once: between any two of them the thread asks for the interpreter
_State = tuple[int, int, int]


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file, or of a folder: the names and contents of the files in it."""
    if path.is_dir():
        parts = [
            f"{child.relative_to(path)} {sha256_of(child)}" for child in sorted(path.rglob("*")) if child.is_file()
        ]
        return sha256("\n".join(parts).encode()).hexdigest()
    return _sha256_of_file(path, Event())


def _sha256_of_file(path: Path, is_given_up: Event) -> str:
    digest = sha256()
    buffer = bytearray(min(_HASHED_BYTES, path.stat().st_size + DEFAULT_BUFFER_SIZE))
    with path.open("rb", buffering=0) as file:
        while (size := file.readinto(buffer)) and not is_given_up.is_set():
            digest.update(memoryview(buffer)[:size])
    return digest.hexdigest()


class HashedMeanwhile:
    """`sha256_of`, which knows the hashes of some files without reading them: they are made in a thread meanwhile.

    What is not hashed when the block is left stays so: nobody waits for it.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "tilth-hash")
        self._begun: dict[Path, tuple[_State, Future[str]]] = {}
        self._is_left = Event()

    def begin(self, files: Iterable[Path]) -> None:
        """Have files hashed, as far as they are files and were not begun before."""
        for path in files:
            if path not in self._begun and path.is_file():
                self._begun[path] = (_state(path), self._pool.submit(_sha256_of_file, path, self._is_left))

    def __call__(self, path: Path) -> str:
        """Hex sha256 of a file or a folder. Waits for it, and reads what has changed since it was begun."""
        state, future = self._begun.get(path, (None, None))
        return sha256_of(path) if future is None or state != _state(path) else future.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_left.set()
        self._pool.shutdown(cancel_futures=True)


def _state(path: Path) -> _State:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def code_version(operation: "Operation[..., Options]") -> str:
    """Hex sha256 of the source of the operation's room: another algorithm is another result."""
    room = sys.modules[".".join(operation.body.__module__.split(".")[:2])]
    source = Path(str(room.__file__))
    files = source.parent.rglob("*.py") if source.name == "__init__.py" else [source]
    return sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def step_key(
    operation: "Operation[..., Options]", options: "Options", inputs: Iterable[str], restored: str | None = None
) -> str:
    """Identity of a result: the code, the options with the contents of the files they name, the inputs' hashes.

    And, where somebody restored rows, which.
    """
    from tilth.operation import State

    content: dict[str, Any] = {
        "tilth": tilth.__version__,
        "operation": operation.name,
        "code": code_version(operation),
        "inputs": list(inputs),
        "options": {
            name: _option_identity(getattr(options, name))
            for name, field in type(options).model_fields.items()
            if not any(isinstance(mark, State) for mark in field.metadata)
        },
        **({"restored": restored} if restored else {}),
    }
    return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _option_identity(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_option_identity(one) for one in value]
    if isinstance(value, Path):
        return sha256_of(value) if value.exists() else str(value)
    if isinstance(value, str) and ("/" in value or value.startswith(".")) and Path(value).is_dir():
        return sha256_of(Path(value))  # a model folder: a hub id of the same form is no folder here
    return value
