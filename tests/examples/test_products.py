"""The products example: records of one's own type, through a recipe, to one report."""

import shutil
from pathlib import Path

import pytest

from tilth.recipes.recipe import load_recipe
from tilth.recipes.runner import run as run_recipe
from tilth.schemas import registry as registry_module

EXAMPLE = Path(__file__).parents[2] / "examples" / "products"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, and a program that has not met its record type yet."""
    monkeypatch.setattr(registry_module, "_known", {})
    monkeypatch.setattr(registry_module, "_files", {})
    shutil.copytree(EXAMPLE, tmp_path / "products")
    return tmp_path / "products"


def test_the_report_has_counts_mean_score_and_errors(folder: Path) -> None:
    run = run_recipe(load_recipe(folder / "recipe.yaml"), folder / "run").parent
    page = (run / "report.html").read_text("utf-8")
    assert "49 rows came in from 1 file" in page
    assert "points on average" in page
    assert "What cost points" in page
    assert "greater than 0" in page
    aside = {path.parent.name: path.read_text().count("\n") for path in run.glob("steps/*/set-aside.jsonl")}
    assert aside == {"02-validate": 6, "03-dedup": 2, "04-outliers": 1}


def test_a_changed_model_is_not_answered_from_an_earlier_run(folder: Path) -> None:
    recipe = folder / "recipe.yaml"
    run_recipe(load_recipe(recipe), folder / "run")
    model = folder / "products.py"
    model.write_text(model.read_text().replace("lt=10_000", "lt=20"))
    registry_module._known.clear()
    registry_module._files.clear()
    run = run_recipe(load_recipe(recipe), folder / "run").parent
    assert (run / "steps" / "02-validate" / "set-aside.jsonl").read_text().count("\n") > 20


def test_the_completed_recipe_finds_the_model_from_another_folder(folder: Path) -> None:
    recipe = load_recipe(folder / "recipe.yaml")
    assert "record_type: products.py:Product" in recipe.completed()
    assert "record_type: ../products.py:Product" in recipe.completed(folder / "elsewhere")
