"""One list of suspicions: doubted by several is worse, scales do not matter, and nothing is removed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tilth.curate.suspects import Detector, detectors, find_suspects, installed_detectors
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset
from tilth.operation import Dataset as AnyDataset
from tilth.operation import Judged, Operation, Options, Reason, judge


class NoOptions(Options):
    """None."""


def doubter(name: str, scores: dict[str, float | None], suspicion: Any = "high") -> Detector:
    def body(data: AnyDataset, options: NoOptions) -> Iterator[Judged]:
        for batch in data.batches():
            texts = batch.column("text").to_pylist()
            yield Judged(batch, [Reason("odd", score=scores[text]) if text in scores else None for text in texts])

    body.__name__ = name
    loaded: Operation[..., NoOptions] = judge(NoOptions, suspicion=suspicion)(body)
    return Detector(loaded, NoOptions())


def texts(*rows: str) -> Dataset:
    return Dataset.of({"type": "text", "text": text} for text in rows)


def order(data: Dataset, *asked: Detector) -> list[str]:
    return [suspect.row["text"] for suspect in find_suspects(data, asked).rows]


def test_a_row_doubted_by_two_stands_before_rows_doubted_by_one() -> None:
    data = texts("a", "b", "c", "d")
    one, other = doubter("one", {"a": 9.0, "b": 8.0}), doubter("other", {"b": 0.2, "c": 0.9})
    assert order(data, one, other) == ["b", "a", "c"]


def test_the_scale_of_a_score_does_not_matter_and_its_direction_does() -> None:
    data = texts("a", "b", "c")
    small, large = {"a": 0.1, "b": 0.2, "c": 0.3}, {"a": 100.0, "b": 2e5, "c": 3e9}
    assert order(data, doubter("one", small)) == order(data, doubter("one", large)) == ["c", "b", "a"]
    assert order(data, doubter("one", small, "low")) == ["a", "b", "c"]


def test_equal_scores_share_a_place_and_rows_without_a_score_stand_behind() -> None:
    found = find_suspects(texts("a", "b", "c", "d"), [doubter("one", {"a": None, "b": 1.0, "c": 1.0, "d": 0.5})])
    ranks = {suspect.row["text"]: suspect.findings[0].rank for suspect in found.rows}
    assert ranks == {"b": 1, "c": 1, "d": 3, "a": 4}
    assert [suspect.row["text"] for suspect in found.rows] == ["b", "c", "d", "a"]


def test_equal_rows_are_told_apart_by_their_order() -> None:
    found = find_suspects(texts("a", "x", "a", "a"), [doubter("one", {"a": 1.0})])
    assert [(suspect.copy, suspect.origin.line) for suspect in found.rows] == [(0, 1), (1, 3), (2, 4)]


def test_a_detector_that_cannot_judge_the_data_is_named_and_stops_nobody() -> None:
    def failing(data: AnyDataset, options: NoOptions) -> Iterator[Judged]:
        raise DataError("there are no labels")
        yield

    broken: Operation[..., NoOptions] = judge(NoOptions, suspicion="high")(failing)
    found = find_suspects(texts("a"), [Detector(broken, NoOptions()), doubter("one", {"a": 1.0})])
    assert found.skipped == {"failing": "there are no labels"}
    assert len(found.rows) == 1


def test_no_rows_and_no_doubts_are_an_empty_list(texts: Callable[..., Dataset]) -> None:
    assert not find_suspects(texts([]), [doubter("one", {"a": 1.0})]).rows
    assert not find_suspects(texts(["b"]), [doubter("one", {"a": 1.0})]).rows


def test_detectors_are_named_like_steps_of_a_recipe() -> None:
    (asked,), skipped = detectors(["outliers: {factor: 9}"])
    assert (asked.name, asked.options.model_dump()["factor"], skipped) == ("outliers", 9, {})
    with pytest.raises(UsageError, match="split doubts no rows"):
        detectors(["split"])
    with pytest.raises(UsageError, match="dedupe is no operation"):
        detectors(["dedupe"])
    with pytest.raises(UsageError, match="no detector"):
        detectors(["- [a, b]"])
    assert {"dedup", "outliers", "score", "validate"} <= set(installed_detectors())
