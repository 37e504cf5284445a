"""What a sequence of actions adds up to."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.review import Action, Journal, RecordKey, Standing, Standings

KEY = RecordKey("c" * 32, 0)
EDIT = {"type": "text", "text": "better"}


def standing_after(folder: Path, *actions: Action | tuple[Action, dict[str, Any]]) -> Standing:
    with Journal(folder / "journal.sqlite") as journal:
        for action in actions:
            name, more = action if isinstance(action, tuple) else (action, {})
            if name == "undo":
                journal.undo("ada")
            else:
                journal.append(name, KEY, 0, "ada", **more)
        return Standings(journal.events()).of(KEY, "ada")


@pytest.mark.parametrize(
    ("actions", "status", "is_edited"),
    [
        ([], "undecided", False),
        (["accept"], "accepted", False),
        (["accept", "reject"], "rejected", False),
        (["reject", "skip"], "skipped", False),
        ([("edit", {"after": EDIT})], "edited", True),
        ([("edit", {"after": EDIT}), "accept"], "accepted", True),
        ([("edit", {"after": EDIT}), "reject"], "rejected", False),
        ([("edit", {"after": EDIT}), "undo"], "undecided", False),
        (["accept", ("edit", {"after": EDIT}), "undo"], "accepted", False),
        (["accept", "undo", "undo"], "undecided", False),
    ],
)
def test_the_last_decision_stands(tmp_path: Path, actions: list[Any], status: str, is_edited: bool) -> None:
    standing = standing_after(tmp_path, *actions)
    assert (standing.status, standing.is_edited) == (status, is_edited)
    assert standing.is_decided == (status in ("accepted", "rejected", "edited"))


def test_a_note_changes_no_decision_and_an_empty_note_withdraws_it(tmp_path: Path) -> None:
    noted = standing_after(tmp_path, "accept", ("note", {"note": "why?"}))
    assert (noted.status, noted.note) == ("accepted", "why?")
    assert standing_after(tmp_path, ("note", {"note": ""})).note == ""
    assert standing_after(tmp_path, "undo").note == "why?"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["accept", "reject", "skip", "undo"]), max_size=15))
def test_undo_is_the_same_as_never_having_done_it(
    tmp_path_factory: pytest.TempPathFactory, actions: list[Action]
) -> None:
    counted: list[Action] = []
    for action in actions:
        if action != "undo":
            counted.append(action)
        elif counted:
            counted.pop()
    folder = tmp_path_factory.mktemp("undo")
    straight = tmp_path_factory.mktemp("straight")
    assert standing_after(folder, *actions).status == standing_after(straight, *counted).status
