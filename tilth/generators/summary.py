"""What a ledger says, in one glance."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tilth.errors import UsageError
from tilth.generators.ledger import Ledger
from tilth.generators.price import usd


def ledger_summary(path: Path) -> Mapping[str, Any]:
    """Attempts, answers and failures by name, tokens, and dollars spent; what was never settled counts at its worst.

    `attempts = answered + failed + unsettled`. Raises `UsageError` where there is no ledger.
    """
    if not path.is_file():
        raise UsageError("there is no such ledger", where=str(path))
    with Ledger(path) as ledger:
        tally, attempts, balance, tokens = ledger.tally(), ledger.attempts(), ledger.balance_nano(), ledger.tokens()
    settled_nano = sum(cost for *_, cost in tally)
    answered = {outcome: number for kind, outcome, number, _ in tally if kind == "answered"}
    failed: dict[str, int] = {}
    for kind, outcome, number, _ in tally:
        if kind == "failed":
            name = outcome.partition(":")[0]
            failed[name] = failed.get(name, 0) + number
    return {
        "attempts": attempts,
        "answered": answered,
        "failed": failed,
        "unsettled": attempts - sum(answered.values()) - sum(failed.values()),
        "prompt_tokens": tokens.prompt_tokens,
        "completion_tokens": tokens.completion_tokens,
        "spent_usd": usd(balance),
        "unsettled_usd": usd(balance - settled_nano),
    }
