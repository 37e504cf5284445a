"""What is read from columns without a record being made is what the records say."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.formats import Dataset

texts = st.sampled_from(["", " ", "one", "two\nlines", "näher", "日本", "\"'\\", "7"])
values = st.one_of(texts, texts, st.none(), st.integers(-3, 3), st.lists(st.just("x"), max_size=1))
SHAPES: dict[str, tuple[str, ...]] = {
    "text": ("text", "note"),
    "alpaca": ("instruction", "input", "output", "system"),
    "dolly": ("instruction", "context", "response", "category"),
}


@st.composite
def rows(draw: st.DrawFn, names: tuple[str, ...]) -> list[dict[str, Any]]:
    kind = draw(st.sampled_from([texts, values]))
    some = st.fixed_dictionaries(dict.fromkeys(names[:1], kind), optional=dict.fromkeys(names[1:], kind))
    return draw(st.lists(some, min_size=1, max_size=6))


@pytest.mark.parametrize("shape", ["text", "alpaca", "dolly"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_columns_say_what_records_say(
    tmp_path_factory: pytest.TempPathFactory, shape: str, data: st.DataObject
) -> None:
    found = data.draw(rows(SHAPES[shape]))
    file = tmp_path_factory.mktemp("columns") / "in.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found), encoding="utf-8")
    how: dict[str, Any] = {"dialect": "tilth", "record_type": "text"} if shape == "text" else {"dialect": shape}
    opened = Dataset.open(file, **how)
    for name in ("prompt", "answer", "text"):
        read = [value for (column,) in opened.columns(name) for value in column.to_pylist()]
        assert read == [getattr(part, name) for batch in opened.batches() for part in batch.parts]


def test_a_second_pass_gives_the_same_rows_in_the_same_batches(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    line = '{"text": "row %d", "n": 12345678901234567890123, "s": "\\u00e9"}\n'
    file.write_text("\ufeff" + "".join((line % row) + ("\n" if row % 3000 == 0 else "") for row in range(20_000)))
    data = Dataset.open(file)

    def seen() -> list[Any]:
        return [(len(batch), list(batch.block.lines), list(batch.rows)) for batch in data.batches()]

    first, again = seen(), seen()
    assert first == again
    assert [b"".join([bytes(batch.block.json_lines())]) for batch in data.batches()] == [
        bytes(batch.block.json_lines()) for batch in Dataset.open(file).batches()
    ]


def test_a_row_that_was_refused_once_is_refused_in_every_pass(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "one"}\n{"text": \n{"text": "three"}\n')
    data = Dataset.open(file, on_error="reject")
    for _ in range(3):
        assert [line for batch in data.batches() for line in batch.block.lines] == [1, 3]
        assert [reject.line for reject in data.rejects] == [2]
