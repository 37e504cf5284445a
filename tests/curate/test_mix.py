"""`mix`: so much of each source, never a row twice unless it is asked for, and every other row set aside."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched
from tilth.cli.border import run as run_words
from tilth.curate.mix import mix
from tilth.curate.mixing.shares import shares, takes
from tilth.errors import UsageError
from tilth.formats import Dataset


def sources(**sizes: int) -> Dataset:
    rows = [
        {"type": "text", "text": f"{name} {place}", "meta": {"source": {"name": name}}}
        for name, size in sizes.items()
        for place in range(size)
    ]
    return Dataset.of(random.Random(1).sample(rows, len(rows)))


def taken(data: Any, **options: Any) -> dict[str, int]:
    outcome = mix(data, by="meta.source.name", **options)
    counts = Counter(record["meta"]["source"]["name"] for batch in outcome.kept.batches() for record in batch.records)
    assert {name: row["taken"] for name, row in outcome.facts["sources"].items() if row["taken"]} == counts
    assert outcome.rows_in == outcome.rows_kept + len(outcome.set_aside)
    return dict(sorted(counts.items()))


def test_without_wishes_everything_is_taken() -> None:
    assert taken(sources(a=70, b=30)) == {"a": 70, "b": 30}


def test_weights_are_shares_of_the_result() -> None:
    assert taken(sources(a=70, b=30), weights=("a=1", "b=2")) == {"a": 15, "b": 30}
    assert taken(sources(a=70, b=30), weights=("a=0",)) == {"b": 30}
    assert taken(sources(a=70, b=30, c=50), weights=("a=2",), rows=40) == {"a": 20, "b": 10, "c": 10}


def test_a_temperature_makes_sources_more_equal() -> None:
    # 900 and 100 rows have roots 30 and 10: three to one.
    assert taken(sources(a=900, b=100), temperature=2, rows=200) == {"a": 150, "b": 50}
    assert taken(sources(a=900, b=100), temperature=1, rows=200) == {"a": 180, "b": 20}
    assert taken(sources(a=900, b=100), temperature=1e9, rows=200) == {"a": 100, "b": 100}


def test_a_cap_holds_for_every_source() -> None:
    assert taken(sources(a=900, b=100), cap=150) == {"a": 150, "b": 100}


def test_what_a_source_cannot_give_comes_from_the_others_and_is_said() -> None:
    outcome = mix(sources(a=900, b=10, c=400), by="meta.source.name", weights=("a=1",), rows=300)
    assert {name: row["taken"] for name, row in outcome.facts["sources"].items()} == {"a": 145, "b": 10, "c": 145}
    assert "b gives 3.3% of the rows, and 33.3% were asked for: it has no more" in outcome.facts["warnings"]
    assert "the sources give 5 rows, and 9 were asked for" in mix(sources(a=5), rows=9).facts["warnings"]


def test_rows_of_a_source_that_are_in_another_are_reported() -> None:
    rows = [
        {"type": "text", "text": text, "meta": {"s": source}} for source, text in ["ax", "ay", "bx", "by", "bz", "cz"]
    ]
    outcome = mix(Dataset.of(rows), by="meta.s")
    assert outcome.facts["in_several_sources"] == {"a + b": 2, "b + c": 1}
    assert "a + b have 2 rows of the same content" in outcome.facts["warnings"]


def test_reasons_say_what_the_source_gives_and_seeds_take_other_rows() -> None:
    data = sources(a=50, b=50)
    outcome = mix(data, by="meta.source.name", rows=20)
    assert {(row.reason.code, row.reason.detail) for row in outcome.set_aside} == {
        ("not-in-mix", "a gives 10 of its 50 rows"),
        ("not-in-mix", "b gives 10 of its 50 rows"),
    }
    again, other = (mix(data, by="meta.source.name", rows=20, seed=seed) for seed in (0, 1))
    assert [row.id for row in again.set_aside] == [row.id for row in outcome.set_aside]
    assert [row.id for row in other.set_aside] != [row.id for row in outcome.set_aside]


@pytest.mark.parametrize("size", [1, 7])
def test_batches_of_any_size_give_the_same_mixture(size: int) -> None:
    data, options = sources(a=40, b=9), mix.options({"by": "meta.source.name", "temperature": 3})
    whole, cut = mix.run(data, options), mix.run(Rebatched(data, size), options)
    assert [row.id for row in whole.set_aside] == [row.id for row in cut.set_aside]


def test_no_rows_and_sources_without_end_are_answered() -> None:
    assert mix(Dataset.of([])).rows_kept == 0
    many = Dataset.of({"type": "text", "text": "x", "meta": {"s": str(row)}} for row in range(10_002))
    with pytest.raises(UsageError, match="more than 10,000 sources"):
        mix(many, by="meta.s")
    with pytest.raises(UsageError, match="there is no source c\n  try  a, b"):
        mix(sources(a=3, b=3), by="meta.source.name", weights=("c=2",))
    with pytest.raises(UsageError, match="a weight is SOURCE=NUMBER"):
        mix(sources(a=3), weights=("a=-1",))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=6),
    st.one_of(st.none(), st.integers(0, 2000)),
    st.sampled_from([0.5, 1.0, 2.0, 5.0]),
    st.one_of(st.none(), st.integers(1, 300)),
    st.data(),
)
def test_nothing_is_promised_that_is_not_there(
    sizes: list[int], rows: int | None, temperature: float, cap: int | None, data: st.DataObject
) -> None:
    given_weights = st.lists(st.floats(0, 10), min_size=len(sizes), max_size=len(sizes))
    weights = data.draw(st.one_of(st.none(), given_weights))
    wanted = shares(sizes, weights, temperature, cap)
    available = [min(size, cap or size) for size in sizes]
    found = takes(wanted, available, rows)
    assert all(0 <= take <= have for take, have in zip(found, available, strict=True))
    reachable = sum(have for share, have in zip(wanted, available, strict=True) if share)
    if rows is not None:
        assert sum(found) == min(rows, reachable)
    elif sum(found):
        assert all(abs(take - share * sum(found)) <= 1 for take, share in zip(found, wanted, strict=True))


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def pairs(name: str, count: int) -> list[dict[str, Any]]:
    return [{"instruction": f"{name} {n}", "input": "", "output": "ok"} for n in range(count)]


def test_inputs_carry_their_weights_and_repeats_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b, out = write(tmp_path / "a.jsonl", pairs("a", 100)), write(tmp_path / "b.jsonl", pairs("b", 20)), "mixed.jsonl"
    out = str(tmp_path / "mixed.jsonl")
    assert run_words(["mix", f"{a}:2", b, "-o", out, "--json", "-q"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["in"], summary["kept"], summary["set_aside"], summary["made"]) == (120, 60, 60, 0)
    assert len(Path(f"{out}.set-aside.jsonl").read_text().splitlines()) == 60

    assert run_words(["mix", a, f"{b}:1", "-o", out, "--overwrite", "--epochs", "3", "--json", "-q"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["in"], summary["kept"], summary["set_aside"], summary["made"]) == (120, 120, 40, 40)
    lines = Counter(Path(out).read_text().splitlines())
    assert Counter(count for line, count in lines.items() if '"b ' in line) == {3: 20}
    assert set(lines) <= {*Path(a).read_text().splitlines(), *Path(b).read_text().splitlines()}, "to the byte"
    assert json.loads(Path(f"{out}.manifest.json").read_text())["options"]["epochs"] == 3


def test_inputs_of_several_dialects_are_mixed_into_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    a, c = write(tmp_path / "a.jsonl", pairs("a", 5)), write(tmp_path / "c.jsonl", [{"messages": turns}] * 5)
    out = str(tmp_path / "out.jsonl")
    assert run_words(["mix", a, c, "-o", out]) == 2
    assert "--to-dialect tilth" in capsys.readouterr().err
    assert run_words(["mix", a, c, "-o", out, "--to-dialect", "openai"]) == 0
    assert all("messages" in json.loads(line) for line in Path(out).read_text().splitlines())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "mix has no input"),
        (["-"], "standard input is gone after one"),
        (["a.jsonl", "a.jsonl"], "an input is named twice"),
        (["a.jsonl:-1"], "-1 is no weight"),
        (["a.jsonl:2", "--by", "x"], "--by has sources of its own"),
    ],
)
def test_mistakes_are_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.jsonl", pairs("a", 3))
    assert run_words(["mix", *words, "-o", "out.jsonl"]) == 2
    assert said in capsys.readouterr().err
