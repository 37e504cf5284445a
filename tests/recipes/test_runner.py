"""A run adds up, resumes, reuses, and tells where each record came from."""

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tilth.cli.border import run as tilth
from tilth.errors import DataError, UsageError
from tilth.recipes.recipe import load_recipe
from tilth.recipes.runner import run
from tilth.recipes.trace.history import history
from tilth.recipes.trace.steps import find_steps

ROWS = [
    {
        "instruction": "When should I water tomatoes?",
        "input": "",
        "output": "Early in the day, at the root, and deeply.",
    },
    {
        "instruction": "When should I water tomatoes?",
        "input": "",
        "output": "Early in the day, at the root, and deeply.",
    },
    {"instruction": "How deep do beans go?", "input": "", "output": "  Two knuckles deep, an open hand apart.  "},
    {"instruction": "What eats my kale?", "input": "", "output": ""},
]
RECIPE = """
name: small
inputs:
  - {path: data/*.jsonl}
steps:
  - validate: {fix: true}
  - dedup: {threshold: 0.8}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    lines = [json.dumps(row) for row in ROWS]
    (tmp_path / "data" / "a.jsonl").write_text("\n".join([*lines, "{broken"]) + "\n")
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return path


def steps(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.parent.name: json.loads(path.read_text()) for path in sorted(folder.glob("steps/*/step.json"))}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_every_step_adds_up_and_its_files_agree_with_its_counts(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    found = steps(folder)
    assert list(found) == ["01-read", "02-validate", "03-dedup"]
    for name, step in found.items():
        counts = step["counts"]
        assert counts["in"] + counts["made"] == counts["kept"] + counts["set_aside"] + counts["rejected"]
        assert counts["kept"] == len(lines(folder / "steps" / name / "data.jsonl"))
        assert counts["set_aside"] == len(lines(folder / "steps" / name / "set-aside.jsonl"))
        assert counts["rejected"] == len(lines(folder / "steps" / name / "rejects.jsonl"))
    assert found["01-read"]["counts"]["rejected"] == 1
    assert found["02-validate"]["counts"]["by_code"] == {"empty": 1}
    assert found["03-dedup"]["counts"]["by_code"] == {"exact-duplicate": 1}


def test_a_second_run_changes_nothing(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    before = {path: path.read_bytes() for path in (folder / "steps").rglob("*") if path.is_file()}
    said: list[str] = []
    run(load_recipe(recipe), folder, announce=said.append)
    assert all("reused" in line for line in said)
    assert {path: path.read_bytes() for path in (folder / "steps").rglob("*") if path.is_file()} == before


def test_only_what_depends_on_a_change_is_done_again(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    said: list[str] = []
    run(load_recipe(recipe, overrides={"dedup": {"threshold": 0.9}}), folder, announce=said.append)
    assert ["reused" in line for line in said] == [True, True, False, False]


def test_a_step_whose_file_was_touched_is_done_again(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    data = folder / "steps" / "02-validate" / "data.jsonl"
    good = data.read_bytes()
    data.write_bytes(good.replace(b"beans", b"peas!"))
    run(load_recipe(recipe), folder)
    assert data.read_bytes() == good


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(recipe: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    run(load_recipe(recipe), whole)
    program = (
        "import os\nfrom pathlib import Path\nfrom tilth.recipes.recipe import load_recipe\n"
        "from tilth.recipes.runner import run\nfrom tilth.recipes.step_folder import StepFolder\n"
        "original = StepFolder.publish\n"
        "def publish(self, *given):\n"
        "    return os.kill(os.getpid(), 9) if self.number == 2 else original(self, *given)\n"
        "StepFolder.publish = publish\n"
        f"run(load_recipe(Path({str(recipe)!r})), Path({str(killed)!r}))\n"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    assert not (killed / "steps" / "02-validate").exists()
    run(load_recipe(recipe), killed)
    for path in (whole / "steps").rglob("*.jsonl"):
        assert (killed / path.relative_to(whole)).read_bytes() == path.read_bytes()


def test_lineage_follows_a_record_through_a_repair(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    (change,) = lines(folder / "steps" / "02-validate" / "changes.jsonl")
    for record_id in (change["id_before"], change["id_after"], change["id_after"][:10]):
        found = history(record_id, find_steps([folder]), with_rows=True)
        assert found.ids == [change["id_before"], change["id_after"]]
        assert [(Path(event.step.title).name, event.what) for event in found.events][:2] == [
            ("01-read", "came in"),
            ("02-validate", "changed"),
        ]
        assert found.events[0].line["meta"]["source"]["line"] == 3


def test_lineage_of_a_run_tells_its_steps(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(load_recipe(recipe), tmp_path / "run")
    assert tilth(["lineage", str(tmp_path / "run")]) == 0
    told = capsys.readouterr().out
    for step in json.loads((tmp_path / "run" / "manifest.json").read_text())["steps"]:
        assert f"{step['step']}: {step['counts']['in']} in, {step['counts']['kept']} kept" in told


def test_lineage_names_the_witness_of_a_removal(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    (aside,) = lines(folder / "steps" / "03-dedup" / "set-aside.jsonl")
    assert tilth(["lineage", aside["id"], "--run", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "exact-duplicate" in out
    assert aside["against"] in out


def test_the_completed_recipe_says_what_ran_and_runs_the_same(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    recipe.write_text((folder / "recipe.yaml").read_text())
    assert "permutations: 128" in recipe.read_text()
    said: list[str] = []
    run(load_recipe(recipe), folder, announce=said.append)
    assert all("reused" in line for line in said)


def test_the_report_is_there_and_needs_no_network(recipe: Path, tmp_path: Path) -> None:
    report = run(load_recipe(recipe), tmp_path / "run").read_text()
    assert "exact-duplicate" in report
    assert 'src="http' not in report and 'href="http' not in report


def test_a_glob_is_read_again_when_its_files_change_and_each_row_names_its_file(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    (tmp_path / "data" / "b.jsonl").write_text('{"instruction": "Is it new?", "output": "It is."}\n{broken\n')
    run(load_recipe(recipe), folder)
    rows = lines(folder / "steps" / "01-read" / "data.jsonl")
    assert rows[-1]["instruction"] == "Is it new?"
    assert {row["meta"]["source"]["file"] for row in rows} == {"data/a.jsonl", "data/b.jsonl"}
    assert [row["file"] for row in lines(folder / "steps" / "01-read" / "rejects.jsonl")] == [
        "data/a.jsonl",
        "data/b.jsonl",
    ]
    (described,) = steps(folder)["01-read"]["inputs"]
    assert [file["path"] for file in described["files"]] == ["data/a.jsonl", "data/b.jsonl"]


def test_a_recipe_whose_input_is_missing_leaves_nothing_behind(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "a.jsonl").unlink()
    with pytest.raises(UsageError, match="no file is named like that"):
        run(load_recipe(recipe), tmp_path / "runs" / "small")
    assert not (tmp_path / "runs").exists()


def test_a_run_replaces_neither_its_recipe_nor_what_is_no_run(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "steps" / "mine").mkdir(parents=True)
    with pytest.raises(UsageError, match="would replace its own recipe"):
        run(load_recipe(recipe), tmp_path)
    with pytest.raises(UsageError, match="other files than a run's"):
        run(load_recipe(recipe), tmp_path / "data")
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    (folder / "steps" / "notes").mkdir()
    (folder / "steps" / "09-older").mkdir()
    run(load_recipe(recipe), folder)
    assert (folder / "steps" / "notes").exists()
    assert not (folder / "steps" / "09-older").exists()
    assert recipe.read_text() == RECIPE


def test_two_runs_do_not_work_in_one_folder(recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_recipe(recipe), folder)
    with (folder / "steps" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another run"):
            run(load_recipe(recipe), folder)


def test_a_run_whose_inputs_had_broken_rows_says_so_with_its_exit_code(recipe: Path, tmp_path: Path) -> None:
    assert tilth(["run", str(recipe), "-o", str(tmp_path / "run"), "--quiet"]) == 3


def test_a_run_does_not_replace_that_of_another_recipe(recipe: Path, tmp_path: Path) -> None:
    run(load_recipe(recipe), tmp_path / "run")
    other = recipe.with_name("other.yaml")
    other.write_text(RECIPE)
    with pytest.raises(UsageError, match=r"another recipe, recipe\.yaml"):
        run(load_recipe(other), tmp_path / "run")


def test_a_key_that_stands_twice_in_a_recipe_is_told_with_its_line(recipe: Path) -> None:
    recipe.write_text(RECIPE + "name: again\n")
    with pytest.raises(DataError, match="the key name stands twice"):
        load_recipe(recipe)


def test_a_model_named_with_a_dot_lies_beside_the_recipe(recipe: Path) -> None:
    from tilth.recipes.runner import _resolved

    recipe.write_text(RECIPE + "  - sft: {model: ./base}\n")
    (step,) = [step for step in load_recipe(recipe).steps if step.operation.name == "sft"]
    assert _resolved(step.options, {}, recipe.parent).model_dump()["model"] == f"{recipe.parent}/base"
