"""Pointers of Git LFS and git-annex: what lies in a checkout whose large files were never fetched."""

import re

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.probe import Probe

_POINTER = Kind("pointer", "a pointer to a large file that was never fetched", "begins with version https://git-lfs")
_LONGEST = 1024


class Pointer:
    """Recognises a file that only stands for a large one."""

    kinds = (_POINTER,)

    def match(self, probe: Probe) -> Artifact | None:
        """The text that Git LFS leaves, or the path that git-annex leaves."""
        if probe.size > _LONGEST or not probe.head.startswith((b"version https://git-lfs", b"/annex/objects/")):
            return None
        artifact = _POINTER.found()
        size = re.search(rb"^size (\d{1,18})$", probe.head, re.MULTILINE)
        artifact.tell("bytes", int(size[1]) if size else None)
        artifact.missing.append("the file itself")
        artifact.next = "git lfs pull" if probe.head.startswith(b"version") else "git annex get"
        return artifact
