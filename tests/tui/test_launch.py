"""`review` without a screen, and what it loads."""

import subprocess
import sys
from pathlib import Path

import pytest

from tilth.errors import UsageError
from tilth.review.session import Session
from tilth.tui import review

HEAVY = ("pandas", "torch", "transformers", "datasets", "openai", "sklearn", "scipy", "pyarrow", "numpy")


def test_without_a_terminal_it_is_a_usage_error(questions: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import sys; from tilth.tui import review; review(sys.argv[1])", questions],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert "needs a terminal" in run.stderr
    assert not questions.with_name("questions.jsonl.review.sqlite").exists()


def test_export_needs_no_terminal(questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Session(questions, "ada") as session:
        session.decide(0, "reject", next_row=1)
    output = questions.with_name("out.csv")
    assert review(questions, export=output) == 0
    assert capsys.readouterr().err.startswith(f"9 rows (0 edited) written to {output}, 1 set aside")
    with pytest.raises(UsageError, match="exists"):
        review(questions, export=output)
    assert review(questions, export=output, overwrite=True) == 0


def test_export_without_a_journal_is_a_usage_error(questions: Path) -> None:
    with pytest.raises(UsageError, match="there is no journal"):
        review(questions, export=questions.with_name("out.jsonl"))
    assert sorted(path.name for path in questions.parent.iterdir()) == ["questions.jsonl"]


def test_the_first_screen_loads_nothing_heavy(questions: Path) -> None:
    script = f"""
import asyncio, sys
from pathlib import Path
from tilth.review.session import Session
from tilth.tui.app import ReviewApp

async def main():
    with Session(Path(sys.argv[1]), "ada") as session:
        async with ReviewApp(session).run_test() as pilot:
            await pilot.press("a")

asyncio.run(main())
print([name for name in {HEAVY} if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", script, questions], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
