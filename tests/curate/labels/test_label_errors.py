import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.curate.conftest import Rebatched
from tests.curate.labels.rows import flipped, messages
from tilth.curate.label_errors import label_errors
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset
from tilth.operation import Fields

WRONG = [5, 18, 50, 77]
ROWS = flipped(messages(120), WRONG)


def lines(outcome: Any) -> list[int]:
    return [one.origin.line for one in outcome.set_aside if one.origin]


def test_planted_flips_are_set_aside_and_the_true_label_is_named() -> None:
    outcome = label_errors(Dataset.of(ROWS))
    assert lines(outcome) == WRONG
    right = messages(120)
    for one in outcome.set_aside:
        assert one.origin and one.reason.code == "label-error"
        given, true = ROWS[one.origin.line - 1]["label"], right[one.origin.line - 1]["label"]
        assert one.reason.detail == f"labelled {given}, looks like {true}"
    assert outcome.facts["exchanged"][0]["rows"] >= 1


def test_rows_without_a_wrong_label_are_left_alone() -> None:
    assert lines(label_errors(Dataset.of(messages(120)))) == []


def heavy(names: dict[str, str], share: float) -> tuple[list[Fields], list[int]]:
    """Messages with subjects merged under some names, a share of them under another one."""
    rng = random.Random(4)
    rows = [{**row, "label": names[row["label"]]} for row in messages(400)]
    wrong = sorted(rng.sample(range(1, len(rows) + 1), int(share * len(rows))))
    for line in wrong:
        other = sorted(set(names.values()) - {rows[line - 1]["label"]})
        rows[line - 1] = {**rows[line - 1], "label": rng.choice(other)}
    return rows, wrong


TWO = {"watering": "plants", "pests": "plants", "delivery": "orders", "payment": "orders"}
FOUR = {name: name for name in TWO}


@pytest.mark.parametrize(("names", "share"), [(TWO, 0.15), (TWO, 0.3), (FOUR, 0.2), (FOUR, 0.4)])
def test_many_wrong_labels_do_not_make_themselves_believed(names: dict[str, str], share: float) -> None:
    rows, wrong = heavy(names, share)
    found = set(lines(label_errors(Dataset.of(rows))))
    assert len(found & set(wrong)) > 0.85 * len(wrong)
    assert len(found & set(wrong)) > 0.85 * len(found)


def test_a_rare_class_that_lost_rows_to_all_others_gets_them_back_and_loses_none() -> None:
    rows = [{**row, "label": "pests" if row["label"] == "pests" else "other"} for row in messages(400)]
    pests = [line for line, row in enumerate(rows, 1) if row["label"] == "pests"]
    lost = random.Random(2).sample(pests, 30)
    rows = [{**row, "label": "other"} if line in lost else row for line, row in enumerate(rows, 1)]
    found = set(lines(label_errors(Dataset.of(rows))))
    assert len(found & set(lost)) > 20
    assert len(found - set(lost)) < 5


def test_labels_drawn_by_lot_are_not_called_wrong_in_the_name_of_chance() -> None:
    rows = [{**row, "label": random.Random(place).choice("ab")} for place, row in enumerate(messages(400))]
    assert len(lines(label_errors(Dataset.of(rows)))) < 40


@pytest.mark.parametrize("ranking", ["adaptive", "noise", "self-confidence", "normalized-margin"])
def test_threshold_zero_gives_the_whole_ranking_with_the_flips_first(ranking: Any) -> None:
    outcome = label_errors(Dataset.of(ROWS), threshold=0, ranking=ranking)
    assert len(outcome.set_aside) == len(ROWS)
    ranked = sorted(outcome.set_aside, key=lambda one: -(one.reason.score or 0))
    assert {one.origin.line for one in ranked[: len(WRONG)] if one.origin} == set(WRONG)
    assert all(0 <= (one.reason.score or 0) <= 1 for one in ranked)


def test_batches_do_not_matter_and_the_seed_does_its_work() -> None:
    data = Dataset.of(ROWS)
    assert label_errors(data, threshold=0).set_aside == label_errors(Rebatched(data, 7), threshold=0).set_aside
    other = label_errors(data, threshold=0, seed=1).set_aside
    assert [one.reason.score for one in other] != [
        one.reason.score for one in label_errors(data, threshold=0).set_aside
    ]


def test_a_copy_in_another_fold_does_not_vouch_for_a_wrong_label() -> None:
    rows = messages(120)
    wrong: Fields = {
        "type": "classification",
        "text": "water hose dry drip please soak the can today",
        "label": "pests",
    }
    copies = [{**wrong, "text": f"{wrong['text']}{mark}"} for mark in ("", "!", " !!", "...", "?")]
    assert lines(label_errors(Dataset.of([*rows, *copies]))) == [121, 122, 123, 124, 125]


def test_rows_that_cannot_be_judged_are_kept_and_counted() -> None:
    odd: list[Fields] = [
        {"type": "classification", "text": "a lone subject about tax", "label": "tax"},
        {"type": "classification", "text": "", "label": "pests"},
        {"type": "classification", "text": "   ", "label": "pests"},
    ]
    outcome = label_errors(Dataset.of([*messages(40), *odd]))
    assert outcome.set_aside == []
    assert outcome.facts["rows_not_judged"] == {"alone in its class": 1, "no words": 2}
    assert outcome.facts["rows_judged"] == 40


