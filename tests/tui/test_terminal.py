"""What a real terminal gets: no command from a record, no decision lost to a kill, everything restored at the end."""

import json
import random
import re
import signal
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.tui.conftest import write_records
from tests.tui.terminal import ACKNOWLEDGED, F2, Terminal
from tilth.review import Journal, journal_path
from tilth.review.event import Event

PAYLOADS = [
    "\x1b]52;c;UEFZTE9BRA==\x07",  # clipboard
    "\x1b]52;c;UEFZTE9BRA==\x1b\\",
    "\x1b]0;PAYLOAD\x07",  # title
    "\x1b]8;;http://payload.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]9;PAYLOAD\x07",  # notification
    "\x1b]1337;File=inline=1:UEFZ\x07",
    "\x1bP1;1|PAYLOAD\x1b\\",  # device control string
    "\x1b_PAYLOAD\x1b\\",
    "\x1b^PAYLOAD\x1b\\",
    "\x1bXPAYLOAD\x1b\\",
    "\x1bc",  # reset
    "\x1b[31;7mPAYLOAD",
    "\x1b[21t\x1b[6n\x1b[c",  # queries
    "\x9b31mPAYLOAD",
    "\x9d0;PAYLOAD\x9c",
    "\x90PAYLOAD\x9c",
    "PAY\x08\x08\x08LOAD",
    "PAY\rLOAD",
    "\x0e\x0fPAYLOAD\x05",
    "\x7f\x00\x0b\x0cPAYLOAD",
    "\u202ePAYLOAD\u2066\u200b\ufeff",
    "PAY\u2028LOAD\u2029\x85",
    "[INST] [/b] [bold red]PAYLOAD[/] [@click=app.bell]x[/]",
]
FORBIDDEN = [
    *(
        b"\x1b]",
        b"\x1bP",
        b"\x1b_",
        b"\x1b^",
        b"\x1bX",
        b"\x1bc",
        b"\x07",
        b"\x08",
        b"\x0e",
        b"\x0f",
        b"\x05",
        b"\x7f",
        b"\x00",
    ),
    *("\u202e\u2066\u200b\ufeff\u2028\u2029".encode()[at : at + 3] for at in range(0, 18, 3)),
    *(bytes([0xC2, code]) for code in range(0x80, 0xA0)),
    *(b"\x1b[31;7m", b"\x1b[21t", b"\x1b[6n", b"\x1b[c", b"\x0b", b"\x0c"),
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [{"type": "instruction", "instruction": f"Question {n}?", "output": f"Answer {n}."} for n in range(2000)]
    return write_records(tmp_path / "questions.jsonl", rows)


def test_no_byte_of_a_payload_reaches_the_terminal(tmp_path: Path) -> None:
    rows = [{"type": "text", "text": f"BEGIN {payload} END", "meta": {payload: payload}} for payload in PAYLOADS]
    rows.append({"type": "chat", "messages": [{"role": "user", "content": payload} for payload in PAYLOADS]})
    file = write_records(tmp_path / "hostile.jsonl", rows)
    with Terminal(file, columns=100, rows=40) as terminal:
        terminal.wait_for("row 1 of")
        terminal.press("m", "meta")
        for row in range(2, len(rows) + 1):
            terminal.press("j", f"row {row} of")
        terminal.press("g1\r", "row 1 of")
        terminal.press("/\x1b[200~END\x1b[201~\r", "match 1 of")
        terminal.press("e", "ctrl+s")
        terminal.press(f"X{F2}", "#1 edit row 1")
        terminal.press("nPAYLOAD [b\r", "#2 note")
        terminal.press("E", "ctrl+s")
        terminal.press("\x1b", "row 2 of")
        terminal.press("?", "accept the record")
        terminal.press("q", "BEGIN ␛]52;c;UEFZTE9BRA==␛\\ END")  # the help page covered it
        terminal.send("q")
        assert terminal.wait() == 0
        raw = re.sub(rb"\x1b\]22;[a-z-]+\x07", b"", terminal.raw)  # Textual's own: the shape of the mouse pointer
    assert [code for code in FORBIDDEN if code in raw] == []
    assert "BEGIN ␛]52;c;UEFZTE9BRA==␇ END".encode() in raw


def test_text_is_shown_as_it_is(tmp_path: Path) -> None:
    lines = ["[INST] hi [/INST]", "[/b] [b", "a␛b", "你好 done", "emoji 😀 done", "tab\tdone", "\u00e9 done"]
    file = write_records(tmp_path / "shown.jsonl", [{"type": "text", "text": "\n".join(lines)}])
    with Terminal(file, columns=79, rows=24) as terminal:
        terminal.wait_for("\n \u00e9 done")  # without the list beside it
        shown = [line.strip().replace(" ", "") for line in terminal.screen.display]
        assert [line for line in lines if line.replace(" ", "").replace("\t", "") not in shown] == []
        terminal.send("q")
        assert terminal.wait() == 0


def test_no_colour_means_none(questions: Path) -> None:
    with Terminal(questions, NO_COLOR="1") as terminal:
        terminal.wait_for("row 1 of")
        terminal.press("a", "#1 accept row 1")
        terminal.send("q")
        assert terminal.wait() == 0
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.raw)
    assert all(red == green == blue for red, green, blue in colours)


