"""How long validating takes, beside a Pydantic model for every line: `python benchmarks/bench_validate.py [ROWS]`.

Conversations are made, 400,000 of them. A few lines have something wrong with them: a role that is
none, a text that is a number, turns that are no list, or JSON that is broken. What the model refuses must be what Tilth
calls an error of the schema, line by line; and what Tilth finds here must be what it finds when every record is looked
at by itself. Both read the file in this process, and the time is that of the processor, all threads together.
Reports, never fails.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

WORDS = ["the", "a", "router", "reset", "please", "how", "can", "order", "parcel", "refund", "account", "screen", "app"]
ROUNDS = 3
WRONG_EVERY = 997


class Message(BaseModel):
    """A turn, as strictly as Tilth takes it."""

    model_config = ConfigDict(extra="allow", strict=True)
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    weight: int | float | None = None


class Chat(BaseModel):
    """A conversation."""

    messages: list[Message]
    tools: list[dict[str, Any]] | str | None = None


def made(count: int) -> Iterator[str]:
    """Conversations of two to five turns, about 500 bytes each; among them some that are wrong."""
    draw = random.Random(3)
    for number in range(count):
        turns: list[dict[str, Any]] = []
        if number % 3 == 0:
            turns.append({"role": "system", "content": " ".join(draw.choices(WORDS, k=10))})
        for _ in range(1 + number % 2):
            turns.append({"role": "user", "content": " ".join(draw.choices(WORDS, k=12)) + "?"})
            turns.append({"role": "assistant", "content": " ".join(draw.choices(WORDS, k=30)) + "."})
        if number % WRONG_EVERY:
            yield json.dumps({"messages": turns}) + "\n"
            continue
        kind = number // WRONG_EVERY % 6
        if kind == 0:
            turns[-1]["role"] = "narrator"
        elif kind == 1:
            turns[-1]["content"] = number
        elif kind == 2:
            del turns[0]["role"]
        elif kind == 3:  # nothing that a model of types sees
            turns[-1]["content"] = "  " + turns[-1]["content"]
        line = json.dumps({"messages": {"0": "no list"} if kind == 4 else turns}) + "\n"
        yield line[:-3] + "\n" if kind == 5 else line


def by_model(path: Path) -> set[int]:
    """Lines that a Pydantic model refuses."""
    refused = set()
    model = TypeAdapter(Chat)
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                model.validate_json(line)
            except ValidationError:
                refused.add(number)
    return refused


def by_tilth(path: Path) -> list[Any]:
    """Every finding, and every line that cannot be read."""
    from tilth.formats import Dataset
    from tilth.validators import check

    data = Dataset.open(path, on_error="reject")
    return [*check(data), *data.rejects]


def one_by_one(path: Path) -> list[Any]:
    """The same with every record looked at by itself."""
    from tilth.formats import Dataset
    from tilth.validators.validate import ValidateOptions

    data = Dataset.open(path, on_error="reject")
    examiner = ValidateOptions().examiner()
    found = []
    for batch in data.batches():
        for record, origin, id in zip(batch.records, batch.origins, batch.ids, strict=True):
            found += examiner.findings(record, origin.file, origin.line, id)
    return [*found, *data.rejects]


def refused(found: list[Any]) -> set[int]:
    """The lines of errors that a model of types knows: a value that is missing or of a wrong type, broken JSON."""
    known = {"missing", "wrong-type", "schema", "unknown-role"}
    return {each.line for each in found if getattr(each, "code", "missing") in known}


def timed(work: Callable[[Path], Any], path: Path) -> tuple[float, float, Any]:
    """Median seconds, median seconds of the processor, and what comes out."""
    walls, cpus, result = [], [], None
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        result = work(path)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus), result


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chats.jsonl"
        with path.open("w") as file:
            file.writelines(made(count))
        print(f"{count:,} conversations, {path.stat().st_size / 1e6:.0f} MB of JSON Lines\n")
        by_tilth(path)  # what has to be imported
        wall, cpu, lines = timed(by_model, path)
        our_wall, our_cpu, found = timed(by_tilth, path)
        print("| | seconds | of the processor | lines refused |\n|---|---|---|---|")
        print(f"| a Pydantic model for every line | {wall:.2f} | {cpu:.2f} | {len(lines):,} |")
        print(f"| tilth | {our_wall:.2f} | {our_cpu:.2f} | {len(refused(found)):,} |")
        print(f"\ntimes as fast: {wall / our_wall:.1f}, by the processor {cpu / our_cpu:.1f}")
        print(f"the same lines refused: {lines == refused(found)}")
        print(f"the same {len(found):,} findings as one by one: {found == one_by_one(path)}")


if __name__ == "__main__":
    main()
