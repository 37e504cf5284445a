"""How much memory and power the decoder has: little for a small file, and never as much as would hurt."""

import resource
from contextlib import suppress
from pathlib import Path

_LEAST_BYTES = 256 << 20
_MOST_BYTES = 2 << 30
_BYTES_PER_FILE_BYTE = 100  # honest pages unpack to ten or twenty times their size


def give_up_powers() -> None:
    """No file is written from now on, whatever is read, and no core dump is left behind."""
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))


def memory_for(file_bytes: int) -> int:
    """How many bytes may be used to decode a file of that size."""
    return min(_MOST_BYTES, max(_LEAST_BYTES, _BYTES_PER_FILE_BYTE * file_bytes))


def limit_memory(more_bytes: int) -> None:
    """Let this process take so much more memory than it has now. Files that are mapped do not count.

    Where the system has no such limit (macOS), only the sizes of batches bound the memory.
    """
    with suppress(OSError, ValueError, StopIteration):
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        used = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
        resource.setrlimit(resource.RLIMIT_DATA, (used + more_bytes, resource.RLIM_INFINITY))
