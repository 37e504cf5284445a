"""Splits that stay as they are when rows are appended, folds, and training subsets inside each other."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched, plain_jaccard
from tests.curate.test_dedup import of_texts, planted
from tests.curate.test_split import corpora, labelled
from tilth.cli.border import run as run_words
from tilth.curate.parts.quotas import Quotas
from tilth.curate.split import split
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Fields
from tilth.schemas import content_id


def placed(data: Any, **options: Any) -> list[str | None]:
    """The part of every row; None where it is set aside."""
    parts: list[str | None] = []
    for routed in split.stream(data, split.options(options)):
        kept = dict(zip(routed.kept_indices, routed.parts or (), strict=True))
        parts += [kept.get(row) for row in range(routed.rows_in)]
    return parts


@settings(max_examples=50, deadline=None)
@given(corpora, st.integers(0, 30), st.sampled_from([0.3, 0.5, 0.8]), st.integers(0, 3))
def test_no_row_changes_its_part_when_others_are_appended(
    rows: list[str], begun: int, threshold: float, seed: int
) -> None:
    options = {"stable": True, "threshold": threshold, "seed": seed, "validation": 0.3, "test": 0.3}
    whole = placed(of_texts(rows), **options)
    assert placed(of_texts(rows[:begun]), **options) == whole[:begun]


@settings(max_examples=40, deadline=None)
@given(corpora, st.sampled_from([0.3, 0.5, 0.8]))
def test_no_similar_pair_straddles_a_stable_split_and_every_row_set_aside_bridges(
    rows: list[str], threshold: float
) -> None:
    data = of_texts(rows)
    outcome = split(data, threshold=threshold, stable=True, validation=0.3, test=0.3)
    parts = placed(data, threshold=threshold, stable=True, validation=0.3, test=0.3)
    there = [row for row, part in enumerate(parts) if part is not None]
    similar = [(a, b) for a in there for b in there if a < b and plain_jaccard(rows[a], rows[b]) >= threshold]
    assert all(parts[a] == parts[b] for a, b in similar)
    for row in set(range(len(rows))) - set(there):
        tied = {parts[b] for b in there if b < row and plain_jaccard(rows[row], rows[b]) >= threshold}
        assert len(tied) > 1
    assert outcome.facts["leakage"]["text"]["largest"] < threshold
    assert {aside.reason.code for aside in outcome.set_aside} <= {"bridges-parts"}


def test_a_row_that_bridges_two_parts_is_set_aside_with_both_witnesses() -> None:
    rng = random.Random(1)
    texts = [" ".join(f"w{rng.randrange(10**9)}" for _ in range(40)) for _ in range(30)]
    parts = placed(of_texts(texts), stable=True, validation=0.3, test=0.3)
    one, other = parts.index("train"), parts.index("test")
    words = texts[one].split()[:40] + texts[other].split()[:40]
    bridge = " ".join(words)
    outcome = split(of_texts([*texts, bridge]), stable=True, validation=0.3, test=0.3, threshold=0.4)
    (aside,) = outcome.set_aside
    assert aside.reason.code == "bridges-parts"
    assert "in train" in aside.reason.detail
    assert "in test" in aside.reason.detail
    assert aside.reason.against in {content_id({"type": "text", "text": texts[row]}) for row in (one, other)}


def test_5000_rows_appended_in_three_goes_stay_where_they_are_and_nothing_straddles() -> None:
    rows = planted(5000, words=60)
    whole = placed(of_texts(rows), stable=True, stratify="")
    for begun in (1000, 3000):
        assert placed(of_texts(rows[:begun]), stable=True, stratify="") == whole[:begun]
    outcome = split(of_texts(rows), stable=True, stratify="")
    leak = outcome.facts["leakage"]["text"]
    assert leak["largest"] < 0.5
    assert leak["texts_checked"] == leak["texts"]
    shares = {part: count / 5000 for part, count in outcome.parts.items()}
    assert shares == pytest.approx({"train": 0.8, "validation": 0.1, "test": 0.1}, abs=0.01)


def test_a_stable_split_keeps_children_documents_and_authors_together() -> None:
    rng = random.Random(5)
    rows: list[Fields] = []
    for place in range(300):
        meta: dict[str, Any] = {"author": f"author {place % 40}"} if place < 150 else {}
        if place >= 150 and place % 2:
            meta["parents"] = [content_id(rows[rng.randrange(150, place)])]
        rows.append({"type": "text", "text": str(rng.random()), "meta": meta})
    outcome = split(Dataset.of(rows), stable=True, together=("meta.author",), validation=0.2, test=0.2)
    assert outcome.facts["straddling"] == {"meta.author": 0, "parent": 0}
    assert outcome.facts["leakage"]["text"]["largest"] < 0.5


@pytest.mark.parametrize("shares", [(0.8, 0.1, 0.1), (0.7, 0.15, 0.15), (0.2,) * 5, (0.35, 0.33, 0.32)])
def test_strata_keep_their_shares_at_every_moment(shares: tuple[float, ...]) -> None:
    for seed in range(10):
        quotas, counts = Quotas(shares, seed), [0] * len(shares)
        for rows in range(1, 300):
            part = quotas.next("s", f"row {rows}")
            quotas.count("s", part)
            counts[part] += 1
            assert all(abs(count - share * rows) <= 1 for count, share in zip(counts, shares, strict=True))


def test_single_rows_of_very_many_strata_go_everywhere() -> None:
    quotas = Quotas((0.8, 0.1, 0.1), 0)
    found = Counter(quotas.next(f"stratum {row}", f"row {row}") for row in range(5000))
    assert [found[part] / 5000 for part in range(3)] == pytest.approx([0.8, 0.1, 0.1], abs=0.02)


def write(path: Path, rows: Sequence[Fields]) -> Path:
    Dataset.of(rows)
    import json

    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_rows_of_an_earlier_split_keep_their_parts_in_any_order(tmp_path: Path) -> None:
    rows = labelled(200)
    old = write(tmp_path / "old.jsonl", rows[:150])
    assert run_words(["split", str(old), "-o", str(tmp_path / "v1"), "--stratify", "label", "-q"]) == 0
    shuffled = random.Random(2).sample(rows, len(rows))
    new = write(tmp_path / "new.jsonl", shuffled)
    words = ["split", str(new), "-o", str(tmp_path / "v2"), "--previous", str(tmp_path / "v1"), "--stratify", "label"]
    assert run_words([*words, "-q"]) == 0
    before = {id: part for part in ("train", "validation", "test") for id in ids_in(tmp_path / "v1" / f"{part}.jsonl")}
    after = {id: part for part in ("train", "validation", "test") for id in ids_in(tmp_path / "v2" / f"{part}.jsonl")}
    assert len(after) == 200
    assert {id: after[id] for id in before} == before
    assert abs(list(after.values()).count("test") - 20) <= 4
    assert run_words([*words[:-4], "--previous", str(tmp_path), "-q", "--overwrite"]) == 2


def ids_in(path: Path) -> list[str]:
    return [id for batch in Dataset.open(path).batches() for id in batch.ids]


def test_new_rows_alone_follow_an_earlier_split(tmp_path: Path) -> None:
    rng = random.Random(8)
    texts = [" ".join(f"w{rng.randrange(10**9)}" for _ in range(20)) for _ in range(60)]
    old = write(tmp_path / "old.jsonl", [{"type": "text", "text": text} for text in texts])
    assert run_words(["split", str(old), "-o", str(tmp_path / "v1"), "--test", "0.3", "-q"]) == 0
    parts = {
        row["text"]: part
        for part in ("train", "validation", "test")
        for batch in Dataset.open(tmp_path / "v1" / f"{part}.jsonl").batches()
        for row in batch.records
    }
    copies = Dataset.of({"type": "text", "text": f"{text} again"} for text in texts)
    assert placed(copies, previous=tmp_path / "v1") == [parts[text] for text in texts]


def test_folds_are_equal_and_nothing_straddles_them(tmp_path: Path) -> None:
    rows = labelled(203)
    outcome = split(Dataset.of([*rows, *rows[:40]]), folds=5, stratify="label")
    assert set(outcome.parts) == {f"fold-{number}" for number in range(1, 6)}
    assert max(outcome.parts.values()) - min(outcome.parts.values()) <= 2
    for counts in outcome.facts["strata"].values():
        assert max(counts.values()) - min(counts.values()) <= 2
    assert outcome.facts["straddling"] == {"parent": 0}
    file = write(tmp_path / "in.jsonl", rows)
    assert run_words(["split", str(file), "-o", str(tmp_path / "parts"), "--folds", "3", "-q"]) == 0
    assert sorted(path.name for path in (tmp_path / "parts").glob("fold-*.jsonl")) == [
        "fold-1.jsonl",
        "fold-2.jsonl",
        "fold-3.jsonl",
    ]
    assert run_words(["split", str(file), "-o", str(tmp_path / "parts"), "--folds", "2", "-q"]) == 2
    assert run_words(["split", str(file), "-o", str(tmp_path / "parts"), "--folds", "2", "-q", "--overwrite"]) == 0
    assert len(list((tmp_path / "parts").glob("fold-*.jsonl"))) == 2


@pytest.mark.parametrize("stable", [False, True])
def test_subsets_lie_inside_each_other_and_have_every_stratum(tmp_path: Path, stable: bool) -> None:
    rows = labelled(800)
    options = {"subsets": ("1/2", "1/4", "12.5%"), "stratify": "label", "stable": stable}
    outcome = split(Dataset.of(rows), **options)
    files = [f"train-{number:05d}-of-00004" for number in range(4)]
    assert set(outcome.parts) == {*files, "validation-00000-of-00001", "test-00000-of-00001"}
    grown = list(accumulate(outcome.parts[file] for file in files))
    assert grown == pytest.approx([80, 160, 320, 640], abs=4)
    assert [subset["rows"] for subset in outcome.facts["subsets"].values()] == grown
    stems = [part for routed in split.stream(Dataset.of(rows), split.options(options)) for part in routed.parts or ()]
    labels = Counter(row["label"] for row, stem in zip(rows, stems, strict=True) if stem.startswith("train"))
    for number, share in enumerate((0.125, 0.25, 0.5), start=1):
        got = Counter(row["label"] for row, stem in zip(rows, stems, strict=True) if stem in files[:number])
        assert all(abs(got[label] - share * count) <= 2 for label, count in labels.items())
    file = write(tmp_path / "in.jsonl", rows)
    assert run_words(["split", str(file), "-o", str(tmp_path / "parts"), "--subsets", "1/2", "1/4", "1/8", "-q"]) == 0
    opened = Dataset.open(tmp_path / "parts")
    assert set(opened.parts) == {"train", "validation", "test"}
    assert Dataset.open(str(tmp_path / "parts" / "train-0000[01]-of-00004.jsonl")).count() == pytest.approx(160, abs=4)


def test_the_leakage_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "in.jsonl", labelled(60))
    assert run_words(["split", str(file), "-o", str(tmp_path / "parts")]) == 0
    assert "leakage: most similar texts of two parts: prompt 0.00, text 0.00; in two parts: 0 parents" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("size", [1, 7, 100])
def test_batches_of_any_size_give_the_same_stable_split(size: int) -> None:
    rows = labelled(120)
    for options in ({"stable": True}, {"folds": 4}, {"subsets": ("1/2",)}):
        assert placed(Dataset.of(rows), **options) == placed(Rebatched(Dataset.of(rows), size), **options)


@pytest.mark.parametrize("rows", [[], [""], ["same"] * 30, ["word " * 10_000, "other " * 10_000]])
def test_few_equal_empty_and_long_rows_are_placed(rows: list[str]) -> None:
    for options in ({"stable": True}, {"folds": 3}, {"subsets": ("1/2",)}, {}):
        outcome = split(of_texts(rows), **options)
        assert (outcome.rows_in, len(outcome.set_aside)) == (len(rows), 0)


def test_options_that_do_not_go_together_are_refused() -> None:
    data = of_texts(["a", "b"])
    with pytest.raises(UsageError, match="a stable split has shares for sizes"):
        split(data, stable=True, test=20)
    with pytest.raises(UsageError, match="folds have no training part"):
        split(data, folds=3, subsets=("1/2",))
    with pytest.raises(UsageError, match="a subset is a share between 0 and 1"):
        split(data, subsets=("3/2",))
    with pytest.raises(UsageError, match="the folder holds no earlier split"):
        split(data, previous=Path(__file__).parent)


@pytest.mark.slow
def test_a_stratum_for_every_row_is_no_trouble() -> None:
    rows = ({"type": "text", "text": f"t{row}", "meta": {"key": str(row)}} for row in range(100_000))
    outcome = split(Dataset.of(rows), stratify="meta.key", by=())
    assert outcome.parts == {"train": 80_000, "validation": 10_000, "test": 10_000}
    assert len(outcome.facts["strata"]) == 200
