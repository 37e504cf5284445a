import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.curate.conftest import Rebatched
from tilth.curate.preference_flips import preference_flips
from tilth.formats import Dataset
from tilth.operation import Fields

GOOD = ["first", "next", "then", "finally", "because", "example", "however", "measure", "check", "result"]
BAD = ["dunno", "whatever", "maybe", "stuff", "thing", "lol", "anyway", "idk", "meh", "bored"]
SHARED = ["water", "plant", "pot", "soil", "leaf", "light", "room", "window", "day", "week"]


def pairs(count: int, flipped: tuple[int, ...] = ()) -> list[Fields]:
    rng = random.Random(3)
    rows: list[Fields] = []
    for place in range(count):
        sides = [" ".join(rng.sample(words, 4) + rng.sample(SHARED, 4)) for words in (GOOD, BAD)]
        chosen, rejected = sides[::-1] if place in flipped else sides
        rows.append({"type": "preference", "prompt": f"how {place}", "chosen": chosen, "rejected": rejected})
    return rows


def lines(rows: list[Fields], **options: Any) -> list[int]:
    return [one.origin.line for one in preference_flips(Dataset.of(rows), **options).set_aside if one.origin]


def test_pairs_the_wrong_way_round_are_set_aside() -> None:
    outcome = preference_flips(Dataset.of(pairs(120, (7, 50, 99))))
    assert [one.origin.line for one in outcome.set_aside if one.origin] == [8, 51, 100]
    assert all(0.5 < (one.reason.score or 0) <= 1 for one in outcome.set_aside)
    assert outcome.facts["pairs_judged"] == 120


def test_no_pair_is_doubted_where_none_is_flipped() -> None:
    assert lines(pairs(60)) == []


def test_pairs_in_which_nothing_tells_the_better_answer_are_hardly_doubted() -> None:
    rng = random.Random(9)
    rows = [rng.choice(({**row}, {**row, "chosen": row["rejected"], "rejected": row["chosen"]})) for row in pairs(200)]
    assert lines(rows) == []


def test_threshold_0_gives_the_whole_ranking() -> None:
    assert lines(pairs(40), threshold=0) == list(range(1, 41))


def test_what_cannot_be_judged_is_kept_and_counted() -> None:
    rows: list[Fields] = [*pairs(40, (3,)), {"type": "text", "text": "no pair"}, {**pairs(1)[0], "rejected": ""}]
    outcome = preference_flips(Dataset.of(rows))
    assert (outcome.rows_kept, outcome.facts["rows_not_judged"]) == (41, 2)


@pytest.mark.parametrize("count", [0, 1, 19])
def test_few_pairs_are_kept(count: int) -> None:
    outcome = preference_flips(Dataset.of(pairs(count)))
    assert (outcome.rows_kept, len(outcome.facts.get("warnings", []))) == (count, min(count, 1))


def test_pairs_that_are_all_the_same_are_kept() -> None:
    assert lines(pairs(1) * 30) == []


def test_batches_of_any_size_say_the_same(rebatched: Callable[[Dataset, int], Rebatched]) -> None:
    data = Dataset.of(pairs(40, (5,)))
    whole, cut = preference_flips(data, threshold=0), preference_flips(rebatched(data, 7), threshold=0)
    assert [one.reason for one in whole.set_aside] == [one.reason for one in cut.set_aside]
