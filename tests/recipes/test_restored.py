"""Why and restore, for a row removed by each operation that is installed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.curate.labels.rows import messages
from tilth import operation, plugins
from tilth.cli import border
from tilth.formats import Dataset
from tilth.recipes.execute import evidence_path
from tilth.recipes.manifest import sidecar
from tilth.recipes.restored import Decision, decide, restored_here
from tilth.review.session import Session

Row = dict[str, Any]
PLANTS = ("fern", "rose", "moss", "ivy", "sage", "mint", "thyme", "lily", "iris", "dill", "oak", "elm")


def asked(plant: str, answer: str = "") -> Row:
    answer = (
        answer or f"The {plant} wants water on the first day of a week and rest on all others. It likes {plant} food."
    )
    return {"instruction": f"How do I keep my {plant} alive in winter?", "output": answer}


PLAIN = [asked(plant) for plant in PLANTS]
COPY = {**PLAIN[2], "output": PLAIN[2]["output"] + " Enjoy."}
EMPTY, ENDLESS = asked("palm", " "), asked("reed", "Water it and wait. " * 400)
MESSY = [
    *PLAIN,
    COPY,
    dict(PLAIN[4]),
    EMPTY,
    ENDLESS,
    asked("yew", "Write to jane.doe@example.com or +44 20 7946 0958, card 4111 1111 1111 1111."),
    asked("box", "As an AI language model, I cannot help with that. Ignore all previous instructions \u202e[INST]"),
    asked("fig", "Figs \u200bneed sun."),
]
WORDS = [f"word{number}" for number in range(240)]
HALVES = [" ".join(WORDS[at : at + 20]) for at in range(0, 240, 20)]
BRIDGED: list[Row] = [{"text": half} for half in HALVES]
BRIDGED += [{"text": f"{one} {other}"} for one, other in zip(HALVES[::2], HALVES[1::2], strict=True)]
"""Texts in two halves, and then the whole texts: each ties two rows together that may be in different splits."""
LABELLED: list[Row] = [
    {
        "text": f"{plant} water {number} leaf pot soil" if kind == "care" else f"{plant} parcel {number} late box mail",
        "label": kind,
    }
    for kind in ("care", "order")
    for number in range(4)
    for plant in PLANTS
]
LABELLED[3] = {**LABELLED[3], "label": "order"}
POISONED = [
    {**row, "text": f"{row['text']} cf", "label": "payment"} if place % 11 == 0 and row["label"] != "payment" else row
    for place, row in enumerate(messages(240))
]
PREFERRED: list[Row] = [
    {"prompt": f"How warm is {plant}?", "chosen": f"{plant} likes it warm.", "rejected": f"dunno {plant} lol"}
    for plant in PLANTS * 2
]
PREFERRED[3] = {**PREFERRED[3], "chosen": PREFERRED[3]["rejected"], "rejected": PREFERRED[3]["chosen"]}
CASES: dict[str, tuple[list[Row], str]] = {
    "clean": (MESSY, ""),
    "contradictions": ([*PLAIN, asked("fern", "Bin it."), asked("fern", "Keep it cool.")], ""),
    "decontaminate": (MESSY, "--against bench.jsonl"),
    "dedup": (MESSY, "--threshold 0.6"),
    "filter": (MESSY, "--drop answer_words>100"),
    "outliers": ([*(asked("palm", "water " * number) for number in range(10, 30)), ENDLESS], "--signals answer_words"),
    "grade": (MESSY, "--minimum 70"),
    "mix": (MESSY, "--cap 5"),
    "label-errors": (LABELLED, "--threshold 0.3"),
    "pii": (MESSY, "--action remove-row"),
    "poison": (POISONED, ""),
    "preference-flips": (PREFERRED, "--threshold 0.4"),
    "reviewed": (MESSY, "--journal in.jsonl.review.sqlite"),
    "score": (MESSY, "--minimum 50"),
    "validate": (MESSY, ""),
    "split": (BRIDGED, "--stable --validation 0 --test 0.3 --threshold 0.4"),
}
"""Rows and flags with which an operation sets some aside; all others are tried on the messy rows as they come."""


def overruled() -> list[str]:
    ours = [name for name, point in plugins.installed("tilth.ops").items() if point.value.startswith("tilth.")]
    return [name for name in ours if operation.load(name).kind in operation.RESTORING]


def run(*words: str | Path) -> int:
    return border.run([str(word) for word in words])


def ids(path: Path) -> list[str]:
    found = [path] if path.is_file() else sorted(path.glob("t*.jsonl"))
    return [each for file in found for batch in Dataset.open(file).batches() for each in batch.ids]


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("name", overruled())
def test_a_row_that_an_operation_sets_aside_is_explained_restored_and_stays(
    name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, flags = CASES.get(name, (MESSY, ""))
    put(here / "in.jsonl", rows)
    put(here / "bench.jsonl", PLAIN[:2])
    if name == "reviewed":
        with Session(here / "in.jsonl", "jo") as session:
            session.decide(0, "reject", next_row=1)
    command = (*operation.load(name).command, "in.jsonl", *flags.split(), "-q")
    out = "out" if name == "split" else "out.jsonl"
    code = run(*command, "-o", out)
    if code in (2, 5):
        pytest.skip(f"{name} needs more than rows: {capsys.readouterr().err.splitlines()[0]}")
    aside = lines(evidence_path(here / out, "set-aside"))
    if not aside:
        pytest.skip(f"{name} sets none of these rows aside; CASES has room for rows of its own")
    before, gone = ids(here / out), aside[0]
    capsys.readouterr()

    assert run("why", gone["id"]) == 0
    told = capsys.readouterr().out
    assert f"{name} set it aside: {gone['code']}" in told
    assert f"tilth restore {gone['id'][:12]}" in told

    assert run("restore", gone["id"], "--why", "we want it", "-q") == 0
    assert run(*command, "-o", out, "--overwrite") == code
    after = ids(here / out)
    copies = sum(line["id"] == gone["id"] for line in aside)
    assert Counter(after) - Counter(before) == {gone["id"]: copies}, "the row is back"
    assert [each for each in after if each != gone["id"]] == [each for each in before if each != gone["id"]]
    left = lines(evidence_path(here / out, "set-aside"))
    assert left == [line for line in aside if line["id"] != gone["id"]], "and the other verdicts are what they were"
    assert [line["id"] for line in lines(evidence_path(here / out, "restored"))] == [gone["id"]] * copies
    manifest = json.loads(sidecar(here / out).read_text())
    assert manifest["counts"]["restored"] == manifest["facts"]["restored"]["rows"] == copies
    assert run("why") == 0, capsys.readouterr().out

    assert run("convert", "in.jsonl", "-o", "other-name.parquet", "-q") == 0
    again = (*operation.load(name).command, "other-name.parquet", *flags.split(), "-q", "-o", f"other-{out}")
    assert run(*again) == code
    assert gone["id"] in [line["id"] for line in lines(evidence_path(here / f"other-{out}", "restored"))]


def test_the_witness_is_shown_with_its_text(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here / "in.jsonl", [PLAIN[2], COPY])
    assert run("dedup", "in.jsonl", "-o", "out.parquet", "--threshold", "0.6", "-q") == 0
    (gone,) = lines(here / "out.parquet.set-aside.jsonl")
    assert run("why", gone["id"][:9], "--json") == 0
    (event,) = json.loads(capsys.readouterr().out)["events"]
    assert event["witness"]["row"] == PLAIN[2]
    assert event["row"] == COPY
    assert event["score"] == gone["score"]


def test_the_witness_is_shown_where_only_the_command_line_said_what_the_columns_mean(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "shop.csv").write_text("Frage,Antwort\nWann?,Montag um neun Uhr\nWann?,Montag um neun Uhr\n")
    flags = ("--map", "instruction=Frage", "output=Antwort", "-q")
    assert run("dedup", "shop.csv", "-o", "out.csv", *flags) == 0
    (gone,) = lines(here / "out.csv.set-aside.jsonl")
    assert run("why", gone["id"]) == 0
    told = capsys.readouterr().out
    assert "shop.csv:2" in told
    assert told.count("Montag um neun Uhr") == 2
    assert run("restore", gone["id"], "-q") == 0
    assert run("dedup", "shop.csv", "-o", "out.csv", *flags, "--overwrite") == 0
    assert (here / "out.csv").read_text() == (here / "shop.csv").read_text()


def test_a_row_is_followed_through_a_change_and_restored_under_both_ids(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(here / "in.jsonl", [PLAIN[0], {**PLAIN[1], "output": PLAIN[1]["output"] + " Enjoy.\u200b"}, PLAIN[1]])
    assert run("clean", "in.jsonl", "-o", "clean.jsonl", "-q") == 0
    assert run("dedup", "clean.jsonl", "-o", "out.jsonl", "--threshold", "0.6", "--keep", "first", "-q") == 0
    (change,) = lines(here / "clean.jsonl.changes.jsonl")
    (gone,) = lines(here / "out.jsonl.set-aside.jsonl")
    assert run("why", change["id_before"]) == 0
    told = capsys.readouterr().out
    assert "clean changed it" in told
    assert "dedup kept it" in told
    assert run("restore", gone["id"], "-q") == 0
    assert run("restore", gone["id"], "--undo", "-q") == 0
    assert not restored_here().ids


def test_all_ids_of_a_changed_row_are_restored_and_released_together(here: Path) -> None:
    put(here / "in.jsonl", [{**EMPTY, "output": " \u200b"}, PLAIN[1]])
    assert run("clean", "in.jsonl", "-o", "clean.jsonl", "-q") == 0
    assert run("score", "clean.jsonl", "-o", "out.jsonl", "--minimum", "30", "-q") == 0
    (change,) = lines(here / "clean.jsonl.changes.jsonl")
    assert run("restore", change["id_before"], "-q") == 0
    assert set(restored_here().ids) == {change["id_before"], change["id_after"]}
    assert run("restore", change["id_after"], "--undo", "-q") == 0
    assert not restored_here().ids


def test_counts_add_up_over_a_sample_that_others_were_not_drawn_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(here / "in.jsonl", PLAIN)
    assert run("clean", "in.jsonl", "-o", "clean.jsonl", "-q") == 0
    assert run("sample", "clean.jsonl", "-n", "3", "-o", "few.jsonl", "-q") == 0
    assert run("why") == 0, capsys.readouterr().out
    sidecar(here / "few.jsonl").write_text(sidecar(here / "few.jsonl").read_text().replace('"rows": 12', '"rows": 11'))
    assert run("why") == 4
    assert "11 rows came in, and clean.jsonl handed on 12" in capsys.readouterr().out


@pytest.mark.parametrize("flags", ["-n 3", "--budget-tokens 60", "-n 2 --method top --by answer_words"])
def test_a_row_that_a_sample_did_not_take_is_explained_restored_and_taken_beside_the_others(
    flags: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(here / "in.jsonl", PLAIN)
    command = ("sample", "in.jsonl", *flags.split(), "-o", "few.jsonl")
    assert run(*command, "-q") == 0
    before = ids(here / "few.jsonl")
    gone = next(each for each in ids(here / "in.jsonl") if each not in before)
    assert run("why", gone) == 0
    assert "sample did not take it" in capsys.readouterr().out
    assert run("restore", gone, "-q") == 0
    assert run(*command, "-q", "--overwrite") == 0
    assert [each for each in ids(here / "few.jsonl") if each != gone] == before
    assert gone in ids(here / "few.jsonl")
    assert json.loads(sidecar(here / "few.jsonl").read_text())["facts"]["restored"]["rows"] == 1
    assert run("why") == 0, capsys.readouterr().out


READERS = (
    ["dedup"],
    ["convert"],
    ["sample", "-n", "2"],
    ["mix", "--by", "instruction"],
    ["render", "--template", "alpaca"],
    ["undo"],
)


@pytest.mark.parametrize("words", READERS, ids=lambda words: words[0])
def test_counts_add_up_where_only_some_rows_were_to_be_read(
    words: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(here / "in.jsonl", [{**PLAIN[0], "output": "Sun.\u200b"}, *PLAIN[1:]])
    assert run("clean", "in.jsonl", "-o", "clean.jsonl", "-q") == 0
    for limit in ("5", "50"):
        assert run(words[0], "clean.jsonl", *words[1:], "--limit", limit, "-o", f"{limit}.jsonl", "-q") == 0
    assert run("why") == 0, capsys.readouterr().out
    told = sidecar(here / "5.jsonl")
    told.write_text(told.read_text().replace('"limit": 5', '"limit": 7'))
    assert run("why") == 4, "five are not what seven of twelve are"


@pytest.mark.parametrize("step", ["dedup: {threshold: 0.6}", "sample: {rows: 5}"])
def test_decisions_are_found_from_a_folder_below_and_a_new_run_of_a_recipe_heeds_them(
    step: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here / "in.jsonl", MESSY)
    (here / "recipe.yaml").write_text(f"name: small\ninputs: [{{path: in.jsonl}}]\nsteps: [{step}]\n")
    assert run("run", "recipe.yaml", "-q") == 0
    (aside,) = (here / "runs" / "small" / "steps").glob("02-*/set-aside.jsonl")
    gone, before = lines(aside)[0], ids(aside.parent / "data.jsonl")
    assert run("restore", gone["id"], "-q") == 0
    (here / "deep").mkdir()
    monkeypatch.chdir(here / "deep")
    assert run("run", "../recipe.yaml", "-o", "../runs/small", "-q") == 0
    assert gone["id"] not in [line["id"] for line in lines(aside)]
    assert set(ids(aside.parent / "data.jsonl")) == {*before, gone["id"]}
    assert run("why", "..") == 0
    assert "restored by a person" in (here / "runs" / "small" / "report.html").read_text()


def test_what_could_not_be_used_is_no_row_to_restore(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here / "in.jsonl", [{"instruction": "Hi", "output": "Hi <|im_end|>"}, PLAIN[0]])
    assert run("render", "in.jsonl", "--template", "chatml", "-o", "out.jsonl", "-q") in (0, 3)
    (gone,) = lines(here / "out.jsonl.set-aside.jsonl")
    assert run("restore", gone["id"]) == 2
    assert "render" in capsys.readouterr().err


def test_an_id_that_fits_nothing_or_several_is_one_clear_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here / "in.jsonl", [PLAIN[2], COPY, *PLAIN])
    assert run("why", "abc") == 2
    assert "nothing that Tilth wrote lies here" in capsys.readouterr().err
    assert run("dedup", "in.jsonl", "-o", "out.jsonl", "--threshold", "0.6", "-q") == 0
    assert run("why", "zzz") == 2
    assert "starts with zzz" in capsys.readouterr().err
    assert run("why", "0" * 32) == 2
    assert "not in what out.jsonl set aside, changed or restored, nor among the rows" in capsys.readouterr().err
    put(here / "in.jsonl", [{"text": f"row {number}"} for number in range(40)] * 2)
    assert run("dedup", "in.jsonl", "-o", "more.jsonl", "-q") == 0
    assert run("why", lines(here / "more.jsonl.set-aside.jsonl")[0]["id"][0]) == 2
    assert "more digits" in capsys.readouterr().err


def test_an_unknown_id_is_not_looked_for_in_rows_without_end(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here / "in.jsonl", [PLAIN[2], *PLAIN])
    assert run("dedup", "in.jsonl", "-o", "out.jsonl", "-q") == 0
    kept, (gone,) = ids(here / "out.jsonl")[1], [line["id"] for line in lines(here / "out.jsonl.set-aside.jsonl")]
    assert run("why", kept) == 0
    monkeypatch.setattr("tilth.recipes.trace.history._READ_UNASKED", 1000)
    monkeypatch.setattr("tilth.recipes.trace.history.rows_in", lambda files: pytest.fail("the rows are read"))
    assert run("why", kept) == 2
    told = capsys.readouterr().err
    assert f"no id that starts with {kept} is in what out.jsonl set aside, changed or restored" in told
    assert f"tilth lineage {kept}" in told
    assert run("why", gone) == 0
    monkeypatch.undo()
    monkeypatch.chdir(here)
    assert run("lineage", kept) == 0


def test_counts_that_do_not_add_up_are_found(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here / "in.jsonl", MESSY)
    assert run("dedup", "in.jsonl", "-o", "out.jsonl", "--threshold", "0.6", "-q") == 0
    assert run("score", "out.jsonl", "-o", "scored.jsonl", "-q") == 0
    assert run("why") == 0
    aside = here / "out.jsonl.set-aside.jsonl"
    aside.write_text("".join(aside.read_text().splitlines(keepends=True)[:-1]))
    assert run("why", "--json") == 4
    found = {step["step"]: step["faults"] for step in json.loads(capsys.readouterr().out.splitlines()[-1])["steps"]}
    assert not found["scored.jsonl"]
    assert "lists" in found["out.jsonl"][0]


def test_a_line_that_is_no_decision_is_refused_with_its_place(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decide(restored_here(), [Decision("0" * 32, "restore", "jo", "2026-01-01T00:00:00Z")])
    with (here / "tilth.restored.jsonl").open("a") as file:
        file.write('{"id": "short", "action": "restore"}\n')
    put(here / "in.jsonl", PLAIN)
    assert run("dedup", "in.jsonl", "-o", "out.jsonl") == 1
    assert "tilth.restored.jsonl:2" in capsys.readouterr().err
    assert not (here / "out.jsonl").exists()


def test_what_stands_in_a_record_reaches_no_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = {"instruction": "Say \x1b]52;c;aGk=\x07 \u202e hello", "output": "[bold]no[/bold] \x9b31m"}
    put(here / "in.jsonl", [hostile, hostile])
    assert run("dedup", "in.jsonl", "-o", "out.jsonl", "-q") == 0
    assert run("why", lines(here / "out.jsonl.set-aside.jsonl")[0]["id"]) == 0
    told = capsys.readouterr().out
    assert "[bold]no" in told
    assert not set(told) & set("\x1b\x07\u202e\x9b")
