"""The command line: commands made from the declarations of operations, and the verbs that are no operation."""

import gc
import os
import signal
import sys
from types import FrameType

__all__ = ["main"]

_INTERRUPTED = 130
# Nearly all that a command makes lives as long as it does. With the usual 700 objects the collector goes over them some
# hundred times a second, and finds nothing.
_OBJECTS_PER_COLLECTION = 50_000
# The linear algebra that comes with numpy begins with a thread that waits for work by counting as fast as it can, for a
# tenth of a second beside whatever else is to be done. Now it has 2**4 cycles to wait before it sleeps.
_CYCLES_OF_WAITING = ("OPENBLAS_THREAD_TIMEOUT", "4")


def main() -> None:
    """Run the words of the command line and leave with their exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    os.environ.setdefault(*_CYCLES_OF_WAITING)
    try:
        from tilth.cli.border import run  # takes long enough for somebody to change their mind

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = _INTERRUPTED
    # What is left goes with the process. Searching it for cycles first takes a tenth of the time of a short command.
    gc.freeze()
    sys.exit(code)


def _terminated(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
