"""Spans, classes, relations and segments: what each tool means by its rows, and what it refuses to hold."""

import json
from typing import Any

import pytest

from tests.schemas.public_data import public_file
from tilth.schemas import LossError, content_id, detect, dialect, dump_json, record_type
from tilth.schemas.dialects import encode_allowing
from tilth.schemas.envelope import Envelope

PER = [{"start": 0, "end": 3, "label": "PER"}]


def read(row: dict[str, Any], name: str | None = None) -> tuple[str, dict[str, Any]]:
    """The dialect that a row is taken for, and its record; it has to come back."""
    found = detect([row], dialect=name).dialect
    record = found.decode(row)
    assert dump_json(found.encode(record)) == dump_json(row)
    return found.name, record


@pytest.mark.parametrize(
    "row",
    [
        {"text": "Ada wrote.", "spans": PER},
        {"text": "Ada wrote.", "ents": PER, "sents": [{"start": 0, "end": 10}]},
        {"text": "Ada wrote.", "entities": [[0, 3, "PER"]]},
        {"text": "Ada wrote.", "spans": [[0, 3, "PER"]]},
        {"spans": [{"label": "PER", "start": 0, "end": 3}], "text": "Ada wrote."},
    ],
)
def test_spacys_spans_have_three_names_and_two_spellings(row: dict[str, Any]) -> None:
    name, record = read(row)
    assert (name, record["entities"]) == ("spacy", PER)


def test_places_of_tokens_are_counted_anew_when_a_span_is_added() -> None:
    tokens = [{"text": "Ada", "start": 0, "end": 3, "id": 0}, {"text": "wrote", "start": 4, "end": 9, "id": 1}]
    span = {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}
    row = {"text": "Ada wrote", "tokens": tokens, "spans": [span], "answer": "accept"}
    name, record = read(row)
    assert (name, record["entities"]) == ("prodigy", PER)
    record["entities"] = [*PER, {"start": 4, "end": 9, "label": "ACT"}]
    added = {"start": 4, "end": 9, "token_start": 1, "token_end": 1, "label": "ACT"}
    assert dialect("prodigy").encode(record)["spans"] == [span, added]


@pytest.mark.parametrize("answer", ["reject", "ignore"])
@pytest.mark.parametrize(
    "said", [{"spans": PER}, {"label": "PER"}, {"options": [{"id": "a", "text": "A"}], "accept": ["a"]}]
)
def test_what_was_not_accepted_in_prodigy_is_no_annotation(answer: str, said: dict[str, Any]) -> None:
    _, record = read({"text": "Ada wrote.", **said, "answer": answer})
    assert not {"entities", "label", "labels"} & record.keys()
    assert list(record_type(record["type"]).problems(record))
    for other in ("doccano", "conll", "spacy", "label-studio", "fasttext"):
        with pytest.raises(LossError):
            encode_allowing(dialect(other), record, ("extra", "meta", "spaces"))


def test_prodigys_labels_and_choices_are_classes() -> None:
    assert read({"text": "a", "label": "X", "answer": "accept"})[1]["label"] == "X"
    options = [{"id": "x", "text": "X"}, {"id": "y", "text": "Y"}]
    _, record = read({"text": "a", "options": options, "accept": ["x", "y"], "answer": "accept"})
    assert record["labels"] == ["x", "y"]


def test_categories_are_labels_where_they_are_yes_or_no() -> None:
    _, record = read({"text": "a", "cats": {"baking": 0.0, "not_baking": 1.0}})
    assert record["labels"] == ["not_baking"]
    record["labels"] = ["baking"]
    assert dialect("spacy").encode(record)["cats"] == {"baking": 1.0, "not_baking": 0.0}
    unsure = dialect("spacy").decode({"text": "a", "cats": {"baking": 0.5}})
    assert "labels" not in unsure
    assert unsure["extra"] == {"cats": {"baking": 0.5}}


def test_one_label_is_one_label_again_behind_a_shape_that_knows_only_lists() -> None:
    record = {"type": "classification", "text": "a", "label": "X"}
    for name in ("doccano", "spacy", "label-studio", "prodigy", "label-studio-min"):
        shape = dialect(name)
        assert content_id(shape.decode(shape.encode(record))) == content_id(record), name


def test_an_empty_list_is_what_the_lists_of_the_other_rows_are() -> None:
    classes = [{"text": "a", "label": []}, {"text": "b", "label": ["x"]}]
    spans = [{"text": "a", "label": []}, {"text": "b", "label": [[0, 1, "X"]]}]
    assert detect(classes).dialect.decode(classes[0])["type"] == "classification"
    assert detect(spans).dialect.decode(spans[0])["type"] == "ner"
    assert detect(spans[:1]).dialect.decode(spans[0])["type"] == "ner"
    assert detect(spans[:1], dialect="doccano", record_type="classification").record_types == ("classification",)


