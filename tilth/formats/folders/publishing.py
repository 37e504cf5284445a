"""A whole folder that becomes visible at once, or takes the place of an earlier one at once."""

import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tilth.errors import UsageError
from tilth.formats.atomic import writing_to
from tilth.formats.temporary_folder import synced, temporary_folder

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_NOT_SUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}

IsKnown = Callable[[Path], bool]
"""Whether a file, by its path in the folder, is one that such a folder holds."""


@contextmanager
def replacing_folder(path: Path, *, overwrite: bool, is_known: IsKnown) -> Iterator[Path]:
    """A hidden folder to fill, which is at `path` when the block ends, whole and on disk.

    An earlier folder stays as it was until then. It is replaced only where `overwrite` says so, and only if it holds
    nothing but what such a folder holds: whatever else somebody keeps in it would be gone.
    """
    target = Path(os.path.realpath(path))
    _check(target, path, overwrite, is_known)
    with writing_to(str(path)), temporary_folder(target) as folder:
        yield folder
        for inner, _, files in os.walk(folder, topdown=False):
            for name in files:
                synced(Path(inner, name))
            synced(Path(inner))
        umask = os.umask(0o077)
        os.umask(umask)
        folder.chmod(0o777 & ~umask)
        _check(target, path, overwrite, is_known)  # somebody may have been quicker
        _put(folder, target)
        synced(target.parent)


def _check(target: Path, path: Path, overwrite: bool, is_known: IsKnown) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError("this is a file, and the output is a folder", where=str(path), fix="-o FOLDER")
    inside = [file.relative_to(target) for file in sorted(target.rglob("*")) if not file.is_dir() or file.is_symlink()]
    if inside and not overwrite:
        raise UsageError("the output exists", where=str(path), fix="--overwrite, to replace it")
    if other := next((file for file in inside if not is_known(file)), None):
        raise UsageError(f"the folder holds {other}, which would be gone", where=str(path), fix="-o ANOTHER_FOLDER")


def _put(folder: Path, target: Path) -> None:
    """Let the new folder have the place of the old one, which has that of the new one afterwards."""
    if not target.exists() or not any(target.iterdir()):
        folder.replace(target)
    elif not _exchanged(folder, target):
        # Two steps where the system cannot do it in one: for a moment neither is there under its name.
        aside = folder.with_name(f"{folder.name}.earlier.tilth-tmp")
        target.replace(aside)
        folder.replace(target)
        aside.replace(folder)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders could be exchanged in one step (Linux can, on most file systems)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_SUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(other))
