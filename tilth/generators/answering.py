"""What a generator talks to: many requests in, exactly one outcome for each out, and a count of how they went.

A generator is a pure function between the two: it makes requests and reads outcomes. Whether a call is paid for
(`Client`) or played back from a file (`Replay`) is not its business.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from tilth.generators.reply import Outcome
from tilth.generators.request import Request


@dataclass
class Tally:
    """What was asked so far and how it ended."""

    sent: int = 0
    """Requests that went over the wire, retries included."""
    reused: int = 0
    """Answers that the ledger held already."""
    recorded: int = 0
    """Answers that came from a file of recorded answers."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Requests by how they ended."""
    failures: Counter[str] = field(default_factory=Counter)
    """Failed requests by the short name of the reason."""

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Take outcomes into the tally."""
        for outcome in outcomes:
            self.outcomes[outcome.status] += 1
            if outcome.status == "failed":
                self.failures[outcome.reason.partition(":")[0]] += 1

    def facts(self) -> Mapping[str, Any]:
        """The tally as plain data, for a report."""
        return {
            "requests_sent": self.sent,
            "answers_reused": self.reused,
            "answers_recorded": self.recorded,
            "outcomes": dict(sorted(self.outcomes.items())),
            "failures": dict(sorted(self.failures.items())),
        }


class Answering(Protocol):
    """Something that answers requests."""

    @property
    def tally(self) -> Tally:
        """The count so far."""
        ...

    @property
    def is_spent(self) -> bool:
        """True once a request was refused because it could have passed the spending limit."""
        ...

    @property
    def cost_usd(self) -> float | None:
        """What has been spent, with what may have been spent at its worst; None where no price is known."""
        ...

    def ask(self, requests: Sequence[Request]) -> list[Outcome]:
        """One outcome for each request, in their order.

        Raises `TilthError` when asking on is pointless: a wrong key, an empty account, an answer that is missing
        where nothing may be sent. What was answered by then is kept.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
