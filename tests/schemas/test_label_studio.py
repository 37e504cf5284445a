"""Label Studio's tasks: a record for each annotation, back to the last key, and the configuration beside them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.public_data import public_file
from tests.schemas.rows import texts
from tilth.errors import DataError
from tilth.formats import Dataset, convert, write_rows
from tilth.schemas import LossError, content_id, detect, dialect, dump_json, record_type
from tilth.schemas.dialects import encode_allowing
from tilth.schemas.dialects.label_studio.config import Config, ConfigError, Control, parse_config


def region(kind: str, value: dict[str, Any], id: str = "a", to: str = "text", name: str = "label") -> dict[str, Any]:
    return {"id": id, "from_name": name, "to_name": to, "type": kind, "value": value, "origin": "manual"}


def span(start: int, end: int, label: str, id: str = "a", **more: Any) -> dict[str, Any]:
    return region("labels", {"start": start, "end": end, **more, "labels": [label]}, id)


def task(text: str, *annotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 1, "data": {"text": text}, "annotations": list(annotations), "predictions": [], **more}


def read(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of tasks, which have to fold into the tasks again."""
    shape = detect(tasks, dialect="label-studio").dialect
    unfolded = [row for _, row in shape.unfold(enumerate(tasks, 1), None)]
    records = [shape.decode(row) for row in unfolded]
    assert [dump_json(row) for row in folded(records)] == [dump_json(row) for row in tasks]
    return records


def folded(records: list[dict[str, Any]]) -> list[Any]:
    shape = dialect("label-studio")
    folding = shape.folding_in(None)
    assert folding is not None
    return [row for record in records for row in folding.add(shape.encode(record))] + list(folding.close())


ADA = [
    span(0, 3, "PER", "a", text="Ada"),
    span(13, 17, "LOC", "b", text="Oslo"),
    {"from_id": "a", "to_id": "b", "type": "relation", "direction": "right", "labels": ["lives_in"]},
    region("choices", {"choices": ["news"]}, "c", name="kind"),
]


def test_each_annotation_is_a_record_with_its_annotator() -> None:
    first = {"id": 5, "completed_by": {"id": 3, "email": "ada@example.com"}, "result": ADA, "lead_time": 4.2}
    second = {"id": 6, "completed_by": 4, "result": [], "was_cancelled": False}
    one, other = read(task("Ada lives in Oslo.", first, second, data={"text": "Ada lives in Oslo.", "source": "x"}))
    assert one["entities"] == [{"start": 0, "end": 3, "label": "PER"}, {"start": 13, "end": 17, "label": "LOC"}]
    assert one["relations"] == [{"head": 0, "tail": 1, "label": "lives_in"}]
    assert one["labels"] == ["news"]
    assert one["meta"]["annotator"] == "ada@example.com"
    assert one["extra"]["data"] == {"source": "x"}
    assert (other["entities"], other["meta"]["annotator"]) == ([], 4)


def test_what_was_skipped_or_never_annotated_is_no_annotation() -> None:
    skipped = {"result": ADA, "was_cancelled": True}
    for record in read(task("Ada lives in Oslo.", skipped), task("No one.")):
        assert not {"entities", "labels", "relations"} & record.keys()
        assert [problem.path for problem in record_type("ner").problems(record)] == [("entities",)]
        with pytest.raises(LossError, match="entities"):
            encode_allowing(dialect("doccano"), record, ("extra", "meta"))


@pytest.mark.parametrize(
    ("result", "data", "content"),
    [
        ([region("choices", {"choices": ["a", "b"]})], {"text": "x"}, ("classification", "labels", ["a", "b"])),
        ([region("rating", {"rating": 4})], {"text": "x"}, ("classification", "label", "4")),
        ([region("textarea", {"text": ["short"]})], {"text": "x"}, ("instruction", "output", "short")),
        (
            [region("pairwise", {"selected": "right"}, to="one,other")],
            {"prompt": "p", "one": "A", "other": "B"},
            ("preference", "chosen", "B"),
        ),
        (
            [region("chatmessage", {"chatmessage": {"role": "user", "content": "Hi"}}, to="chat")],
            {"chat": []},
            ("chat", "messages", [{"role": "user", "content": "Hi"}]),
        ),
    ],
)
def test_a_region_is_what_its_type_says(result: list[Any], data: dict[str, Any], content: tuple[str, str, Any]) -> None:
    (record,) = read({"id": 1, "data": data, "annotations": [{"result": result}]})
    assert (record["type"], record[content[1]]) == (content[0], content[2])


@pytest.mark.parametrize(
    "result",
    [
        [region("choices", {"choices": ["yes"]}, name="one"), region("choices", {"choices": ["no"]}, name="other")],
        [region("textarea", {"text": ["a", "b"]})],
        [region("ranker", {"ranker": {"_": ["1", "2"]}})],
        [region("taxonomy", {"taxonomy": [["a", "b"]]})],
    ],
)
def test_what_no_record_can_say_stays_beside_it_and_is_named(result: list[Any]) -> None:
    (record,) = read({"id": 1, "data": {"text": "x"}, "annotations": [{"result": result}]})
    assert record["extra"]["result"] == result
    with pytest.raises(LossError):
        dialect("fasttext").encode(record)


