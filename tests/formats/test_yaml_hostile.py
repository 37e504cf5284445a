"""YAML that libyaml reads otherwise than YAML 1.2 says, or gives up on: read right, or refused row by row."""

import io
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formats.hostile import dumped, read
from tilth.errors import DataError
from tilth.formats import ReadSettings, Reject
from tilth.formats.yaml_rows import Yaml


def with_rejects(content: bytes, piece: int = 1 << 16) -> tuple[list[object], list[tuple[int, str, str]]]:
    class InPieces(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(piece)

    rejects: list[Reject] = []
    settings = ReadSettings("file", reject=rejects.append)
    rows = [row for block in Yaml().read(InPieces(content), settings) for row in block.rows]
    return rows, [(reject.line, reject.reason, reject.raw) for reject in rejects]


@pytest.mark.parametrize("break_", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("frame", ["x~y", '"x~y"', "'x~y'", "|-\n    x~y"])
def test_what_yaml_1_1_takes_for_a_line_break_is_text(break_: str, frame: str) -> None:
    content = f"- a: {frame}\n- x~y: z\n".replace("~", break_).encode()
    for piece in (1, 7, 1 << 16):
        assert with_rejects(content, piece) == ([{"a": f"x{break_}y"}, {f"x{break_}y": "z"}], [])


def test_a_row_with_a_byte_that_is_not_utf_8_costs_no_other_row() -> None:
    content = "- a: ok\n- a: more\n  b: Play Beyoncé\n- a: ok # café\n- 'é': x\n".encode("latin-1")
    rows, rejects = with_rejects(content)
    assert rows == [{"a": "ok"}, {"a": "ok"}]
    assert [(line, reason) for line, reason, _ in rejects] == [
        (2, 'line 3, byte 17 of the line, 0xe9, is not UTF-8; with --encoding windows-1252 it reads "Beyoncé"'),
        (5, "byte 4 of the line, 0xe9, is not UTF-8; with --encoding windows-1252 it reads \"'é'\""),
    ]


@pytest.mark.parametrize("character", ["\0", "\x07", "\x0b", "\x1b", "\x7f", "\x9f", "\ufeff", "\uffff", "\U0001fffe"])
def test_a_character_that_yaml_has_only_as_an_escape_costs_its_row(character: str) -> None:
    rows, rejects = with_rejects(f"- a: 1\n- a: x{character}y\n- a: 2\n".encode())
    assert rows == [{"a": 1}, {"a": 2}]
    ((line, reason, _),) = rejects
    code = f"U+{ord(character):04X}"
    assert line == 2
    assert reason == f"column 7: the character {code}, which YAML has only as an escape in double quotes"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- { ?foo: bar }\n", "a text that begins with a question mark"),
        ("- a: [?x]\n", "a text that begins with a question mark"),
        ("- a: [\n    ?x ]\n", "a text that begins with a question mark"),
        ("- a: &an:chor value\n", "the anchor an has a name that readers disagree about"),
    ],
)
def test_what_libyaml_misreads_is_refused(text: str, reason: str) -> None:
    rows, rejects = with_rejects((text + "- a: 1\n").encode())
    assert rows == [{"a": 1}]
    assert len(rejects) == 1
    assert rejects[0][1].startswith(reason)


def test_what_only_looks_like_it_is_read() -> None:
    text = (
        "- ? a\n  : what ?x\n- {'?x': \"[?y]\", z: a?b}\n- ?x : 1\n- a: &x [1]\n  b: *x\n  c: 2 *x &y:z\n- {? k : v}\n"
    )
    rows = [{"a": "what ?x"}, {"?x": "[?y]", "z": "a?b"}, {"?x": 1}, {"a": [1], "b": [1], "c": "2 *x &y:z"}, {"k": "v"}]
    assert with_rejects(text.encode()) == (rows, [])


def test_a_last_line_of_blanks_is_read_alike_with_and_without_its_end() -> None:
    for text in ("a: |\n  x\n   ", "a: >\n  x\n   ", "a: |+\n  x\n  ", "a: x\n  "):
        assert dumped(read("yaml", text.encode())) == dumped(read("yaml", text.encode() + b"\n"))
    assert read("yaml", b"a: |\n  x\n   ") == [{"a": "x\n \n"}]
    assert read("yaml", b"a: |\n  x") == [{"a": "x"}]


