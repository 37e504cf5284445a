import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tilth.curate.quality import PARTS
from tilth.curate.score import ScoreOptions, score
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Fields

GOOD = (
    "The sky looks blue because air scatters short waves of light more than long ones.\n\n"
    "In the evening the light comes a longer way through the air, so more of the blue is gone and the sky looks red."
)


def asked(output: str, instruction: str = "Why does the sky look blue?") -> Fields:
    return {"type": "instruction", "instruction": instruction, "output": output}


def qualities(*records: Fields, **options: Any) -> list[dict[str, Any]]:
    kept = score(Dataset.of(records), **options).kept
    return [record["meta"]["quality"] for batch in kept.batches() for record in batch.records]


def test_points_of_the_parts_add_up_to_the_score() -> None:
    for found in qualities(asked(GOOD), asked("no"), asked(""), {"type": "ner", "text": "Ada", "entities": []}):
        assert found["score"] == pytest.approx(sum(part["points"] for part in found["parts"].values()), abs=0.06)
        assert 0 <= found["score"] <= 100


def test_the_default_points_sum_to_100() -> None:
    assert sum(part.points for part in PARTS.values()) == 100
    assert {name for name in ScoreOptions.model_fields if name not in ("minimum", "weights")} == set(PARTS)


@pytest.mark.parametrize(
    ("part", "worse"),
    [
        ("substance", "It scatters."),
        ("layout", GOOD.replace("\n\n", " ")),
        ("relevance", "Ask somebody who has studied this.\n\nThey will be happy to help you with your question."),
        ("wholeness", "and " + GOOD[:-1] + ","),
        ("variety", "The sky is blue. " * 12),
        ("cleanness", GOOD + " <|im_end|>"),
        ("cleanness", "As an AI language model, I cannot look at the sky."),
        ("cleanness", "Why does the sky look blue?"),
    ],
)
def test_each_part_sees_what_it_is_named_for(part: str, worse: str) -> None:
    good, bad = qualities(asked(GOOD), asked(worse))
    assert good["parts"][part]["value"] > bad["parts"][part]["value"]


def test_rows_below_the_minimum_are_set_aside_with_their_worst_parts() -> None:
    outcome = score(Dataset.of([asked(GOOD), asked("and,")]), minimum=60)
    (one,) = outcome.set_aside
    assert one.reason.code == "low-quality"
    assert one.reason.score is not None
    assert one.reason.score < 60
    assert one.reason.detail.startswith(f"score {one.reason.score:g} is below 60; worst: ")
    assert outcome.rows_kept == 1


def test_a_label_is_not_judged_as_prose() -> None:
    label, text = qualities(
        {"type": "classification", "text": GOOD, "label": "physics"}, {"type": "text", "text": GOOD}
    )
    assert label == text
    assert "relevance" not in text["parts"]


def test_scoring_again_changes_nothing() -> None:
    once = score(Dataset.of([asked(GOOD)])).kept
    assert score(once).changes == []


def test_weights_are_options() -> None:
    (found,) = qualities(asked(GOOD), substance=0, layout=0, relevance=0, wholeness=50, variety=0, cleanness=50)
    assert found == {
        "score": 100.0,
        "parts": {"wholeness": {"value": 1.0, "points": 50.0}, "cleanness": {"value": 1.0, "points": 50.0}},
    }
    with pytest.raises(UsageError, match="at least one part must give points"):
        score(Dataset.of([]), **dict.fromkeys(PARTS, 0))


def test_expert_fixes_score_above_their_originals(shared_data: Path) -> None:
    file = shared_data / "coachlm_share" / "expert_revision_first500.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    def scores(kind: str) -> NDArray[np.float64]:
        records = [
            {
                "type": "instruction",
                "instruction": row[f"{kind} Instruction"],
                "input": row[f"{kind} Input"] or "",
                "output": row[f"{kind} Response"] or "",
            }
            for row in rows
        ]
        return np.array([found["score"] for found in qualities(*records)])

    def area(low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
        return float((high[:, None] > low[None]).mean() + 0.5 * (high[:, None] == low[None]).mean())

    original, fixed = scores("Raw"), scores("Revised")
    lengths = np.array([[len(row["Raw Response"] or ""), len(row["Revised Response"] or "")] for row in rows])
    similar = lengths.max(axis=1) <= 1.25 * lengths.min(axis=1)
    assert area(original, fixed) > 0.75  # length alone: 0.69
    assert area(original[similar], fixed[similar]) > 0.65  # length alone: 0.60
