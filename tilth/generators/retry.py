"""When a request is sent again, how long to wait before, and when sending anything more is pointless."""

import threading
import time
from dataclasses import dataclass

from tilth.generators.reply import Outcome, Reply

_LONGEST_WAIT_S = 30.0
_PASSING = frozenset({408, 409, 425, 429})
# The next call would end in the same way: a wrong key, an empty account, a wrong path or model, another address.
_HOPELESS = {
    401: "the endpoint does not accept the API key",
    402: "the endpoint asks for payment",
    403: "the endpoint forbids this",
    404: "the endpoint knows no such model or path",
}


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how patiently a failed request is sent again."""

    attempts: int = 5
    """Most times that one request is sent."""
    first_wait_s: float = 0.5
    """The wait before the second attempt; it doubles with each further one."""
    longest_wait_s: float = 120.0
    """An endpoint that asks for more patience than this gets none."""

    def wait_s(self, reply: Reply, attempt: int, jitter: float) -> float | None:
        """Seconds to wait before the next attempt; None where there is none.

        `attempt` counts from 1, `jitter` lies between 0 and 1 and spreads requests that failed together.
        """
        if attempt >= self.attempts or not is_passing(reply):
            return None
        if reply.retry_after_s is not None:
            return reply.retry_after_s if reply.retry_after_s <= self.longest_wait_s else None
        longest = min(_LONGEST_WAIT_S, self.first_wait_s * 2.0 ** (attempt - 1))
        return longest * (0.5 + jitter / 2)


def is_passing(reply: Reply) -> bool:
    """True for a failure that may be over by the next attempt."""
    if reply.status is None:
        return reply.error != "too-large"
    return reply.status in _PASSING or reply.status >= 500 or reply.status == 200


def may_be_billed(reply: Reply) -> bool:
    """True for a failure that the endpoint may have put on the bill: it did, or may have done, the work."""
    return reply.error != "connect" and reply.status in (None, 200)


def hopeless(reply: Reply, outcome: Outcome) -> str | None:
    """Why no further request should be sent, in one sentence; None while there is hope."""
    if reply.status is None or reply.error:
        return None
    if 300 <= reply.status < 400:
        return f"the endpoint redirects to another address (HTTP {reply.status}), which is not followed"
    if reply.status in _HOPELESS:
        _, _, message = outcome.reason.partition(": ")
        return f"{_HOPELESS[reply.status]} (HTTP {reply.status}{': ' + message if message else ''})"
    return None


class Pause:
    """One pause for all threads: when one is told to stay away, all of them do."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped, self._until, self._lock = stopped, 0.0, threading.Lock()

    def extend(self, seconds: float) -> None:
        """Nothing goes out for so long from now."""
        with self._lock:
            self._until = max(self._until, time.monotonic() + seconds)

    def wait(self) -> None:
        """Return when the pause is over, or at once when the run is stopped."""
        while (left := self._until - time.monotonic()) > 0 and not self._stopped.is_set():
            self._stopped.wait(left)
