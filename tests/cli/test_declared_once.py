"""An option is written in one place and appears everywhere; the types of a call are checked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tilth
from tilth import plugins

PACKAGE = Path(tilth.__file__).parent
OPTION = '''    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.125
    """How much the moon may matter."""
'''


@pytest.fixture(scope="module")
def changed_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package in which one option was added to one operation, and no other line was touched."""
    root = tmp_path_factory.mktemp("changed")
    shutil.copytree(PACKAGE, root / "tilth", ignore=shutil.ignore_patterns("__pycache__"))
    source = root / "tilth" / "curate" / "dedup.py"
    text = source.read_text()
    head = text.index("class DedupOptions(Options):")
    first_field = text.index("\n    threshold:", head) + 1
    source.write_text(text[:first_field] + OPTION + text[first_field:])
    return root


def printed(root: Path, program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd=root)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_option_appears_in_the_python_signature(changed_package: Path) -> None:
    assert "tolerance" in printed(changed_package, "import inspect, tilth; print(inspect.signature(tilth.dedup))")


def test_a_new_option_appears_in_the_help(changed_package: Path) -> None:
    text = printed(changed_package, "from tilth.cli.border import run; run(['dedup', '--help'])")
    assert "--tolerance" in text
    assert "How much the moon may matter." in text


def test_a_new_option_appears_in_the_recipe_schema(changed_package: Path) -> None:
    schema = json.loads(printed(changed_package, "from tilth.cli.border import run; run(['schema', 'recipe'])"))
    option = schema["$defs"]["dedup"]["properties"]["tolerance"]
    assert option["default"] == 0.125
    assert option["description"] == "How much the moon may matter."


def test_a_new_option_appears_in_the_docs(changed_package: Path) -> None:
    page = printed(changed_package, "from tilth.cli.reference import operations_page; print(operations_page())")
    assert "| `tolerance` | `float` ≥ 0, ≤ 1 | `0.125` | How much the moon may matter. |" in page


def test_every_installed_operation_is_typed_for_editors() -> None:
    source = (PACKAGE / "__init__.py").read_text()
    for name, point in plugins.installed("tilth.ops").items():
        if point.value.startswith("tilth."):
            attribute = name.replace("-", "_")
            assert f"from {point.module} import {attribute} as {attribute}" in source


SNIPPET = """
import tilth
from tilth import Dataset

def use(data: Dataset) -> None:
    tilth.dedup(data, threshold=0.8)
    tilth.dedup(data, treshold=1)
    tilth.dedup(data, threshold="high")
"""


@pytest.mark.slow
def test_a_wrong_option_name_or_type_is_a_type_error(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(SNIPPET)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(snippet)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent)
    lines = [line for line in done.stdout.splitlines() if "snippet.py" in line and "error" in line]
    assert [int(line.split(":")[1]) for line in lines] == [7, 8], done.stdout
    assert 'Unexpected keyword argument "treshold"' in lines[0]
    assert 'incompatible type "str"; expected "float | None"' in lines[1]
