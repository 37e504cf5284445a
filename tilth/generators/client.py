"""Asks a model through the ledger: every request is found, or booked, sent, committed and read.

The corridor of one request: recorded answer -> ledger -> reserve -> send -> settle -> outcome. Requests are booked
in the order in which they are given, and one that does not fit under the spending limit waits for those in flight
to settle before it is refused: what is sent under a limit does not depend on the number of threads.
"""

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import count, islice
from queue import Empty, SimpleQueue
from typing import Self

from tilth.errors import TilthError
from tilth.generators.answering import Tally
from tilth.generators.ledger import Attempt, BudgetSpentError, Ledger
from tilth.generators.price import Price, usd
from tilth.generators.provider import Provider
from tilth.generators.reply import Outcome, Reply, read_answer, read_reply
from tilth.generators.request import Request
from tilth.generators.retry import Pause, RetryPolicy, hopeless, may_be_billed

_LAST_MOMENT_S = 3.0  # after Ctrl-C, answers that are nearly here are still committed
_EVIDENCE_BYTES = 64 * 1024  # of a body that is no answer, as much as explains it


class Client:
    """Asks a provider, several requests at a time, and pays for no answer twice."""

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        *,
        price: Price | None,
        limit_nano: int | None = None,
        policy: RetryPolicy | None = None,
        concurrency: int = 8,
        recorded: Mapping[str, bytes] | None = None,
    ) -> None:
        self._provider, self._ledger, self._limit_nano = provider, ledger, limit_nano
        self._price, self._is_priced = price or Price(), price is not None
        self._policy, self._concurrency, self._recorded = policy or RetryPolicy(), concurrency, recorded or {}
        self._stopped = threading.Event()
        self._pause = Pause(self._stopped)
        self._waiting: deque[Request] = deque()
        self._flying = 0
        self._landed: SimpleQueue[tuple[Request, Outcome | None]] = SimpleQueue()
        self._outcomes: dict[str, Outcome] = {}
        self._counting = threading.Lock()
        self._trouble: Exception | None = None
        self.tally = Tally()
        self.is_spent = False

    @property
    def cost_usd(self) -> float | None:
        """What the ledger has booked, over all runs that share it; None where no price is known."""
        return usd(self._ledger.balance_nano()) if self._is_priced else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._provider.close()
        self._ledger.close()

    def ask(self, requests: Sequence[Request]) -> list[Outcome]:
        """One outcome for each request, in their order; equal requests are asked once.

        Raises `TilthError` when sending more is pointless: a wrong key, an empty account, a full disk.
        """
        self._outcomes = {}
        try:
            distinct = {request.key: request for request in requests}.values()
            self._waiting = deque(request for request in distinct if not self._find(request))
            self._send_all()
        except KeyboardInterrupt:
            self._stopped.set()
            self._land(until=0, deadline=time.monotonic() + _LAST_MOMENT_S)
            raise
        if self._trouble is not None:
            raise self._trouble
        outcomes = [self._outcomes[request.key] for request in requests]
        self.tally.count(outcomes)
        return outcomes

    def _find(self, request: Request) -> bool:
        """Take the outcome of an answer that is there already."""
        if (body := self._recorded.get(request.key)) is not None:
            self.tally.recorded += 1
        elif (body := self._ledger.answer(request.key)) is not None:
            self.tally.reused += 1
        if body is not None:
            self._outcomes[request.key] = read_answer(body)
        return body is not None

    def _send_all(self) -> None:
        """Keep requests in flight until all have landed, or until no more may be sent."""
        while self._waiting or self._flying:
            self._land(until=self._concurrency - 1 if self._waiting else 0)
            self._pause.wait()
            if self.is_spent or self._stopped.is_set():
                self._land(until=0)
                self._leave_unsent()
            elif not self._launch():
                self.is_spent = self._flying == 0
                self._land(until=max(0, self._flying - 1))

    def _launch(self) -> bool:
        """Book as many waiting requests as there are free slots, and send them; False where the limit is in the way."""
        free = self._concurrency - self._flying
        wanted = [(request, self._price.worst_nano(request)) for request in islice(self._waiting, free)]
        attempts = self._ledger.reserve_all(wanted, self._limit_nano)
        for attempt in attempts:
            self._waiting.popleft()
            self._flying += 1
            # A daemon thread: one that hangs in a read does not hold up the end of the program after Ctrl-C.
            threading.Thread(target=self._carry, args=(attempt,), daemon=True).start()
        return len(attempts) == len(wanted)

    def _leave_unsent(self) -> None:
        while self._waiting:
            reason = "max-cost" if self.is_spent else "not-sent"
            self._outcomes[self._waiting.popleft().key] = Outcome("failed", reason=reason)

    def _land(self, *, until: int, deadline: float | None = None) -> None:
        """Take in what has landed, and wait until at most so many requests are in flight."""
        while self._flying > until or not self._landed.empty():
            try:
                left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
                request, outcome = self._landed.get(timeout=left_s)
            except Empty:
                return
            self._flying -= 1
            if outcome is None:
                self._waiting.appendleft(request)
            else:
                self._outcomes[request.key] = outcome

    def _carry(self, attempt: Attempt) -> None:
        """One request from its first attempt to its outcome, in a thread of its own."""
        outcome: Outcome | None
        try:
            outcome = self._attempts(attempt)
        except Exception as failure:  # whatever it is, it is raised again in the thread that asked
            self._give_up(failure)
            outcome = Outcome("failed", reason="not-booked")
        self._landed.put((attempt.request, outcome))

    def _attempts(self, attempt: Attempt) -> Outcome | None:
        """The outcome of a request; None where its next attempt does not fit under the limit as things stand."""
        request = attempt.request
        jitter = int(request.key[:8], 16) / 0xFFFFFFFF
        for number in count(1):
            reply = self._provider.send(request)
            outcome = self._settle(attempt, reply)
            if outcome.is_answer:
                break
            if (why := hopeless(reply, outcome)) is not None:
                self._give_up(TilthError(why))
                break
            wait_s = self._policy.wait_s(reply, number, jitter)
            if wait_s is None or not self._wait(reply, wait_s):
                break
            try:
                attempt = self._ledger.reserve(request, self._price.worst_nano(request), self._limit_nano)
            except BudgetSpentError:
                return None  # what is in flight may leave room: it queues up again, as if it had never been sent
        return outcome

    def _settle(self, attempt: Attempt, reply: Reply) -> Outcome:
        outcome = read_reply(reply)
        used_nano = self._price.used_nano(attempt.request, outcome.usage)
        if outcome.is_answer:
            self._ledger.answered(attempt, reply.body, outcome.status, used_nano, usage=outcome.usage)
        else:
            cost_nano = used_nano if may_be_billed(reply) else 0
            evidence = reply.body[:_EVIDENCE_BYTES]
            self._ledger.failed(attempt, outcome.reason, cost_nano, http_status=reply.status, body=evidence)
        with self._counting:
            self.tally.sent += 1
        return outcome

    def _wait(self, reply: Reply, wait_s: float) -> bool:
        """Wait before the next attempt; False when the run is stopped meanwhile."""
        if reply.retry_after_s is None:
            self._stopped.wait(wait_s)
        else:
            self._pause.extend(wait_s)  # the endpoint spoke to all of us
        self._pause.wait()
        return not self._stopped.is_set()

    def _give_up(self, why: Exception) -> None:
        self._trouble = self._trouble or why
        self._stopped.set()
