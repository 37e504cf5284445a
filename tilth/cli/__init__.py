"""The command line: commands made from the declarations of operations, and the verbs that are no operation."""

import gc
import signal
import sys
from types import FrameType

__all__ = ["main"]

_INTERRUPTED = 130
# Nearly all that a command makes lives as long as it does. With the usual 700 objects the collector goes over them some
# hundred times a second, and finds nothing.
_OBJECTS_PER_COLLECTION = 50_000


def main() -> None:
    """Run the words of the command line and leave with their exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
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
