"""Annotated files from tool to tool and back: every span and every answer is where it was, or the row is refused."""

from pathlib import Path

import pytest

from tests.schemas.public_data import public_file
from tilth.errors import DataError
from tilth.formats import Dataset, convert, write_rows
from tilth.schemas import content_id
from tilth.schemas.envelope import Envelope

HOPS = [
    "doccano",
    "spacy",
    "prodigy",
    "presidio",
    "label-studio",
    "token-tags",
    "spacy-training",
    "conll-iobes",
    "tilth",
]


def spans(data: Dataset) -> list[list[tuple[str, str]]]:
    """The text and the label of every span of every record."""
    return [
        [(record["text"][one["start"] : one["end"]], one["label"]) for one in record["entities"]]
        for batch in data.batches()
        for record in batch.records
    ]


def ids(data: Dataset) -> list[str]:
    return [content_id(record) for batch in data.batches() for record in batch.records]


def test_real_sentences_go_through_every_tool_and_come_back_byte_for_byte(tmp_path: Path) -> None:
    source = tmp_path / "source.conll"
    text = public_file("wnut17_share/emerging.dev.conll").read_text(encoding="utf-8")
    source.write_text("\n\n".join(text.split("\n\n")[:60]) + "\n\n", encoding="utf-8")
    data = Dataset.open(source)
    before, identities = spans(data), ids(data)
    assert sum(map(len, before)) > 30
    for number, name in enumerate(HOPS):
        there = tmp_path / f"{number}.{'json' if number % 2 else 'jsonl'}"
        convert(data, there, to_dialect=name)
        data = Dataset.open(there, dialect=name)
        assert spans(data) == before, name
        assert ids(data) == identities, name
    convert(data, tmp_path / "back.conll", to_dialect="conll")
    assert (tmp_path / "back.conll").read_bytes() == source.read_bytes()


def test_doccano_to_spacy_to_conll_and_back_keeps_every_span(tmp_path: Path) -> None:
    source = public_file("doccano_transformer/labeling/labeling_text_label.jsonl")
    before = spans(Dataset.open(source))
    convert(Dataset.open(source), tmp_path / "a.jsonl", to_dialect="spacy")
    assert spans(Dataset.open(tmp_path / "a.jsonl")) == before
    with pytest.raises(DataError, match="spaces: 2 rows"):
        convert(Dataset.open(tmp_path / "a.jsonl"), tmp_path / "a.conll", to_dialect="conll")
    assert not (tmp_path / "a.conll").exists()
    allowed = ("spaces", "extra")
    done = convert(Dataset.open(tmp_path / "a.jsonl"), tmp_path / "a.conll", to_dialect="conll", allow_loss=allowed)
    assert done.lost == {"spaces": 2, "extra.id": 2}
    convert(Dataset.open(tmp_path / "a.conll"), tmp_path / "b.jsonl", to_dialect="doccano")
    assert spans(Dataset.open(tmp_path / "b.jsonl")) == before


def test_squad_goes_flat_and_nested_again_without_a_change(tmp_path: Path) -> None:
    source = public_file("xquad_en/xquad.en.json")
    data = Dataset.open(source)
    answers = [
        (record["context"], one["start"], one["text"])
        for batch in data.batches()
        for record in batch.records
        for one in record["answers"]
    ]
    assert len(answers) == 1190
    assert all(context.startswith(text, start) for context, start, text in answers)
    convert(data, tmp_path / "flat.parquet", to_dialect="squad")
    convert(Dataset.open(tmp_path / "flat.parquet"), tmp_path / "nested.json", to_dialect="squad-articles")
    before = [row for batch in Dataset.open(source, dialect="tilth").batches() for row in batch.rows]
    after = [row for batch in Dataset.open(tmp_path / "nested.json", dialect="tilth").batches() for row in batch.rows]
    assert after == before
    assert [list(row) for row in after] == [list(row) for row in before]
    assert Dataset.open(tmp_path / "nested.json").envelope == Envelope("data", {"version": "1.1"})


@pytest.mark.parametrize("name", ["answer-wrong.json", "answer-offset-wrong.json"])
def test_a_wrong_answer_or_offset_is_refused_in_every_other_shape(name: str, tmp_path: Path) -> None:
    source = public_file(f"qa_fixtures/farm/{name}")
    for wanted in ("squad", "tilth", "alpaca"):
        with pytest.raises(DataError, match=r"misplaced \(answers\[0\]: the context does not say so at"):
            convert(Dataset.open(source), tmp_path / "out.jsonl", to_dialect=wanted)
    convert(Dataset.open(source), tmp_path / "same.json")
    assert Dataset.open(tmp_path / "same.json").count() == 1
    data = Dataset.open(source, on_error="reject")
    assert convert(data, tmp_path / "left.jsonl", to_dialect="squad").rows == 0
    assert [reject.line for reject in data.rejects] == [3]


def test_an_intent_stays_in_the_name_of_its_list_and_goes_into_the_rows_elsewhere(tmp_path: Path) -> None:
    rows = [{"data": [{"text": "play "}, {"text": "Bach", "entity": "artist"}]}, {"data": [{"text": "stop"}]}]
    (tmp_path / "in.json").write_bytes(b'{"PlayMusic": ' + write_bytes(tmp_path, rows) + b"}")
    data = Dataset.open(tmp_path / "in.json")
    assert data.dialect.name == "snips"
    assert [record["labels"] for batch in data.batches() for record in batch.records] == [["PlayMusic"]] * 2
    convert(data, tmp_path / "d.jsonl", to_dialect="doccano")
    convert(Dataset.open(tmp_path / "d.jsonl"), tmp_path / "back.jsonl", to_dialect="snips")
    back = Dataset.open(tmp_path / "back.jsonl")
    assert ids(back) == ids(data)
    assert [
        row["intent"]
        for batch in Dataset.open(tmp_path / "back.jsonl", dialect="tilth").batches()
        for row in batch.rows
    ] == ["PlayMusic"] * 2


def write_bytes(folder: Path, rows: list[dict[str, object]]) -> bytes:
    write_rows(folder / "rows.json", rows)
    return (folder / "rows.json").read_bytes()


def test_a_row_of_tags_out_of_place_is_refused_or_left_out(tmp_path: Path) -> None:
    (tmp_path / "in.conll").write_text("Ada\tB-PER\nwrote\tO\n\nin\tO\nOslo\tI-LOC\n\nBo\tB-PER\n\n")
    with pytest.raises(DataError, match=r"in.conll:4: entities \(tags\[1\] is out of place: in IOB2"):
        convert(Dataset.open(tmp_path / "in.conll"), tmp_path / "out.jsonl", to_dialect="spacy")
    data = Dataset.open(tmp_path / "in.conll", on_error="reject")
    assert convert(data, tmp_path / "out.jsonl", to_dialect="spacy").rows == 2
    assert [reject.line for reject in data.rejects] == [4]


def test_fasttext_lines_hold_what_a_classification_is(tmp_path: Path) -> None:
    write_rows(
        tmp_path / "in.csv", [{"text": "Where is it?", "label": "delivery"}, {"text": "Broken.", "label": "damage"}]
    )
    convert(Dataset.open(tmp_path / "in.csv"), tmp_path / "out.txt", to_dialect="fasttext", format="lines")
    assert (tmp_path / "out.txt").read_text() == "__label__delivery Where is it?\n__label__damage Broken.\n"
    assert Dataset.open(tmp_path / "out.txt", format="lines").dialect.name == "fasttext"
