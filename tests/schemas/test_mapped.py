"""Files with column names of their own are read as what the user says they are, and written back with their names."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.rows import texts, values
from tilth.errors import UsageError
from tilth.formats import Dataset, convert
from tilth.schemas import LossError, detect, dialect, dump_json
from tilth.schemas.dialects.mapped import Mapped

NAMES = st.sampled_from(["Q", "instruction", "output", "input", "meta", "extra", "type", "data", "a.b"])


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(NAMES | texts, values | st.dictionaries(st.sampled_from("xyz"), values), max_size=6),
    st.fixed_dictionaries({"instruction": NAMES, "output": st.sampled_from(["A", "data.x", "meta.y", "a.b"])}),
)
def test_any_row_comes_back_equal_under_any_mapping(row, mapping):
    paths = [column for column in mapping.values() if "." in column and column not in row]
    shape, own = Mapped(mapping, "instruction", paths), dialect("tilth")
    fields = shape.decode(row)
    assert dump_json(shape.encode(fields)) == dump_json(row)
    assert dump_json(shape.encode(own.decode(own.encode(fields)))) == dump_json(row)


def test_fields_without_a_column_keep_their_own_name_unless_another_field_has_it():
    row = {"instruction": "the number of it", "task": "Add.", "input": "2 and 2", "output": "4"}
    fields = detect([row], mapping={"instruction": "task"}).dialect.decode(row)
    assert fields["extra"] == {"instruction": "the number of it"}
    assert [fields[name] for name in ("instruction", "input", "output")] == ["Add.", "2 and 2", "4"]


def test_a_column_may_lie_inside_of_objects():
    row = {"id": 7, "reply": {"lang": "en", "text": "No.", "votes": 3}, "q": "Is 9 a prime?"}
    found = detect([row], mapping={"instruction": "q", "output": "reply.text"})
    fields = found.dialect.decode(row)
    assert (fields["instruction"], fields["output"]) == ("Is 9 a prime?", "No.")
    assert fields["extra"]["reply"] == {"lang": "en", "text": None, "votes": 3}
    assert found.dialect.encode({**fields, "output": "No!"}) == {**row, "reply": {**row["reply"], "text": "No!"}}


def test_a_name_with_a_dot_is_a_name_where_a_row_has_it():
    found = detect([{"reply.text": "No.", "q": "?"}], mapping={"instruction": "q", "output": "reply.text"})
    assert found.dialect.decode({"reply.text": "No.", "q": "?"})["output"] == "No."


def test_a_value_that_is_in_the_way_of_a_path_is_named():
    shape = Mapped({"instruction": "q", "output": "reply.text"}, "instruction", ["reply.text"])
    with pytest.raises(LossError, match=r"reply\.text \(what it lies in is no object\)"):
        shape.encode({"type": "instruction", "instruction": "a", "output": "b", "extra": {"reply": 3}})


@pytest.mark.parametrize(
    ("mapping", "record_type", "what", "fix"),
    [
        ({"instruction": "question"}, None, "there is no column question", "Question"),
        ({"instruction": "Question", "output": "Question"}, None, "one column for two fields", ""),
        ({"instruction": "Question", "output": "Answer"}, "text", "text records have no field instruction", "text"),
        ({"outputs": "Answer", "instruction": "Question"}, "instruction", "have no field outputs", "output"),
        ({"system": "Answer"}, None, "are not all that any record type needs", "tilth schema"),
    ],
)
def test_a_mapping_that_does_not_fit_says_why(mapping, record_type, what, fix):
    with pytest.raises(UsageError, match=what) as failure:
        detect([{"Question": "a", "Answer": "b"}], mapping=mapping, record_type=record_type)
    assert failure.value.fix == fix


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".json"])
def test_a_mapped_file_of_any_container_is_converted_and_comes_back(tmp_path: Path, suffix: str) -> None:
    rows = [
        {"Question": "Is 9 a prime?", "Answer": "No.", "Hits": "3"},
        {"Question": "7?", "Answer": "", "Hits": "007"},
    ]
    (tmp_path / "in.jsonl").write_bytes(b"".join(dump_json(row) + b"\n" for row in rows))
    convert(Dataset.open(tmp_path / "in.jsonl", dialect="tilth"), tmp_path / f"faq{suffix}")
    data = Dataset.open(tmp_path / f"faq{suffix}", mapping={"instruction": "Question", "output": "Answer"})
    convert(data, tmp_path / "out.jsonl", to_dialect="alpaca")
    found = [row for batch in Dataset.open(tmp_path / "out.jsonl").batches() for row in batch.rows]
    assert [(row["instruction"], row["output"], row["Hits"]) for row in found] == [tuple(row.values()) for row in rows]
