"""A hidden folder beside an output, for what becomes visible all at once or not at all."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tilth.errors import TilthError, UsageError

_SUFFIX = ".tilth-tmp"
_TOKEN_BYTES = 6
_NAME_BYTES = 200  # of the target's name, so that the temporary name stays under the 255 bytes that folders take


@contextmanager
def temporary_folder(target: Path) -> Iterator[Path]:
    """A new, empty folder beside `target`, for its owner alone. What is still in it at the end is removed.

    What an earlier, killed run left for the same target is swept away.
    """
    prefix = "." + os.fsdecode(os.fsencode(target.name)[:_NAME_BYTES]) + "."
    _sweep(target.parent, prefix)
    folder = target.parent / f"{prefix}{secrets.token_hex(_TOKEN_BYTES)}{_SUFFIX}"
    try:
        folder.mkdir(0o700)
    except FileNotFoundError as failure:
        raise UsageError(
            "there is no such folder", where=str(target.parent), fix=f"mkdir -p {target.parent}"
        ) from failure
    except PermissionError as failure:
        raise TilthError("the folder cannot be written to: permission denied", where=str(target.parent)) from failure
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    # The lock says that somebody is still writing. The kernel drops it when its holder dies, however that happens.
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def synced(path: Path) -> None:
    """Put a file, or the names in a folder, on disk for certain."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(parent: Path, prefix: str) -> None:
    with suppress(OSError):
        for entry in os.scandir(parent):
            is_ours = entry.name.startswith(prefix) and entry.name.endswith(_SUFFIX)
            if is_ours and entry.is_dir(follow_symlinks=False):
                _remove_unless_locked(Path(entry.path))


def _remove_unless_locked(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)
