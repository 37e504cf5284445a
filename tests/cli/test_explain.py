"""`suspects`, `check`, `card` and `stats --html` from the command line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tilth.cli import border
from tilth.curate.measures import known
from tilth.curate.suspects import installed_detectors

PLANTS = ("fern", "rose", "moss", "ivy", "sage", "mint", "thyme", "lily", "iris", "dill", "oak", "elm")
ROWS: list[dict[str, Any]] = [
    {"text": f"How do I keep my {plant} alive in winter, and how much water is enough for it?", "label": label}
    for plant, label in zip(PLANTS, ("care", "care", "order") * 4, strict=True)
]
HOSTILE = "<script>alert(1)</script> | `x` \x1b[31m \u202e [link](http://x)"


def run(*words: str | Path) -> int:
    return border.run([str(word) for word in words])


def put(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_the_list_of_suspects_names_rows_and_reasons_and_removes_nothing(here: Path) -> None:
    source = put(here / "in.jsonl", [*ROWS, ROWS[0], {"text": "", "label": "care"}])
    before = source.read_bytes()
    assert run("suspects", source, "-o", "list.jsonl", "-q") == 0
    found = [json.loads(line) for line in (here / "list.jsonl").read_text().splitlines()]
    assert [line["rank"] for line in found] == list(range(1, len(found) + 1))
    assert {reason["operation"] for line in found for reason in line["reasons"]} >= {"dedup", "validate"}
    copy = next(line for line in found if line["reasons"][0]["code"] == "exact-duplicate")
    assert (copy["line"], copy["copy"], copy["row"]) == (13, 1, ROWS[0])
    assert source.read_bytes() == before
    assert run("suspects", source, "-o", "list.jsonl") == 2, "a list that exists is not replaced unasked"


def test_suspects_are_shown_without_an_output(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here / "in.jsonl", [ROWS[0], *ROWS])
    assert run("suspects", "in.jsonl", "--detectors", "dedup") == 0
    told = capsys.readouterr()
    assert "exact-duplicate" in told.out
    assert max(map(len, told.out.splitlines())) <= 80
    assert "1 of 13 rows are doubted" in told.err


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("duplicates>1%", 4),
        ("duplicates>10%", 0),
        ("duplicates>=1", 4),
        ("rows<1000", 4),
        ("rows<13", 0),
        ("top-label>50%", 4),
        ("label-balance<0.6", 4),
        ("labels<2", 0),
        ("max(text_words)>17", 0),
        ("mean(text_words) > 10, median(text_words)<5", 4),
        ("p95(text_words)<10", 0),
        ("dedup", 4),
        ("invalid>50%", 0),
        ("near-duplicates>90%", 0),
        ("empty-answers,unreadable", 0),
    ],
)
def test_a_gate_trips_or_passes(gate: str, code: int, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = put(here / "in.jsonl", [*ROWS, ROWS[0]])
    assert run("check", source, "--fail-on", gate, "--json") == code
    told = capsys.readouterr()
    assert json.loads(told.out)["passed"] == (code == 0)
    assert ("not passed: " in told.err) == (code == 4)


@pytest.mark.parametrize(
    ("gate", "near"),
    [
        ("duplicate>1%", "duplicates"),
        ("mean(text_word)>1", "text_words"),
        ("p95(text_words", "--fail-on"),
        ("leakage", "tilth split"),
        ("rows=3", "--fail-on"),
    ],
)
def test_a_gate_that_cannot_be_is_one_line_with_a_remedy(
    gate: str, near: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", put(here / "in.jsonl", ROWS), "--fail-on", gate) == 2
    assert near in capsys.readouterr().err


def test_leakage_is_counted_between_splits(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "sets").mkdir()
    put(here / "sets" / "train.jsonl", ROWS[:8])
    put(here / "sets" / "test.jsonl", [*ROWS[8:], ROWS[0], {**ROWS[1], "text": ROWS[1]["text"] + " Thanks."}])
    assert run("check", "sets", "--fail-on", "leakage", "--json") == 4
    assert json.loads(capsys.readouterr().out)["measures"]["leakage"]["value"] == 2


def test_a_card_has_a_header_that_the_hub_reads_and_numbers_from_the_data(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**row, "license": "CC0-1.0"} for row in ROWS]
    put(here / "in.jsonl", [*rows, rows[0], {"text": HOSTILE, "label": HOSTILE}])
    assert run("dedup", "in.jsonl", "-o", "out.jsonl", "--threshold", "0.99", "-q") == 0
    assert run("card", "out.jsonl", "-o", "README.md", "-q") == 0
    card = (here / "README.md").read_text()
    head = yaml.safe_load(card.split("---\n")[1])
    assert head["task_categories"] == ["text-classification"]
    assert head["size_categories"] == ["n<1K"]
    assert head["license"] == "cc0-1.0"
    assert head["configs"][0]["data_files"] == [{"split": "train", "path": "out.jsonl"}]
    assert "13 rows (13 classification), of which 13 say something different." in card
    assert "1. **dedup**: 14 in, 13 kept, 1 set aside (1 exact-duplicate)" in card
    assert "| `care` | 8 |" in card
    assert not set(card) & set("\x1b\u202e")
    assert run("card", "out.jsonl", "-o", "README.md") == 2
    assert run("card", "out.jsonl", "-o", "out.jsonl", "--overwrite") == 2, "a card never replaces the data"
    capsys.readouterr()
    assert run("card", "out.jsonl") == 0
    assert capsys.readouterr().out == card


def test_the_page_of_statistics_needs_nothing_and_obeys_no_record(here: Path) -> None:
    put(here / "one.jsonl", [*ROWS, {"text": HOSTILE, "label": HOSTILE}])
    put(here / "two.jsonl", ROWS[:5])
    assert run("stats", "*.jsonl", "--html", "stats.html") == 0
    page = (here / "stats.html").read_text()
    assert "18 rows, of which 13 say something different; 5 repeat an earlier one exactly." in page
    assert re.search(r"one\.jsonl</td><td>two\.jsonl</td><td class=\"n\">5<", page)
    assert page.count('class="point') == 18
    assert "<script" not in page
    assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", page)
    assert not set(page) & set("\x1b\u202e")
    assert run("stats", "*.jsonl", "--html", "stats.html") == 2


def test_the_page_is_the_same_for_the_same_data(here: Path) -> None:
    put(here / "in.jsonl", ROWS)
    assert run("stats", "in.jsonl", "--html", "a.html") == run("stats", "in.jsonl", "--html", "b.html") == 0
    assert (here / "a.html").read_bytes() == (here / "b.html").read_bytes()


@pytest.mark.parametrize("rows", [[], [{"text": ""}], [{"text": "the same"}] * 30, [{"text": "word " * 10_000}]])
def test_odd_data_has_a_page_and_a_card(rows: list[dict[str, Any]], here: Path) -> None:
    put(here / "in.jsonl", rows)
    expected = 0 if rows else 1
    assert run("stats", "in.jsonl", "--html", "stats.html") == expected
    assert run("card", "in.jsonl", "-o", "README.md", "-q") == expected
    assert run("check", "in.jsonl", "--fail-on", "rows<1", "-q") == expected


@pytest.mark.parametrize("columns", [40, 80])
def test_spreads_are_drawn_at_any_width(
    columns: int, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    put(here / "in.jsonl", [{"text": "word " * number} for number in range(1, 60)])
    assert run("stats", "in.jsonl") == 0
    out = capsys.readouterr().out
    (line,) = (line for line in out.splitlines() if line.startswith("text_words") and "█" in line)
    assert re.search(r"text_words +0 +[▁▂▃▄▅▆▇█ ]+ +\d+", line)
    assert max(map(len, out.splitlines())) <= columns
    assert "…" not in line


def test_every_measure_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "explain.md").read_text()
    assert not [name for name in known() if name not in installed_detectors() and f"`{name}`" not in guide]


def test_rows_of_no_known_dialect_have_a_card_and_gates(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "shop.csv").write_text("sku,price\nA1,4.50\nA2,7\n")
    assert run("card", "shop.csv", "-q") == 0
    assert "2 rows (2 of no record type)" in capsys.readouterr().out
    assert run("check", "shop.csv", "--fail-on", "rows<3", "-q") == 4


def test_a_card_does_not_tell_where_this_machine_keeps_its_files(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "sets").mkdir()
    put(here / "sets" / "train.jsonl", ROWS)
    put(here / "sets" / "test.jsonl", [{**row, "text": f"Now: {row['text']}"} for row in ROWS])
    assert run("card", here / "sets", "-q") == 0
    assert str(here) not in capsys.readouterr().out
