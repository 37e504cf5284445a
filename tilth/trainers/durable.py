"""A small text file that is there whole or not at all."""

import os
from pathlib import Path


def write_durably(path: Path, text: str) -> None:
    """Write aside, sync, replace, and sync the folder: after a power cut the old file is there, or the new one."""
    staging = path.with_name(f".{path.name}.writing")
    with staging.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staging.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Make a file's content, or a folder's names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
