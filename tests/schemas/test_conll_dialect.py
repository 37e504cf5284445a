"""Tagged tokens become texts with entities and back; what tags cannot say is named, and made sayable when allowed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.annotation_rows import words as any_text
from tilth.errors import DataError, UsageError
from tilth.schemas import LossError, content_id, detect, dialect, record_type
from tilth.schemas.annotation.words import words
from tilth.schemas.dialects import encode_allowing

ROW = {"tokens": ["Ada", "Lovelace", "lives", "in", "Oslo", "."], "tags": ["B-PER", "I-PER", "O", "O", "B-LOC", "O"]}
ENTITIES = [{"start": 0, "end": 12, "label": "PER"}, {"start": 22, "end": 26, "label": "LOC"}]


def ner(text: str, *spans: tuple[int, int, str], **more: Any) -> dict[str, Any]:
    entities = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    return {"type": "ner", "text": text, "entities": entities, **more}


def lost(record: dict[str, Any], name: str = "conll") -> list[str]:
    with pytest.raises(LossError) as failure:
        dialect(name).encode(record)
    return failure.value.names


def test_the_text_is_the_tokens_with_a_space_between_them() -> None:
    record = dialect("conll").decode(ROW)
    assert record["text"] == "Ada Lovelace lives in Oslo ."
    assert record["entities"] == ENTITIES
    assert [record["text"][one["start"] : one["end"]] for one in record["entities"]] == ["Ada Lovelace", "Oslo"]


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("conll-io", ["I-PER", "I-PER", "O", "O", "I-LOC", "O"]),
        ("conll-iob1", ["I-PER", "I-PER", "O", "O", "I-LOC", "O"]),
        ("conll-iob2", ["B-PER", "I-PER", "O", "O", "B-LOC", "O"]),
        ("conll-ioe1", ["I-PER", "I-PER", "O", "O", "I-LOC", "O"]),
        ("conll-ioe2", ["I-PER", "E-PER", "O", "O", "E-LOC", "O"]),
        ("conll-iobes", ["B-PER", "E-PER", "O", "O", "S-LOC", "O"]),
        ("conll-bilou", ["B-PER", "L-PER", "O", "O", "U-LOC", "O"]),
    ],
)
def test_every_scheme_says_the_same_entities(name: str, tags: list[str]) -> None:
    row = dialect(name).encode(dialect("conll").decode(ROW))
    assert row == {"tokens": ROW["tokens"], "tags": tags}
    assert content_id(dialect(name).decode(row)) == content_id(dialect("conll").decode(ROW))
    told = "conll-iob1" if name in ("conll-io", "conll-ioe1") else "conll" if name == "conll-iob2" else name
    assert detect([row]).dialect.name == told


def test_the_scheme_is_told_by_most_sentences_and_said() -> None:
    rows = [{"tokens": ["a"], "tags": ["O"]}] * 90 + [{"tokens": ["a", "b"], "tags": ["O", "I-X"]}] * 9
    found = detect([*rows, {"tokens": ["a"], "tags": ["B-X"]}])
    assert found.dialect.name == "conll-iob1"
    assert found.why == ("99 of 100 rows looked at has tokens, tags and the scheme IOB1",)
    assert detect(rows, dialect="conll-iob2").dialect.name == "conll-iob2"


def test_tags_of_no_span_and_of_no_scheme_are_refused() -> None:
    with pytest.raises(DataError, match="the tags are of no span: NOUN, VERB have no B- or I- before them"):
        detect([{"tokens": ["cats", "run"], "tags": ["NOUN", "VERB"]}])
    with pytest.raises(UsageError, match="the tags break every scheme in at least 1 of 2 sentences"):
        detect([{"tokens": ["a"], "tags": ["B-X"]}, {"tokens": ["a"], "tags": ["I-X"]}])


def test_a_tag_out_of_place_is_reported_where_it_stands_and_never_repaired() -> None:
    row = {"tokens": ["Ada", "wrote", "Oslo"], "tags": ["B-PER", "O", "I-LOC"]}
    record = dialect("conll").decode(row)
    assert "entities" not in record
    (problem,) = record_type("ner").problems(record)
    assert (problem.path, problem.found) == (("tags", 2), "I-LOC")
    assert problem.message == "is out of place: in IOB2 it goes on in an entity that has to begin with B"
    assert dialect("conll").encode(record) == row
    with pytest.raises(LossError, match=r"spacy cannot hold entities \(tags\[2\] is out of place"):
        dialect("spacy").encode(record)
    assert lost(record, "conll-iobes") == ["entities"]
    with pytest.raises(LossError):
        encode_allowing(dialect("doccano"), record, ("entities",))


def test_other_columns_and_the_layout_come_back_from_other_shapes() -> None:
    row = {**ROW, "layout": {"delimiter": " ", "before": ["-DOCSTART- -X- O O", ""]}}
    row = {"tokens": row["tokens"], "column_2": ["NNP"] * 6, "tags": row["tags"], "layout": row["layout"]}
    record = dialect("conll").decode(row)
    for name in ("spacy", "prodigy", "doccano", "presidio", "tilth", "token-tags"):
        shape = dialect(name)
        assert dialect("conll").encode(shape.decode(shape.encode(record))) == row


def test_one_sentence_has_one_identity_in_every_shape_with_tokens_or_without() -> None:
    record = dialect("conll").decode(ROW)
    text = record["text"]
    tokens = [
        {"text": token, "start": text.index(token), "end": text.index(token) + len(token)} for token in ROW["tokens"]
    ]
    rows = {
        "spacy": {"text": text, "tokens": tokens, "spans": ENTITIES},
        "doccano": {"text": text, "label": [[0, 12, "PER"], [22, 26, "LOC"]]},
        "token-tags": {"id": "0", "tokens": ROW["tokens"], "ner_tags": ROW["tags"]},
        "conll-bilou": dialect("conll-bilou").encode(record),
    }
    assert {content_id(dialect(name).decode(row)) for name, row in rows.items()} == {content_id(record)}


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (ner("Ada, hi"), "spaces"),
        (ner("Ada  hi"), "spaces"),
        (ner("Adana is here", (0, 3, "PER")), "borders"),
        (ner("New York City", (0, 8, "LOC"), (4, 13, "LOC")), "overlaps"),
        (ner("New York", (0, 8, "LOC"), (0, 8, "LOC")), "overlaps"),
        (ner("Ada met Bo", relations=[{"head": 0, "tail": 0, "label": "is"}]), "relations"),
        (ner("Ada met Bo", labels=["news"]), "labels"),
        (ner("Ada", (0, 3, "a\tb")), "entities.label"),
        (ner("Ada", extra={"id": 7}), "extra.id"),
        (ner("Ada", meta={"licence": "MIT"}), "meta.licence"),
        (ner(" "), "text"),
        ({"type": "ner", "text": "Ada"}, "entities"),
        ({**ner("Ada"), "entities": [{"start": 0, "end": 3, "label": "X", "kb_id": "Q7259"}]}, "entities.kb_id"),
        ({**ner("Ada wrote"), "tokens": ["Bo"]}, "tokens"),
        ({"type": "classification", "text": "a", "label": "b"}, "type"),
    ],
)
def test_what_tags_cannot_say_is_named(record: dict[str, Any], name: str) -> None:
    assert name in lost(record)


def test_two_neighbours_of_one_label_would_be_one_in_io() -> None:
    record = ner("Oslo Bergen", (0, 4, "LOC"), (5, 11, "LOC"))
    assert dialect("conll-iob1").encode(record)["tags"] == ["I-LOC", "B-LOC"]
    assert lost(record, "conll-io") == ["neighbours"]
    assert encode_allowing(dialect("conll-io"), record, ("neighbours",))[0]["tags"] == ["I-LOC", "I-LOC"]


@pytest.mark.parametrize(
    ("record", "allowed", "row"),
    [
        (ner("Hi, Ada!", (4, 7, "PER")), "spaces", (["Hi", ",", "Ada", "!"], ["O", "O", "B-PER", "O"])),
        (ner("Adana is", (0, 3, "PER")), "borders", (["Adana", "is"], ["B-PER", "O"])),
        (ner("New York City", (0, 13, "A"), (4, 8, "B")), "overlaps", (["New", "York", "City"], ["B-A", "I-A", "I-A"])),
        (ner("New York City", (0, 3, "A"), (0, 8, "B")), "overlaps", (["New", "York", "City"], ["B-B", "I-B", "O"])),
    ],
)
def test_what_may_be_lost_is_given_up_as_its_name_says(
    record: Any, allowed: str, row: tuple[list[str], list[str]]
) -> None:
    written, given_up = encode_allowing(dialect("conll"), record, (allowed,))
    assert (written["tokens"], written["tags"]) == row
    assert given_up == (allowed,)


def test_tokens_that_a_tool_recorded_are_kept_as_long_as_they_are_those_of_the_text() -> None:
    tokens = [{"text": "Hi,yo", "start": 0, "end": 5}, {"text": "Bo", "start": 6, "end": 8}]
    record = dialect("spacy").decode({"text": "Hi,yo Bo", "tokens": tokens, "spans": [[6, 8, "PER"]]})
    assert dialect("conll").encode(record) == {"tokens": ["Hi,yo", "Bo"], "tags": ["O", "B-PER"]}
    edited = {**record, "text": "Hi yo Bo"}
    assert dialect("conll").encode(edited)["tokens"] == ["Hi", "yo", "Bo"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("We gave $3.99, didn't we?", ["We", "gave", "$", "3.99", ",", "didn't", "we", "?"]),
        ("AL-AIN 1996-12-06.", ["AL-AIN", "1996-12-06", "."]),
        ("他住在Oslo。", ["他", "住", "在", "Oslo", "。"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("👩‍💻 codes ❤️!", ["👩‍💻", "codes", "❤️", "!"]),
        ("a\u0301b c_d", ["a\u0301b", "c_d"]),
    ],
)
def test_words_and_punctuation_are_told_by_code_points(text: str, tokens: list[str]) -> None:
    assert [text[start:end] for start, end in words(text)] == tokens


@settings(max_examples=200, deadline=None)
@given(any_text, st.sets(st.integers(0, 12)))
def test_tokens_are_all_of_a_text_but_its_white_space(text: str, cuts: set[int]) -> None:
    found = words(text, cuts)
    assert "".join(text[start:end] for start, end in found) == "".join(text.split())
    assert all(start < end for start, end in found)


def test_tags_that_are_numbers_cannot_be_read() -> None:
    with pytest.raises(DataError, match="ner_tags are numbers, and no row says what they stand for"):
        detect([{"id": "0", "tokens": ["EU", "rejects"], "ner_tags": [3, 0]}])


def test_where_sentences_count_their_words_these_stand_in_the_second_column() -> None:
    rows = [
        {"tokens": ["1", "2"], "column_2": ["Ada", "sang"], "column_3": ["NNP", "VBD"], "tags": ["B-PER", "O"]},
        {"tokens": ["1"], "column_2": ["Oslo"], "column_3": ["NNP"], "tags": ["B-LOC"]},
    ]
    shape = detect(rows).dialect
    records = [shape.decode(row) for row in rows]
    assert [record["text"] for record in records] == ["Ada sang", "Oslo"]
    assert records[0]["entities"] == [{"start": 0, "end": 3, "label": "PER"}]
    assert [shape.encode(record) for record in records] == rows


@pytest.mark.parametrize("tokens", [["1", "3"], ["2", "3"], ["Ada", "1"]])
def test_numbers_that_do_not_count_are_words(tokens: list[str]) -> None:
    row = {"tokens": tokens, "column_2": ["CD", "CD"], "tags": ["B-NUM", "O"]}
    assert detect([row, {**row, "tokens": ["1", "2"]}]).dialect.decode(row)["text"] == " ".join(tokens)