DOCUMENTS = (
    b"# first\na: 1\n---\nb: [1\nc: 2\n--- # third\na: 3\n"
    b"---\n- a: 4\n- a: 5\n  b: }\n- a: 6\n---\na: 7\n...\n---\na: &\n"
)


@pytest.mark.parametrize("piece", [1, 5, 30, 1 << 16])
def test_a_broken_document_is_left_out_and_the_next_one_read(piece: int) -> None:
    rows, rejects = with_rejects(DOCUMENTS, piece)
    assert rows == [{"a": 1}, {"a": 3}, {"a": 4}, {"a": 7}]
    assert [(line, raw) for line, _, raw in rejects] == [
        (4, "b: [1\nc: 2\n"),
        (10, "- a: 5\n  b: }\n- a: 6\n"),
        (17, "a: &\n"),
    ]
    assert (
        rejects[0][1]
        == "broken YAML at line 5: did not find expected ',' or ']'; the rest of this document is left out"
    )
    assert rejects[2][1].endswith("; the rest of the file cannot be read")


def test_a_document_that_is_broken_from_its_start_is_left_out() -> None:
    rows, rejects = with_rejects(b"a: 1\n---\n%x\n--- @no\n---\na: 2\n...\n%YAML 2.0\n---\na: 3\n---\na: 4\n")
    assert rows[:2] == [{"a": 1}, {"a": 2}]
    assert rows[-1] == {"a": 4}
    assert {"a": 3} not in rows
    assert len(rejects) == 3


def test_rows_behind_a_broken_document_have_their_line() -> None:
    filler = b"x: [\n" + b"text\r\n" * 40_000
    content = b"a: 1\n---\n" + filler + b"---\n- a: 2\n- a: 2\n  a: 3\n"
    blocks = Yaml().read(io.BytesIO(content), ReadSettings("file", reject=(rejects := []).append))
    assert [line for block in blocks for line in block.lines] == [1, 40_005]
    assert [(reject.line, reject.reason) for reject in rejects][1:] == [(40_006, 'the key "a" is given twice')]


def test_without_rejects_the_first_broken_document_ends_the_reading() -> None:
    with pytest.raises(DataError) as failure:
        read("yaml", DOCUMENTS)
    assert str(failure.value).startswith("file:5: broken YAML: did not find expected ',' or ']'")
    assert "--on-error reject" in failure.value.fix


def test_a_row_that_is_too_deep_costs_no_other_row() -> None:
    rows, rejects = with_rejects(b"- a: 1\n- a: " + b"[" * 500 + b"]" * 500 + b"\n- a: 2\n")
    assert rows == [{"a": 1}, {"a": 2}]
    assert [(line, reason) for line, reason, _ in rejects] == [(2, "this row is more than 128 deep")]


def test_a_bottomless_row_ends_its_document_at_once() -> None:
    begin = time.monotonic()
    rows, rejects = with_rejects(b"- a: 1\n- a: " + b"[" * 100_000 + b"]" * 100_000 + b"\n---\na: 2\n")
    assert time.monotonic() - begin < 5
    assert rows == [{"a": 1}, {"a": 2}]
    assert [line for line, _, _ in rejects] == [2]
    assert "more than 1000 lists and mappings inside each other; the rest of this document" in rejects[0][1]


@pytest.mark.slow
def test_a_row_with_more_nodes_than_yaml_is_for_costs_no_other_row() -> None:
    many = "".join(f"  k{number}: 1\n" for number in range(120_000)).encode()
    rows, rejects = with_rejects(b"- a: 1\n-\n" + many + b"- a: 2\n")
    assert rows == [{"a": 1}, {"a": 2}]
    assert [(line, reason[:43]) for line, reason, _ in rejects] == [(3, "this row has more than 200000 keys and valu")]


_pieces = [
    "a: ",
    "- ",
    "---\n",
    "...\n",
    "\n",
    "[",
    "]",
    "{",
    "}",
    "&x ",
    "*x",
    "? ",
    "?x",
    '"',
    "'",
    "|",
    "%",
    "#",
    "@",
    "x",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*map(str.encode, _pieces), b"\xe9", b"\0", b"\r", b"\xc2\x85", b"  "])).map(b"".join))
@example(b"---")
@example(b"--- @")
@example(b"\xe9\n---\n@\n---\n")
@example(b"%\n%\n---\n%")
def test_any_text_gives_rows_and_rejects_and_ends(content: bytes) -> None:
    with_rejects(content, 3)
