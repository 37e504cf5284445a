"""The hash of a file that was just written is that of its bytes, whatever was written in between."""

import io
from hashlib import sha256
from pathlib import Path

import pytest

from tilth.formats import Dataset, convert
from tilth.formats.digested import Digested


@pytest.mark.parametrize(
    "name", ["rows.csv", "rows.json", "rows.jsonl.gz", "rows.parquet", "rows.yaml", "rows.csv.zst"]
)
def test_a_converted_file_has_the_hash_that_is_told(tmp_path: Path, name: str) -> None:
    source = tmp_path / "source.jsonl"
    # The last rows have another column, so that CSV and Parquet are begun anew in the midst of it.
    rows = [b'{"a": %d, "b": "text"}\n' % number for number in range(9000)]
    source.write_bytes(b"".join([*rows, *[b'{"c": "late"}\n'] * 9000]))
    done = convert(Dataset.open(source, as_rows=True), tmp_path / name)
    assert done.sha256 == sha256((tmp_path / name).read_bytes()).hexdigest()


def test_a_file_that_was_written_over_has_no_hash_and_one_that_was_begun_anew_has() -> None:
    file = Digested(io.BytesIO())
    file.write(b"one two")
    file.seek(0)
    file.write(b"ONE")
    assert file.sha256() is None
    file.seek(0)
    file.truncate()
    file.write(b"three")
    assert file.sha256() == sha256(b"three").hexdigest()
    file.seek(0)
    assert file.read() == b"three"
    file.write(b" four")
    assert file.sha256() == sha256(b"three four").hexdigest()