def test_offsets_in_utf_16_are_known_by_the_text_that_they_claim() -> None:
    emoji = "x 👩 Oslo"
    (record,) = read(task(emoji, {"result": [span(5, 9, "LOC", text="Oslo")]}))
    assert record["entities"] == [{"start": 4, "end": 8, "label": "LOC"}]
    (record,) = read(task(emoji, {"result": [span(5, 9, "LOC")]}))
    assert record["entities"] == [{"start": 5, "end": 9, "label": "LOC"}]
    (record,) = read(task(emoji, {"result": [span(1, 3, "LOC", text="Oslo")]}))
    assert record["entities"] == [{"start": 1, "end": 3, "label": "LOC", "text": "Oslo"}]


def test_an_edit_leaves_the_other_regions_as_they_were() -> None:
    (record,) = read(task("Ada lives in Oslo.", {"result": ADA}))
    changed = {**record, "entities": [record["entities"][0], {"start": 4, "end": 9, "label": "ACT"}], "relations": []}
    ((row,),) = ([one["annotations"][0]["result"] for one in folded([changed])],)
    assert row[:2] == [ADA[0], ADA[3]]
    assert row[2]["value"] == {"start": 4, "end": 9, "text": "lives", "labels": ["ACT"]}
    assert len(row) == 3


def test_annotations_of_images_are_refused() -> None:
    image = region("rectanglelabels", {"x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["Car"]})
    with pytest.raises(DataError, match="the annotations are of no text: rectanglelabels"):
        detect([{"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": [image]}]}])


@pytest.mark.parametrize("kind", ["hypertextlabels", "paragraphlabels"])
def test_annotations_of_pages_and_dialogues_are_refused(kind: str) -> None:
    inside = region(kind, {"start": "0", "end": "0", "startOffset": 0, "endOffset": 3, kind: ["PER"]})
    with pytest.raises(DataError, match=f"the annotations are of no text: {kind}"):
        detect([{"id": 1, "data": {"html": "<p>Ada</p>"}, "annotations": [{"result": [inside]}]}])


@pytest.mark.parametrize("kind", ["choices", "taxonomy"])
def test_choices_in_choices_are_of_classes_and_stay_beside_the_record(kind: str) -> None:
    nested = [region(kind, {kind: [["Hardware", "Screen"]]})]
    (record,) = read({"id": 1, "data": {"text": "x"}, "annotations": [{"result": nested}]})
    assert (record["type"], record["extra"]["result"]) == ("classification", nested)


def test_a_comparison_is_of_the_fields_that_its_configuration_shows() -> None:
    xml = b"""<View><Text name="l" value="$one"/><Text name="r" value="$other"/>
        <Pairwise name="better" toName="l,r"/></View>"""
    shape = dialect("label-studio").informed(xml, "t.json")
    assert shape is not None
    pair = region("pairwise", {"selected": "right"}, to="l,r")
    tasks = [{"id": 1, "data": {"prompt": "p", "one": "A", "other": "B"}, "annotations": [{"result": [pair]}]}]
    (row,) = [row for _, row in shape.unfold(enumerate(tasks, 1), None)]
    record = shape.decode(row)
    assert [record[name] for name in ("prompt", "chosen", "rejected")] == ["p", "B", "A"]
    assert shape.encode(record) == row


def test_where_several_were_chosen_once_a_text_in_that_field_is_a_single_choice() -> None:
    about = {"annotator": 1, "annotation_id": 1, "lead_time": 1.0}
    rows = [{"text": "x", "mood": "good", **about}, {"text": "y", "mood": {"choices": ["good", "new"]}, **about}]
    shape = detect(rows).dialect
    one, two = map(shape.decode, rows)
    assert (one["label"], two["labels"]) == ("good", ["good", "new"])
    assert [shape.encode(record) for record in (one, two)] == rows


