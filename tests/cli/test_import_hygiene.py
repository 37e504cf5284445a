"""What starting up may cost: nothing heavy is imported before it is used."""

import importlib
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tilth import kernels

HEAVY = {"pandas", "torch", "transformers", "datasets", "openai", "sklearn", "scipy", "ray", "duckdb", "trl", "peft"}
STATEMENTS = {
    "import": "import tilth, tilth.cli",
    "help": "from tilth.cli.border import run; run(['--help'])",
    "help of one command": "from tilth.cli.border import run; run(['dedup', '--help'])",
    "help of looking": "from tilth.cli.border import run; [run([w, '--help']) for w in ('render', 'tokenize', 'diff')]",
    "help of training": "from tilth.cli.border import run; run(['train', 'sft', '--help'])",
    "screen": "import tilth.tui",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_nothing_heavy_is_loaded_by(statement: str) -> None:
    program = f"{statement}\nimport sys\nsys.stderr.write(' '.join(sorted(m for m in sys.modules if '.' not in m)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())


def cpu_seconds(*words: str) -> float:
    """The least user time of five runs: what the work costs, whatever else the machine is doing."""
    program = "import os, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3); print(os.times().children_user)"
    command = [sys.executable, "-c", program, sys.executable, *words]
    return min(float(subprocess.run(command, capture_output=True, text=True).stdout) for _ in range(5))


@pytest.mark.slow
def test_the_general_help_costs_at_most_three_bare_imports() -> None:
    assert cpu_seconds("-m", "tilth", "--help") <= 3 * cpu_seconds("-c", "import pydantic, rich")


def test_converting_does_without_the_documented_functions_of_every_kernel(tmp_path: Path) -> None:
    """They take as long to be made as a tenth of a short command."""
    source = tmp_path / "in.jsonl"
    source.write_text('{"a": "x", "b": 1}\n' * 300 + '{"a": "\\"", "b": null}\n', encoding="utf-8")
    names = [source, *(tmp_path / f"out.{kind}" for kind in ("parquet", "csv", "arrow", "jsonl"))]
    steps = "; ".join(f"run(['convert', {str(a)!r}, '-o', {str(b)!r}])" for a, b in pairwise(names))
    program = f"from tilth.cli.border import run; {steps}; import sys; print('pyarrow.compute' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert names[-1].read_text(encoding="utf-8").count("\n") == 301


def test_kernels_are_found_where_everybody_is_told_to_look_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.compute

    monkeypatch.setitem(sys.modules, "pyarrow._compute", None)
    moved = importlib.reload(kernels)
    assert moved.call_function is pyarrow.compute.call_function
    assert moved.replaced(pyarrow.array(["a.b"]), ".", "-").to_pylist() == ["a-b"]
    assert moved.without_first(pyarrow.array(["äbc"]), 1).to_pylist() == ["bc"]
    assert moved.cast_to(pyarrow.array(["7"]), pyarrow.int64()).to_pylist() == [7]
    monkeypatch.undo()
    importlib.reload(kernels)
