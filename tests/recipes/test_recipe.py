"""A recipe is checked whole, and every mistake in it is told with its place and the nearest name."""

from pathlib import Path

import pytest

from tilth.cli.border import run

GOOD = "name: small\ninputs: [{path: a.jsonl}]\nsteps:\n  - dedup: {threshold: 0.8}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"instruction": "a", "output": "b"}\n')
    return tmp_path


@pytest.mark.parametrize(
    ("was", "becomes", "code", "says"),
    [
        ("path: a.jsonl", "path: a.jsonl, dialct: alpaca", 2, "no option inputs.0.dialct\n  try  dialect"),
        ("{path: a.jsonl}", "a.jsonl", 2, "write - path: a.jsonl"),
        ("name:", "nmae:", 2, "no option nmae\n  try  name"),
        ("threshold", "treshold", 2, "step 1 (dedup): dedup has no option treshold\n  try  threshold"),
        ("dedup", "dedupe", 2, "no operation is called dedupe\n  try  dedup"),
        (GOOD, "", 2, "this is no recipe"),
        (GOOD, "- a\n- b\n", 2, "this is no recipe"),
        ("]", "", 1, "recipe.yaml:3: not YAML"),
        ("small", "\x01", 1, "a character that YAML does not allow"),
        ("small", "../small", 2, "name is '../small'"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_written(
    was: str, becomes: str, code: int, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "recipe.yaml").write_text(GOOD.replace(was, becomes))
    assert run(["run", "recipe.yaml"]) == code
    assert says in capsys.readouterr().err
    assert not (here / "runs").exists()


def test_a_folder_is_no_recipe(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "."]) == 2
    assert "this is a folder, and a recipe is a file" in capsys.readouterr().err


def test_a_value_that_is_not_yaml_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "recipe.yaml").write_text(GOOD)
    assert run(["run", "recipe.yaml", "--set", "dedup.by=[a"]) == 2
    assert "the value is not YAML" in capsys.readouterr().err
