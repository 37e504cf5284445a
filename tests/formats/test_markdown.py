"""Markdown: a row for each section, cut where Markdown itself sees a heading and nowhere else."""

import io
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.schemas.public_data import public_file
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, ReadSettings, Reject
from tilth.formats import _markdown_sections as sections
from tilth.formats.opening import format_named


def read(text: str | bytes, rejects: list[Reject] | None = None, **how: Any) -> list[tuple[int, dict[str, Any]]]:
    content = text.encode() if isinstance(text, str) else text
    reading = ReadSettings("x.md", reject=None if rejects is None else rejects.append, **how)
    blocks = format_named("markdown").read(io.BytesIO(content), reading)
    return [(line, dict(row)) for block in blocks for line, row in zip(block.lines, block.rows, strict=True)]


def test_every_section_is_a_row_with_its_path() -> None:
    text = "Intro.\n\n# Help\n\nCall us.\n\n\n## Returns ##\nWithin *30* days.\n### Costs\n## Contact\n# About\nX\n"
    assert read(text) == [
        (1, {"text": "Intro.", "heading": [], "level": 0}),
        (3, {"text": "# Help\n\nCall us.", "heading": ["Help"], "level": 1}),
        (8, {"text": "## Returns ##\nWithin *30* days.", "heading": ["Help", "Returns"], "level": 2}),
        (10, {"text": "### Costs", "heading": ["Help", "Returns", "Costs"], "level": 3}),
        (11, {"text": "## Contact", "heading": ["Help", "Contact"], "level": 2}),
        (12, {"text": "# About\nX", "heading": ["About"], "level": 1}),
    ]


def test_underlined_headings_count_and_levels_may_be_skipped() -> None:
    rows = [row for _, row in read("Title\n=====\na\n\n#### Deep\n\nTwo\nlines\n---\n")]
    assert [(row["heading"], row["level"]) for row in rows] == [
        (["Title"], 1),
        (["Title", "Deep"], 4),
        (["Title", "Two\nlines"], 2),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```sh\n# comment\n```",
        "~~~\n# comment",
        "    # code",
        "<!--\n# hidden\n-->",
        "> # quoted",
        "- # in a list\n\n  # too",
        "\\# escaped",
        "#hashtag",
    ],
)
def test_what_is_no_heading_cuts_nothing(text: str) -> None:
    assert read(text + "\n") == [(1, {"text": text, "heading": [], "level": 0})]


def test_a_document_without_headings_is_one_row_and_an_empty_one_none() -> None:
    assert read("\n\na\r\n\r\nb\n\n") == [(3, {"text": "a\n\nb", "heading": [], "level": 0})]
    assert read("\n \n") == []


def test_front_matter_goes_with_every_row() -> None:
    rows = read("---\ntitle: Help\nversion: 007\ntags: [a, no]\n---\n\nIntro\n# A\n")
    fields = {"title": "Help", "version": "007", "tags": ["a", "no"]}
    assert [row["front_matter"] for _, row in rows] == [fields, fields]
    assert [line for line, _ in rows] == [7, 8]


@pytest.mark.parametrize(
    "text", ["---\ntitle: a", "---\n\ntext", "----\na: b\n----", "---\n" + "a: b\n" * 10_000 + "---"]
)
def test_a_rule_at_the_start_is_no_front_matter(text: str) -> None:
    rows = [row for _, row in read(text)]
    assert "\n".join(str(row["text"]) for row in rows) == text
    assert all("front_matter" not in row for row in rows)


def test_front_matter_that_cannot_be_read_is_rejected_and_the_rest_read() -> None:
    rejects: list[Reject] = []
    assert read("---\ntitle: a: b\n---\n# A\n", rejects) == [(4, {"text": "# A", "heading": ["A"], "level": 1})]
    assert rejects[0].reason.startswith("front matter that is no YAML: ")
    with pytest.raises(DataError, match=r"x\.md:1: front matter that is not one mapping"):
        read("---\n- a: b\n- c: d\n---\n")


def test_a_line_that_is_no_text_rejects_its_section() -> None:
    rejects: list[Reject] = []
    assert [row["text"] for _, row in read(b"# A\na\n# B\n\xff\n# C\n", rejects)] == ["# A\na", "# C"]
    assert [reject.line for reject in rejects] == [4]


def test_a_section_longer_than_a_line_may_be_is_refused() -> None:
    with pytest.raises(DataError, match=r"x\.md:1: a section of more than 100 characters"):
        read("# A\n" + "text\n" * 100, max_line_bytes=100)


def whole(text: str) -> list[tuple[int, str]]:
    """The headings that the parser sees in the whole document."""
    tokens = MarkdownIt("commonmark").parse(text.replace("\r\n", "\n").replace("\r", " "))
    found = [
        (at.map[0] + 1, at.tag, inline.content)
        for at, inline in pairwise(tokens)
        if at.map and at.type == "heading_open" and at.level == 0
    ]
    return [(line, content) for line, _, content in found]


LINES = [
    "# A",
    "## B #",
    "a",
    "",
    "",
    "```",
    "~~~",
    "===",
    "---",
    "> q",
    "> # q",
    "- i",
    "  # i",
    "    c",
    "<!--",
    "-->",
    "<div>",
    "1. x",
    "\t",
    "* * *",
    "[a]: b",
    "a\rb",
    "`",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=40), st.integers(1, 60))
def test_reading_in_pieces_finds_what_the_parser_finds_in_the_whole(lines: list[str], piece: int) -> None:
    text = "\n".join(["x", *lines])
    sections._PIECE_CHARACTERS, before = piece, sections._PIECE_CHARACTERS
    try:
        rows = read(text)
    finally:
        sections._PIECE_CHARACTERS = before
    assert [(line, row["heading"][-1]) for line, row in rows if row["heading"]] == whole(text)
    filled = [line for line in "\n".join(str(row["text"]) for _, row in rows).split("\n") if line.strip()]
    assert filled == [line for line in text.split("\n") if line.strip()]


def test_a_long_document_is_read_in_pieces_and_a_block_without_an_end_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sections, "_PIECE_CHARACTERS", 1000)
    monkeypatch.setattr(sections, "_MAX_PIECE_CHARACTERS", 4000)
    assert len(read(("# A\n\n" + "words and words\n\n" * 400 + "- item\n" * 300) * 2)) == 2
    with pytest.raises(DataError, match=r"x\.md:3: a list, a table or code goes on .*\n  try  --from text"):
        read("# A\n\n" + "- item\n" * 1000)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_one_line(content: bytes) -> None:
    rejects: list[Reject] = []
    read(content, rejects)
    assert all("\n" not in reject.reason for reject in rejects)


def test_markdown_is_not_written() -> None:
    with pytest.raises(UsageError, match="markdown is read and not written\n  try  --to jsonl"):
        format_named("markdown").writer(io.BytesIO())


@pytest.mark.parametrize(("name", "rows"), [("moo_deng.md", 8), ("phoenix.md", 7)])
def test_public_documents_are_sections_of_text(name: str, rows: int) -> None:
    data = Dataset.open(public_file(f"instructlab_sdg/tests/testdata/sample_documents/{name}"))
    assert data.record_types == ("text",)
    assert data.count() == rows
