"""`ledger`: what was asked, answered and paid."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tilth.cli.summary import say


def ledger(path: Path, /, *, json_: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Sum up a ledger of paid calls: attempts, answers, failures, tokens, spend.

    Parameters
    ----------
    path
        The ledger file.
    json_
        Print it as one JSON object.
    """
    from tilth.generators import ledger_summary

    summary = ledger_summary(path)
    if json_:
        say(summary)
    else:
        for name, value in summary.items():
            print(f"{name.replace('_', ' '):<14} {value}")
    return 0
