"""LLaMA-Factory's files with the `dataset_info.json` beside them: written together, and read as it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.rows import BY_DIALECT
from tilth.errors import DataError
from tilth.formats import Dataset, convert
from tilth.schemas import LossError, detect, dialect, dump_json
from tilth.schemas.dialects import Neighbours
from tilth.schemas.dialects.llama_factory import LlamaFactoryAlpaca, LlamaFactoryShareGPT
from tilth.schemas.dialects.llama_factory.entry import Entry

CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
TALK = {"messages": [*CHAT["messages"], {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye!"}]}
PAIR = {"prompt": "Is 9 a prime?", "chosen": "No.", "rejected": "Yes."}
VOTE = {"prompt": "Is 9 a prime?", "completion": "Yes.", "label": False}
TASK = {"instruction": "Add.", "input": "2 and 2", "output": "4", "system": "Be brief."}
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}


def converted(folder: Path, row: dict[str, Any], to_dialect: str, name: str = "train.jsonl") -> tuple[Any, Any]:
    """The rows that one row makes, and what lies beside them."""
    (folder / "in.jsonl").write_bytes(dump_json(row) + b"\n")
    convert(Dataset.open(folder / "in.jsonl"), folder / name, to_dialect=to_dialect, overwrite=True)
    return json.loads((folder / name).read_text()), json.loads((folder / "dataset_info.json").read_text())


@pytest.mark.parametrize(
    ("row", "shape", "entry"),
    [
        (
            TASK,
            "alpaca",
            {"columns": {"prompt": "instruction", "query": "input", "response": "output", "system": "system"}},
        ),
        (TALK, "alpaca", {"columns": {"prompt": "instruction", "response": "output", "history": "history"}}),
        (
            PAIR,
            "alpaca",
            {"ranking": True, "columns": {"prompt": "instruction", "chosen": "chosen", "rejected": "rejected"}},
        ),
        (VOTE, "alpaca", {"columns": {"prompt": "instruction", "response": "output", "kto_tag": "kto_tag"}}),
        ({"text": "Once."}, "alpaca", {"columns": {"prompt": "text"}}),
        (CHAT, "sharegpt", {"columns": {"messages": "conversations"}, "tags": TAGS}),
        (
            {**TALK, "tools": "[]", "images": ["a.png"]},
            "sharegpt",
            {"columns": {"messages": "conversations", "tools": "tools", "images": "images"}, "tags": TAGS},
        ),
        (
            PAIR,
            "sharegpt",
            {
                "ranking": True,
                "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
                "tags": TAGS,
            },
        ),
        (VOTE, "sharegpt", {"columns": {"messages": "conversations", "kto_tag": "kto_tag"}, "tags": TAGS}),
    ],
)
def test_every_column_and_tag_of_the_rows_is_named_beside_them(tmp_path: Path, row, shape, entry) -> None:
    """A column that an entry leaves out is not read by LLaMA-Factory, and one that no row has makes it fail."""
    _, info = converted(tmp_path, row, f"llama-factory-{shape}")
    assert info == {"train": {"file_name": "train.jsonl", "formatting": shape, **entry}}


@pytest.mark.parametrize("row", [TASK, TALK, PAIR, VOTE, {"text": "Once."}, CHAT])
@pytest.mark.parametrize("shape", ["llama-factory-alpaca", "llama-factory-sharegpt"])
def test_what_is_written_is_read_again_for_what_it_is(tmp_path: Path, row, shape) -> None:
    before = next(Dataset.open(write(tmp_path / "in.jsonl", row)).batches())
    if not {before.records[0]["type"], "chat"} & set(dialect(shape).record_types) or "text" in row:
        return
    try:
        converted(tmp_path, row, shape)
    except DataError:
        pytest.fail("each of these has a place in both formattings")
    data = Dataset.open(tmp_path / "train.jsonl")
    assert data.dialect.name == shape
    assert data.notes == (f"read as {shape}: dataset_info.json beside it says so",)
    again = next(data.batches())
    assert again.parts[0].answer == before.parts[0].answer


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_bytes(b"".join(dump_json(row) + b"\n" for row in rows))
    return path


def test_entries_of_other_sets_stay_and_the_own_one_is_renewed(tmp_path: Path) -> None:
    other = {"file_name": "other.json", "num_samples": 123456789012345678901234567890, "é": [1.5, None]}
    old = {"file_name": "train.jsonl", "ranking": True, "num_samples": 5, "columns": {"prompt": "x"}}
    (tmp_path / "dataset_info.json").write_text(json.dumps({"z": other, "mine": old, "hub": {"hf_hub_url": "a/b"}}))
    _, info = converted(tmp_path, CHAT, "llama-factory-sharegpt")
    assert list(info) == ["z", "mine", "hub"]
    assert info["z"] == other
    assert info["mine"] == {
        "file_name": "train.jsonl",
        "formatting": "sharegpt",
        "columns": {"messages": "conversations"},
        "tags": TAGS,
        "num_samples": 5,
    }


def test_a_name_that_another_set_has_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text('{"train": {"hf_hub_url": "a/b"}}')
    _, info = converted(tmp_path, CHAT, "llama-factory-sharegpt")
    assert info["train"] == {"hf_hub_url": "a/b"}
    assert info["train.jsonl"]["file_name"] == "train.jsonl"


@pytest.mark.parametrize("there", [b"{broken", b"[]", b'{"features": {}, "download_size": 1}'])
def test_a_file_of_that_name_that_cannot_be_kept_stops_the_conversion(tmp_path: Path, there: bytes) -> None:
    (tmp_path / "dataset_info.json").write_bytes(there)
    with pytest.raises(DataError, match=r"dataset_info\.json"):
        converted(tmp_path, CHAT, "llama-factory-sharegpt")
    assert not (tmp_path / "train.jsonl").exists()
    assert (tmp_path / "dataset_info.json").read_bytes() == there


def test_rows_of_two_kinds_are_no_file_for_llama_factory(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", TASK, {"instruction": "a", "chosen": "b", "rejected": "c"}, TASK)
    with pytest.raises(DataError, match="these are 2 rows with one answer and 1 row with chosen and rejected"):
        convert(
            Dataset.open(tmp_path / "in.jsonl", dialect="llama-factory-alpaca"),
            tmp_path / "out.jsonl",
            to_dialect="llama-factory-alpaca",
        )
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


OWN_NAMES = Entry.read(
    {
        "formatting": "sharegpt",
        "columns": {"messages": "dialog", "system": "sys", "tools": "tools", "chosen": "good", "rejected": "bad"},
        "ranking": True,
        "tags": {"role_tag": "role", "content_tag": "value", "user_tag": "user", "assistant_tag": "human"},
    }
)
OWN_COLUMNS = Entry.read({"columns": {"prompt": "output", "query": "text", "response": "instruction"}})


def test_a_file_is_read_by_the_names_of_its_entry():
    row = {"dialog": [{"role": "user", "value": "Is 9 a prime?"}], "sys": "Be brief.", "n": 1}
    row |= {"good": {"role": "human", "value": "No."}, "bad": {"role": "human", "value": "Yes."}}
    fields = LlamaFactoryShareGPT(OWN_NAMES).decode(row)
    assert fields["type"] == "preference"
    assert [message["role"] for message in fields["prompt"]] == ["system", "user"]
    assert fields["chosen"] == [{"role": "assistant", "content": "No."}]
    assert dump_json(LlamaFactoryShareGPT(OWN_NAMES).encode(fields)) == dump_json(row)


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize(("shape", "entry"), [(LlamaFactoryShareGPT, OWN_NAMES), (LlamaFactoryAlpaca, OWN_COLUMNS)])
def test_any_row_comes_back_equal_under_other_names(shape, entry, data):
    told = shape(entry)
    names = {**entry.columns, "instruction": "instruction", "conversations": "dialog", "input": "text"}
    row = data.draw(BY_DIALECT[shape.name])
    row = {names.get(name, name): value for name, value in row.items()}
    try:
        assert dump_json(told.encode(told.decode(row))) == dump_json(row)
    except LossError:
        assert told.recognise(row) is None


def test_what_lies_beside_a_file_and_speaks_of_others_is_not_listened_to():
    def read(name: str) -> bytes:
        return b'{"a": {"file_name": "other.jsonl", "formatting": "sharegpt"}, "b": 3}'

    assert detect([TASK], beside=Neighbours("train.jsonl", read)).dialect.name == "alpaca"
    assert detect([TASK], beside=Neighbours("other.jsonl", read)).dialect.name == "alpaca"


def test_another_dialect_that_is_named_is_obeyed(tmp_path: Path) -> None:
    converted(tmp_path, TASK, "llama-factory-alpaca")
    assert Dataset.open(tmp_path / "train.jsonl", dialect="alpaca").notes == ()


def test_a_filtered_file_takes_its_names_along(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text(
        '{"x": {"file_name": "x.jsonl", "columns": {"prompt": "q", "response": "a"}}}'
    )
    data = Dataset.open(write(tmp_path / "x.jsonl", {"q": "Is 9 a prime?", "a": "No.", "n": 1}))
    (tmp_path / "out").mkdir()
    convert(data, tmp_path / "out" / "y.jsonl", to_dialect="llama-factory-alpaca")
    again = Dataset.open(tmp_path / "out" / "y.jsonl")
    assert next(again.batches()).records == next(data.batches()).records


@pytest.mark.parametrize("nothing", [0, 0.0, False, None, "", [], {}], ids=repr)
@pytest.mark.parametrize("column", ["input", "system"])
@pytest.mark.parametrize(
    "answers",
    [
        {"chosen": "a", "rejected": "b"},
        {"output": "a", "kto_tag": True},
        {"output": "a", "history": [["x", "y"]]},
    ],
    ids=["ranking", "kto", "history"],
)
def test_what_is_no_input_comes_back_as_what_it_was(nothing: object, column: str, answers: dict[str, object]) -> None:
    shape, own = dialect("llama-factory-alpaca"), dialect("tilth")
    row = {"instruction": "q", column: nothing, **answers}
    assert dump_json(shape.encode(own.decode(own.encode(shape.decode(row))))) == dump_json(row)
