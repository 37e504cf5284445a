"""Which parts are compared, with what, which of two rows stays, and what is told before anything is decided."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched, plain_jaccard
from tilth.cli.border import run
from tilth.curate.dedup import dedup
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.formats.bulk import ahead
from tilth.operation import Outcome

words = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=5).map(" ".join)
exchanges = st.lists(st.tuples(words, words), min_size=1, max_size=18)


def instructions(rows: list[tuple[str, str]]) -> Dataset:
    return Dataset.of({"type": "instruction", "instruction": one, "output": other} for one, other in rows)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def lines_aside(outcome: Outcome) -> dict[int, str]:
    """The line of each row set aside, and the place of its witness as its reason words it."""
    return {one.origin.line: one.reason.detail.rsplit(" ", 1)[1] for one in outcome.set_aside if one.origin}


@settings(max_examples=100, deadline=None)
@given(exchanges, st.sampled_from(["both", "any"]), st.sampled_from([0.5, 0.8, 1.0]), st.integers(1, 5))
def test_both_asks_for_each_part_and_any_for_one(
    rows: list[tuple[str, str]], by: str, threshold: float, size: int
) -> None:
    def score(one: int, other: int) -> float:
        parts = [plain_jaccard(rows[one][part], rows[other][part]) for part in (0, 1)]
        return min(parts) if by == "both" else max(parts)

    kept: list[int] = []
    witness: dict[int, tuple[int, float]] = {}
    for row in range(len(rows)):
        found = next((one for one in kept if score(row, one) >= threshold), None)
        if found is None:
            kept.append(row)
        else:
            witness[row] = found, score(row, found)
    outcome = dedup(Rebatched(instructions(rows), size), by=by, threshold=threshold)
    aside = lines_aside(outcome)
    assert {line - 1: int(place.split(":")[1]) - 1 for line, place in aside.items()} == {
        row: found for row, (found, _) in witness.items()
    }
    assert [one.reason.score for one in outcome.set_aside] == [score for _, score in witness.values()]


def test_only_rows_that_repeat_the_other_file_go(tmp_path: Path) -> None:
    long = "how do i get my money back for the order that never arrived at my house"
    test = write(tmp_path / "test.jsonl", [{"text": "Where is my card?"}, {"text": long}])
    train = write(
        tmp_path / "train.jsonl",
        [{"text": "where is my  card?"}, {"text": "twice here"}, {"text": "twice here"}, {"text": long + " please"}],
    )
    outcome = dedup(Dataset.open(train), against=test)
    assert [(one.reason.code, one.reason.detail.rsplit("/", 1)[1]) for one in outcome.set_aside] == [
        ("exact-duplicate", "test.jsonl:1"),
        ("near-duplicate", "test.jsonl:2"),
    ]
    (first, *_) = Dataset.open(test).batches()
    assert [one.reason.against for one in outcome.set_aside] == list(first.ids)
    assert outcome.rows_kept == 2  # the two that repeat each other, and nothing of the other file, stay
    assert outcome.facts["rows_against"] == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=1, max_size=9), st.lists(words, max_size=9), st.sampled_from(["exact", "join"]))
def test_against_finds_every_row_that_reaches_the_threshold(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], others: list[str], method: Any
) -> None:
    folder = tmp_path_factory.mktemp("against")
    other = write(folder / "other.jsonl", [{"type": "text", "text": text} for text in others])
    data = Dataset.of({"type": "text", "text": text} for text in rows)
    if not others:
        return
    aside = lines_aside(dedup(data, against=other, threshold=0.6, method=method))
    for line, text in enumerate(rows, 1):
        found = [one for one in others if (plain_jaccard(text, one) >= 0.6 if method == "join" else text == one)]
        assert (line in aside) == bool(found)
        if found:  # one of the same shingles is the better witness
            same = [one for one in found if method == "exact" or plain_jaccard(text, one) == 1]
            witness = (same or found)[0]
            assert aside[line] == f"{other}:{others.index(witness) + 1}"


SAME = "the very same words are in every one of these rows so that one of them stays"


def test_the_keep_rule_says_which_row_stays() -> None:
    rows = [
        {"type": "text", "text": SAME, "meta": {"date": "2023-01-05", "quality": {"score": 3}, "from": "web/a.jsonl"}},
        {"type": "text", "text": SAME, "meta": {"date": "2024-11-02T10:00:00Z", "from": "books.jsonl"}},
        {"type": "text", "text": SAME, "meta": {"quality": {"score": 71.5}, "date": "no date"}},
        {"type": "text", "text": SAME + " too", "meta": {"date": "2024-11-02T09:00:00+00:00"}},
    ]
    data = Dataset.of(rows)

    def stays(**options: Any) -> int:
        (kept,) = {1, 2, 3, 4} - set(lines_aside(dedup(data, threshold=0.7, **options)))
        return kept

    assert stays() == 1
    assert stays(keep="longest") == 4
    assert stays(keep="best") == 3
    assert stays(keep="best", score_field="meta.quality.score") == 3
    assert stays(keep="newest") == 2
    assert stays(keep="source", source_field="meta.from", priority=("books", "web")) == 2
    assert stays(keep="source", source_field="meta.from", priority=("a.jsonl",)) == 1


def test_sources_are_files_unless_a_field_names_them(tmp_path: Path) -> None:
    for name in ("scraped", "written"):
        write(tmp_path / f"{name}.jsonl", [{"text": SAME}])
    data = Dataset.open(str(tmp_path / "*.jsonl"))
    (aside,) = dedup(data, keep="source", priority=("written",)).set_aside
    assert aside.origin is not None
    assert aside.origin.file.endswith("scraped.jsonl")


def test_a_keep_rule_that_no_row_can_follow_is_refused() -> None:
    data = Dataset.of([{"type": "text", "text": "one", "meta": {"date": "soon"}}])
    with pytest.raises(UsageError, match=r"meta\.date is a date in no row"):
        dedup(data, keep="newest")
    with pytest.raises(UsageError, match="no row is from books"):
        dedup(data, keep="source", priority=("books",))
    with pytest.raises(UsageError, match="priority"):
        dedup(data, keep="source")


def chained(count: int) -> list[str]:
    rng = random.Random(3)
    rows = [[f"w{rng.randrange(10**6)}" for _ in range(40)]]
    for _ in range(count - 1):
        following = list(rows[-1])
        following[rng.randrange(40)] = f"w{rng.randrange(10**6)}"
        rows.append(following)
    return [" ".join(row) for row in rows]


def test_a_sweep_tells_what_every_threshold_would_do_and_does_nothing() -> None:
    data = Dataset.of({"type": "text", "text": text} for text in chained(60))
    outcome = dedup(data, sweep=True)
    assert outcome.rows_kept == 60
    steps = outcome.facts["sweep"]
    assert [step["set_aside"] for step in steps] == [
        len(dedup(data, threshold=step["threshold"]).set_aside) for step in steps
    ]
    for step, following in zip(steps, [*steps[1:], {"threshold": 2}], strict=True):
        assert all(step["threshold"] <= pair["score"] < following["threshold"] for pair in step["pairs"])
    assert any(step["pairs"] for step in steps)


def test_a_sweep_needs_no_output_and_shows_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "in.jsonl", [{"text": text} for text in [*chained(20), "\x1b[31mred\x1b[0m text"] * 2])
    before = sorted(tmp_path.iterdir())
    assert run(["dedup", str(file), "--sweep", "--method", "minhash"]) == 0
    shown = capsys.readouterr().out
    assert "threshold  set aside    share  minhash finds" in shown
    found = [float(line.split()[3].rstrip("%")) for line in shown.splitlines() if line.startswith("     0.")]
    assert found == sorted(found)
    assert found[0] < 99.9 <= found[4]
    assert sum(line.endswith("<-") for line in shown.splitlines()) == 1
    assert "\x1b" not in shown
    assert all(len(line) <= 80 for line in shown.splitlines() if not line.startswith("    0") and "jsonl" not in line)
    assert run(["dedup", str(file), "--sweep", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["sweep"][-1]["threshold"] == 1.0
    assert sorted(tmp_path.iterdir()) == before


def test_a_source_with_more_than_its_share_of_removals_is_named(tmp_path: Path) -> None:
    rng = random.Random(4)

    def unlike(count: int) -> list[dict[str, Any]]:
        return [{"text": " ".join(str(rng.random()) for _ in range(12))} for _ in range(count)]

    write(tmp_path / "fine.jsonl", unlike(200))
    repeated = unlike(30)
    write(tmp_path / "templates.jsonl", repeated + repeated)
    facts = dedup(Dataset.open(str(tmp_path / "*.jsonl"))).facts
    (warning,) = facts["warnings"]
    assert "templates.jsonl has 23% of the rows and 100% of the removals" in warning
    assert [(one["set_aside"], one["rows"]) for one in facts["sources"]] == [(30, 60), (0, 200)]


@pytest.mark.parametrize("options", [{}, {"by": "any"}, {"method": "minhash"}, {"keep": "longest"}, {"unit": "char"}])
def test_any_number_of_threads_and_any_way_of_reading_gives_the_same(
    options: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"instruction": text[:80], "input": "" if number % 3 else "näher", "output": text}
        for number, text in enumerate(chained(400))
    ]
    file = write(tmp_path / "in.jsonl", rows)
    at_hand = dedup(Dataset.of({"type": "instruction", **row} for row in rows), **options)
    results = []
    for workers in (1, 2, 5):
        monkeypatch.setattr(ahead, "_MOST_WORKERS", workers)
        results.append(dedup(Dataset.open(file), **options))
    assert all(one.set_aside == results[0].set_aside for one in results)
    assert [(one.id, one.reason.score) for one in results[0].set_aside] == [
        (one.id, one.reason.score) for one in at_hand.set_aside
    ]


@pytest.mark.slow
def test_boilerplate_of_fifty_thousand_rows_takes_nothing_along(jaccard: Any) -> None:
    rng = random.Random(6)
    prefix = " ".join(f"dear customer we value your message number {place}" for place in range(12))
    rows = [f"{prefix} " + " ".join(str(rng.randrange(10**6)) for _ in range(30)) for _ in range(50_000)]
    copies = [rows[17]] * 30 + [rows[40_000] + " indeed"]
    outcome = dedup(Dataset.of({"type": "text", "text": text} for text in [*rows, *copies]))
    assert lines_aside(outcome) == {
        **{50_001 + copy: "records:18" for copy in range(30)},
        50_031: "records:40001",
    }
    assert outcome.facts["pairs_compared"] < 500_000
    assert outcome.facts["warnings"][0].startswith("records:18 alone is the reason for 30 removals, 97% of all")


@pytest.mark.slow
def test_a_million_identical_rows_leave_one_and_a_million_distinct_stay(tmp_path: Path) -> None:
    file = tmp_path / "same.jsonl"
    file.write_bytes(b'{"text": "the very same words in every row"}\n' * 1_000_000)
    data = Dataset.open(file)
    gone = sum(len(routed.aside) for routed in dedup.stream(data, dedup.options({})))
    assert gone == 999_999
    file.write_text("".join(f'{{"text": "row {row} of many"}}\n' for row in range(1_000_000)))
    data = Dataset.open(file)
    assert sum(len(routed.aside) for routed in dedup.stream(data, dedup.options({"threshold": 1.0}))) == 0
