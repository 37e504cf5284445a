"""Files that are either what they were or what they shall be, and never half of it."""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tilth.errors import TilthError, UsageError

_SUFFIX = ".tilth-tmp"
_TOKEN_BYTES = 6
_NAME_BYTES = 200  # of the target's name, so that the temporary name stays under the 255 bytes that folders take
_CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE})


class Together:
    """Files that take their places together, once all of them are complete: until then each is what it was.

    A context manager, for `replacing`: left by an exception none of the files is put in its place.
    """

    def __init__(self) -> None:
        self._complete: list[_Complete] = []
        self._made: list[Path] = []

    def make_folder(self, folder: Path) -> None:
        """Make a folder for some of the files, which is gone again when they are not published."""
        if not folder.exists():
            folder.mkdir(parents=True)
            self._made.append(folder)

    def add(self, file: "_Complete") -> None:
        """Keep a file whose content is on disk until all others are."""
        self._complete.append(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            if failure is not None:
                stack.callback(self._remove_folders)
            for file in self._complete:
                stack.callback(file.drop)
            if failure is None:
                for file in self._complete:
                    file.check()
                for file in self._complete:
                    file.publish()

    def _remove_folders(self) -> None:
        for folder in self._made:
            with suppress(OSError):  # somebody has put something else there
                folder.rmdir()


@dataclass(frozen=True)
class _Complete:
    """A file whose content is on disk under a temporary name, locked by the handle."""

    handle: int
    temporary: Path
    target: Path
    path: str
    overwrite: bool

    def check(self) -> None:
        """Raise `UsageError` where somebody was quicker."""
        _check_target(self.target, self.path, overwrite=self.overwrite)

    def publish(self) -> None:
        """Put it in its place."""
        with writing_to(self.path):
            self.temporary.replace(self.target)
            _sync_folder(self.target.parent)

    def drop(self) -> None:
        """Leave no trace of what was not published."""
        self.temporary.unlink(missing_ok=True)
        os.close(self.handle)


@contextmanager
def replacing(
    path: Path | str, *, overwrite: bool = True, mode: int | None = None, together: Together | None = None
) -> Iterator[Path]:
    """A temporary file that takes the place of `path` when the block ends, whole and on disk.

    The file exists, is empty and for its owner alone; what is written into it gets `mode`, or the target's usual one.
    When the block is left by an exception, whichever, the temporary file is removed and the target is as it was. What
    an earlier, killed run left beside the target is swept away. With `together` the place is taken when all files are
    complete that shall take theirs at once.
    """
    target = Path(os.path.realpath(path))  # a link stays a link: its file is replaced
    _check_target(target, str(path), overwrite=overwrite)
    _sweep(target)
    with writing_to(str(path)), ExitStack() as stack:
        file = _Complete(*_create_beside(target), target, str(path), overwrite)
        stack.callback(file.drop)
        yield file.temporary
        os.fsync(file.handle)
        os.fchmod(file.handle, _mode_for(target) if mode is None else mode)
        if together is None:
            file.check()
            file.publish()
        else:
            stack.pop_all()
            together.add(file)


def refuse_same_file(output: Path | str, inputs: Sequence[Path | str]) -> None:
    """Raise `UsageError` when an output is one of the inputs, by whatever name or link."""
    for source in inputs:
        with suppress(OSError):
            if Path(output).samefile(source):
                raise UsageError("the output is the input", where=str(output), fix="-o ANOTHER_FILE")


def refuse_inputs_inside(folder: Path | str, inputs: Sequence[Path | str]) -> None:
    """Raise `UsageError` when a folder that is to be replaced has one of the inputs in it."""
    place = Path(folder).resolve()
    for source in inputs:
        if place in Path(source).resolve().parents:
            raise UsageError("the output holds the input", where=str(folder), fix="-o ANOTHER_FOLDER")


@contextmanager
def writing_to(path: str) -> Iterator[None]:
    """One line for a disk that takes no more; the operating system's other errors go their way."""
    try:
        yield
    except OSError as failure:
        if failure.errno not in _CANNOT_WRITE:
            raise
        raise TilthError(f"cannot be written: {_words(failure)}; nothing was changed", where=path) from failure


def _check_target(target: Path, path: str, *, overwrite: bool) -> None:
    if target.is_dir():
        raise UsageError(
            "this is a folder, and the output is a file", where=path, fix=f"-o {path.rstrip('/')}/data.jsonl"
        )
    if target.exists() and not target.is_file():
        raise UsageError("this is a device or a pipe, and the output is a file", where=path, fix="-o - > FILE")
    if target.exists() and not overwrite:
        raise UsageError("the output exists", where=path, fix="--overwrite, to replace it")


def _create_beside(target: Path) -> tuple[int, Path]:
    name = os.fsdecode(os.fsencode(target.name)[:_NAME_BYTES])
    temporary = target.with_name(f".{name}.{secrets.token_hex(_TOKEN_BYTES)}{_SUFFIX}")
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileNotFoundError as failure:
        raise UsageError(
            "there is no such folder", where=str(target.parent), fix=f"mkdir -p {target.parent}"
        ) from failure
    except PermissionError as failure:
        raise TilthError(f"the folder cannot be written to: {_words(failure)}", where=str(target.parent)) from failure
    # The lock says that somebody is still writing. The kernel drops it when its holder dies, however that happens.
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle, temporary


def _sweep(target: Path) -> None:
    """Remove what killed runs left for the same target: temporary files that nobody holds locked."""
    name = os.fsdecode(os.fsencode(target.name)[:_NAME_BYTES])
    with suppress(OSError):
        for entry in os.scandir(target.parent):
            if entry.name.startswith(f".{name}.") and entry.name.endswith(_SUFFIX):
                _remove_unless_locked(Path(entry.path))


def _remove_unless_locked(path: Path) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(handle)


def _mode_for(target: Path) -> int:
    """The mode that the target has, or that a new file gets."""
    with suppress(OSError):
        return target.stat().st_mode & 0o777
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _words(failure: OSError) -> str:
    reason = failure.strerror or str(failure)
    return reason[:1].lower() + reason[1:]
