"""The index finds the same rows as a plain reader, wherever the chunks of the file end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import DataError, UsageError
from tilth.review import row_index
from tilth.review.row_index import RowIndex


@contextmanager
def indexed(path: Path, content: bytes) -> Iterator[RowIndex]:
    path.write_bytes(content)
    index = RowIndex(path)
    while index.grow():
        pass
    yield index
    index.close()


lines = st.lists(
    st.sampled_from([b'{"a":1}', b"", b"  ", b"\t", b'{"b":"\\u2028\xe2\x80\xa8"}', b"{", b"x" * 30]), max_size=20
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index") / "rows.jsonl"


@given(lines, st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.booleans(), st.integers(3, 40))
def test_rows_are_the_lines_that_are_not_blank(
    file: Path, content: list[bytes], end: bytes, with_bom: bool, ends_open: bool, chunk: int
) -> None:
    text = (b"\xef\xbb\xbf" if with_bom else b"") + end.join(content) + (b"" if ends_open else end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_index, "_CHUNK_BYTES", chunk)
        with indexed(file, text) as index:
            found = [(index.line(row), index.read(row).strip()) for row in range(len(index))]
    assert found == [(number, line.strip()) for number, line in enumerate(content, 1) if line.strip()]


def test_a_span_is_read_in_one_go(file: Path) -> None:
    with indexed(file, b'{"a":1}\n{"b":2}\n{"c":3}') as index:
        assert index.read_span(0, 2) == b'{"a":1}\n{"b":2}\n'
        with pytest.raises(IndexError):
            index.read(3)


def test_rows_stay_readable_when_the_file_is_replaced(file: Path) -> None:
    with indexed(file, b'{"a":1}\n{"b":2}\n') as index:
        other = file.with_suffix(".new")
        other.write_bytes(b"something else\n")
        other.replace(file)
        assert index.read(1) == b'{"b":2}\n'


def test_a_line_beyond_all_measure_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_index, "_MAX_LINE_BYTES", 100)
    monkeypatch.setattr(row_index, "_CHUNK_BYTES", 64)
    with pytest.raises(DataError, match="longer than"), indexed(file, b"{}\n" + b"x" * 300):
        pass


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        RowIndex(tmp_path / "missing.jsonl")
