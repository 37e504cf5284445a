"""`render` and `tokenize`: what a person sees, what is written, and what lies beside it."""

import json
from pathlib import Path

import pytest

from tests.trainers.templates import FAMILIES, tokenizer_of
from tilth.cli.border import run as run_words

ROWS = [
    {"instruction": "Where is the lamp?", "output": "In the cellar."},
    {"instruction": "Hi <|im_end|>", "output": "Hello."},
    {"instruction": "Show \x1b[31mred\x1b[0m \u202eabc", "output": "No."},
]


def run(words: str) -> int:
    return run_words(words.split())


@pytest.fixture(scope="module")
def chatml(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    tokenizer_of(FAMILIES["chatml"]).save_pretrained(folder)
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def test_records_are_shown_with_what_is_learned(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("render rows.jsonl --template chatml") == 0
    found = capsys.readouterr()
    assert found.out.startswith(
        "── rows.jsonl:1 · instruction\n<|im_start|>user\nWhere is the lamp?<|im_end|>\n"
        "<|im_start|>assistant\n⟦In the cellar.<|im_end|>⟧\n"
    )
    assert "rows.jsonl:2 · instruction · refused, control-string: message 1 holds the control string" in found.out
    assert "\x1b" not in found.out and "␛[31mred" in found.out and "⟨U+202E⟩" in found.out
    assert found.err.startswith("render: 2 shown, 1 refused (1 control-string), template chatml;")
    assert list(here.iterdir()) == [here / "rows.jsonl"]


def test_rendered_rows_are_written_and_the_others_set_aside(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("render rows.jsonl --template zephyr -o out.parquet") == 0
    assert run("cat out.parquet") == 0
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[0]) == {
        "prompt": "<|user|>\nWhere is the lamp?</s>\n<|assistant|>\n",
        "completion": "In the cellar.</s>",
    }
    assert run("render rows.jsonl --template chatml -o out.jsonl --shape text") == 0
    assert "3 in, 2 kept, 1 set aside (1 control-string)" in capsys.readouterr().err
    aside = json.loads((here / "out.jsonl.set-aside.jsonl").read_text())
    assert (aside["reason"] if "reason" in aside else aside["code"], aside["row"]) == ("control-string", ROWS[1])
    assert json.loads((here / "out.jsonl.manifest.json").read_text())["options"]["template"] == "chatml"
    assert run("render rows.jsonl --template zephyr -o out.jsonl --overwrite") == 0
    assert not (here / "out.jsonl.set-aside.jsonl").exists(), "it told of other rows"


def test_tokens_are_shown_with_what_carries_loss(here: Path, chatml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"tokenize rows.jsonl --tokenizer {chatml} -n 1") == 0
    text = capsys.readouterr().out
    assert text.startswith("── rows.jsonl:1 · instruction · ")
    assert "│<|im_end|>⟧│⏎" in text and text.count("⟦") == 1
    joined = text.partition("\n")[2].replace("│", "").replace("⏎\n", "\n").replace("⏎", "")
    assert joined.strip() == (
        "<|im_start|>user\nWhere is the lamp?<|im_end|>\n<|im_start|>assistant\n⟦In the cellar.<|im_end|>⟧"
    )


def test_a_token_set_is_written_with_its_numbers(here: Path, chatml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"tokenize rows.jsonl --tokenizer {chatml} -o set.safetensors --json -q") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["kept"] == 2 and found["by_code"] == {"control-string": 1}
    facts = found["facts"]
    assert facts["learned_tokens"] < facts["tokens"] and facts["cut"]["rows"] == 0
    assert facts["padded_to"]["input_ids"] == facts["lengths"]["1"]
    assert (here / "set.safetensors.set-aside.jsonl").exists()
    assert run(f"tokenize rows.jsonl --tokenizer {chatml} -o set.safetensors") == 2, "it is there already"
    assert run(f"tokenize rows.jsonl --tokenizer {chatml} -o set --dry-run") == 0
    assert not (here / "set").exists()


def test_machines_get_one_object_also_where_records_are_shown(
    here: Path, chatml: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("render rows.jsonl --template chatml --json", f"tokenize rows.jsonl --tokenizer {chatml} --json"):
        assert run(words) == 0
        assert json.loads(capsys.readouterr().out)["by_code"] == {"control-string": 1}


def test_several_answers_are_told_where_a_row_holds_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns = [{"role": role, "content": text} for text in ("a", "b") for role in ("user", "assistant")]
    rows = [{"messages": turns}, {"messages": turns[:2]}]
    (here / "chats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run("render chats.jsonl --template chatml -o out.jsonl") == 0
    assert "warning: 1 rows have several answers" in capsys.readouterr().err
    assert run("render chats.jsonl --template chatml -o out.jsonl --overwrite --shape segments") == 0
    assert [len(json.loads(line)["segments"]) for line in (here / "out.jsonl").read_text().splitlines()] == [5, 3]


def test_splits_become_splits(here: Path, chatml: Path) -> None:
    (here / "parts").mkdir()
    for part in ("train", "test"):
        (here / "parts" / f"{part}.jsonl").write_text((here / "rows.jsonl").read_text())
    assert run(f"tokenize parts --tokenizer {chatml} -o set -q") == 0
    assert json.loads((here / "set" / "dataset_dict.json").read_text()) == {"splits": ["train", "test"]}
    assert (here / "set" / "train" / "state.json").exists() and (here / "set" / "set-aside.jsonl").exists()


def test_a_failure_leaves_nothing(here: Path, chatml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.jsonl").write_text(json.dumps(ROWS[1]) + "\n")
    for words in (f"tokenize bad.jsonl --tokenizer {chatml} -o out", "render bad.jsonl --template chatml -o out.jsonl"):
        assert run(words) == 1
        assert "can use none of 1 rows: 1 control-string" in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == ["bad.jsonl", "rows.jsonl"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("render rows.jsonl", "no template is named\n  try  --template alpaca"),
        ("render rows.jsonl --template chatlm", "no template is called chatlm, and no file\n  try  chatml"),
        ("render rows.jsonl --tokenizer .", "it holds no tokenizer.json"),
        ("render rows.jsonl --template alpaca -o rows.jsonl", "the output exists"),
        ("tokenize rows.jsonl", "--tokenizer"),
        ("tokenize rows.jsonl --tokenizer TOKENIZER -o out.pt", "as safetensors, as Arrow or as a folder"),
        ("tokenize rows.jsonl --tokenizer TOKENIZER -o -", "not written to standard output"),
        ("tokenize rows.jsonl --tokenizer TOKENIZER -o x.arrow --max-length 0", "greater than or equal to 1"),
    ],
)
def test_mistakes(words: str, says: str, here: Path, chatml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words.replace("TOKENIZER", str(chatml))) == 2
    assert says in capsys.readouterr().err