@pytest.mark.parametrize(("columns", "rows"), [(40, 12), (200, 50), (20, 6)])
def test_any_size_of_terminal_will_do(questions: Path, columns: int, rows: int) -> None:
    with Terminal(questions, columns=columns, rows=rows) as terminal:
        terminal.wait_for("row 1 of")
        terminal.press("a", "#1 accept row 1")
        terminal.send("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_in_order(questions: Path, number: int, code: int) -> None:
    with Terminal(questions) as terminal:
        terminal.wait_for("row 1 of")
        terminal.press("a", "#1 accept row 1")
        begin = time.monotonic()
        terminal.signal(number)
        assert terminal.wait() == code
        assert time.monotonic() - begin < 5
        assert termios.tcgetattr(terminal._pty)[3] == terminal.modes[3]
        assert b"\x1b[?1049l" in terminal.raw and b"\x1b[?25h" in terminal.raw
        assert "resume  tilth review" in terminal.text.replace("\n", "")


def test_quitting_says_how_to_go_on(questions: Path) -> None:
    with Terminal(questions, columns=200) as terminal:
        terminal.wait_for("row 1 of")
        terminal.press("ar", "#2 reject row 2")
        terminal.send("q")
        assert terminal.wait() == 0
        said = " ".join(terminal.text.split())
    assert "1 accepted, 1 rejected, 0 edited, 0 skipped, 1998 left" in said
    assert "--export OUT.jsonl" in said


def kill_in_the_middle(questions: Path, rounds: int, choose: random.Random) -> None:
    """Decide and undo at random and be killed at a random moment, again and again; compare what was seen."""
    seen = 0
    for _ in range(rounds):
        with Terminal(questions) as terminal:
            terminal.wait_for(f"row {place_after(committed(questions)) + 1:,} of 2,000")
            for _ in range(choose.randint(0, 3)):
                events = committed(questions)
                done, row = len(events) + 1, place_after(events) + 1
                if choose.random() < 0.3:
                    terminal.press("e", "ctrl+s")
                    terminal.press(f"X{F2}", f"#{done} edit row {row}")
                elif row > 1 and choose.random() < 0.3:
                    terminal.press("u", f"#{done} undo")
                else:
                    key, action = choose.choice([("a", "accept"), ("r", "reject"), ("s", "skip")])
                    terminal.press(key, f"#{done} {action} row {row}")
            terminal.send("".join(choose.choice("arsu") for _ in range(choose.randint(1, 5))))
            end = time.monotonic() + choose.random() * 0.15
            while (left := end - time.monotonic()) > 0:
                terminal.read(left)
            terminal.signal(signal.SIGKILL)
            assert terminal.wait() == -signal.SIGKILL
            if found := ACKNOWLEDGED.findall(terminal.text):
                seen = max(seen, int(found[-1][0]))
        events = committed(questions)
        assert len(events) >= seen, "a decision that was on the screen is not in the journal"
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        place_after(events)


def committed(file: Path) -> list[Event]:
    if not journal_path(file).exists():
        return []
    with Journal(journal_path(file)) as journal:
        assert journal._database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return list(journal.events())


def place_after(events: list[Event]) -> int:
    """Where the next sitting begins: a decision moves on by one row, an undo goes back to the row it was made on."""
    standing: list[Event] = []
    place = 0
    for event in events:
        if event.action == "undo":
            undone = standing.pop()
            assert (event.undoes, event.row) == (undone.uuid, undone.row)
            place = event.row
        else:
            assert event.row == place, "a decision is missing or doubled"
            standing.append(event)
            place = event.row + 1
    return place


def test_a_kill_loses_and_doubles_nothing(questions: Path) -> None:
    kill_in_the_middle(questions, 3, random.Random(1))


@pytest.mark.slow
def test_fifty_kills_lose_and_double_nothing(questions: Path) -> None:
    kill_in_the_middle(questions, 50, random.Random(50))


@pytest.mark.slow
def test_a_million_records_open_within_two_hundred_megabytes() -> None:
    import subprocess

    script = Path(__file__).parents[2] / "benchmarks" / "bench_review_open.py"
    run = subprocess.run([sys.executable, script, "1000000"], capture_output=True, text=True, check=True, timeout=300)
    figures = json.loads(run.stdout)
    assert figures["rows"] == 1_000_000
    assert figures["peak_mb"] <= 200
    # The promise is 2 seconds on a free machine; a shared one gets more.
    assert figures["first_screen_s"] <= 6
    assert figures["all_rows_listed_s"] <= 10
