"""Whether a path lies on a disk of this machine: a network filesystem cannot promise what a journal promises."""

from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
# Their locks and their fsync depend on a server and on how it was mounted. 9p is left out: it is how virtual
# machines and containers share a folder of the same computer.
_NETWORK = {
    "nfs",
    "nfs4",
    "cifs",
    "smb2",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "beegfs",
    "fuse.sshfs",
}


def network_filesystem(path: Path) -> str | None:
    """The kind of network filesystem that holds `path`, or None for a local disk or where the system does not tell."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    return kind if (kind := _filesystem(path.resolve(), mounts)) in _NETWORK else None


def _filesystem(path: Path, mounts: list[str]) -> str | None:
    """The type of the innermost mount above `path`; of two mounts at the same place the later one counts."""
    deepest, kind = -1, None
    for mount in mounts:
        left, _, right = mount.partition(" - ")
        point = Path(left.split(" ")[4].replace("\\040", " "))
        if path.is_relative_to(point) and len(point.parts) >= deepest:
            deepest, kind = len(point.parts), right.split(" ")[0]
    return kind
