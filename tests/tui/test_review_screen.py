"""Every key does what the help says, and a decision is on the disk before the next record is drawn."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from tests.tui.conftest import HOSTILE, RECORDS, SHOWN, Open, write_records
from tilth.errors import TilthError
from tilth.operation import Fields
from tilth.review import Journal, journal_path
from tilth.tui.app import ReviewApp
from tilth.tui.browse_screen import BrowseScreen
from tilth.tui.editor import Editor
from tilth.tui.help import Help
from tilth.tui.keys import REVIEW_KEYS
from tilth.tui.review_screen import ReviewScreen


def text(app: ReviewApp, name: str) -> str:
    return str(app.review_screen.query_one(f"#{name}", Static).content)


def actions(path: Path) -> list[tuple[str, int]]:
    with Journal(journal_path(path), create=False) as journal:
        return [(event.action, event.row + 1) for event in journal.events()]


async def until(pilot: Pilot[int], is_so: Callable[[], bool]) -> None:
    for _ in range(300):
        await pilot.pause(0.01)
        if is_so():
            return
    raise AssertionError("it did not come to be")


async def wait_for(pilot: Pilot[int], screen: type[object]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))


async def type_line(pilot: Pilot[int], line: str, *, submit: bool = True) -> None:
    from tilth.tui.prompt import Prompt

    await wait_for(pilot, Prompt)
    field = pilot.app.screen.query_one(Input)
    field.value = line
    await pilot.pause(0.05)
    if submit:
        await pilot.press("enter")
        await wait_for(pilot, BrowseScreen)


async def test_decisions_are_committed_and_counted(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("a", "r", "s", "a")
        assert actions(questions) == [("accept", 1), ("reject", 2), ("skip", 3), ("accept", 4)]
        assert text(app, "status") == "#4 accept row 4  ✓2 ✗1 ✎0 »1 7 left"
        assert text(app, "heading").startswith("row 5 of 10")
        await pilot.press("u")
        assert text(app, "status").startswith("#5 undo row 4  ✓1 ✗1")
        assert app.review_screen.row == 3
        await pilot.press("q")
    assert app.return_value == 0


async def test_nothing_is_acknowledged_that_was_not_committed(
    questions: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:

        def full_disk(*_: object, **__: object) -> None:
            raise TilthError("the journal did not take it: disk is full")

        monkeypatch.setattr(app.session.journal, "append", full_disk)
        await pilot.press("a")
        assert app.review_screen.row == 0
        assert "disk is full" in text(app, "status")
        assert "#" not in text(app, "status")


async def test_the_next_sitting_opens_at_the_same_record(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test() as pilot:
        await pilot.press("a", "a", "down", "down", "q")
    again = open_app(questions)
    async with again.run_test():
        assert again.review_screen.row == 4


async def test_the_last_row_is_decided_like_any_other(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("end", "a")
        assert text(app, "status").startswith("#1 accept row 10  last row")
        assert actions(questions) == [("accept", 10)]


async def test_an_edit_is_saved_and_shown(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("e")
        await wait_for(pilot, Editor)
        await pilot.press("X", "f2")
        await wait_for(pilot, BrowseScreen)
        assert text(app, "status").startswith("#1 edit row 1  ✓0 ✗0 ✎1")
        await pilot.press("up")
        assert "Question 1?X" in text(app, "top")
        assert cast(Fields, app.session.record(0))["instruction"] == "Question 1?X"
        assert "input" not in cast(Fields, app.session.record(0))


async def test_a_broken_edit_says_why_and_keeps_the_text(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("E")
        await wait_for(pilot, Editor)
        area = app.screen.query_one(TextArea)
        area.text = '{"type": "instruction", "instruction": "no output"}'
        await pilot.press("ctrl+s")
        assert "output: field required" in str(app.screen.query_one("#editor-problem", Static).content)
        area.text = "{"
        await pilot.press("ctrl+s")
        assert "broken JSON" in str(app.screen.query_one("#editor-problem", Static).content)
        assert area.text == "{"
        assert not actions(questions)


async def test_esc_leaves_without_saving_and_the_text_waits(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("e")
        await wait_for(pilot, Editor)
        await pilot.press("X", "escape")
        await wait_for(pilot, BrowseScreen)
        assert not actions(questions)
        await pilot.press("e")
        await wait_for(pilot, Editor)
        assert app.screen.query(TextArea).first().text == "Question 1?X"
        await pilot.press("f2")
        await wait_for(pilot, BrowseScreen)
        assert actions(questions) == [("edit", 1)]


async def test_an_edit_that_the_files_shape_cannot_hold_is_refused_at_once(tmp_path: Path, open_app: Open) -> None:
    alpaca = write_records(tmp_path / "alpaca.jsonl", [{"instruction": "Say hi.", "input": "", "output": "Hi."}])
    app = open_app(alpaca)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("E")
        await wait_for(pilot, Editor)
        app.screen.query_one(TextArea).text = '{"type": "text", "text": "x"}'
        await pilot.press("f2")
        assert "alpaca cannot hold" in str(app.screen.query_one("#editor-problem", Static).content)


async def test_a_note_is_kept_and_withdrawn(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("n")
        await type_line(pilot, "rude [b")
        assert "note: rude [b" in text(app, "heading")
        assert app.review_screen.row == 0
        await pilot.press("n")
        await type_line(pilot, "")
        assert "note:" not in text(app, "heading")
        await pilot.press("n", "escape")
        assert actions(questions) == [("note", 1), ("note", 1)]


async def test_jump_goes_to_a_number_or_an_id(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await type_line(pilot, "7")
        assert app.review_screen.row == 6
        record = app.session.seen(2).id
        await pilot.press("g")
        await type_line(pilot, str(record)[:12])
        assert app.review_screen.row == 2
        await pilot.press("g")
        await type_line(pilot, "999")
        assert "no row 999" in text(app, "status")


async def test_search_moves_while_one_types_and_goes_round(tmp_path: Path, open_app: Open) -> None:
    words = ["apple", "pear", "apple pie", "plum", "Apple"]
    file = write_records(tmp_path / "words.jsonl", [{"type": "text", "text": word} for word in words])
    app = open_app(file)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down", "slash")
        await type_line(pilot, "apple", submit=False)
        await until(pilot, lambda: app.review_screen.row == 2)
        await pilot.press("enter")
        await wait_for(pilot, BrowseScreen)
        assert "match 2 of 3" in text(app, "status")
        rows = []
        for key in ("full_stop", "full_stop", "full_stop", "comma"):
            await pilot.press(key)
            rows.append(app.review_screen.row)
        assert rows == [4, 0, 2, 0]
        await pilot.press("slash")
        await type_line(pilot, "plum", submit=False)
        await pilot.pause(0.1)
        await pilot.press("escape")
        await wait_for(pilot, BrowseScreen)
        assert app.review_screen.row == 0


async def test_a_filter_shows_what_has_a_status_now(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("a", "r", "f", "r")
        await pilot.pause(0.05)
        assert list(app.review_screen.shown_rows) == [1]
        await pilot.press("f", "u")
        await pilot.pause(0.05)
        assert list(app.review_screen.shown_rows) == list(range(2, 10))
        await pilot.press("a", "a")
        assert actions(questions)[-2:] == [("accept", 3), ("accept", 4)]
        assert "only undecided: 3 of 8" in text(app, "heading")
        await pilot.press("f", "e")
        await pilot.pause(0.05)
        assert "no row is edited" in text(app, "status")
        await pilot.press("f", "c")
        await pilot.pause(0.05)
        assert len(app.review_screen.shown_rows) == 10


async def test_moving_about(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 30)) as pilot:
        rows = []
        for key in ("j", "down", "k", "up", "up", "end", "j", "home", "a", "a", "home", "o", "space", "b"):
            await pilot.press(key)
            rows.append(app.review_screen.row)
        assert rows == [1, 2, 1, 0, 0, 9, 9, 0, 1, 2, 0, 2, 2, 2]


async def test_export_writes_from_inside(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    output = questions.with_name("out.jsonl")
    async with app.run_test(size=(200, 30)) as pilot:
        await pilot.press("a", "r", "x")
        await type_line(pilot, str(output))
        await until(pilot, lambda: f"9 rows (0 edited) written to {output}" in text(app, "status"))
        await pilot.press("x")
        await type_line(pilot, str(output))
        await until(pilot, lambda: "exists" in text(app, "status"))
    assert len(output.read_text().splitlines()) == 9


async def test_meta_opens_and_folds(file: Path, open_app: Open) -> None:
    app = open_app(file)
    async with app.run_test(size=(100, 30)) as pilot:
        assert "CC0" not in text(app, "bottom")
        await pilot.press("m")
        assert "CC0-1.0" in text(app, "bottom")
        await pilot.press("m")
        assert "CC0" not in text(app, "bottom")


async def test_a_long_text_is_cut_until_it_is_wanted_whole(tmp_path: Path, open_app: Open) -> None:
    file = write_records(tmp_path / "long.jsonl", [{"type": "text", "text": "x" * 50_000 + "THE END"}])
    app = open_app(file)
    async with app.run_test(size=(100, 30)) as pilot:
        assert "30,007 more characters" in text(app, "top")
        await pilot.press("w")
        assert "THE END" in text(app, "top")


async def test_another_annotators_decision_shows_once_one_has_decided(questions: Path, open_app: Open) -> None:
    app, other = open_app(questions), open_app(questions, "bob")
    other.session.decide(0, "reject", next_row=1)
    async with app.run_test(size=(100, 30)) as pilot:
        assert "bob" not in text(app, "heading")
        await pilot.press("a", "up")
        assert "bob: rejected" in text(app, "heading")


async def test_help_lists_every_key(questions: Path, open_app: Open) -> None:
    app = open_app(questions)
    async with app.run_test(size=(100, 50)) as pilot:
        await pilot.press("question_mark")
        await wait_for(pilot, Help)
        page = str(app.screen.query_one(Static).content)
        assert all(str(binding.tooltip) in page for binding in REVIEW_KEYS)
        await pilot.press("q")
        assert isinstance(app.screen, ReviewScreen)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 50)])
async def test_hostile_text_is_shown_as_it_is_on_every_screen(
    tmp_path: Path, open_app: Open, size: tuple[int, int]
) -> None:
    file = tmp_path / "hostile.jsonl"
    rows = [
        {"type": "text", "text": HOSTILE, "meta": {HOSTILE: HOSTILE}},
        {"type": HOSTILE, HOSTILE: HOSTILE},
        {**RECORDS["ner"], "entities": [{"start": 0, "end": 3, "label": HOSTILE}]},
        {"type": "chat", "messages": [{"role": HOSTILE, "content": HOSTILE, "name": HOSTILE}]},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) * 2)
    from tilth.review.rows import Reading

    app = open_app(file, reading=Reading(dialect="tilth"))
    async with app.run_test(size=size) as pilot:
        assert SHOWN in text(app, "top")
        await pilot.press("m", "down", "down", "down", "up", "up", "up", "slash")
        await type_line(pilot, "[INST]")
        await pilot.press("n")
        await type_line(pilot, HOSTILE)
        await pilot.press("e")
        await wait_for(pilot, Editor)
        typed = app.screen.query(TextArea).first().text
        assert "\x1b" not in typed and "[INST] [/b]" in typed
        await pilot.press("X", "f2")
        await wait_for(pilot, BrowseScreen)
        assert cast(Fields, app.session.record(0))["text"] == HOSTILE + "X"


async def test_an_unforeseen_error_ends_with_that_error(
    questions: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(questions)

    def surprise(*_: object) -> None:
        raise RuntimeError("surprise")

    monkeypatch.setattr(app.session, "undo", surprise)
    with pytest.raises(RuntimeError, match="surprise"):
        async with app.run_test() as pilot:
            await pilot.press("u")
