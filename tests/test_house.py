"""The rules of the house that a machine can hold."""

import re
import subprocess
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


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\bpickle\b",
        r"\beval\(",
        r"(?<![.\w])exec\(",
        r"shell=True",
        r"yaml\.load\(",
        r"trust_remote_code=True",
        r"torch\.load",
    ],
)
def test_no_code_comes_from_data(forbidden: str) -> None:
    found = [f"{path.relative_to(ROOT)}: {line.strip()}" for path in SOURCES for line in path.read_text().splitlines()
             if re.search(forbidden, line.split("#")[0]) and not line.lstrip().startswith(('"', "'"))]  # fmt: skip
    assert not found


def test_every_room_says_what_it_is() -> None:
    for package in {path.parent for path in SOURCES}:
        text = (package / "__init__.py").read_text()
        assert text.startswith('"""'), package


def test_nothing_that_is_made_is_kept_in_the_repository() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    assert not re.findall(r"(?m)^(?:runs/|.*\.(?:sqlite|safetensors|gguf|pyc)$)", done.stdout)
