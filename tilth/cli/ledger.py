"""`ledger`: what was asked, answered and paid."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tilth.cli.summary import Json, say

Overwrite = Annotated[bool, Parameter(negative=())]


def ledger(path: Path, /, *, export: Path | None = None, overwrite: Overwrite = False, json_: Json = False) -> int:
    """Sum up a ledger of paid calls: attempts, answers, failures, tokens, spend.

    Parameters
    ----------
    path
        The ledger file.
    export
        Write its answers to this file (JSON Lines), which the option --answers of a generator plays back.
    overwrite
        Replace the exported file where it exists.
    json_
        Print it as one JSON object.
    """
    from tilth.generators import export_answers, ledger_summary

    if export is not None:
        export_answers(path, export, overwrite=overwrite)
    summary = ledger_summary(path)
    if json_:
        say(summary)
    else:
        for name, value in summary.items():
            print(f"{name.replace('_', ' '):<14} {value}")
    return 0