def test_doccanos_relations_are_between_places_and_keep_their_ids() -> None:
    entities = [
        {"id": 21, "start_offset": 0, "end_offset": 3, "label": "PER"},
        {"id": 7, "start_offset": 13, "end_offset": 17, "label": "LOC"},
    ]
    relations = [{"id": 5, "from_id": 21, "to_id": 7, "type": "lives_in"}]
    name, record = read({"id": 1, "text": "Ada lives in Oslo.", "entities": entities, "relations": relations})
    assert (name, record["relations"]) == ("doccano", [{"head": 0, "tail": 1, "label": "lives_in"}])
    assert record["entities"][1] == {"start": 13, "end": 17, "label": "LOC"}
    plain = {key: record[key] for key in ("type", "text", "entities", "relations")}
    assert dialect("doccano").encode(plain)["relations"] == [{"from_id": 0, "to_id": 1, "type": "lives_in"}]
    without = {key: value for key, value in plain.items() if key != "relations"}
    assert content_id({**without, "relations": []}) == content_id(without) != content_id(plain)


def test_an_intent_and_its_slots_are_labels_beside_entities() -> None:
    row = {"text": "Fly to Oslo", "entities": [[7, 11, "LOC"]], "cats": ["flight"]}
    name, record = read(row)
    assert (name, record["labels"]) == ("doccano", ["flight"])
    snips = dialect("snips").encode(record)
    assert snips["intent"] == "flight"
    assert snips["row"]["data"] == [{"text": "Fly to "}, {"text": "Oslo", "entity": "LOC"}]
    assert content_id(dialect("snips").decode(snips)) == content_id(record)


def test_what_each_user_of_doccano_said_is_a_record_and_goes_back_among_the_others() -> None:
    said = [
        {"label": 12, "start_offset": 0, "end_offset": 3, "user": 1},
        {"label": 13, "start_offset": 4, "end_offset": 9, "user": 2},
        {"label": 14, "start_offset": 4, "end_offset": 9, "user": 1},
    ]
    rows = [{"id": 1, "text": "Ada wrote", "annotations": said}, {"id": 2, "text": "No", "annotations": []}]
    shape = detect(rows).dialect
    records = [shape.decode(row) for _, row in shape.unfold(enumerate(rows, 1), None)]
    assert [record.get("meta", {}).get("annotator") for record in records] == [1, 2, None]
    assert [len(record["entities"]) for record in records] == [2, 1, 0]
    folding = shape.folding_in(None)
    assert folding is not None
    back = [row for record in records for row in folding.add(shape.encode(record))] + list(folding.close())
    assert back == rows
    records[1]["entities"].append({"start": 0, "end": 3, "label": "15"})
    edited = [row for record in records for row in folding.add(shape.encode(record))] + list(folding.close())
    assert [one["label"] for one in edited[0]["annotations"]] == [12, 13, 14, 15]


def test_a_span_that_says_another_text_than_the_text_does_keeps_it_for_a_check() -> None:
    span = {"entity_type": "PER", "entity_value": "Ayers", "start_position": 5, "end_position": 10}
    _, record = read({"full_text": "Mrs. Ayers, hi", "spans": [span]})
    assert record["entities"] == [{"start": 5, "end": 10, "label": "PER"}]
    _, record = read({"full_text": "Mrs. Ayers, hi", "spans": [{**span, "start_position": 6, "end_position": 11}]})
    assert record["entities"] == [{"start": 6, "end": 11, "label": "PER", "text": "Ayers"}]
    with pytest.raises(LossError, match=r"misplaced \(entities\[0\]: the text from 6 to 11 is not what the span says"):
        encode_allowing(dialect("spacy"), record, ())
    row, given_up = encode_allowing(dialect("spacy"), record, ("misplaced",))
    assert (row["spans"], given_up) == ([], ("misplaced",))


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"type": "classification", "text": "a\nb", "labels": ["x"]}, "text"),
        ({"type": "classification", "text": "a", "labels": ["x y"]}, "text"),
        ({"type": "classification", "text": " a", "labels": ["x"]}, "text"),
        ({"type": "classification", "text": "__label__y a", "labels": ["x"]}, "text"),
        ({"type": "classification", "text": "a", "labels": ["x"], "extra": {"id": 1}}, "extra.id"),
        ({"type": "classification", "text": "a", "labels": ["x"], "meta": {"licence": "MIT"}}, "meta.licence"),
    ],
)
def test_a_line_of_fasttext_holds_labels_and_a_text_and_nothing_else(record: dict[str, Any], name: str) -> None:
    with pytest.raises(LossError) as failure:
        dialect("fasttext").encode(record)
    assert failure.value.names == [name]


