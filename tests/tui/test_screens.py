"""What a person sees, as pictures: one per record type, and the main screens at several sizes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import RECORDS, Open, write_records
from tilth.formats import Dataset

Compare = Callable[..., bool]


@pytest.mark.parametrize("name", RECORDS)
def test_record(snap_compare: Compare, tmp_path: Path, open_app: Open, name: str) -> None:
    file = write_records(tmp_path / f"{name}.jsonl", [RECORDS[name]])
    assert snap_compare(open_app(file), terminal_size=(100, 30))


@pytest.mark.parametrize("name", ["preference", "chat"])
def test_record_in_a_small_terminal(snap_compare: Compare, tmp_path: Path, open_app: Open, name: str) -> None:
    file = write_records(tmp_path / f"{name}.jsonl", [RECORDS[name]])
    assert snap_compare(open_app(file), terminal_size=(40, 12))


def test_decided_list_in_a_wide_terminal(snap_compare: Compare, file: Path, open_app: Open) -> None:
    assert snap_compare(open_app(file), terminal_size=(200, 20), press=["a", "r", "s", "a", "u", "m"])


def test_light_theme(snap_compare: Compare, file: Path, open_app: Open) -> None:
    assert snap_compare(open_app(file), terminal_size=(100, 20), press=["a", "r", "t"])


def test_no_colour(snap_compare: Compare, file: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(open_app(file), terminal_size=(100, 20), press=["a", "r", "j", "j"])


@pytest.mark.parametrize("keys", [["e"], ["f"], ["question_mark"], ["g"]], ids=["editor", "filter", "help", "jump"])
def test_dialog(snap_compare: Compare, file: Path, open_app: Open, keys: list[str]) -> None:
    async def settle(pilot: Pilot[int]) -> None:
        for key in keys:
            await pilot.press(key)
        await pilot.pause(0.2)
        for field in pilot.app.screen.query("Input, TextArea"):
            field.cursor_blink = False
        await pilot.pause(0.2)

    assert snap_compare(open_app(file), terminal_size=(100, 24), run_before=settle)


@pytest.mark.parametrize("size", [(80, 24), (40, 20)], ids=["80", "40"])
def test_queue_of_suspicions(snap_compare: Compare, questions: Path, open_app: Open, size: tuple[int, int]) -> None:
    ids = [each for batch in Dataset.open(questions).batches() for each in batch.ids]
    reasons = [{"operation": "label-errors", "code": "wrong-label", "score": 0.93, "detail": "looks like [bold]spam"}]
    lines = [json.dumps({"id": ids[row], "reasons": reasons}) for row in (6, 1, 3)]
    queue = questions.with_name("suspects.jsonl")
    queue.write_text("\n".join(lines) + "\n")
    assert snap_compare(open_app(questions, queue=queue), terminal_size=size, press=["a"])
