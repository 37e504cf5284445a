"""Weights fitted to what people decided, judged out of fold, and used by `score`."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tilth.curate.score import score
from tilth.curate.weights import Weights
from tilth.errors import DataError, MissingExtraError, UsageError
from tilth.formats import Dataset
from tilth.operation import Fields
from tilth.review.fit_score import FitScoreOptions, fit_score

pytest.importorskip("sklearn")
WORDS = ["garden", "spade", "water", "seed", "soil", "frost", "leaf", "root", "shade", "bloom", "hedge", "mulch"]


def said(rng: random.Random, good: bool) -> str:
    """Good answers come in paragraphs; bad ones are one block that breaks off. One in ten is the other way round."""
    lines = [" ".join(rng.choices(WORDS, k=rng.randint(6, 14))).capitalize() + "." for _ in range(5)]
    orderly = good if rng.random() < 0.9 else not good
    return "\n\n".join(lines) if orderly else " ".join(lines)[:-1] + ","


def preferences(count: int = 120) -> list[Fields]:
    rng = random.Random(2)
    return [
        {
            "type": "preference",
            "prompt": f"Question {number}?",
            "chosen": said(rng, True),
            "rejected": said(rng, False),
        }
        for number in range(count)
    ]


def judged(count: int = 200) -> list[Fields]:
    rng = random.Random(4)
    verdicts = [number % 2 == 0 for number in range(count)]
    return [
        {
            "type": "instruction",
            "instruction": f"Question {number}?",
            "output": said(rng, good),
            "meta": {"good": good, "number": number},
        }
        for number, good in enumerate(verdicts)
    ]


def fitted(rows: list[Fields], folder: Path, **options: Any) -> Weights:
    given = FitScoreOptions(**options)
    outcome = fit_score.run(Dataset.of(rows), given, folder)
    assert outcome.rows_kept == len(rows)
    return Weights.load(folder / "weights.json")


def test_preferences_give_weights_that_tell_good_from_bad(tmp_path: Path) -> None:
    weights = fitted(preferences(), tmp_path)
    assert weights.fitted["rows"] == 240
    assert 0.8 < weights.fitted["auc"] < 0.97  # one in ten is noise: a perfect figure would be leakage
    assert weights.fitted["calibration_error"] < 0.1
    assert sum(row["rows"] for row in weights.fitted["reliability"]) == 240
    page = (tmp_path / "calibration.md").read_text()
    assert "## Calibration" in page and f"`{weights.terms[0].feature}`" in page


def test_a_fitted_score_is_the_chance_that_a_row_is_good(tmp_path: Path) -> None:
    rows = judged()
    fitted(rows, tmp_path, by="meta.good")
    kept = score(Dataset.of(rows), weights=tmp_path / "weights.json").kept
    scored = [record["meta"] for batch in kept.batches() for record in batch.records]
    good = np.array([one["good"] for one in scored])
    points = np.array([one["quality"]["score"] for one in scored])
    assert points[good].mean() > 70 > 30 > points[~good].mean()
    assert len(scored[0]["quality"]["terms"]) == 5
    low = score(Dataset.of(rows), weights=tmp_path / "weights.json", minimum=50).set_aside
    assert low[0].reason.detail.startswith(f"score {low[0].reason.score:g} is below 50; worst: ")


def test_a_journal_says_what_was_accepted_rejected_and_edited(tmp_path: Path) -> None:
    rows = judged(80)
    records = [record for batch in Dataset.of(rows).batches() for record in batch.records]
    ids = [id for batch in Dataset.of(rows).batches() for id in batch.ids]
    events = []
    for number, (record, id) in enumerate(zip(records, ids, strict=True)):
        action = "accept" if record["meta"]["good"] else "reject" if number % 4 == 1 else "edit"
        event: dict[str, Any] = {
            "uuid": f"u{number}",
            "record": id,
            "occurrence": 0,
            "row": number,
            "annotator": "ada",
            "time": "2025-01-01T00:00:00Z",
            "action": action,
        }
        if action == "edit":
            event |= {"before": record, "after": {**record, "output": said(random.Random(number), True)}}
        events.append(event)
    journal = tmp_path / "decisions.jsonl"
    journal.write_text("".join(json.dumps(event) + "\n" for event in events))
    weights = fitted(rows, tmp_path / "fit", journal=journal)
    # 40 accepted, 20 rejected, and 20 edited rows, which count as bad before and good after
    assert (weights.fitted["rows"], weights.fitted["good"]) == (100, 60)


def test_the_same_rows_give_the_same_file(tmp_path: Path) -> None:
    fitted(preferences(40), tmp_path / "one")
    fitted(preferences(40), tmp_path / "two")
    assert (tmp_path / "one" / "weights.json").read_bytes() == (tmp_path / "two" / "weights.json").read_bytes()


def test_too_few_verdicts_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no row has a verdict"):
        fitted([], tmp_path)
    with pytest.raises(DataError, match="all 5 verdicts say good, and a fit needs bad rows too"):
        fitted([{**row, "meta": {"good": True}} for row in judged(5)], tmp_path, by="meta.good")
    with pytest.raises(UsageError, match="verdicts come from one of them"):
        fitted([], tmp_path, by="meta.good", journal=tmp_path / "x.jsonl")


def test_weights_that_are_none_are_one_clear_line(tmp_path: Path) -> None:
    data = Dataset.of(judged(1))
    with pytest.raises(UsageError, match="there are no weights\n  try  tilth fit-score"):
        score(data, weights=tmp_path / "none.json")
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(DataError, match="no weights of a fitted score"):
        score(data, weights=tmp_path / "other.json")
    term = {"feature": "colour", "log": False, "mean": 0, "scale": 1, "weight": 1}
    (tmp_path / "odd.json").write_text(json.dumps({"intercept": 0, "terms": [term]}))
    with pytest.raises(DataError, match="not known here: colour"):
        score(data, weights=tmp_path / "odd.json")


def test_a_missing_extra_names_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tilth.review.fit_score.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tilth\[quality\]'"):
        fitted(preferences(5), tmp_path)
