"""The guides are executed: every console command and every Python block of a page, in order, in one folder.

A block tagged `console` or `python` runs; one that needs a terminal or a server of the reader's own is tagged `text`.
The example's files lie in the folder as `support-desk/`; what else a page uses, it makes.
"""

import os
import re
import shutil
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def program(block: str, language: str) -> list[str]:
    """The shell commands of a block; continuation lines end in a backslash."""
    if language == "python":
        return [f"{sys.executable} - <<'END_OF_PYTHON'\n{block}END_OF_PYTHON"]
    joined = block.replace("\\\n", " ")
    return [line[2:] for line in joined.splitlines() if line.startswith("$ ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for example in ("support-desk", "products"):
        shutil.copytree(ROOT / "examples" / example, tmp_path / example)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_guide_runs_as_written(guide: Path, folder: Path) -> None:
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "HF_HUB_OFFLINE": "1", "NO_COLOR": "1"}
    environment.pop("OPENAI_BASE_URL", None)
    ran = 0
    for language, block in BLOCK.findall(guide.read_text()):
        for command in program(block, language):
            expected = 0
            if mark := re.search(r"# exit (\d+)\s*$", command):
                expected = int(mark.group(1))
            done = subprocess.run(
                command, shell=True, executable="/bin/bash", cwd=folder, env=environment, capture_output=True, text=True
            )
            assert done.returncode == expected, f"{guide.name}: {command}\n{done.stdout}\n{done.stderr}"
            ran += 1
    assert ran, f"{guide.name} has nothing that runs"


@pytest.mark.slow
def test_first_half_hour_of_the_readme_runs_as_written(tmp_path: Path) -> None:
    tools = [
        "spade",
        "rake",
        "trowel",
        "hose",
        "fern",
        "orchid",
        "tulip",
        "hedge",
        "shears",
        "ladder",
        "barrow",
        "bucket",
    ]
    pairs = enumerate(combinations(tools, 2))
    rows = [f"Where is my {a} and the {b} from order {n:04}?,The {a} left; the {b} follows {n}." for n, (a, b) in pairs]
    (tmp_path / "support.csv").write_text("\n".join(["prompt,completion", *rows, "What is this?,"]) + "\n")
    block = (ROOT / "README.md").read_text().partition("## A first half hour")[2].partition("```console")[2]
    commands = [line for line in program(block.partition("```")[0], "console") if not line.startswith("tilth review")]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in commands:
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        finds_something = command.startswith("tilth validate support.csv ") and " -o " not in command
        assert done.returncode == (4 if finds_something else 0), f"{command}\n{done.stdout}\n{done.stderr}"
    assert len(commands) == 10


def test_reference_pages_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_front_page_names_every_guide() -> None:
    front = (ROOT / "README.md").read_text()
    assert [guide.name for guide in GUIDES if f"(docs/guides/{guide.name})" not in front] == []


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.relative_to(ROOT)}: {link}"
