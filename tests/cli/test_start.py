"""`tilth init` writes a recipe that runs, whatever the folder and the files are called."""

import json
from pathlib import Path

import pytest

from tilth.cli.border import run


@pytest.mark.parametrize("folder", ["plain", "my data: x", "007", "no", "-_-", "說明", "{a}"])
@pytest.mark.parametrize("file", ["a.jsonl", 'b, {c}: "d" #e.jsonl', "12:30.jsonl", "[x] 'y'.jsonl"])
def test_the_first_recipe_is_one(folder: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / folder)
    Path(file).write_text(json.dumps({"instruction": "a", "output": "b"}) + "\n")
    assert run(["init", file]) == 0
    assert run(["run", "recipe.yaml", "--dry-run"]) == 0
