"""Test suites that others have written for readers of JSON, CSV and YAML, where they are at hand."""

import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.formats.hostile import dumped
from tests.schemas.public_data import public_file
from tilth.errors import DataError, TilthError
from tilth.formats import Dataset, ReadSettings
from tilth.formats.strict_json import StrictJsonError, parse_json
from tilth.formats.yaml_rows import Yaml
from tilth.schemas import canonical_json


def test_json_suite_is_read_and_refused_as_it_asks() -> None:
    wrong = []
    for path in sorted(public_file("json_test_suite/test_parsing").iterdir()):
        try:
            parse_json(path.read_bytes())
            answer = "y"
        except StrictJsonError:
            answer = "n"
        if path.name[0] not in ("i", answer):
            wrong.append(path.name)
    # JSON allows a name twice and leaves open which counts: here it is refused.
    assert wrong == ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]


def test_csv_spectrum_gives_the_rows_that_it_expects() -> None:
    for path in sorted(public_file("csv_spectrum/csvs").iterdir()):
        # The telephone number of the first differs in the suite itself; the second expects a changed line end.
        if path.stem in ("location_coordinates", "newlines_crlf"):
            continue
        expected = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        data = Dataset.open(path, dialect="tilth")
        assert dumped(row for batch in data.batches() for row in batch.rows) == dumped(
            expected if isinstance(expected, list) else [expected]
        ), path.name


def test_yaml_suite_gives_the_same_rows_or_a_refusal() -> None:
    equal, other = 0, []
    for line in public_file("yaml_test_suite/cases.jsonl").read_bytes().splitlines():
        case = json.loads(line)
        try:
            blocks = list(Yaml().read(io.BytesIO(case["yaml"].encode()), ReadSettings("case")))
        except DataError:
            continue
        rows = [row for block in blocks for row in block.rows]
        if case["error"] or case["json"] is None:
            continue
        if rows and _sorted(rows) in (_documents(case["json"], as_list=True), _documents(case["json"], as_list=False)):
            equal += 1
        elif rows:
            other.append(case["id"])
    assert other == []
    assert equal == 108  # most of the others are no rows: single texts, lists of texts, tags


def _documents(text: str, *, as_list: bool) -> list[bytes]:
    decoder, place, found = json.JSONDecoder(), 0, []
    while place < len(text.rstrip()):
        value, place = decoder.raw_decode(text, place)
        place += len(text[place:]) - len(text[place:].lstrip())
        found.extend(value if as_list and isinstance(value, list) else [value])
    return _sorted(each for each in found if each is not None)  # an empty document is no row


def _sorted(rows: Iterable[object]) -> list[bytes]:
    """The suite does not keep the order of keys."""
    return [canonical_json(row) for row in rows]


@pytest.mark.slow
def test_no_public_file_ends_in_a_traceback() -> None:
    folder = public_file("README.md").parent
    suffixes = {".jsonl", ".ndjson", ".csv", ".yaml", ".yml", ".parquet", ".gz", ".zst"}
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in suffixes):
        assert isinstance(_rows_or_refusal(path), int | TilthError), path


def _rows_or_refusal(path: Path) -> int | TilthError:
    try:
        return Dataset.open(path, dialect="tilth", limit=20_000).count()
    except TilthError as refusal:
        return refusal
