"""Compressed files: read whole, by name or by their first bytes; written the same each time; refused when damaged."""

import bz2
import gzip
import io
import lzma
import resource
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tests.formats.hostile import FIXED_ROWS, dumped
from tilth.errors import DataError, TilthError
from tilth.formats import Dataset, write_rows
from tilth.formats.compression import Compression, compressed, decompressed


def zst(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(content)
    return bytes(sink.getvalue())


PACKERS: dict[Compression, Callable[[bytes], bytes]] = {
    "bz2": bz2.compress,
    "gz": gzip.compress,
    "xz": lzma.compress,
    "zst": zst,
}
COMPRESSIONS = list(PACKERS)
LINES = b"".join(b'{"n": %d, "text": "%s"}\n' % (number, b"word " * (number % 7)) for number in range(3000))


def rows_of(path: Path) -> list[bytes]:
    data = Dataset.open(path, dialect="tilth", format="jsonl")
    return dumped(row for batch in data.batches() for row in batch.rows)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_file_in_several_parts_is_read_whole(compression: Compression, tmp_path: Path) -> None:
    path = tmp_path / f"a.jsonl.{compression}"
    pack = PACKERS[compression]
    cut = len(LINES) // 3
    parts = [LINES[:cut], b"", LINES[cut:]]
    path.write_bytes(b"".join(map(pack, parts)))
    assert len(rows_of(path)) == 3000
    (tmp_path / "plain.jsonl").write_bytes(LINES)
    assert rows_of(path) == rows_of(tmp_path / "plain.jsonl")


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_compressed_file_is_known_by_its_first_bytes(compression: Compression, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(PACKERS[compression](LINES))
    (tmp_path / "blob").write_bytes(PACKERS[compression](LINES))
    assert len(rows_of(tmp_path / "a.jsonl")) == len(rows_of(tmp_path / "blob")) == 3000


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_standard_input_may_be_compressed(
    compression: Compression, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Piped:
        buffer = io.BytesIO(PACKERS[compression](LINES))

    monkeypatch.setattr(sys, "stdin", Piped)
    assert Dataset.open("-", dialect="tilth").count() == 3000


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_equal_rows_give_equal_bytes_that_others_can_read(compression: Compression, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_rows(tmp_path / f"{name}.jsonl.{compression}", FIXED_ROWS)
    content = (tmp_path / f"one.jsonl.{compression}").read_bytes()
    assert content == (tmp_path / f"two.jsonl.{compression}").read_bytes()
    tool = {"bz2": "bzip2", "gz": "gzip", "xz": "xz", "zst": "zstd"}[compression]
    if shutil.which(tool):
        plain = subprocess.run([tool, "-dc"], input=content, capture_output=True, check=True).stdout
        (tmp_path / "plain.jsonl").write_bytes(plain)
        assert rows_of(tmp_path / "plain.jsonl") == dumped(FIXED_ROWS)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_damage_anywhere_is_said_and_never_read_past(compression: Compression, tmp_path: Path) -> None:
    path = tmp_path / f"a.jsonl.{compression}"
    whole = PACKERS[compression](LINES)
    twice = whole + whole
    broken = [whole[:-1], whole[: len(whole) // 2], whole[:12], twice[:-1], twice[: len(whole) + 5], whole + b"more"]
    broken += [whole + b"\0" * 8 + b"more", whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]]
    for content in broken:
        path.write_bytes(content)
        if content == broken[-1] and compression == "zst":
            continue  # what a flipped bit does there is a matter of luck: Arrow writes no checksum
        with pytest.raises(DataError) as failure:
            rows_of(path)
        assert failure.value.what == f"the {compression} data is damaged or cut short"
        assert failure.value.where == str(path)


def test_a_flipped_bit_in_a_frame_with_a_checksum_is_seen(tmp_path: Path) -> None:
    if not shutil.which("zstd"):
        pytest.skip("zstd is not at hand")
    packed = subprocess.run(["zstd", "-c", "--check"], input=LINES, capture_output=True, check=True).stdout
    path = tmp_path / "a.jsonl.zst"
    for place in range(20, len(packed), len(packed) // 40):
        path.write_bytes(packed[:place] + bytes([packed[place] ^ 4]) + packed[place + 1 :])
        with pytest.raises(TilthError):
            rows_of(path)


@pytest.mark.parametrize("padded", ["bz2", "gz", "xz"])
def test_zeros_at_the_end_are_padding(padded: Compression, tmp_path: Path) -> None:
    path = tmp_path / f"a.jsonl.{padded}"
    path.write_bytes(PACKERS[padded](LINES) + b"\0" * 600_000)
    assert len(rows_of(path)) == 3000


def test_frames_to_be_skipped_are_skipped(tmp_path: Path) -> None:
    skip = struct.pack("<II", 0x184D2A50, 4) + b"size"
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(skip + zst(LINES) + skip + zst(LINES))
    assert len(rows_of(path)) == 6000


@pytest.mark.parametrize(
    ("name", "content", "what", "fix"),
    [
        ("a.jsonl.gz", LINES, "this is not compressed, and its name says gz", "a name without .gz"),
        ("a.csv.xz", b"a,b\n1,2\n", "this is not compressed, and its name says xz", "a name without .xz"),
        ("a.jsonl.gz", zst(LINES), "this is zst data, and its name says gz", "a name that ends in .zst"),
        ("a.jsonl.bz2", lzma.compress(LINES), "this is xz data, and its name says bz2", "a name that ends in .xz"),
        (
            "a.jsonl.gz",
            gzip.compress(gzip.compress(LINES, mtime=0), mtime=0),
            "this is gzip, not jsonl",
            "gunzip it once",
        ),
    ],
)
def test_a_name_that_says_another_compression_is_told(
    name: str, content: bytes, what: str, fix: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as failure:
        Dataset.open(tmp_path / name)
    assert (failure.value.what, failure.value.fix) == (what, fix)


def test_data_that_wants_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.xz"
    packed = bytearray(lzma.compress(LINES))
    place = packed.index(b"\x21\x01", 12) + 2  # behind the name of the filter and the size of its setting
    packed[place] = 36  # a dictionary of 1 GiB
    end = 12 + packed[12] * 4
    packed[end : end + 4] = struct.pack("<I", zlib.crc32(packed[12:end]))
    path.write_bytes(packed)
    with pytest.raises(DataError, match="the xz data asks for more than 256 MiB of memory to be unpacked"):
        rows_of(path)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_bomb_is_unpacked_piece_by_piece(compression: Compression) -> None:
    packed = io.BytesIO()
    with compressed(packed, compression) as sink:
        for _ in range(32):
            sink.write(bytes(1 << 20))
    packed.seek(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = 0
    with decompressed(packed, compression, "bomb") as plain:
        while piece := plain.read(1 << 16):
            assert len(piece) <= 1 << 16
            size += len(piece)
    assert size == 32 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 28 << 10
