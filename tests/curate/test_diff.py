"""What two data sets have in common: counts that add up, rows found again, distributions side by side."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.public_data import public_file
from tilth.curate.diff import DiffOptions, diff
from tilth.curate.diffs.difference import Difference, Example
from tilth.curate.diffs.fields import ABSENT, changes, words_changed
from tilth.curate.diffs.gates import parse_gates
from tilth.errors import UsageError
from tilth.formats import Dataset, convert


def asked(question: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"instruction": question, "output": answer, **more}


def written(path: Path, rows: list[dict[str, Any]]) -> Dataset:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return Dataset.open(path)


def compared(
    folder: Path, a: list[dict[str, Any]], b: list[dict[str, Any]], **options: Any
) -> tuple[Difference, list[Example]]:
    taken: list[Example] = []
    before, after = written(folder / "a.jsonl", a), written(folder / "b.jsonl", b)
    return diff(before, after, DiffOptions(**options), take=taken.append), taken


def counts(found: Difference) -> tuple[int, int, int, int]:
    return found.unchanged, found.edited, found.removed, found.added


ROWS = [asked(f"Where is thing {n}?", f"Thing {n} is in room {n} of the old house.") for n in range(8)]


def test_the_same_rows_in_another_order_are_the_same(tmp_path: Path) -> None:
    found, taken = compared(tmp_path, ROWS, ROWS[::-1])
    assert found.is_empty and taken == []
    assert counts(found) == (8, 0, 0, 0)


def test_rows_are_found_again_by_prompt_by_answer_and_by_place(tmp_path: Path) -> None:
    after = [dict(row) for row in ROWS]
    after[0]["output"] = "It is gone."
    after[1]["instruction"] = "Where was thing 1?"
    after[2] = asked("Where is thing two?", "Thing 2 is in room 2 of the new house.")
    after[3] = asked("Name a prime.", "Seven.")
    found, taken = compared(tmp_path, ROWS, after)
    assert counts(found) == (4, 3, 1, 1)
    assert found.ways == {"content": 4, "prompt": 1, "answer": 1, "row": 1}
    assert found.fields == {"output": 2, "instruction": 2}
    assert [example.kind for example in taken] == ["removed", "edited", "edited", "edited", "added"]
    assert taken[0].row == ROWS[3] and taken[-1].row == after[3]


def test_a_place_alone_proves_nothing(tmp_path: Path) -> None:
    found, _ = compared(tmp_path, [asked("Add 1 and 2.", "3")], [asked("Name a fern.", "Hart's tongue")])
    assert counts(found) == (0, 0, 1, 1) and found.is_all
    named, _ = compared(tmp_path, [asked("Add 1 and 2.", "3")], [asked("Name a fern.", "Hart's tongue")], by="row")
    assert counts(named) == (0, 1, 0, 0), "unless it is asked for"


def test_an_upstream_id_comes_before_everything_else(tmp_path: Path) -> None:
    before = [asked("A?", "first", id=1), asked("B?", "second", id=2)]
    after = [asked("A?", "second, again", id=2), asked("B?", "first, again", id=1)]
    found, taken = compared(tmp_path, before, after)
    assert found.ways == {"content": 0, "id": 2}
    assert [change.path for change in taken[0].changes] == ["instruction", "output"]
    by_prompt, _ = compared(tmp_path, before, after, by="prompt")
    assert by_prompt.fields == {"output": 2, "id": 2}


def test_repeats_are_counted_as_often_as_they_are_there(tmp_path: Path) -> None:
    found, _ = compared(tmp_path, [ROWS[0]] * 3 + ROWS[1:3], [ROWS[0]] + ROWS[1:3] * 2)
    assert counts(found) == (3, 0, 2, 2)
    assert found.repeats == (2, 2)


rows = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(a=rows, b=rows, by=st.sampled_from([None, "prompt", "row", "output"]))
def test_counts_add_up_and_every_row_is_told_once(a: Any, b: Any, by: str | None, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("diff")
    before, after = ([asked(*row) for row in side] for side in (a, b))
    found, taken = compared(folder, before, after, by=by)
    assert found.unchanged + found.edited + found.removed == len(a)
    assert found.unchanged + found.edited + found.added == len(b)
    if by != "row":
        assert found.unchanged == sum((Counter(a) & Counter(b)).values())
    places = Counter(place for example in taken for place in (example.before, example.after) if place)
    assert len(taken) == found.edited + found.added + found.removed
    assert set(places.values()) <= {1}
    assert all(example.changes for example in taken if example.kind == "edited")


@pytest.mark.parametrize("name", ["b.csv", "b.parquet", "b.yaml", "b.jsonl.gz"])
def test_containers_make_no_difference(name: str, tmp_path: Path) -> None:
    before = written(tmp_path / "a.jsonl", [{**row, "n": 2**70, "tags": [1, None, {"x": 0.1}]} for row in ROWS])
    convert(before, tmp_path / name)
    found = diff(before, Dataset.open(tmp_path / name))
    assert found.is_empty and found.unit == "rows"


@pytest.mark.parametrize("dialect", ["openai", "sharegpt", "tilth"])
def test_dialects_make_no_difference(dialect: str, tmp_path: Path) -> None:
    given = [*ROWS, asked("Translate.", "Bonjour", input="Good day"), asked("Hi", "Yes", input="")]
    before = written(tmp_path / "a.jsonl", given)
    convert(before, tmp_path / "b.parquet", to_dialect=dialect)
    found = diff(before, Dataset.open(tmp_path / "b.parquet"))
    assert found.is_empty and found.unit == "records"


def test_preferences_of_texts_and_of_messages_are_compared_by_what_they_say(tmp_path: Path) -> None:
    flat = [{"prompt": "Add.", "chosen": "3", "rejected": "4"}, {"prompt": "Sum.", "chosen": "5", "rejected": "6"}]
    said = [
        {
            "input": {"messages": [{"role": "user", "content": row["prompt"]}]},
            "preferred_output": [{"role": "assistant", "content": row["chosen"]}],
            "non_preferred_output": [{"role": "assistant", "content": row["rejected"]}],
        }
        for row in flat
    ]
    said[1]["non_preferred_output"][0]["content"] = "7"  # type: ignore[index]
    found, taken = compared(tmp_path, flat, said)
    assert (found.unit, counts(found)) == ("records", (1, 1, 0, 0))
    assert [change.path for change in taken[0].changes] == ["rejected[0].content"]


def test_types_of_values_count(tmp_path: Path) -> None:
    found, taken = compared(tmp_path, [asked("A?", "b", n=1, m=None)], [asked("A?", "b", n=1.0)], by="prompt")
    assert counts(found) == (0, 1, 0, 0)
    assert {change.path: (change.before, change.after) for change in taken[0].changes} == {
        "n": (1, 1.0),
        "m": (None, ABSENT),
    }
    same, _ = compared(tmp_path, [asked("A?", "b", n=1, m=None)], [asked("A?", "b", n=1.0)], compare="records")
    assert same.is_empty, "as records they say the same"


def test_fields_can_be_chosen_and_left_out(tmp_path: Path) -> None:
    before, after = [asked("A?", "b", n=1, meta={"by": "x"})], [asked("A?", "b", n=2, meta={"by": "y"})]
    assert compared(tmp_path, before, after, ignore=("n", "meta"))[0].is_empty
    assert compared(tmp_path, before, after, fields=("instruction", "output"))[0].is_empty
    assert compared(tmp_path, before, after, fields=("meta.by",), by="prompt")[0].fields == {"meta.by": 1}
    for options in ({"fields": ("outptu",)}, {"ignore": ("outptu",)}):
        with pytest.raises(UsageError, match="no row has a field outptu"):
            compared(tmp_path, before, after, **options)
    with pytest.raises(UsageError, match="no row has a field nr"):
        compared(tmp_path, before, after, by="nr")


def test_labels_and_lengths_drift(tmp_path: Path) -> None:
    before = [{"text": f"word {n}", "label": "a" if n < 5 else "b"} for n in range(10)]
    after = [{"text": f"word {n} and more", "label": "a" if n < 8 else "c"} for n in range(10)]
    found, _ = compared(tmp_path, before, after)
    assert found.labels.drift == pytest.approx(0.5)
    assert found.labels.counts == {"b": (5, 0), "a": (5, 8), "c": (0, 2)}
    assert found.lengths["text_words"].mean == (2, 4) and found.lengths["text_words"].drift == 1
    exact = diff(
        Dataset.open(tmp_path / "a.jsonl"),
        Dataset.open(tmp_path / "b.jsonl"),
        count_tokens=lambda texts: [len(text) for text in texts],
    )
    assert exact.exact_tokens and exact.lengths["tokens"].mean == (6, 15)
    by_source, _ = compared(tmp_path, [asked("A?", "b", topic="x")], [asked("A?", "b", topic="y")], label="topic")
    assert by_source.labels.counts == {"x": (1, 0), "y": (0, 1)}


@pytest.mark.parametrize(
    ("gates", "tripped"),
    [
        ("added", []),
        ("removed,edited", ["removed", "edited"]),
        ("edited>25%,edited>24%", ["edited>24%"]),
        ("edited >= 2, unchanged < 90%", ["edited >= 2", "unchanged < 90%"]),
        ("label-drift>0.05,type-drift,token-drift>200%", []),
        ("changed>2", ["changed>2"]),
    ],
)
def test_gates(gates: str, tripped: list[str], tmp_path: Path) -> None:
    after = [dict(row) for row in ROWS[:7]]
    after[0]["output"], after[1]["output"] = "Gone.", "Lost."
    found, _ = compared(tmp_path, ROWS, after)
    assert [gate.words for gate in parse_gates((gates,)) if gate.trips(found)] == tripped


@pytest.mark.parametrize(("text", "words"), [("addd>1", "try  added"), ("edited>", "is no gate"), (">1", "is no gate")])
def test_what_is_no_gate_is_told(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_gates((text,))


def test_words_of_an_edit_are_shown(tmp_path: Path) -> None:
    hostile = "It left \x1b[31m the depot [/INST] today."
    found, _ = compared(tmp_path, [asked("A?", hostile)], [asked("A?", hostile.replace("depot", "harbour"))])
    text = found.table(width=80)
    assert "[-depot-]{+harbour+}" in text and "\x1b" not in text
    assert "\x1b[31mdepot\x1b[0m" in found.table(width=80, colour=True)
    for width in (40, 80):
        assert max(map(len, found.table(width=width).splitlines())) <= width


texts = st.text(st.sampled_from("ab \n.é"), max_size=30)


@settings(max_examples=200, deadline=None)
@given(texts, texts)
def test_words_before_and_after_join_to_both_texts(before: str, after: str) -> None:
    pieces = words_changed(before, after)
    assert "".join(old for old, _ in pieces) == before
    assert "".join(new for _, new in pieces) == after


def test_a_word_far_down_in_a_long_text_is_found() -> None:
    words = [f"word{n}" for n in range(20_000)]
    before = " ".join(words)
    words[15_000] = "changed"
    assert ("word15000", "changed") in words_changed(before, " ".join(words))
    other = words_changed(before, " ".join(words[::-1]))
    assert "".join(old for old, _ in other) == before, "too many words to compare one by one are still all there"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(values, values)
def test_values_differ_where_their_json_does(before: Any, after: Any) -> None:
    found = list(changes({"v": before}, {"v": after}))
    same = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert bool(found) is not same


def test_public_corrections_are_found_again(tmp_path: Path) -> None:
    text = public_file("coachlm_share/expert_revision_first500.jsonl").read_text("utf-8")
    pairs = [json.loads(line) for line in text.split("\n") if line]
    sides = [
        [asked(pair[f"{which} Instruction"], pair[f"{which} Response"], input=pair[f"{which} Input"]) for pair in pairs]
        for which in ("Raw", "Revised")
    ]
    found, _ = compared(tmp_path, *sides)
    assert found.edited >= 0.8 * len(pairs), "and where question and answer are both new, only their place tells"
    assert compared(tmp_path, *sides, by="row")[0].edited == len(pairs)
    assert found.fields["output"] > found.fields["instruction"], "experts mended answers more often than questions"


@pytest.mark.slow
def test_memory_is_a_few_dozen_bytes_for_each_row(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("w") as a, (tmp_path / "b.jsonl").open("w") as b:
        for n in range(100_000):
            row = asked(f"Where is thing {n}?", f"Thing {n} is in the old house, upstairs.")
            a.write(json.dumps(row) + "\n")
            b.write(json.dumps({**row, "output": "Gone."} if n % 50 == 0 else row) + "\n")
    # The most memory that was ever used, of this process alone.
    program = (
        "from tilth.cli.border import run; code = run(['diff', 'a.jsonl', 'b.jsonl', '-q']);"
        "used = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'));"
        "print(code, used.split()[1])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    code, kilobytes = map(int, done.stdout.split())
    assert (code, kilobytes < 180 * 1024) == (0, True)
