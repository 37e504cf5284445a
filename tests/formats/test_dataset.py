"""A data set: found where a user says, gone through again, and honest about what it cannot read."""

import io
import os
import sys
from pathlib import Path

import pytest

from tests.formats.hostile import dumped
from tilth import operation
from tilth.errors import DataError, TilthError, UsageError
from tilth.formats import Dataset, DialectBatch, write_rows

ALPACA = [{"instruction": f"question {n}", "input": "", "output": f"answer {n}", "n": n} for n in range(10_000)]


def accepts(data: operation.Dataset) -> operation.Batch:
    """Type-checked: a Dataset is what operations ask for."""
    return next(data.batches())


@pytest.fixture
def alpaca(tmp_path: Path) -> Path:
    write_rows(tmp_path / "alpaca.jsonl", ALPACA)
    return tmp_path / "alpaca.jsonl"


def rows(data: Dataset) -> list[object]:
    return [row for batch in data.batches() for row in batch.rows]


def test_a_file_can_be_gone_through_again_in_the_same_batches(alpaca: Path) -> None:
    data = Dataset.open(alpaca)
    first = [len(batch) for batch in data.batches()]
    assert first == [len(batch) for batch in data.batches()]
    assert sum(first) == data.count() == 10_000
    assert len(first) > 1
    assert data.dialect.name == "alpaca"
    assert data.record_types == ("instruction",)
    assert data.format is not None
    assert data.format.name == "jsonl"


def test_a_batch_gives_records_columns_ids_and_origins(alpaca: Path) -> None:
    batch = accepts(Dataset.open(alpaca))
    assert batch.column("answer").to_pylist()[:2] == ["answer 0", "answer 1"]
    assert batch.column("output")[1].as_py() == "answer 1"
    assert batch.column("extra.n").to_pylist()[:2] == ["0", "1"]
    assert str(batch.origins[1]) == f"{alpaca}:2"
    assert len(set(batch.ids)) == len(batch)
    with pytest.raises(UsageError, match="no record has a field outputs"):
        batch.column("outputs")


def test_a_view_keeps_only_what_it_is_told_to(alpaca: Path) -> None:
    data = Dataset.open(alpaca)
    sizes = [len(batch) for batch in data.batches()]
    kept = [[0, 5, size - 1] for size in sizes[:-1]] + [[]]
    view = data.keeping(kept)
    begins = [sum(sizes[:place]) for place in range(len(sizes))]
    wanted = [begin + index for begin, indices in zip(begins, kept, strict=True) for index in indices]
    assert [row["n"] for row in rows(view)] == wanted
    assert view.count() == len(wanted)
    again = view.keeping([[1] for _ in view.batches()])
    assert [row["n"] for row in rows(again)] == wanted[1::3]


def test_a_view_over_other_batches_than_the_set_has_is_a_bug_that_shows(alpaca: Path) -> None:
    data = Dataset.open(alpaca)
    with pytest.raises(TilthError, match="more batches"):
        list(data.keeping([[0]] * 99).batches())
    with pytest.raises(TilthError, match="fewer batches"):
        list(data.keeping([[0]]).batches())


def test_new_records_are_written_in_the_dialect_of_the_set(alpaca: Path) -> None:
    data = Dataset.open(alpaca)
    made = data.made([{"type": "instruction", "instruction": "q", "output": "a"}])
    assert made.dialect.name == "alpaca"
    assert dict(rows(made)[0])["output"] == "a"


def test_records_that_the_dialect_does_not_hold_make_the_set_tilths_own(alpaca: Path) -> None:
    instruction = {"type": "instruction", "instruction": "q", "output": "a"}
    chat = {"type": "chat", "messages": [{"role": "user", "content": "q"}]}
    made = Dataset.open(alpaca).made([instruction] * 5000 + [chat])
    assert made.dialect.name == "tilth"
    assert made.count() == 5001
    assert [record for batch in made.batches() for record in batch.records][-1]["messages"] == chat["messages"]


