"""Transcripts as people and programs write them down: one row a turn, with who and when."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.public_data import json_rows
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, ReadSettings, Reject, convert
from tilth.formats.opening import format_named
from tilth.schemas.dialects.turn_lines import looks_like_transcript


def read(text: str | bytes, rejects: list[Reject] | None = None, notes: list[str] | None = None) -> list[Any]:
    content = text.encode() if isinstance(text, str) else text
    reject, note = None if rejects is None else rejects.append, [].append if notes is None else notes.append
    reading = ReadSettings("x", reject=reject, note=note)
    return [row for block in format_named("transcript").read(io.BytesIO(content), reading) for row in block.rows]


def turns(text: str) -> list[Any]:
    return [tuple(value for key, value in row.items() if key != "turn") for row in read(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mary: Hello.\nBob: Hi: you.\n", [("Mary", "Hello."), ("Bob", "Hi: you.")]),
        ("agent: a\ncustomer: b", [("agent", "a"), ("customer", "b")]),
        ("SPEAKER_00: a\nSPEAKER_01: b", [("SPEAKER_00", "a"), ("SPEAKER_01", "b")]),
        ("#Person1#: a\n#Person2#: b", [("#Person1#", "a"), ("#Person2#", "b")]),
        ("**Mary:** a\n\n**Dr. van Loon**: b", [("Mary", "a"), ("Dr. van Loon", "b")]),
        ("[00:01:02] Mary: a\n[00:01:05] Bob: b", [(62.0, "Mary", "a"), (65.0, "Bob", "b")]),
        ("(1:02) Mary: a\n(1:02:03.5) Bob: b", [(62.0, "Mary", "a"), (3723.5, "Bob", "b")]),
        ("00:00:07 - Mary: a", [(7.0, "Mary", "a")]),
        ("AGENT (00:12): a\nCALLER [00:15]: b", [(12.0, "AGENT", "a"), (15.0, "CALLER", "b")]),
        ("Mary [10:02 AM]: a", [("10:02 AM", "Mary", "a")]),
        (
            "Speaker 1  0:00\nHi.\nThere.\n\nMary (Host) 1:00\nYo.",
            [(0.0, "Speaker 1", "Hi.\nThere."), (60.0, "Mary (Host)", "Yo.")],
        ),
        ("00:00:03 Speaker 1\na\n\n00:00:05 Speaker 2\nb", [(3.0, "Speaker 1", "a"), (5.0, "Speaker 2", "b")]),
        ("[00:00.000 --> 00:05.250]  a\n[00:05.250 --> 00:07.500]  b", [(0.0, 5.25, "a"), (5.25, 7.5, "b")]),
        ("[00:00.000 --> 00:05.250] SPEAKER_01: a", [(0.0, 5.25, "SPEAKER_01", "a")]),
        ("Mary:\na\n\nb\n\nBob:\nc\n", [("Mary", "a\n\nb"), ("Bob", "c")]),
        ("Call of 3 May\r\n\r\nMary: a\r\nBob: b", [("Call of 3 May",), ("Mary", "a"), ("Bob", "b")]),
    ],
)
def test_turns_are_found_in_the_shapes_that_are_about(text: str, found: list[Any]) -> None:
    assert turns(text) == found


def test_a_line_that_only_has_a_colon_goes_on_with_the_turn() -> None:
    words = "Agent: Here is what to do.\nremember this: breathe.\nNote: twice.\nIt is 10:30.\nsee https://a.b: c"
    text = f"{words}\nMary: ok\nnow: then"
    assert [each[0] for each in turns(text)] == ["Agent", "Mary"]


def test_labels_that_are_nobody_elses_count_where_every_paragraph_has_one() -> None:
    said = "The lady from {0}: words\nand more\nIn addition to {0}: more"
    paragraphs = "\n\n".join(map(said.format, "abc"))
    assert [each[0] for each in turns(paragraphs)] == ["The lady from a", "The lady from b", "The lady from c"]


def test_who_speaks_is_said_aloud() -> None:
    notes: list[str] = []
    read("Agent: a\nMary: b\nAgent: c\n", notes=notes)
    assert notes == ["speakers: Agent 2 (assistant), Mary 1"]


def test_a_call_becomes_a_chat(tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_text("Agent: Hello.\nMary: My parcel\nis late.\n\nAgent: Sorry.\n")
    data = Dataset.open(path, format="transcript")
    assert (data.dialect.name, data.record_types) == ("transcript", ("chat",))
    convert(data, tmp_path / "chat.jsonl", to_dialect="openai")
    (row,) = (row for batch in Dataset.open(tmp_path / "chat.jsonl").batches() for row in batch.rows)
    assert [(each["role"], each["name"], each["content"]) for each in row["messages"]] == [
        ("assistant", "Agent", "Hello."),
        ("user", "Mary", "My parcel\nis late."),
        ("assistant", "Agent", "Sorry."),
    ]
    lines = [
        line
        for batch in Dataset.open(path, format="transcript", dialect="tilth", record_type="text").batches()
        for line in batch.block.lines
    ]
    assert lines == [1, 2, 5]


def test_what_has_no_turns_is_refused() -> None:
    with pytest.raises(DataError, match=r"no line of the transcript begins a turn; .*\n  try  --from text"):
        read("just words\nand more\n")
    with pytest.raises(DataError, match="x:1: byte 1 of the line, 0xff, is not UTF-8"):
        read(b"\xffA: b\n")
    with pytest.raises(DataError, match="the document is longer than 4194304 bytes"):
        read(b"A: b\n" * 1_000_000)


def test_long_lines_and_white_space_cost_no_time() -> None:
    assert turns("Mary: " + "x" * 3_000_000) == [("Mary", "x" * 3_000_000)]
    assert len(turns("Mary: a\nb" + " " * 1_000_000 + "c 0:12\n" + "[" * 500_000)) == 1


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["A", "b", ":", " ", "\n", "0:12", "[", "]", "(", ")", "**", "-->", "Mary", "x. ", "\r"]),
        max_size=40,
    )
)
def test_any_text_is_rows_or_one_line(parts: list[str]) -> None:
    try:
        rows = read("".join(parts))
    except DataError as refusal:
        assert "\n" not in refusal.what
    else:
        assert [row["turn"] for row in rows] == list(range(1, len(rows) + 1))


@given(st.binary(max_size=100))
def test_any_bytes_are_rows_or_one_line(content: bytes) -> None:
    try:
        read(content, [])
    except DataError as refusal:
        assert "\n" not in refusal.what


def test_transcripts_are_not_written() -> None:
    with pytest.raises(UsageError, match="transcript is read and not written\n  try  --to jsonl"):
        format_named("transcript").writer(io.BytesIO())


def test_public_calls_are_read_turn_by_turn() -> None:
    for row in json_rows("lamini_examples/insurance_convos.jsonl"):
        found = turns(row["conversation"])
        assert {speaker for speaker, _ in found} == {"User", "Bot"}
        said = "".join(f"{speaker}:{words}" for speaker, words in found)
        assert "".join(said.split()) == "".join(row["conversation"].split())
        assert looks_like_transcript(row["conversation"].split("\n"))
    for chat in json_rows("abcd/abcd_sample.json"):
        text = "\n".join(f"{speaker}: {words}" for speaker, words in chat["original"])
        assert turns(text) == [(speaker, words.strip()) for speaker, words in chat["original"]]
