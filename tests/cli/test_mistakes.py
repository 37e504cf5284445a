"""What a person gets wrong: one clear line, the right exit code, nothing written, never a traceback."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tilth.cli.border import run

ROWS = [
    {"instruction": f"Name plant number {n}.", "input": "", "output": f"Plant {n} is a fern of kind {n * 7}."}
    for n in range(5)
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one good file, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "good.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def mistake(words: str, code: int, says: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(here)
    found = run(words.split())
    out, err = capsys.readouterr()
    assert (found, out) == (code, ""), err
    assert err.startswith("error: ")
    assert says in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) <= 3, err
    assert files(here) == before


def test_a_mistake_in_a_list_is_told_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mistake(
        "pii good.jsonl -o out.jsonl --kinds nokind", 2, "--kinds is 'nokind'; input should be 'secret'", here, capsys
    )
    assert run(["pii", "good.jsonl", "-o", "out.jsonl", "--kinds", "nokind"]) == 2
    assert capsys.readouterr().err.count("--kinds") == 1


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("dedup none.jsonl -o out.jsonl", 2, "none.jsonl"),
        ("dedup good.jsonl -o out.docx", 2, "| csv |"),
        ("dedup . -o out.jsonl", 2, ""),
        ("head good.jsonl -n -1", 2, "Must be >= 0"),
        ("dedup good.jsonl", 2, "-o OUT.jsonl"),
        ("dedup good.jsonl -o good.jsonl", 2, "good.jsonl"),
        ("dedup good.jsonl -o good.jsonl --overwrite", 2, "good.jsonl"),
        ("dedup good.jsonl -o out.jsonl --by colour", 2, "colour"),
        ("dedup good.jsonl -o out.jsonl --treshold 0.9", 2, "--threshold"),
        ("dedup good.jsonl -o out.jsonl --threshold 7", 2, "less than or equal to 1"),
        ("dedup good.jsonl -o out.jsonl --threshold high", 2, "high"),
        ("dedup good.jsonl -o out.jsonl --dialect alpacca", 2, "alpaca"),
        ("dedup good.jsonl -o out.jsonl --from jsnl", 2, "jsonl"),
        ("dedup good.jsonl -o out.jsonl --to-dialect squad", 1, "squad"),
        ("dedub good.jsonl -o out.jsonl", 2, "dedup"),
        ("dedup", 2, "SOURCE"),
        ("decontaminate good.jsonl -o out.jsonl", 2, "needs --against: the benchmarks: files"),
        ("decontaminate --against good.jsonl good.jsonl -o out.jsonl", 2, "FILE, with the options behind it"),
        ("decontaminate good.jsonl -o out.jsonl --against", 2, "--against names nothing"),
        ("convert good.jsonl -o out.jsonl --to", 2, "--to has no value: container of the output"),
        ("tokenize good.jsonl", 2, "tokenize needs --tokenizer: folder of a model"),
        ("convert good.jsonl", 2, "-o OUT.jsonl"),
        ("convert good.jsonl -o no/such/folder/out.jsonl", 2, "folder"),
        ("split good.jsonl -o out.jsonl", 2, "-o FOLDER"),
        ("generate self-instruct good.jsonl -o new.jsonl --model m", 2, "--endpoint"),
        ("train sft good.jsonl -o model.txt", 2, "-o FOLDER"),
        ("train sft good.jsonl -o model --method loar", 2, "lora"),
        ("train sft good.jsonl -o model --epochs 0", 2, "tilth train sft --help"),
        ("train sft good.jsonl -o model --to csv", 2, "--to"),
        ("train sft good.jsonl", 2, "-o FOLDER"),
        ("generate self-instruct good.jsonl -o new.jsonl --count 9", 2, "--model is missing"),
        ("run none.yaml", 2, "none.yaml"),
        ("lineage abc", 2, "id starts with abc"),
        ("schema chatt", 2, "chat"),
        ("head none.jsonl", 2, "none.jsonl"),
        ("split good.jsonl", 2, "try  -o FOLDER"),
        ("head -5 good.jsonl", 2, "tilth head -n 5 FILE"),
        ("tail good.jsonl 3", 2, "tilth tail -n 3 FILE"),
        ("diff good.jsonl good.jsonl good.jsonl", 2, "diff takes two inputs"),
        ("help convert", 2, "tilth COMMAND --help"),
        ("review none.jsonl", 2, "none.jsonl"),
        ("review good.jsonl", 2, "terminal"),
    ],
)
def test_mistake(words: str, code: int, says: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mistake(words, code, says, here, capsys)


def test_an_empty_file_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "empty.jsonl").touch()
    mistake("dedup empty.jsonl -o out.jsonl", 1, "empty.jsonl", here, capsys)


def test_broken_json_names_file_and_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "broken.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n{"text": \n{"text": "d"}\n')
    mistake("dedup broken.jsonl -o out.jsonl", 1, "broken.jsonl:3", here, capsys)


def test_broken_json_can_be_rejected_with_its_reason(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "broken.jsonl").write_text('{"text": "a one"}\n{"text": \n{"text": "d two"}\n')
    assert run(["dedup", "broken.jsonl", "-o", "out.jsonl", "--on-error", "reject"]) == 3
    (reject,) = [json.loads(line) for line in (here / "out.jsonl.rejects.jsonl").read_text().splitlines()]
    assert (reject["line"], reject["raw"]) == (2, '{"text": ')
    assert len((here / "out.jsonl").read_text().splitlines()) == 2
    assert "1 rejected" in capsys.readouterr().err


def test_two_dialects_that_fit_are_not_guessed_between(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"instruction": "Water it?", "output": "Yes.", "prompt": "Water it?", "completion": "Yes."}
    (here / "both.jsonl").write_text(json.dumps(row) + "\n")
    mistake("dedup both.jsonl -o out.jsonl", 2, "--dialect", here, capsys)


def test_an_existing_output_is_not_replaced(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "out.jsonl").write_text("mine")
    mistake("dedup good.jsonl -o out.jsonl", 2, "--overwrite", here, capsys)


def test_an_output_that_is_the_input_under_another_name_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "link.jsonl").symlink_to("good.jsonl")
    mistake("dedup good.jsonl -o link.jsonl --overwrite", 2, "link.jsonl", here, capsys)


def test_a_name_that_says_gz_of_a_plain_file_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "plain.jsonl.gz").write_bytes(b'{"text": "a"}\n')
    mistake("dedup plain.jsonl.gz -o out.jsonl", 1, "a name without .gz", here, capsys)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "locked").mkdir()
    (here / "locked").chmod(stat.S_IRUSR | stat.S_IXUSR)
    mistake("dedup good.jsonl -o locked/out.jsonl", 1, "locked", here, capsys)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: x\ninputs: [{path: good.jsonl}]\nsteps:\n  - dedup: {treshold: 1}\n", "threshold"),
        ("name: x\ninputs: [{path: good.jsonl}]\nsteps:\n  - dedupe: {}\n", "dedup"),
        ("name: x\ninput: [{path: good.jsonl}]\nsteps: []\n", "inputs"),
        ("name: x\ninputs: [{path: good.jsonl, dialekt: alpaca}]\nsteps: []\n", "dialekt"),
        ("name: x\ninputs: [{path: good.jsonl}]\nsteps:\n  - dpo: {model: 'step:sft'}\n", "step:sft"),
        ("name: [x\n", "recipe.yaml"),
    ],
)
def test_a_recipe_is_checked_before_a_row_is_read(
    text: str, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "recipe.yaml").write_text(text)
    mistake("run recipe.yaml", 1 if says == "recipe.yaml" else 2, says, here, capsys)


def test_a_missing_extra_is_named_with_the_line_that_installs_it(here: Path) -> None:
    program = (
        "import sys\n"
        "from importlib.machinery import PathFinder\n"
        "class Finder(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        absent = name.split('.')[0] in {'torch', 'trl', 'peft'}\n"
        "        return None if absent else super().find_spec(name, path, target)\n"
        "sys.meta_path[:] = [Finder if finder is PathFinder else finder for finder in sys.meta_path]\n"
        "from tilth.cli.border import run\n"
        "sys.exit(run('train sft good.jsonl -o model'.split()))\n"
    )
    before = files(here)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=here)
    assert done.returncode == 5, done.stderr
    assert "pip install 'tilth[train]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(here) == before


def test_ctrl_c_leaves_nothing_behind_and_says_so(here: Path) -> None:
    before = files(here)
    running = subprocess.Popen(
        [sys.executable, "-m", "tilth", "convert", "-", "--from", "jsonl", "-o", "out.jsonl"],
        cwd=here, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs the tests may ignore it
    )  # fmt: skip
    assert running.stdin
    running.stdin.write((json.dumps(ROWS[0]) + "\n") * 20_000)
    running.stdin.flush()
    time.sleep(4)  # the command is up and waits for more
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 130, err
    assert err.startswith("error: interrupted")
    assert "Traceback" not in err
    assert files(here) == before


def test_a_closed_pipe_is_no_error(here: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m tilth cat good.jsonl | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=here, capture_output=True, text=True,
    )  # fmt: skip
    first, code = done.stdout.splitlines()
    assert json.loads(first) == ROWS[0]
    assert (code, done.stderr) == ("0", "")


def test_rows_of_no_dialect_can_be_looked_at_and_converted(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "odd.jsonl").write_text('{"x":"007","y":null}\n{"x":9223372036854775808}\n')
    assert run(["convert", "odd.jsonl", "-o", "odd.csv", "--quiet"]) == 0
    assert run(["convert", "odd.csv", "-o", "back.jsonl", "--quiet"]) == 0
    assert (here / "back.jsonl").read_bytes() == (here / "odd.jsonl").read_bytes()
    assert run(["head", "odd.csv", "-n", "1"]) == 0


def test_what_is_piped_in_can_be_inspected(here: Path) -> None:
    command = [sys.executable, "-m", "tilth", "inspect", "-", "--from", "jsonl"]
    done = subprocess.run(command, cwd=here, input=(here / "good.jsonl").read_bytes(), capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"alpaca" in done.stdout


def test_rejected_rows_came_in_too(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "broken.jsonl").write_text('{"text": "a one"}\n{"text": \n{"text": "d two"}\n')
    assert run(["dedup", "broken.jsonl", "-o", "out.jsonl", "--on-error", "reject", "--json", "--quiet"]) == 3
    counts = json.loads(capsys.readouterr().out)
    assert (counts["in"], counts["kept"], counts["set_aside"], counts["rejected"]) == (3, 2, 0, 1)


@pytest.mark.parametrize("command", ["dedup", "convert"])
def test_rejected_rows_are_told_where_there_is_no_file_beside_the_output(
    command: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "broken.jsonl").write_text('{"text": "a one"}\n{"text": \n')
    assert run(f"{command} broken.jsonl -o - --on-error reject".split()) == 3
    assert "1 rejected" in capsys.readouterr().err