def test_many_records_at_hand_are_laid_by_on_disk() -> None:
    records = ({"type": "text", "text": f"{n} " + "x" * 5000} for n in range(5000))
    data = Dataset.of(records)
    both = zip(data.batches(), data.batches(), strict=True)
    assert sum(len(first) for first, second in both if dumped(first.rows) == dumped(second.rows)) == 5000


def test_replacing_records_leaves_the_other_lines_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{ "instruction": "a",  "output": "b" }\n{"instruction": "c", "output": "d"}\n')
    batch = next(Dataset.open(path).batches())
    changed = batch.replaced([None, {**batch.records[1], "output": "new"}])
    write_rows(tmp_path / "b.jsonl", changed.rows)
    assert isinstance(changed, DialectBatch)
    assert changed.block.raw[0] == b'{ "instruction": "a",  "output": "b" }'
    assert changed.rows[1]["output"] == "new"


def test_a_folder_of_splits_opens_as_a_set_with_parts(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", ALPACA[:5])
    write_rows(tmp_path / "test.jsonl", ALPACA[5:7])
    write_rows(tmp_path / "set-aside.jsonl", [{"what": "ever"}])
    data = Dataset.open(tmp_path)
    assert data.count() == 7
    assert data.part("test").count() == 2
    assert list(data.parts) == ["train", "test"]
    with pytest.raises(UsageError, match="there is no part validation: only train, test"):
        data.part("validation")


def test_a_set_that_was_never_split_is_all_train(alpaca: Path) -> None:
    assert Dataset.open(alpaca).part("train").count() == 10_000
    with pytest.raises(UsageError, match="it was never split"):
        Dataset.open(alpaca).part("test")


def test_a_folder_with_other_names_is_refused_with_what_it_holds(tmp_path: Path) -> None:
    write_rows(tmp_path / "support.jsonl", ALPACA[:5])
    with pytest.raises(UsageError, match=r"the folder holds support\.jsonl; expected files named train"):
        Dataset.open(tmp_path)


def test_a_glob_opens_its_files_in_order(tmp_path: Path) -> None:
    write_rows(tmp_path / "b.jsonl", ALPACA[2:4])
    write_rows(tmp_path / "a.jsonl", ALPACA[:2])
    assert [row["n"] for row in rows(Dataset.open(tmp_path / "*.jsonl"))] == [0, 1, 2, 3]
    write_rows(tmp_path / "c.jsonl", [{"messages": [{"role": "user", "content": "a"}]}])
    with pytest.raises(UsageError, match=r"a\.jsonl is alpaca and .*c\.jsonl is openai"):
        Dataset.open(tmp_path / "*.jsonl")
    with pytest.raises(UsageError, match="no file is named like that"):
        Dataset.open(tmp_path / "*.csv")


def test_a_limit_reads_only_the_first_rows(alpaca: Path) -> None:
    assert [row["n"] for row in rows(Dataset.open(alpaca, limit=3))] == [0, 1, 2]
    assert Dataset.open(alpaca, limit=5000).count() == 5000


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_standard_input_can_be_gone_through_again(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    write_rows(path, ALPACA[:100])

    class Piped:
        buffer = io.BytesIO(path.read_bytes())

    monkeypatch.setattr(sys, "stdin", Piped)
    data = Dataset.open("-")
    assert data.count() == len(rows(data)) == 100
    assert str(next(data.batches()).origins[0]) == "<stdin>:1"
    assert data.files == ()


def test_rejected_rows_are_counted_anew_in_each_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"instruction": "a", "output": "b"}\n{broken\n{"instruction": "c", "output": "d"}\n')
    with pytest.raises(DataError, match=r"a\.jsonl:2: broken JSON"):
        Dataset.open(path)
    data = Dataset.open(path, on_error="reject")
    for _ in range(2):
        assert data.count() == len(rows(data)) == 2
        assert [(reject.line, reject.raw) for reject in data.rejects] == [(2, "{broken")]


def test_a_file_that_changes_between_two_passes_is_noticed(alpaca: Path) -> None:
    data = Dataset.open(alpaca)
    with alpaca.open("a") as file:
        file.write("{}\n")
    with pytest.raises(DataError, match="the file was changed since it was opened"):
        list(data.batches())


def test_another_encoding_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for encoding in ["latin-1", "utf-16", "utf-8-sig", "cp1252"]:
        path.write_bytes('{"text": "caf\xe9"}\n'.encode(encoding) * 2)
        if encoding in ("utf-16", "utf-8-sig"):
            path.write_bytes('{"text": "caf\xe9"}\n{"text": "x"}\n'.encode(encoding))
        assert next(Dataset.open(path, dialect="tilth", encoding=encoding).batches()).rows[0] == {"text": "café"}
    path.write_bytes(b'{"text": "\x81"}\n')
    with pytest.raises(DataError, match="the bytes near offset 10 are not cp1252"):
        Dataset.open(path, dialect="tilth", encoding="cp1252")
    with pytest.raises(UsageError, match="no encoding is called klingon"):
        Dataset.open(path, dialect="tilth", encoding="klingon")


@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("a.jsonl", b"", "the file holds no rows"),
        ("a.jsonl", b"\n\n", "the file holds no rows"),
        ("a.csv", b"a,b\n", "the file holds no rows"),
        ("a.yaml", b"[]", "the file holds no rows"),
        ("a.jsonl", b"PAR1\x15\x00\x00", "this is Parquet, not jsonl"),
        ("a.csv", b"PAR1\x15\x00\x00", "this is Parquet, not csv"),
        ("a.parquet", b'{"a": 1}\n', "this is not parquet"),
        ("a.jsonl", b"\x1f\x8b\x08\x00", "the gz data is damaged or cut short"),
        ("a.jsonl", b"<!DOCTYPE html>\n<html>", "this is an HTML page, not jsonl"),
        ("a.jsonl", '{"a": 1}\n'.encode("utf-16"), "this is UTF-16 text, not UTF-8"),
        ("a.jsonl.gz", b'{"a": 1}\n', "this is not compressed, and its name says gz"),
        ("a.jsonl.zst", b'{"a": 1}\n', "this is not compressed, and its name says zst"),
    ],
)
def test_what_a_file_is_not_is_said_in_one_line(name: str, content: bytes, answer: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as failure:
        Dataset.open(tmp_path / name)
    assert failure.value.what.startswith(answer)
    assert failure.value.where == str(tmp_path / name)


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_compressed_file_that_is_cut_short_is_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.jsonl.{suffix}"
    write_rows(path, [{"text": os.urandom(50).hex()} for _ in range(20_000)])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="damaged or cut short"):
        Dataset.open(path, dialect="tilth").count()


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop.jsonl").symlink_to(tmp_path / "loop.jsonl")
    (tmp_path / "support.jsonl").write_text("x")
    (tmp_path / "a.docx").write_text("x")
    for path, format, answer in [
        (tmp_path / "suport.jsonl", None, "there is no such file"),
        (tmp_path / "pipe.jsonl", None, "this is a named pipe"),
        (tmp_path / "loop.jsonl", None, "cannot be opened: too many levels of symbolic links"),
        ("/dev/zero", "jsonl", "this is a device"),
        (tmp_path / "a.docx", None, "cannot tell the format: its suffix .docx belongs to no format"),
        (tmp_path / "a.jsonl", "jsnl", "no format is called jsnl"),
        ("a\0b.jsonl", None, ""),
    ]:
        with pytest.raises(UsageError) as failure:
            Dataset.open(path, format=format)
        assert failure.value.what.startswith(answer)
    with pytest.raises(UsageError, match=r"try  .*support\.jsonl"):
        Dataset.open(tmp_path / "suport.jsonl")


def test_two_dialects_that_fit_are_named_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_rows(path, [{"strange": 1}])
    with pytest.raises(TilthError) as failure:
        Dataset.open(path)
    assert failure.value.where == str(path)
