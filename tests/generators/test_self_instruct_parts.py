"""The readers and the rules of Self-Instruct, one by one."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.errors import UsageError
from tilth.generators.self_instruct.filters import Blacklist, check_instances, check_instruction
from tilth.generators.self_instruct.replies import (
    Instance,
    read_instances,
    read_instructions,
    read_is_classification,
)
from tilth.generators.self_instruct.seeds import Task, draw

lines = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Z"]) | st.just(" "), min_size=1).map(
    lambda text: " ".join(text.split()).strip("*:").strip()
)
tasks = st.lists(lines.filter(lambda line: bool(line) and not line[0].isdigit()), min_size=1, max_size=6)


@given(tasks)
def test_tasks_come_back_out_of_json_and_out_of_a_list(wanted: list[str]) -> None:
    tidy = [task.removesuffix(":").strip() for task in wanted]
    assert read_instructions(json.dumps({"tasks": wanted})) == tidy
    assert read_instructions("Here:\n```json\n" + json.dumps({"tasks": wanted}) + "\n```\nMore?") == tidy


def test_numbered_list_in_its_many_forms() -> None:
    wanted = ["Name three herbs.", "Explain soil to a child.", "Is it spring?"]
    assert read_instructions("1. Name three herbs.\n2. Explain soil\n   to a child.\n3. Is it spring?") == wanted
    assert (
        read_instructions("Sure!\n\n9) Name three herbs.\n10) Explain soil to a child.\n\n11 . Is it spring?") == wanted
    )
    assert (
        read_instructions("1. **Name three herbs.**\n2. Explain soil to a child.\n3. Is it spring?\n\nBye!") == wanted
    )
    assert read_instructions("1. List tools:") == ["List tools"]
    assert read_instructions("No list here.") == [] == read_instructions("")


@given(st.text())
def test_readers_take_any_text(text: str) -> None:
    read_instructions(text), read_instances(text), read_is_classification(text)


def test_what_a_model_thinks_first_is_not_its_answer() -> None:
    thought = "<think>\n1. Maybe a poem?\n{no}\nYes or no?</think>\n"
    assert read_instructions(f"{thought}1. Name three herbs.") == ["Name three herbs."]
    assert read_instances(f"{thought}Input: a\nOutput: b") == [Instance("a", "b")]
    assert read_is_classification(f"{thought}Yes") and not read_is_classification(f"{thought}No")


def test_letter_case_is_kept() -> None:
    assert read_instructions("1. what does NASA do in iOS?") == ["what does NASA do in iOS?"]


@pytest.mark.parametrize(
    ("text", "instances"),
    [
        ('{"instances": [{"input": "a", "output": "b"}]}', [Instance("a", "b")]),
        ('{"input": "<noinput>", "output": "b"}', [Instance("", "b")]),
        ("Input: a\nb\nOutput: c\nd", [Instance("a\nb", "c\nd")]),
        ("Output: yes\nInput: a", [Instance("a", "yes")]),
        ("Class label: spam\nInput: a", [Instance("a", "spam")]),
        ("Output: b", [Instance("", "b")]),
        ("Input: None\nOutput: b", [Instance("", "b")]),
        ("Example 1\nInput: a\nOutput: b\nExample 2\nInput: c\nOutput: d", [Instance("a", "b"), Instance("c", "d")]),
        ('{"instances": [{"input": "a"}, {"output": 3}]}', []),
        ("I would rather not.", []),
    ],
)
def test_instances_in_their_many_forms(text: str, instances: list[Instance]) -> None:
    assert read_instances(text) == instances


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Name three garden herbs.", None),
        ("Dig the bed.", "too-short"),
        ("", "too-short"),
        ("word " * 151, "too-long"),
        ("Look at the picture and say who it is.", "blacklisted"),
        ("Write a program that counts the bees.", "blacklisted"),
        ("Please go to the shop and buy seeds.", "blacklisted"),
        ("Mapping soils is hard, explain why so.", None),
        ("Explain how to write a program of events.", None),
        ("- name three herbs for me", "starts-with-punctuation"),
        ("“Grow slowly”: who said so first?", None),
        ("Écris une lettre à ton voisin.", None),
        ("庭に種をまく方法を説明して", None),
        ("Объясни, почему почва живая и тёплая", None),
    ],
)
def test_rules_for_one_task(text: str, code: str | None) -> None:
    reason = check_instruction(text, Blacklist.read(None), min_words=4, max_words=150)
    assert (reason.code if reason else None) == code


def test_own_blacklist_replaces_the_published_one(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("# ours\nseed bomb\n^tell\n")
    own = Blacklist.read(tmp_path / "words.txt")
    assert own.found("How do I make a Seed Bomb at home?") == "Seed Bomb"
    assert own.found("Tell me about maps.") == "Tell" and own.found("Do tell me about maps.") is None
    (tmp_path / "none.txt").write_text("")
    assert Blacklist.read(tmp_path / "none.txt").found("draw a picture") is None
    with pytest.raises(UsageError):
        Blacklist.read(tmp_path / "missing.txt")


@pytest.mark.parametrize(
    ("instances", "codes"),
    [
        ([Instance("", "b")], [None]),
        ([Instance("a", "")], ["no-output"]),
        ([Instance("a", "a")], ["output-repeats-input"]),
        ([Instance("", "as follows:")], ["ends-in-colon"]),
        ([Instance("a:", "b")], ["ends-in-colon"]),
        ([Instance("a", "b"), Instance("a", "b")], [None, "duplicate-instance"]),
        ([Instance("a", "b"), Instance("c", "d"), Instance("a", "x")], ["contradicting-instances"] * 3),
        ([Instance("", "b"), Instance("", "c")], [None, None]),
    ],
)
def test_rules_for_instances(instances: list[Instance], codes: list[str | None]) -> None:
    assert [reason.code if reason else None for reason in check_instances(instances)] == codes


def test_draw_is_fair_repeatable_and_blind_to_order() -> None:
    pool = [Task(str(number), "", "", "") for number in range(10)]
    assert draw(pool, 4, "x") == draw(pool[::-1], 4, "x") != draw(pool, 4, "y")
    drawn = [task.id for salt in range(2000) for task in draw(pool, 3, str(salt))]
    assert all(500 < drawn.count(task.id) < 700 for task in pool)
