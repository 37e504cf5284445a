"""Test suites that others have written for readers of JSON, CSV and YAML, where they are at hand."""

import json
from pathlib import Path

import pytest

from tests.formats.hostile import dumped
from tests.formats.suites import csv_spectrum, csv_test_data, json_answers, json_texts, yaml_figures
from tests.schemas.public_data import public_file
from tilth.errors import DataError, TilthError
from tilth.formats import Dataset


@pytest.mark.parametrize("format", ["jsonl", "json"])
def test_json_suite_is_read_and_refused_as_it_asks(format: str) -> None:
    answers = json_answers(format)
    # JSON allows a name twice and leaves open which counts: here it is refused.
    twice = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
    for name, text in json_texts():
        given = answers[name]
        if name.startswith("n") or name in twice:
            assert isinstance(given, str), name
            assert given.startswith("file:1: "), name
        elif name.startswith("y"):
            assert isinstance(given, list), name
            assert dumped(given) == dumped([{"v": json.loads(text)}]), name


@pytest.mark.parametrize("format", ["jsonl", "json"])
def test_json_suite_as_files_gives_rows_or_one_line(format: str, tmp_path: Path) -> None:
    for name, text in json_texts():
        path = tmp_path / f"{name}.{format}"
        path.write_bytes(text)
        given = _rows_or_refusal(path)
        if name.startswith("n"):
            assert isinstance(given, DataError), name
        elif name.startswith("y") and isinstance(given, int):
            assert isinstance(json.loads(text), dict | list), name


def test_csv_spectrum_gives_the_rows_that_it_expects() -> None:
    other = [name for name, given in csv_spectrum() if given != "equal"]
    # The telephone number of the first differs in the suite itself; the second expects a changed line end.
    assert other == ["location_coordinates", "newlines_crlf"]


def test_csv_test_data_gives_the_rows_that_it_expects() -> None:
    answers = dict(csv_test_data())
    empty = "refused: the file holds no rows"
    assert {name: given for name, given in answers.items() if given != "equal"} == {
        "all-empty": empty,
        "bad-header-less-fields": "refused: found 2 cells, expected 3 as in the header",
        "bad-header-more-fields": "refused: found 4 cells, expected 3 as in the header",
        "bad-header-no-header": empty,
        "bad-header-wrong-header": empty,  # a header alone
        "bad-missing-quote": "refused: a quote opens in this row and is never closed",
        "bad-quotes-with-unescaped-quote": "refused: the quotes of this row do not fit: ',' expected after '\"'",
        "bad-unescaped-quote": 'read as {"foo": "1", "bar": "This \\"quotes\\" must be escaped", "baz": "3"}',
        "empty-one-column": empty,
        "header-no-rows": empty,
    }


def test_yaml_suite_gives_the_same_rows_or_a_refusal() -> None:
    figures = yaml_figures()
    assert not [kind for kind in figures if kind.startswith("other")]
    assert figures["equal"] == 108  # most of the others are no rows: single texts, lists of texts, tags
    assert figures["no YAML, read"] == 9


def test_the_same_data_in_json_and_in_yaml_is_read_as_the_same_rows() -> None:
    folder = public_file("gpteacher_roleplay")
    names = ["roleplay-simple-deduped-roleplay-instruct.json.gz", "roleplay-simple-deduped-roleplay-instruct.yaml.gz"]
    sets = [Dataset.open(folder / name, dialect="tilth") for name in names]
    in_json, in_yaml = (dumped(row for batch in data.batches() for row in batch.rows) for data in sets)
    assert in_json == in_yaml
    assert len(in_json) == 1923


def test_a_page_saved_as_json_lines_is_called_a_page() -> None:
    with pytest.raises(DataError, match="this is an HTML page, not jsonl"):
        Dataset.open(public_file("lamini_docs/es7_html_saved_as.jsonl"))


def test_files_of_other_delimiters_and_encodings_are_read_or_refused_with_the_flag(tmp_path: Path) -> None:
    for path in sorted(public_file("mmlu_redux_share").glob("*.csv")):
        data = Dataset.open(path, dialect="tilth")
        assert data.count() == 100, path
        is_semicolon = path.read_bytes().startswith(b"question;")
        assert ("the cells are separated by semicolons (--delimiter ';')" in data.notes) == is_semicolon
    wide = public_file("doccano_import/example.utf16.csv")
    with pytest.raises(DataError) as refusal:
        Dataset.open(wide)
    assert refusal.value.fix == "--encoding utf-16"
    assert Dataset.open(wide, encoding="utf-16", dialect="tilth").count() == 3
    music = public_file("snips_nlu/train_PlayMusic.json").read_text(encoding="utf-8")
    (tmp_path / "music.json").write_bytes(music.encode("latin-1", errors="ignore"))
    with pytest.raises(DataError, match="is not UTF-8; with --encoding windows-1252 it reads"):
        Dataset.open(tmp_path / "music.json", dialect="tilth").count()


@pytest.mark.slow
def test_no_public_file_ends_in_a_traceback() -> None:
    folder = public_file("README.md").parent
    suffixes = {".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".yaml", ".yml", ".parquet", ".gz", ".zst"}
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in suffixes):
        assert isinstance(_rows_or_refusal(path), int | TilthError), path


def _rows_or_refusal(path: Path) -> int | TilthError:
    try:
        return Dataset.open(path, dialect="tilth", limit=20_000).count()
    except TilthError as refusal:
        return refusal
