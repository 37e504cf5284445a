"""The example's recipe, up to its growing step: it finds what was planted, and the recorded answers still fit."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.examples.rows import FOLDER
from tilth.recipes.evidence import RunEvidence, read_run
from tilth.recipes.planted import compare_planted, read_key
from tilth.recipes.recipe import load_recipe
from tilth.recipes.runner import run as run_recipe

GROWING = "self-instruct"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunEvidence:
    recipe = load_recipe(FOLDER / "recipe.yaml")
    names = [step.operation.name for step in recipe.steps]
    folder = tmp_path_factory.mktemp("runs") / "desk"
    run_recipe(replace(recipe, steps=recipe.steps[: names.index(GROWING) + 1]), folder)
    return read_run(folder)


def test_every_planted_defect_is_found_and_no_clean_row_is_removed(run: RunEvidence) -> None:
    found = compare_planted(read_key(FOLDER / "key.yaml"), run)

    assert {kind.kind: kind.missed for kind in found.kinds if kind.missed} == {}
    assert found.false_alarms == []
    assert found.is_perfect


def test_every_removed_duplicate_names_the_row_that_it_was_made_from(run: RunEvidence) -> None:
    key = {(entry.file, entry.line): entry.of for entry in read_key(FOLDER / "key.yaml").planted if entry.of}
    dedup = next(step for step in run.steps if step.name == "dedup")
    kept = {row["id"]: row["meta"]["source"] for row in map(json.loads, _lines(dedup.tables[0]))}
    for line in dedup.lines("set-aside"):
        source = line["row"]["meta"]["source"]
        original = key[source["file"], source["line"]]
        assert original is not None
        assert kept[line["against"]] == {"file": original.file, "line": original.line}


def test_rows_in_and_made_are_rows_kept_set_aside_and_rejected_in_every_step(run: RunEvidence) -> None:
    for step in run.steps:
        counts = step.counts
        assert counts["in"] + counts["made"] == counts["kept"] + counts["set_aside"] + counts["rejected"], step.name
        assert sum(1 for _ in step.lines("set-aside")) == counts["set_aside"] == sum(counts["by_code"].values())
        assert sum(1 for table in step.tables for _ in _lines(table)) == counts["kept"]


def test_the_growing_step_plays_the_recorded_answers_and_asks_nobody(run: RunEvidence) -> None:
    step = run.steps[-1]
    recorded = len(_lines(FOLDER / "answers.jsonl"))

    assert step.facts["answers_recorded"] == recorded
    assert step.facts["requests_sent"] == 0
    assert step.counts["made"] - step.counts["set_aside"] == step.options["count"]
    assert {"too-similar", "too-short", "blacklisted"} <= set(step.counts["by_code"])


def test_every_recorded_answer_says_that_it_was_written_by_hand() -> None:
    for line in _lines(FOLDER / "answers.jsonl"):
        response = json.loads(line)["response"]
        assert response["model"] == "written-by-hand"
        assert "written by hand" in response["system_fingerprint"]


def test_the_report_of_the_example_says_so_too(run: RunEvidence) -> None:
    page = (run.folder / "report.html").read_text(encoding="utf-8")

    assert "written by hand, and so are the answers of the growing step" in page
    assert "No model was asked." in page
    assert "<code>written-by-hand</code>" in page
    assert "All 65 were found, and no clean row was removed." in page


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
