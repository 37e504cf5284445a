"""`head`, `tail`, `cat`, `sample`, `stats`: rows are shown as they are, in whatever container they lie."""

import json
from pathlib import Path

import pytest

from tilth.cli.border import run as run_words

ROWS = [{"instruction": f"Where is thing {n}?", "output": f"In room {n}.", "meta": {"by": "Jo"}} for n in range(30)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def shown(words: str, capsysbinary: pytest.CaptureFixture[bytes]) -> tuple[int, list[dict[str, object]]]:
    code = run_words(words.split())
    return code, [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "yaml", "jsonl.gz"])
def test_first_and_last_rows(suffix: str, here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    if suffix != "jsonl":
        assert run_words(["convert", "rows.jsonl", "-o", f"rows.{suffix}", "-q"]) == 0
    assert shown(f"head rows.{suffix} -n 2", capsysbinary) == (0, ROWS[:2])
    assert shown(f"tail rows.{suffix} -n 2", capsysbinary) == (0, ROWS[-2:])
    assert shown(f"cat rows.{suffix}", capsysbinary) == (0, ROWS)
    assert shown(f"cat rows.{suffix} --limit 3 --fields output,meta.by", capsysbinary) == (
        0,
        [{"output": row["output"], "meta.by": "Jo"} for row in ROWS[:3]],
    )


def test_a_field_that_no_row_has_is_told(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_words(["head", "rows.jsonl", "--fields", "outptu"]) == 2
    assert "no row has a field outptu\n  try  output" in capfd.readouterr().err


def test_rows_above_one_that_cannot_be_read_are_shown(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = (here / "rows.jsonl").read_text().splitlines()
    (here / "broken.jsonl").write_text("\n".join([*lines[:4], "{oops", *lines[4:]]) + "\n")
    assert run_words(["head", "broken.jsonl", "-n", "4"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 4
    assert run_words(["head", "broken.jsonl"]) == 1
    found = capfd.readouterr()
    assert len(found.out.splitlines()) == 4 and found.err.startswith("error: broken.jsonl:5: ")
    for command in ("head", "cat", "tail", "stats", "sample"):
        assert run_words([command, "broken.jsonl", "--on-error", "reject"]) == 3
        assert "1 row cannot be read, the first at broken.jsonl:5: " in capfd.readouterr().err


def test_a_sample_is_printed_or_written_untouched(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, found = shown("sample rows.jsonl -n 4 --seed 7", capsysbinary)
    assert code == 0 and len(found) == 4 and all(row in ROWS for row in found)
    assert run_words(["sample", "rows.jsonl", "-n", "4", "--seed", "7", "-o", "few.parquet"]) == 0
    assert capsysbinary.readouterr().err == b"sample: 4 of 30 rows -> few.parquet\n"
    assert shown("cat few.parquet", capsysbinary) == (0, found)
    assert json.loads((here / "few.parquet.manifest.json").read_text())["options"]["seed"] == 7
    assert run_words(["sample", "rows.jsonl", "-n", "4", "--seed", "7", "-o", "few.jsonl", "--json"]) == 0
    summary = json.loads(capsysbinary.readouterr().out)
    assert summary == {"operation": "sample", "output": "few.jsonl", "rows": 4, "of": 30}
    lines = (here / "rows.jsonl").read_bytes().splitlines()
    assert all(line in lines for line in (here / "few.jsonl").read_bytes().splitlines()), "to the byte"
    assert run_words(["sample", "rows.jsonl", "-o", "few.jsonl"]) == 2


def test_a_sample_of_what_is_piped_in(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    import subprocess
    import sys

    words = [sys.executable, "-m", "tilth", "sample", "-", "-n", "3"]
    done = subprocess.run(words, input=(here / "rows.jsonl").read_bytes(), capture_output=True)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 3