@pytest.mark.parametrize(
    ("rows", "warning"),
    [
        ([], None),
        (messages(1), "every row is labelled watering"),
        ([{**row, "label": "all"} for row in messages(40)], "every row is labelled all"),
        ([{**row, "label": str(place)} for place, row in enumerate(messages(40))], "no row could be judged: 40 alone"),
        ([messages(1)[0]] * 30, "every row is labelled watering"),
        (
            [{**messages(1)[0], "label": name} for name in "ababab"],
            "no row could be judged: 6 its class is in no other",
        ),
    ],
)
def test_where_there_is_nothing_to_learn_every_row_is_kept(rows: list[Fields], warning: str | None) -> None:
    outcome = label_errors(Dataset.of(rows))
    assert outcome.rows_kept == len(rows)
    warnings = outcome.facts.get("warnings", [])
    assert warning is None or warnings[0].startswith(warning)


def test_too_many_classes_are_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tilth.curate.labels.verdicts._MOST_SCORES", 100)
    with pytest.raises(UsageError, match="120 rows of 4 classes are more than 100 probabilities"):
        label_errors(Dataset.of(ROWS))


def test_rows_of_several_labels_lose_wrong_ones_and_miss_absent_ones() -> None:
    rows: list[Fields] = []
    for one, other in zip(messages(160, 1), messages(160, 2)[1:], strict=False):
        both = sorted({one["label"], other["label"]})
        rows.append({"type": "classification", "text": f"{one['text']} {other['text']}", "labels": both})
    rows[10] = {**rows[10], "labels": rows[10]["labels"][:1]}
    rows[33] = {**rows[33], "labels": sorted({"watering", "delivery", "payment", "pests"} - set(rows[33]["labels"]))}
    outcome = label_errors(Dataset.of(rows), threshold=0.3)
    assert {11, 34} <= set(lines(outcome))
    said = {one.origin.line: one.reason.detail for one in outcome.set_aside if one.origin}
    assert "looks missing" in said[11]
    assert len(said) <= 8


def test_given_probabilities_are_taken_from_a_field_or_a_file(tmp_path: Path) -> None:
    names = sorted({row["label"] for row in ROWS})
    right = [row["label"] for row in messages(120)]
    table = np.full((120, 4), 0.02)
    table[np.arange(120), [names.index(name) for name in right]] = 0.94
    np.save(tmp_path / "probabilities.npy", table)
    rows = [{**row, "text": "-", "extra": {"p": list(map(float, table[place]))}} for place, row in enumerate(ROWS)]
    named = [{**row, "extra": {"p": dict(zip(names, row["extra"]["p"], strict=True))}} for row in rows]
    expected = label_errors(Dataset.of(rows), probabilities="extra.p", threshold=0)
    assert lines(label_errors(Dataset.of(rows), probabilities="extra.p")) == WRONG
    for data, source in ((named, "extra.p"), (rows, str(tmp_path / "probabilities.npy"))):
        found = label_errors(Dataset.of(data), probabilities=source, threshold=0)
        assert [one.reason for one in found.set_aside] == [one.reason for one in expected.set_aside]


def test_probabilities_that_cannot_be_ones_are_refused_with_their_place(tmp_path: Path) -> None:
    np.save(tmp_path / "short.npy", np.full((3, 4), 0.25))
    np.save(tmp_path / "wild.npy", np.full((120, 4), 0.5))
    (tmp_path / "text.npy").write_text("no array")
    for name, said in (("short", "holds 3 x 4"), ("wild", "row 1 holds no probabilities"), ("text", "no plain array")):
        with pytest.raises(DataError, match=said):
            label_errors(Dataset.of(ROWS), probabilities=str(tmp_path / f"{name}.npy"))
    with pytest.raises(UsageError, match="cannot be read"):
        label_errors(Dataset.of(ROWS), probabilities=str(tmp_path / "absent.npy"))
    with pytest.raises(DataError, match="holds no probability for each of the 4 classes"):
        label_errors(Dataset.of([{**row, "extra": {"p": "much"}} for row in ROWS]), probabilities="extra.p")


def test_a_field_of_ones_own_can_be_the_label() -> None:
    rows: list[Fields] = [{"type": "instruction", "instruction": row["text"], "output": row["label"]} for row in ROWS]
    assert lines(label_errors(Dataset.of(rows), text="prompt", label="output")) == WRONG


def test_rows_without_labels_name_the_option() -> None:
    with pytest.raises(UsageError, match="--label FIELD"):
        label_errors(Dataset.of([{"type": "text", "text": "no label"}]))


def test_a_missing_extra_names_itself(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    hide = "import sys; sys.modules['sklearn'] = None; from tilth.cli.border import run; sys.exit(run(sys.argv[1:]))"
    words = [sys.executable, "-c", hide, "label-errors", str(file), "-o", str(tmp_path / "out.jsonl")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 5
    assert "pip install 'tilth[quality]'" in done.stderr
    assert "Traceback" not in done.stderr
