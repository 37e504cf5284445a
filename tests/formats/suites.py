"""Test suites that others have written for readers of JSON, CSV and YAML, and what Tilth answers to each file."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.schemas.public_data import public_file
from tilth.errors import TilthError
from tilth.formats import Dataset, ReadSettings
from tilth.formats.opening import format_named
from tilth.schemas import canonical_json

Answer = list[Mapping[str, Any]] | str
"""The rows of a text, or the line in which it is refused."""


def answer(format: str, content: bytes) -> Answer:
    """What a reader makes of some bytes."""
    try:
        blocks = list(format_named(format).read(io.BytesIO(content), ReadSettings("file")))
    except TilthError as refusal:
        return str(refusal).splitlines()[0]
    return [row for block in blocks for row in block.rows]


def json_texts() -> Iterator[tuple[str, bytes]]:
    """The texts of JSONTestSuite; the first letter of a name says whether it is JSON (y), is not (n), or may be (i)."""
    for path in sorted(public_file("json_test_suite/test_parsing").iterdir()):
        yield path.name, path.read_bytes()


def in_row(format: str, text: bytes) -> bytes:
    """A JSON text as the value of a row. A line break between values is a carriage return where lines are rows."""
    return b'{"v": ' + text.replace(b"\n", b"\r") + b"}\n" if format == "jsonl" else b'[{"v": ' + text + b"}]"


def json_answers(format: str) -> dict[str, Answer]:
    """The answer to each text of JSONTestSuite as the value of a row."""
    return {name: answer(format, in_row(format, text)) for name, text in json_texts()}


def csv_spectrum() -> list[tuple[str, str]]:
    """The files of csv-spectrum, and whether they give the rows that it expects."""
    return [_compared(path, path.parents[1] / "json") for path in _csv_files("csv_spectrum/csvs")]


def csv_test_data() -> list[tuple[str, str]]:
    """The files of csv-test-data, those that are no CSV among them, and the answer to each."""
    return [_compared(path, path.parents[1] / "json") for path in _csv_files("csv_test_data/csv")]


def _csv_files(folder: str) -> list[Path]:
    return sorted(public_file(folder).glob("*.csv"))


def _compared(path: Path, expected: Path) -> tuple[str, str]:
    try:
        data = Dataset.open(path, dialect="tilth")
        rows = [dict(row) for batch in data.batches() for row in batch.rows]
    except TilthError as refusal:
        return path.stem, f"refused: {refusal.what}"
    wanted = expected / f"{path.stem}.json"
    if not wanted.exists():
        return path.stem, f"read as {', '.join(json.dumps(row) for row in rows)}"
    values = json.loads(wanted.read_text(encoding="utf-8"))
    values = values if isinstance(values, list) else [values]
    if values and isinstance(values[0], list):  # a file without a header: Tilth takes its first line for one
        rows_as_lists = [list(rows[0]), *(list(row.values()) for row in rows)]
        return path.stem, "equal" if rows_as_lists == values else f"other: {json.dumps(rows_as_lists)}"
    return path.stem, "equal" if rows == values else f"other: {json.dumps(rows, ensure_ascii=False)}"


def yaml_figures() -> Counter[str]:
    """How many cases of the YAML test suite give which kind of answer."""
    found: Counter[str] = Counter()
    for line in public_file("yaml_test_suite/cases.jsonl").read_bytes().splitlines():
        case = json.loads(line)
        given = answer("yaml", case["yaml"].encode())
        if case["error"]:
            found["no YAML, refused" if isinstance(given, str) else "no YAML, read"] += 1
        elif case["json"] is None:
            found["no JSON, refused" if isinstance(given, str) else "no JSON, read"] += 1
        elif isinstance(given, str):
            found["broken" if "broken YAML" in given else "not rows"] += 1
        elif not given:
            found["empty"] += 1
        else:
            rows = sorted_keys(given)
            expected = (documents(case["json"], as_list=True), documents(case["json"], as_list=False))
            found["equal" if rows in expected else f"other: {case['id']}"] += 1
    return found


def documents(text: str, *, as_list: bool) -> list[bytes]:
    """The values of JSON texts one after another; of a list its items. The suite does not keep the order of keys."""
    decoder, place, found = json.JSONDecoder(), 0, []
    while place < len(text.rstrip()):
        value, place = decoder.raw_decode(text, place)
        place += len(text[place:]) - len(text[place:].lstrip())
        found.extend(value if as_list and isinstance(value, list) else [value])
    return sorted_keys(each for each in found if each is not None)  # an empty document is no row


def sorted_keys(rows: Any) -> list[bytes]:
    """Each row in one spelling."""
    return [canonical_json(row) for row in rows]
