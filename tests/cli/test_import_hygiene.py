"""What starting up may cost: nothing heavy is imported before it is used."""

import subprocess
import sys

import pytest

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
