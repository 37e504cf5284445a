"""The rules of the house that a machine can hold."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "tilth").rglob("*.py"))
LONGEST = 400


def test_no_file_is_over_400_lines() -> None:
    files = [*ROOT.glob("t*/**/*.py"), *ROOT.glob("benchmarks/*.py"), *ROOT.glob("examples/**/*.py")]
    assert not [str(path.relative_to(ROOT)) for path in files if path.read_text().count("\n") > LONGEST]


def test_the_median_file_is_under_150_lines() -> None:
    lengths = sorted(path.read_text().count("\n") for path in SOURCES)
    assert lengths[len(lengths) // 2] < 150


def test_no_type_error_is_silenced() -> None:
    assert not [path for path in SOURCES if re.search(r"type: ignore|pyright: ignore", path.read_text())]


def dangers(tree: ast.AST) -> Iterator[str]:
    """Ways in which data could become code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            yield from (name for name in names if name in {"pickle", "marshal", "shelve", "dill"})
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {"eval", "exec", "yaml.load", "torch.load", "pickle.loads", "os.system"}:
                yield called
            switches = [
                word.arg for word in node.keywords if isinstance(word.value, ast.Constant) and word.value.value is True
            ]
            yield from {"shell", "trust_remote_code"} & set(map(str, switches))


def test_no_code_comes_from_data() -> None:
    assert not [(str(path), found) for path in SOURCES for found in dangers(ast.parse(path.read_text()))]


def test_every_room_says_what_it_is() -> None:
    for package in {path.parent for path in SOURCES}:
        text = (package / "__init__.py").read_text()
        assert text.startswith('"""'), package


def test_nothing_that_is_made_is_kept_in_the_repository() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    assert not re.findall(r"(?m)^(?:runs/|.*\.(?:sqlite|safetensors|gguf|pyc)$)", done.stdout)
