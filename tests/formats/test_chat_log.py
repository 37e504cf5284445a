"""Exports of chats: one row a message, whatever country and phone it was written in, and nothing that nobody said."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.test_transcript import read
from tilth.cli.border import run
from tilth.errors import UsageError
from tilth.formats import Dataset, convert
from tilth.formats.chat_log import is_chat_log

IPHONE = (
    "\u200e[12/03/24, 10:15:02] Ana: \u200eMessages and calls are end-to-end encrypted.\r\n"
    "[12/03/24, 10:15:09] Bob: Hi! My order: where is it?\r\n"
    "It is no. 7.\r\n"
    "\u200e[12/03/24, 10:16:00] Bob: \u200eimage omitted\r\n"
    "[12/03/24, 10:17:00] ~\u202fAna: On its way. \u200e<This message was edited>\r\n"
)
ANDROID = """12/03/2024, 10:14 - Messages and calls are end-to-end encrypted. Tap to learn more.
12/03/2024, 10:14 - Ana created group "Orders: March"
12/03/2024, 10:15 - Bob: Where is my order?

see https://a.b/c
12/03/2024, 10:16 - Bob: <Media omitted>
12/03/2024, 10:16 - Bob: IMG-20240312-WA0001.jpg (file attached)
This is the box.
12/03/2024, 10:17 - +49 151 1234567: On its way.
12/03/2024, 10:18 - Bob: This message was deleted
"""


def said(text: str) -> list[Any]:
    return [(row["speaker"], row["text"]) for row in read(text)]


def test_the_export_of_an_iphone_is_messages_without_what_the_program_says() -> None:
    notes: list[str] = []
    assert read(IPHONE, notes=notes) == [
        {"turn": 1, "time": "12/03/24, 10:15:09", "speaker": "Bob", "text": "Hi! My order: where is it?\nIt is no. 7."},
        {"turn": 2, "time": "12/03/24, 10:17:00", "speaker": "Ana", "text": "On its way."},
    ]
    left = "left out: 2 notices of the program and media without words (line 1, 4)"
    assert notes == ["speakers: Bob 1, Ana 1", left]


def test_the_export_of_an_android_phone_keeps_captions_and_loses_media() -> None:
    assert said(ANDROID) == [
        ("Bob", "Where is my order?\n\nsee https://a.b/c"),
        ("Bob", "This is the box."),
        ("+49 151 1234567", "On its way."),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "[2024-03-12, 22:15:02] ",
        "[12.03.24, 22:15:02] ",
        "[3/12/24, 10:15:02\u202fPM] ",
        "[22:15, 12/03/2024] ",
        "12.03.24, 22:15 - ",
        "3/12/24, 10:15 PM - ",
        "12/3/2024 22:15 - ",
        "12/03/24, 10:15 p. m. - ",
        "\ufeff12-03-2024 22.15 - ",
    ],
)
def test_dates_are_read_as_in_any_country(head: str) -> None:
    (row,) = read(f"{head}Ana Lu: a: b\nc\n")
    assert (row["speaker"], row["text"]) == ("Ana Lu", "a: b\nc")
    assert row["time"] == " ".join(head.strip("\ufeff[]- ").split())


def test_what_is_no_chat_is_none() -> None:
    assert not is_chat_log(["Mary: Hello.", "12/03/24, 10:15 - Bob: Hi."])
    assert not is_chat_log(["[00:01:02] Mary: Hello."])
    assert not is_chat_log(["12/03/2024, 10:14 - Release notes"])
    assert not is_chat_log([])


def test_a_chat_with_a_text_suffix_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(ANDROID)
    assert "--from transcript" in Dataset.open(tmp_path / "chat.txt").notes[0]


@given(st.lists(st.tuples(st.sampled_from(["Ana", "Bob"]), st.from_regex(r"[a-z :]{0,9}[a-z]", fullmatch=True))))
def test_every_message_comes_back(messages: list[tuple[str, str]]) -> None:
    text = "".join(f"12/03/2024, 10:15 - {name}: {words}\n" for name, words in [("Cy", "first"), *messages])
    assert said(text) == [("Cy", "first"), *((name, words.strip()) for name, words in messages)]


def test_the_named_assistant_is_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("Agent: Hello.\nMary: Hi.\nBob: Good morning.\n")
    data = Dataset.open(tmp_path / "chat.txt", format="transcript", assistant="mary")
    assert data.notes == ("speakers: Agent 1, Mary 1 (assistant), Bob 1",)
    convert(data, tmp_path / "chat.jsonl", to_dialect="openai")
    row = json.loads((tmp_path / "chat.jsonl").read_text())
    assert [(each["role"], each["name"]) for each in row["messages"]] == [
        ("user", "Agent"),
        ("assistant", "Mary"),
        ("user", "Bob"),
    ]
    convert(Dataset.open(tmp_path / "chat.jsonl"), tmp_path / "back.jsonl", to_dialect="transcript")
    back = [json.loads(line) for line in (tmp_path / "back.jsonl").read_text().splitlines()]
    assert [(each["speaker"], each["text"]) for each in back] == [
        ("Agent", "Hello."),
        ("Mary", "Hi."),
        ("Bob", "Good morning."),
    ]


def test_an_assistant_who_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(ANDROID)
    with pytest.raises(UsageError, match=r"nobody is called Bop; there speak: Bob") as refusal:
        Dataset.open(tmp_path / "chat.txt", format="transcript", assistant="Bop")
    assert refusal.value.fix == "--assistant 'Bob'"


def test_an_assistant_of_rows_that_are_no_transcript_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"instruction": "a", "output": "b"}\n')
    assert run(["convert", str(rows), "-o", "-", "--to-dialect", "openai", "--assistant", "Bob"]) == 2
    assert "--assistant names a speaker of a transcript, and the rows are alpaca" in capsys.readouterr().err
    assert run(["convert", str(rows), "-o", "-", "--assistant", "Bob"]) == 2
    assert "--to-dialect openai" in capsys.readouterr().err
