"""Recorded answers: a ledger's answers as a file that can be read, shipped and played back without a model.

One line for each answer: `{"key": ..., "request": {...}, "response": {...}}`. The key is the hash of the request
beside it, and is checked, so an answer cannot drift to another question.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tilth.errors import DataError, UsageError
from tilth.formats.atomic import refuse_same_file, replacing
from tilth.generators.answering import Tally
from tilth.generators.ledger import Ledger
from tilth.generators.reply import Outcome, read_answer
from tilth.generators.request import Request
from tilth.schemas.exact_json import dump_json, load_json


class Replay:
    """Answers from a file and nowhere else: nothing is sent, and a missing answer is an error."""

    def __init__(self, answers: Mapping[str, bytes], source: Path) -> None:
        self._answers, self._source = answers, source
        self.tally = Tally()
        self.is_spent = False
        self.cost_usd: float | None = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def ask(self, requests: Sequence[Request]) -> list[Outcome]:
        """The recorded outcome of each request. Raises `UsageError` where one is missing."""
        missing = [request for request in requests if request.key not in self._answers]
        if missing:
            raise UsageError(
                f"no answer is recorded for {len(missing)} of {len(requests)} requests to {missing[0].model} "
                f"(the first is {missing[0].key[:12]}): seeds or options differ from those that were recorded",
                where=str(self._source),
                fix="--endpoint http://localhost:8080/v1 to ask a live model",
            )
        outcomes = [read_answer(self._answers[request.key]) for request in requests]
        self.tally.recorded += len(outcomes)
        self.tally.count(outcomes)
        return outcomes


def export_answers(ledger: Path, out: Path, *, overwrite: bool = False) -> int:
    """Write every committed answer of a ledger to `out`, and return how many; all of them or none.

    Raises `UsageError` for a file that exists, unless it may be overwritten; the ledger itself never is.
    """
    if not ledger.is_file():
        raise UsageError("there is no such ledger", where=str(ledger))
    refuse_same_file(out, [ledger])
    seen: set[str] = set()
    with Ledger(ledger) as book, replacing(out, overwrite=overwrite) as temporary, temporary.open("wb") as file:
        for request, body in book.answers():
            if request.key in seen:  # two processes may have asked at the same moment
                continue
            seen.add(request.key)
            line = {"key": request.key, "request": request.content(), "response": load_json(body)}
            file.write(dump_json(line) + b"\n")
    return len(seen)


def read_answers(path: Path) -> dict[str, bytes]:
    """Recorded answers by the key of their request. Raises `DataError` with the line for what is none."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as failure:
        raise UsageError(f"the recorded answers cannot be read: {failure.strerror}", where=str(path)) from failure
    answers: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            recorded = load_json(line)
            given, key, response = recorded["key"], Request.from_content(recorded["request"]).key, recorded["response"]
        except (ValueError, KeyError, TypeError) as failure:
            raise DataError(
                "this line is no recorded answer with key, request and response", where=f"{path}:{number}"
            ) from failure
        if given != key:
            raise DataError("the key does not belong to the request beside it", where=f"{path}:{number}")
        answers[key] = dump_json(response)
    return answers