def test_the_configuration_is_written_beside_the_tasks_and_read_with_them(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", [{"text": "Ada lives in Oslo.", "label": [[0, 3, "PER"], [13, 17, 'L"<&\n']]}])
    out = tmp_path / "tasks.json"
    convert(Dataset.open(tmp_path / "in.jsonl"), out, to_dialect="label-studio")
    written = tmp_path / "tasks.label_config.xml"
    config = parse_config(written.read_bytes())
    assert list(config.controls["label"].labels) == ["PER", 'L"<&\n']
    assert (config.controls["label"].tag, config.shown) == ("Labels", {"text": "text"})
    data = Dataset.open(out)
    assert data.notes[-1] == "read as label-studio: tasks.label_config.xml beside it says so"
    convert(data, tmp_path / "back.jsonl", to_dialect="doccano")
    (batch,) = Dataset.open(tmp_path / "back.jsonl").batches()
    assert batch.rows[0]["label"] == [[0, 3, "PER"], [13, 17, 'L"<&\n']]


def test_a_configuration_that_says_more_stays_and_one_that_says_less_is_not_overwritten(tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", [{"text": "Ada", "label": [[0, 3, "PER"]]}])
    beside = tmp_path / "tasks.label_config.xml"
    labels = '<Label value="PER"/><Label value="X" background="red"/>'
    mine = f'<View><Text name="text" value="$text"/><Labels name="label" toName="text">{labels}</Labels></View>'
    beside.write_text(mine)
    convert(Dataset.open(tmp_path / "in.jsonl"), tmp_path / "tasks.json", to_dialect="label-studio")
    assert beside.read_text() == mine
    beside.write_text(mine.replace("PER", "ORG"))
    with pytest.raises(DataError, match="this configuration lacks labels or controls"):
        convert(Dataset.open(tmp_path / "in.jsonl"), tmp_path / "tasks.json", to_dialect="label-studio", overwrite=True)


def test_a_configuration_of_our_own_is_added_to(tmp_path: Path) -> None:
    for label in ("PER", "LOC"):
        write_rows(tmp_path / "in.jsonl", [{"text": "Ada", "label": [[0, 3, label]]}], overwrite=True)
        convert(Dataset.open(tmp_path / "in.jsonl"), tmp_path / "t.json", to_dialect="label-studio", overwrite=True)
    config = parse_config((tmp_path / "t.label_config.xml").read_bytes())
    assert list(config.controls["label"].labels) == ["PER", "LOC"]


def test_the_field_that_the_configuration_shows_is_the_text(tmp_path: Path) -> None:
    rows = [{"data": {"title": "T", "body": "Ada wrote"}, "annotations": [{"result": [span(0, 3, "PER")]}]}]
    write_rows(tmp_path / "t.json", rows)
    assert Dataset.open(tmp_path / "t.json").dialect.decode({"task": rows[0], "annotation": {}}).get("text") is None
    (tmp_path / "t.label_config.xml").write_text(
        '<View><Text name="text" value="$body"/><Labels name="label" toName="text"><Label value="PER"/></Labels></View>'
    )
    (batch,) = Dataset.open(tmp_path / "t.json").batches()
    assert batch.records[0]["text"] == "Ada wrote"
    assert batch.records[0]["extra"]["data"] == {"title": "T"}


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE v [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><View>&b;</View>'
)


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (BOMB, "it declares a document type"),
        (b'<!DOCTYPE v SYSTEM "file:///etc/passwd"><View/>', "it declares a document type"),
        (b"<View>", "it is no XML"),
        (b"", "it is no XML"),
        (b"\xff\xfe", "it is no XML"),
        (b"<View/>", "it has no control that Tilth knows"),
        (b"<View>" + b"<a/>" * 300_000 + b"</View>", "it is larger than"),
    ],
)
def test_what_is_no_configuration_is_refused_and_does_not_stop_the_reading(xml: bytes, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        parse_config(xml)
    assert dialect("label-studio").informed(xml, "tasks.json") is None


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(texts.filter(bool), st.booleans(), min_size=1))
def test_labels_of_any_signs_come_back_from_a_configuration_or_are_refused(labels: dict[str, bool]) -> None:
    config = Config({"label": Control("Labels", ("text",), dict.fromkeys(labels))}, {"text": "text"})
    try:
        xml = config.xml()
    except ConfigError as failure:
        assert "XML cannot hold" in str(failure)
        return
    assert parse_config(xml.encode("utf-8")) == config


def test_the_minimal_export_leaves_out_what_it_cannot_say() -> None:
    (record,) = read(task("Ada lives in Oslo.", {"result": ADA[:2], "completed_by": 3}))
    row = dialect("label-studio-min").encode(record)
    assert row["label"] == [
        {"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]},
        {"start": 13, "end": 17, "text": "Oslo", "labels": ["LOC"]},
    ]
    assert content_id(dialect("label-studio-min").decode(row)) == content_id(record)
    (record,) = read(task("Ada lives in Oslo.", {"result": ADA}))
    with pytest.raises(LossError, match="relations"):
        dialect("label-studio-min").encode(record)


def test_a_single_choice_in_the_minimal_export_is_told_by_the_configuration() -> None:
    row = {"id": 1, "review": "Good.", "mood": "Positive", "annotator": 1, "annotation_id": 2, "lead_time": 1.0}
    choices = '<Choices name="mood" toName="text"><Choice value="Positive"/></Choices>'
    xml = f'<View><Text name="text" value="$review"/>{choices}</View>'
    informed = dialect("label-studio-min").informed(xml.encode(), "min.json")
    assert informed is not None
    record = informed.decode(row)
    assert (record["type"], record["text"], record["label"]) == ("classification", "Good.", "Positive")
    assert informed.encode(record) == row


def test_the_configurations_of_real_projects_are_read() -> None:
    with pytest.raises(ConfigError, match="no control that Tilth knows"):  # polygons, which are of no text
        parse_config(public_file("label_studio_converter/test_export_json_min/label_config.xml").read_bytes())
