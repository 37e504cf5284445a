import random
from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched, plain_jaccard, plain_shingles
from tests.curate.test_dedup import of_texts, planted
from tilth.curate.dedup import dedup
from tilth.curate.split import split
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Fields
from tilth.schemas import content_id

corpora = st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=30)


def parts_of(data: Any, **options: Any) -> list[str]:
    return [part for routed in split.stream(data, split.options(options)) for part in routed.parts or ()]


@settings(max_examples=100, deadline=None)
@given(corpora, st.sampled_from([0.3, 0.5, 0.8]))
def test_no_similar_pair_lies_in_two_parts(rows: list[str], threshold: float) -> None:
    data = of_texts(rows)
    outcome = split(data, threshold=threshold, validation=0.2, test=0.2)
    parts = parts_of(data, threshold=threshold, validation=0.2, test=0.2)
    across = [
        plain_jaccard(rows[one], rows[other])
        for one, other in product(range(len(rows)), repeat=2)
        if parts[one] != parts[other]
    ]
    assert max(across, default=0.0) < threshold
    assert outcome.facts["leakage"]["text"]["largest"] == pytest.approx(max(across, default=0.0))


@settings(max_examples=40, deadline=None)
@given(corpora, st.integers(1, 5), st.randoms(use_true_random=False))
def test_neither_batches_nor_the_order_of_rows_matter(rows: list[str], size: int, order: random.Random) -> None:
    parts = parts_of(of_texts(rows))
    assert parts == parts_of(Rebatched(of_texts(rows), size))
    shuffled = order.sample(range(len(rows)), len(rows))
    assert [parts[row] for row in shuffled] == parts_of(of_texts([rows[row] for row in shuffled]))


def labelled(count: int) -> list[Fields]:
    rng = random.Random(3)
    labels = rng.choices(["billing", "delivery", "damage", "praise"], [60, 25, 12, 3], k=count)
    return [
        {"type": "classification", "text": " ".join(str(rng.random()) for _ in range(6)), "label": label}
        for label in labels
    ]


def test_every_stratum_is_within_one_row_of_its_share() -> None:
    rows = labelled(997)
    outcome = split(Dataset.of(rows), stratify="label", validation=0.15, test=0.1)
    for label, count in Counter(row["label"] for row in rows).items():
        got = outcome.facts["strata"][label]
        for part, share in (("train", 0.75), ("validation", 0.15), ("test", 0.1)):
            assert abs(got[part] - share * count) <= 1
    for part, share in (("train", 0.75), ("validation", 0.15), ("test", 0.1)):
        assert abs(outcome.parts[part] - share * 997) <= 1


def test_sizes_may_be_numbers_of_rows() -> None:
    outcome = split(Dataset.of(labelled(300)), validation=20, test=45)
    assert outcome.parts == {"train": 235, "validation": 20, "test": 45}


def test_another_seed_gives_another_split_of_the_same_size() -> None:
    data = Dataset.of(labelled(200))
    assert parts_of(data, seed=1) != parts_of(data, seed=2)
    assert Counter(parts_of(data, seed=1)) == Counter(parts_of(data, seed=2))
    assert parts_of(data, seed=1) == parts_of(data, seed=1)


def test_children_stay_with_their_parents_and_rows_of_a_document_together() -> None:
    rng = random.Random(4)
    seeds: list[Fields] = [{"type": "text", "text": str(rng.random())} for _ in range(40)]
    children: list[Fields] = [
        {"type": "text", "text": str(rng.random()), "meta": {"parents": [content_id(seed)]}} for seed in seeds
    ]
    paged: list[Fields] = [
        {"type": "text", "text": str(rng.random()), "meta": {"source": {"document": f"page {page // 3}"}}}
        for page in range(30)
    ]
    parts = parts_of(Dataset.of([*seeds, *children, *paged]), validation=0.25, test=0.25)
    assert parts[:40] == parts[40:80]
    assert all(len(set(parts[80 + page : 83 + page])) == 1 for page in range(0, 30, 3))
    assert set(parts) == {"train", "validation", "test"}


def test_rows_with_an_equal_field_stay_together() -> None:
    rows: list[Fields] = [
        {"type": "text", "text": f"{place * 7919}", "meta": {"author": f"author {place % 12}"}} for place in range(120)
    ]
    parts = parts_of(Dataset.of(rows), together=("meta.author",), validation=0.25, test=0.25)
    assert all(parts[place] == parts[place % 12] for place in range(120))


def test_similar_prompts_stay_together_though_the_answers_differ() -> None:
    rng = random.Random(6)
    questions = [" ".join(str(rng.random()) for _ in range(12)) for _ in range(60)]
    rows = [
        {"type": "instruction", "instruction": question, "output": " ".join(str(rng.random()) for _ in range(60))}
        for question in questions * 2
    ]
    parts = parts_of(Dataset.of(rows))
    assert parts[:60] == parts[60:]


def test_a_template_that_ties_everything_together_is_warned_of() -> None:
    rows = [f"please tell me at once where my parcel with the number {place} is" for place in range(50)]
    outcome = split(of_texts(rows))
    assert outcome.parts == {"train": 50}
    assert outcome.facts["warnings"][0].startswith("50 of 50 rows hang together as one group")


def test_a_template_below_the_threshold_ties_nothing_and_costs_no_quadratic_work() -> None:
    rng = random.Random(9)
    rows = [
        f"where is my order number {place} please I ordered a {rng.random()} on {rng.random()} and it has not arrived"
        for place in range(4000)
    ]
    assert split(of_texts(rows)).facts["largest_group"] == 1
    assert dedup(of_texts(rows), threshold=0.5).facts["pairs_compared"] < 10_000


def test_no_near_duplicate_straddles_5000_rows_by_brute_force() -> None:
    rows = planted(5000, words=60)  # few words, so that unlike rows share some shingles too
    parts = parts_of(of_texts(rows))
    sets = [plain_shingles(row) for row in rows]
    holders: dict[tuple[str, ...], list[int]] = {}
    for row, shingles in enumerate(sets):
        for shingle in shingles:
            holders.setdefault(shingle, []).append(row)
    largest = 0.0
    for row, shingles in enumerate(sets):
        shared = Counter(other for shingle in shingles for other in holders[shingle] if parts[other] != parts[row])
        union = {other: len(shingles | sets[other]) for other in shared}
        largest = max(largest, *(count / union[other] for other, count in shared.items()), 0.0)
    assert 0 < largest < 0.5


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_very_few_rows_are_dealt_out_and_reported(rows: int, texts: Callable[[list[str]], Dataset]) -> None:
    outcome = split(texts([f"row {place}" for place in range(rows)]))
    assert (outcome.rows_in, outcome.rows_kept, len(outcome.set_aside)) == (rows, rows, 0)


def test_parts_that_leave_nothing_for_training_are_refused() -> None:
    with pytest.raises(UsageError, match="leave no rows for training"):
        split(of_texts(["a", "b"]), validation=0.5, test=0.5)
    with pytest.raises(UsageError, match="leave none of 2 rows for training"):
        split(of_texts(["a", "b"]), validation=1, test=1)
