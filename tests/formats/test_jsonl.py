"""JSON Lines: what a line is, what is said about a bad one, and that bytes are copied."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.hostile import read, written
from tilth.errors import DataError
from tilth.formats import LineBlock, ReadSettings, Reject, lines
from tilth.formats.jsonl import Jsonl
from tilth.formats.lines import LongLine, read_lines


def blocks(content: bytes) -> list[LineBlock]:
    found = Jsonl().read(io.BytesIO(content), ReadSettings("file"))
    return [block for block in found if isinstance(block, LineBlock)]


def test_lines_end_at_newlines_and_nowhere_else() -> None:
    text = "a\u2028b\u2029c\u0085d"
    assert read("jsonl", f'{{"t": "{text}"}}\n'.encode()) == [{"t": text}]
    assert [row["n"] for row in read("jsonl", b'{"n": 1}\r\n{"n": 2}\n\n  \n{"n": 3}')] == [1, 2, 3]


def test_numbers_of_lines_count_the_empty_ones() -> None:
    (block,) = blocks(b'\n{"n": 1}\n\n{"n": 2}\n')
    assert list(block.lines) == [2, 4]


def test_one_byte_order_mark_is_stripped_and_counted() -> None:
    rejects: list[Reject] = []
    assert read("jsonl", b'\xef\xbb\xbf{"n": 1}\nx\n', rejects) == [{"n": 1}]
    assert rejects[0].byte_offset == 12


def test_lines_that_are_kept_are_copied_byte_for_byte() -> None:
    content = b'{ "a" : 1.50, "b": "\\u00e9" }\n{"a":-0,"b":"\\/"}\n{"a":1e2}\n'
    (block,) = blocks(content)
    assert written("jsonl", block) == content
    assert written("jsonl", block.take([2, 0])) == b'{"a":1e2}\n{ "a" : 1.50, "b": "\\u00e9" }\n'


def test_only_the_changed_line_is_written_anew() -> None:
    (block,) = blocks(b'{ "a" : 1.50 }\n{ "a": 2 }\n')
    assert written("jsonl", block.replaced([None, {"a": 3}])) == b'{ "a" : 1.50 }\n{"a":3}\n'


def test_a_bad_line_is_named_with_its_place_and_the_way_on() -> None:
    with pytest.raises(DataError) as failure:
        read("jsonl", b'{"a": 1}\n{"a": 2}\n{"a": }\n')
    assert str(failure.value).splitlines()[0] == "file:3: broken JSON at column 7: expecting value"
    assert "--on-error reject" in failure.value.fix


def test_a_rejected_line_keeps_all_that_is_needed_to_mend_it() -> None:
    rejects: list[Reject] = []
    assert len(read("jsonl", b'{"a": 1}\r\n{"a"\r\n{"a": "\xff"}\n{"a": 2}\n', rejects)) == 2
    first, second = rejects
    assert (first.file, first.line, first.byte_offset, first.raw) == ("file", 2, 10, '{"a"')
    assert (second.line, second.byte_offset, second.raw) == (3, 16, '{"a": "\\xff"}')


def test_an_encoding_that_would_fit_is_named() -> None:
    with pytest.raises(DataError, match='with --encoding windows-1252 it reads "“café”"'):
        read("jsonl", b'{"a": "\x93caf\xe9\x94"}\n')


def lines_in(content: bytes, longest: int) -> list[tuple[int, int, bytes | None]]:
    """The number of each line, where it begins, and its text where it is not too long."""
    found: list[tuple[int, int, bytes | None]] = []
    for group in read_lines(io.BytesIO(content), longest):
        if isinstance(group, LongLine):
            assert content[group.byte_offset :].startswith(group.start)
            found.append((group.line, group.byte_offset, None))
        else:
            for index, line in enumerate(group.lines):
                found.append((group.first_line + index, group.offset_of(index), line))
    return found


@pytest.mark.parametrize("sizes", [[3], [3, 500, 4], [500], [500, 600, 2, 900], [2_000_000, 3], [3, 2_500_000]])
def test_a_line_that_is_too_long_is_left_out_and_the_next_one_read(sizes: list[int]) -> None:
    content = b"\n".join(bytes([65 + place]) * size for place, size in enumerate(sizes))
    offsets = [sum(sizes[:place]) + place for place in range(len(sizes))]
    assert lines_in(content, 100) == [
        (place + 1, offsets[place], bytes([65 + place]) * size if size <= 100 else None)
        for place, size in enumerate(sizes)
    ]


@given(st.text("ab\n", max_size=60).map(str.encode), st.integers(1, 9), st.integers(1, 5), st.integers(1, 20))
def test_lines_are_the_same_wherever_a_piece_of_the_file_ends(
    content: bytes, piece: int, rest: int, longest: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_CHUNK_BYTES", piece)
        patch.setattr(lines, "_REST_BYTES", rest)
        found = lines_in(content, longest)
    texts = content.removesuffix(b"\n").split(b"\n") if content else []
    offset = 0
    for number, (text, line) in enumerate(zip(texts, found, strict=True), start=1):
        assert line == (number, offset, text if len(text) <= longest else None)
        offset += len(text) + 1
