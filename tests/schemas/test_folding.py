"""Rows of several records, and records of several rows: unfolded and put together again as they were."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.schemas.rows import texts, values
from tilth.errors import DataError
from tilth.formats import Dataset, convert
from tilth.schemas import Dialect, dialect, dump_json


def there_and_back(shape: Dialect, rows: list[dict[str, Any]]) -> list[Any]:
    """The rows as records, by way of Tilth's own dialect, and written again."""
    own, folding = dialect("tilth"), shape.folding()
    assert folding is not None
    done: list[Any] = []
    for _, row in shape.unfold(enumerate(rows, 1), None):
        record = own.decode(json.loads(dump_json(own.encode(shape.decode(row)))))
        done += folding.add(shape.encode(record))
    return [*done, *folding.close()]


instance = st.fixed_dictionaries({}, optional={"input": texts, "output": texts, "note": texts}) | values
tasks = st.fixed_dictionaries(
    {"instruction": texts, "instances": st.lists(instance, max_size=3)},
    optional={"id": st.integers(0, 2), "instance": values, "name": texts},
).flatmap(lambda row: st.permutations(list(row)).map(lambda names: {name: row[name] for name in names}))


@settings(max_examples=60, deadline=None)
@given(st.lists(tasks, max_size=4))
def test_the_instances_of_a_task_come_together_again(rows):
    assert dump_json(there_and_back(dialect("self-instruct"), rows)) == dump_json(rows)


ids = st.sampled_from([None, "", "a", "b", "c", "d", 1])
exchanges = st.fixed_dictionaries(
    {"instruction": texts, "output": texts, "id": ids, "parent_id": ids},
    optional={"input": texts | st.none(), "system": texts, "lang": values, "meta": st.just({"a": 1})},
)


@settings(max_examples=100, deadline=None)
@given(st.lists(exchanges, min_size=1, max_size=6))
@example(
    [
        {"instruction": "", "output": "", "id": None, "parent_id": "a"},
        {"instruction": "", "output": "", "id": "a", "parent_id": None, "lang": True},
    ]
)
def test_linked_exchanges_are_the_same_rows_again_however_they_are_linked(rows):
    assert dump_json(there_and_back(dialect("h2o"), rows)) == dump_json(rows)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"question": texts, "answer": texts, "é": values}), min_size=1, max_size=4),
    st.integers(0, 2),
)
def test_columns_are_columns_again(rows, first):
    numbers = [str(first + place) for place in range(len(rows))]
    table = {name: {n: row[name] for n, row in zip(numbers, rows, strict=True)} for name in rows[0]}
    assert dump_json(there_and_back(dialect("columns"), [table])) == dump_json([table])


TREE = [
    {"instruction": "Is 9 a prime?", "output": "No.", "id": "a", "parent_id": ""},
    {"instruction": "And 11?", "output": "Yes.", "id": "b", "parent_id": "a"},
    {"instruction": "Hello", "output": "Hi!", "id": "x", "parent_id": ""},
    {"instruction": "And 15?", "output": "No.", "id": "c", "parent_id": "a"},
]


def test_each_way_through_a_tree_is_a_conversation():
    shape = dialect("h2o")
    said = [
        [message["content"] for message in shape.decode(row)["messages"]]
        for _, row in shape.unfold(enumerate(TREE, 1), None)
    ]
    assert said == [
        ["Is 9 a prime?", "No.", "And 11?", "Yes."],
        ["Hello", "Hi!"],
        ["Is 9 a prime?", "No.", "And 15?", "No."],
    ]


def test_conversations_from_elsewhere_get_linked_rows(tmp_path: Path) -> None:
    chat = [{"role": "system", "content": "Be kind."}]
    for said in ("Hello", "Bye"):
        chat += [{"role": "user", "content": said}, {"role": "assistant", "content": f"{said}!"}]
    (tmp_path / "chat.jsonl").write_text(json.dumps({"messages": chat}) + "\n")
    convert(Dataset.open(tmp_path / "chat.jsonl"), tmp_path / "h2o.csv", to_dialect="h2o")
    assert (tmp_path / "h2o.csv").read_text().startswith("system,instruction,output,id,parent_id\n")
    rows = [row for batch in Dataset.open(tmp_path / "h2o.csv", dialect="tilth").batches() for row in batch.rows]
    assert [(row["instruction"], row["output"], row["id"], row["parent_id"]) for row in rows] == [
        ("Hello", "Hello!", "row-1", ""),
        ("Bye", "Bye!", "row-2", "row-1"),
    ]
    convert(Dataset.open(tmp_path / "h2o.csv"), tmp_path / "again.jsonl", to_dialect="openai")
    assert json.loads((tmp_path / "again.jsonl").read_text())["messages"] == chat


def test_an_exchange_that_two_conversations_share_cannot_be_said_in_two_ways(tmp_path: Path) -> None:
    shape = dialect("h2o")
    folding = shape.folding()
    assert folding is not None
    rows = [row for _, row in shape.unfold(enumerate(TREE, 1), None)]
    records = [shape.decode(row) for row in rows]
    records[2]["messages"][1] = {"role": "assistant", "content": "Yes."}
    with pytest.raises(DataError, match="share the row a and say it differently"):
        for record in records:
            list(folding.add(shape.encode(record)))


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet"])
def test_a_table_written_in_columns_is_read_for_what_its_rows_are(tmp_path: Path, suffix: str) -> None:
    table = {"instruction": {"0": "Add.", "1": "Go."}, "output": {"0": "4", "1": "Gone."}}
    (tmp_path / "columns.json").write_text(json.dumps(table))
    data = Dataset.open(tmp_path / "columns.json")
    assert (data.dialect.name, data.record_types, data.count()) == ("columns", ("instruction",), 2)
    convert(data, tmp_path / f"rows{suffix}", to_dialect="alpaca")
    rows = [row for batch in Dataset.open(tmp_path / f"rows{suffix}").batches() for row in batch.rows]
    assert rows == [{"instruction": "Add.", "output": "4"}, {"instruction": "Go.", "output": "Gone."}]


def test_columns_are_one_document_as_pandas_writes_it(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"instruction": "a", "output": "b"}\n{"instruction": "c", "output": "d"}\n')
    convert(Dataset.open(tmp_path / "rows.jsonl"), tmp_path / "out.json", to_dialect="columns")
    wanted = {"question": {"0": "a", "1": "c"}, "answer": {"0": "b", "1": "d"}}
    assert json.loads((tmp_path / "out.json").read_text()) == wanted
    assert Dataset.open(tmp_path / "out.json").dialect.name == "columns"