def test_an_intent_stands_in_the_name_of_the_list_or_in_the_row() -> None:
    shape = dialect("snips")
    row = {"data": [{"text": "play "}, {"text": "Bach", "entity": "artist"}]}
    ((_, unfolded),) = shape.unfold([(1, row)], Envelope("PlayMusic"))
    record = shape.decode(unfolded)
    assert (record["text"], record["labels"]) == ("play Bach", ["PlayMusic"])
    for envelope, intent in (
        (Envelope("PlayMusic"), {}),
        (Envelope("Other"), {"intent": "PlayMusic"}),
        (None, {"intent": "PlayMusic"}),
    ):
        folding = shape.folding_in(envelope)
        assert folding is not None
        assert list(folding.add(shape.encode(record))) == [{**intent, **row}]


def test_spans_that_share_characters_are_no_segments() -> None:
    record = {
        "type": "ner",
        "text": "New York City",
        "entities": [{"start": 0, "end": 8, "label": "A"}, {"start": 4, "end": 13, "label": "B"}],
    }
    with pytest.raises(LossError, match="overlaps"):
        dialect("snips").encode(record)
    row, _ = encode_allowing(dialect("snips"), record, ("overlaps",))
    assert [segment.get("entity") for segment in row["row"]["data"]] == ["A", None]


def test_every_real_segment_is_where_its_offsets_say() -> None:
    for row in json.loads(public_file("snips_nlu/train_PlayMusic.json").read_text("utf-8"))["PlayMusic"]:
        record = dialect("snips").decode({"intent": "PlayMusic", "row": row})
        segments = [segment for segment in row["data"] if "entity" in segment]
        for found, segment in zip(record["entities"], segments, strict=True):
            assert record["text"][found["start"] : found["end"]] == segment["text"]


def test_an_article_is_put_together_from_questions_that_come_from_elsewhere() -> None:
    shape = dialect("squad-articles")
    flat = [
        {
            "id": "1",
            "title": "A",
            "context": "Ada did.",
            "question": "Who?",
            "answers": {"text": ["Ada"], "answer_start": [0]},
        },
        {
            "id": "2",
            "title": "A",
            "context": "Ada did.",
            "question": "What?",
            "answers": {"text": ["did"], "answer_start": [4]},
        },
        {
            "id": "3",
            "title": "A",
            "context": "No.",
            "question": "No?",
            "answers": {"text": [], "answer_start": []},
            "is_impossible": True,
        },
        {
            "id": "4",
            "title": "B",
            "context": "Bo.",
            "question": "Who?",
            "answers": {"text": ["Bo"], "answer_start": [0]},
        },
    ]
    folding = shape.folding_in(shape.envelope)
    assert folding is not None
    written = [shape.encode(dialect("squad").decode(row)) for row in flat]
    articles = [row for row in written for row in folding.add(row)] + list(folding.close())
    assert [article["title"] for article in articles] == ["A", "B"]
    assert [[len(one["qas"]) for one in article["paragraphs"]] for article in articles] == [[2, 1], [1]]
    assert articles[0]["paragraphs"][0]["qas"][0] == {
        "id": "1",
        "question": "Who?",
        "answers": [{"text": "Ada", "answer_start": 0}],
    }
    back = [shape.decode(row) for _, row in shape.unfold(enumerate(articles, 1), None)]
    assert [dialect("squad").encode(record)["id"] for record in back] == ["1", "2", "3", "4"]


def test_an_answer_that_is_not_in_its_context_is_not_carried_on() -> None:
    record = {
        "type": "qa",
        "question": "How many?",
        "context": "Berlin has 10.",
        "answers": [{"text": "10", "start": 0}],
    }
    with pytest.raises(LossError, match=r"misplaced \(answers\[0\]: the context does not say so at 0\)"):
        encode_allowing(dialect("squad"), record, ())


def test_a_letter_is_the_place_of_a_choice_unless_it_is_one() -> None:
    row = {"question": "A prime?", "choices": ["4", "7"], "answer": "B"}
    name, record = read(row)
    assert (name, record["answers"]) == ("multiple-choice", [{"text": "7"}])
    assert dialect(name).encode(record) == row
    assert read({**row, "answer": "C"})[0] == read({**row, "choices": ["A", "B"]})[0] == "question-answer"


def test_the_right_choice_is_the_answer() -> None:
    name, record = read({"question": "A prime?", "choices": ["4", "7"], "answer": 1})
    assert (name, record["answers"]) == ("multiple-choice", [{"text": "7"}])
    record["answers"] = [{"text": "9"}]
    with pytest.raises(LossError, match="not one of the choices"):
        dialect("multiple-choice").encode(record)
