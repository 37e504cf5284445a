"""An end to looking, whatever is looked at: so much time of the processor, and then what was found has to do."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
    """The time is over."""


@contextmanager
def processor_time(seconds: float | None) -> Iterator[None]:
    """Run the block, and raise `OutOfTime` in it once the process has computed for so long; None sets no limit.

    A reader may have to go through terabytes of a bomb before it has a row to show, in whatever format, so the end
    comes from outside. Time of the processor and not of the clock: on a busy machine a small file is still read whole.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, end)
    # Again and again: the first may fall into a moment in which Python drops exceptions, such as a destructor.
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
