"""Subtitles: every cue with its times, who speaks where it says so, and carelessly made files read all the same."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, ReadSettings, Reject
from tilth.formats.opening import format_named


def read(
    name: str, text: str | bytes, rejects: list[Reject] | None = None, notes: list[str] | None = None
) -> list[Any]:
    content = text.encode() if isinstance(text, str) else text
    reject, note = None if rejects is None else rejects.append, [].append if notes is None else notes.append
    reading = ReadSettings("x", reject=reject, note=note)
    return [row for block in format_named(name).read(io.BytesIO(content), reading) for row in block.rows]


def vtt(*cues: str) -> list[Any]:
    """Rows of cues that take a second each, given by their words."""
    timed = [f"00:{n:02}.000 --> 00:{n + 1:02}.000\n{cue}\n" for n, cue in enumerate(cues)]
    return [(row.get("speaker"), row["text"]) for row in read("vtt", "WEBVTT\n\n" + "\n".join(timed))]


SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello,\nBob.\n\n2\n01:00:02,001 --> 01:00:04,000\n<i>Bye</i>.\n"
ROWS = [{"start": 1.0, "end": 2.5, "text": "Hello,\nBob."}, {"start": 3602.001, "end": 3604.0, "text": "Bye."}]


@pytest.mark.parametrize(
    "text",
    [
        SRT,
        "\ufeff" + SRT.replace("\n", "\r\n"),
        SRT.replace("\n", "\r"),
        SRT.replace("\n\n", "\n"),
        SRT.replace("\n\n", "\n\n\n \n"),
        SRT.replace("1\n00", "00").replace("2\n01", "01"),
        SRT.replace("00:00:01,000", "0:0:1.0").replace("00:00:02,500", "00:02.5"),
        SRT.replace(" --> ", "-->"),
        SRT.replace("Bye", "Bye</font>").replace("<i>", '{\\an8}<font color="red">'),
    ],
)
def test_srt_is_read_however_it_was_put_together(text: str) -> None:
    assert read("srt", text) == ROWS


def test_blank_lines_inside_of_a_cue_and_words_that_are_numbers_stay() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nfirst\n\nsecond\n42\n\n2\n00:00:03,000 --> 00:00:04,000\n7\n"
    assert [row["text"] for row in read("srt", text)] == ["first\n\nsecond\n42", "7"]


def test_vtt_keeps_identifiers_and_settings_and_leaves_notes_out() -> None:
    text = (
        "WEBVTT - a title\nKind: captions\n\nNOTE\nof nobody\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:r\n\n"
        "intro-1\n00:01.000 --> 00:02.000 align:start position:0%\nHello &amp; &lt;welcome&gt;&nbsp;to <b>it</b>\n\n"
        "100:00:00.000 --> 100:00:01.000\n<00:00:00.500><c.yellow>one</c> <unk> a < b\n"
    )
    assert read("vtt", text) == [
        {
            "id": "intro-1",
            "start": 1.0,
            "end": 2.0,
            "settings": "align:start position:0%",
            "text": "Hello & <welcome>\xa0to it",
        },
        {"start": 360000.0, "end": 360001.0, "text": "one <unk> a < b"},
    ]


def test_entities_are_those_of_vtt_alone() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nfish &amp; chips\n"
    assert read("srt", text)[0]["text"] == "fish &amp; chips"


@pytest.mark.parametrize(
    ("cue", "spoken"),
    [
        ("<v Mary Smith>Hello.", [("Mary Smith", "Hello.")]),
        ("<v.loud Mary>Hello.</v>\n<v Bob>Hi &amp; bye.</v>", [("Mary", "Hello."), ("Bob", "Hi & bye.")]),
        ("- <v Mary>Hello.", [(None, "-"), ("Mary", "Hello.")]),
        ("AGENT: Hello.\nhow are you?", [("AGENT", "Hello.\nhow are you?")]),
        ("- Customer: Hi.\n- Agent: Hello.", [("Customer", "Hi."), ("Agent", "Hello.")]),
        (">> MARY: Hello.", [("MARY", "Hello.")]),
        ("<i>Speaker 1:</i> Hello.", [("Speaker 1", "Hello.")]),
        ("well\nMARY: Hello.", [(None, "well"), ("MARY", "Hello.")]),
        ("- Hello.\n- Hi.", [(None, "- Hello.\n- Hi.")]),
        ("Remember: be kind.", [(None, "Remember: be kind.")]),
        ("It is 10:30 now.", [(None, "It is 10:30 now.")]),
        ("see https://example.org: there", [(None, "see https://example.org: there")]),
    ],
)
def test_who_speaks_is_what_a_tag_or_a_sure_label_says(cue: str, spoken: list[Any]) -> None:
    assert vtt(cue) == spoken


def test_a_name_that_comes_back_is_a_label() -> None:
    assert vtt("Mary: a", "and b", "Bob: c: d", "Mary: e", "Bob: f") == [
        ("Mary", "a"),
        (None, "and b"),
        ("Bob", "c: d"),
        ("Mary", "e"),
        ("Bob", "f"),
    ]


def test_the_order_of_cues_and_who_speaks_is_said_aloud() -> None:
    cues = [
        "00:03.000 --> 00:05.000\n<v Agent>a",
        "00:04.000 --> 00:06.000\n<v Bob>b",
        "00:01.000 --> 00:02.000\n<i></i>\n",
    ]
    notes: list[str] = []
    rows = read("vtt", "WEBVTT\n\n" + "\n\n".join(cues) + "\n\n00:09.000 --> 00:09.500\n\n", notes=notes)
    assert [row["start"] for row in rows] == [3.0, 4.0]
    assert notes == [
        "out of order: 1 of 4 cues, which begin before the one above them",
        "overlapping: 1 of 4 cues, which begin before the one above them ends",
        "left out: 2 of 4 cues, which have no words",
        "speakers: Agent 1 (assistant), Bob 1",
    ]


def test_cues_without_sense_are_rejected_with_their_words(tmp_path: Path) -> None:
    path = tmp_path / "x.srt"
    path.write_text(
        SRT + "\n3\n00:00:09,000 --> 00:00:08,000\nbackwards\n\n4\n00:00:xx --> 00:00:09,000\n\n5\n0:99 --> 1:00\n"
    )
    data = Dataset.open(path, on_error="reject")
    assert data.count() == 1
    path.write_text(SRT + "\n3\n00:00:09,000 --> 00:00:08,000\nbackwards\n")
    rejects: list[Reject] = []
    assert read("srt", path.read_bytes(), rejects) == ROWS
    assert [(each.line, each.reason) for each in rejects] == [(11, "a cue that ends before it begins (9 s to 8 s)")]
    assert "backwards" in rejects[0].raw
    with pytest.raises(DataError, match=r"x\.srt:11: a cue that ends before it begins"):
        Dataset.open(path)


def test_words_without_times_are_rejected_in_vtt() -> None:
    rejects: list[Reject] = []
    assert (
        len(read("vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\norphan\n\n00:03.000 --> 00:04.000\nb\n", rejects)) == 2
    )
    assert [(each.line, each.raw) for each in rejects] == [(6, "orphan")]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("vtt", SRT, "x:1: the first line is not WEBVTT\n  try  --from srt"),
        ("vtt", "WEBVTT\n", "no cue has a line of times"),
        ("srt", "just words\n", "no cue has a line of times such as 00:00:01.000 --> .*\n  try  --from text"),
        ("srt", b"\xff\xfe1\n", "is not UTF-8"),
        ("srt", "a\x00b", "a NUL character"),
    ],
)
def test_what_is_no_subtitles_is_refused_in_one_line(name: str, text: str | bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read(name, text)


def test_subtitles_are_not_held_without_a_limit() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"x" * size

    with pytest.raises(DataError, match="the document is longer than 16777216 bytes"):
        list(format_named("srt").read(Endless(), ReadSettings("x")))  # type: ignore[arg-type]


pieces = st.sampled_from(
    ["1", "\n", "\n\n", "00:00:01,000", " --> ", "WEBVTT\n\n", "<v ", "A", ">", "A: ", "- ", "&amp;", "NOTE", "\r"]
)


@pytest.mark.parametrize("name", ["srt", "vtt"])
@settings(deadline=None)
@given(st.lists(pieces, max_size=30), st.binary(max_size=20))
def test_any_text_is_rows_or_one_line(name: str, parts: list[str], rest: bytes) -> None:
    for start in ("", "WEBVTT\n\n"):
        try:
            read(name, (start + "".join(parts)).encode() + rest, [])
        except DataError as refusal:
            assert "\n" not in refusal.what


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>&:{}-\u2028"), min_size=1, max_size=20
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.integers(0, 10**5), words.map(str.strip).filter(bool)),
        min_size=1,
        max_size=5,
    )
)
def test_times_and_words_are_exact(cues: list[tuple[int, int, str]]) -> None:
    def time(ms: int) -> str:
        return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"

    text = "".join(f"{time(start)} --> {time(start + long)}\n{said}\n\n" for start, long, said in cues)
    rows = [{"start": start / 1000, "end": (start + long) / 1000, "text": said} for start, long, said in cues]
    assert read("vtt", "WEBVTT\n\n" + text) == rows
    assert read("srt", text) == rows


def test_subtitles_are_not_written() -> None:
    with pytest.raises(UsageError, match="vtt is read and not written\n  try  --to jsonl"):
        format_named("vtt").writer(io.BytesIO())
