"""Pairs of a text and what is said of it come back as they were; what is no pair is refused at its place."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.public_data import public_file
from tests.schemas.rows import texts, values
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, ReadSettings, Reject
from tilth.formats.block import RowBlock
from tilth.formats.pairs import Pairs


def rows_of(text: str, **given: Any) -> list[dict[str, Any]]:
    blocks = Pairs().read(io.BytesIO(text.encode("utf-8")), ReadSettings("file", **given))
    return [dict(row) for block in blocks for row in block.rows]


def written(rows: list[dict[str, Any]]) -> str:
    sink = io.BytesIO()
    writer = Pairs().writer(sink)
    writer.write(RowBlock(rows, range(1, len(rows) + 1)))
    writer.close()
    return sink.getvalue().decode("utf-8")


def test_a_pair_is_a_text_with_the_fields_of_the_object_beside_it() -> None:
    text = '[\n  ["Ada wrote.", {"entities": [[0, 3, "PER"]]}],\n  ["Hi", {}]\n]'
    assert rows_of(text) == [{"text": "Ada wrote.", "entities": [[0, 3, "PER"]]}, {"text": "Hi"}]


def test_a_pair_of_texts_is_a_text_and_its_label() -> None:
    assert rows_of('[["cancel it", "cancel"]]') == [{"text": "cancel it", "label": "cancel"}]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(texts, st.dictionaries(texts.filter(lambda name: name != "text"), values, max_size=3))))
def test_rows_that_begin_with_a_text_come_back(pairs: list[tuple[str, dict[str, Any]]]) -> None:
    rows = [{"text": text, **said} for text, said in pairs]
    assert rows_of(written(rows)) == rows


def test_of_several_lists_one_has_to_be_named() -> None:
    text = '{"train": [["a", "x"]], "test": [["b", "y"], ["c", "z"]]}'
    with pytest.raises(UsageError, match="2 lists: train, test"):
        rows_of(text)
    assert [row["text"] for row in rows_of(text, table="test")] == ["b", "c"]
    with pytest.raises(UsageError, match="no list is called tost"):
        rows_of(text, table="tost")
    assert rows_of('{"only": [["a", "x"]]}') == [{"text": "a", "label": "x"}]


@pytest.mark.parametrize(
    "pair", ['["a"]', '["a", "b", "c"]', '[1, "b"]', '["a", 2]', '{"text": "a"}', '"a"', "null", ""]
)
def test_what_is_no_pair_is_refused_at_its_place(pair: str) -> None:
    text = f'[["a", "x"], {pair}, ["b", "y"]]'
    rejects: list[Reject] = []
    assert [row["text"] for row in rows_of(text, reject=rejects.append)] == ["a", "b"]
    assert [reject.line for reject in rejects] == [2]
    with pytest.raises(DataError):
        rows_of(text)


@pytest.mark.parametrize("text", ['[["a", "x"]', "", "7", '{"a": 1}', "[[", "{"])
def test_what_is_no_list_of_pairs_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        rows_of(text)


def test_an_object_that_brings_a_text_of_its_own_is_refused() -> None:
    with pytest.raises(DataError, match="neither a label nor an object without a text"):
        rows_of('[["a", {"text": "b"}]]')


def test_a_row_without_a_text_at_its_head_is_not_written() -> None:
    with pytest.raises(DataError, match="row 2 does not begin with a text"):
        written([{"text": "a"}, {"label": "b", "text": "a"}])


def test_intents_in_lists_of_pairs_are_read_by_the_name_of_the_list() -> None:
    source = public_file("clinc150_share/data_small.json.gz")
    sets = {name: Dataset.open(source, format="pairs", table=name).count() for name in ("train", "val", "oos_test")}
    assert sets == {"train": 7500, "val": 3000, "oos_test": 1000}


def test_what_spacy_was_trained_on_becomes_records(tmp_path: Path) -> None:
    (tmp_path / "train.json").write_text('[["Ada wrote.", {"entities": [[0, 3, "PER"]]}]]')
    data = Dataset.open(tmp_path / "train.json", format="pairs")
    assert data.dialect.name == "spacy"
    (batch,) = data.batches()
    assert batch.records[0]["entities"] == [{"start": 0, "end": 3, "label": "PER"}]


@pytest.mark.parametrize("text", ['[["Ada wrote.", {"entities": []}]]', '[["Hi", "greet"]]'])
def test_pairs_that_are_read_as_rows_are_told_what_they_are(text: str, tmp_path: Path) -> None:
    (tmp_path / "pairs.json").write_text(text)
    with pytest.raises(DataError) as failure:
        Dataset.open(tmp_path / "pairs.json")
    assert str(failure.value.fix).startswith("--from pairs;")
