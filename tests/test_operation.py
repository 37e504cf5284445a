"""The contract of an operation, held by the framework and not by its authors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from tilth.errors import TilthError, UsageError
from tilth.formats import Dataset
from tilth.operation import Dataset as AnyDataset
from tilth.operation import Fields, Judged, Made, Options, Reason, build, judge, make, rewrite


class LengthOptions(Options):
    longest: Annotated[int, Field(ge=0)] = 3
    """Longest text that is kept, in characters."""


def texts(*words: str) -> Dataset:
    return Dataset.of([{"type": "text", "text": word} for word in words])


@judge(LengthOptions)
def short(data: AnyDataset, options: LengthOptions) -> Iterator[Judged]:
    """Set aside long texts."""
    for batch in data.batches():
        lengths = [len(text or "") for text in batch.column("text").to_pylist()]
        yield Judged(
            batch,
            [Reason("long", score=n) if n > options.longest else None for n in lengths],
            facts={"seen": len(batch)},
        )


@rewrite(LengthOptions)
def upper(data: AnyDataset, options: LengthOptions) -> Iterator[Judged]:
    """Write texts in capitals."""
    for batch in data.batches():
        records: list[Fields | None] = [
            None if record["text"].isupper() else {**record, "text": record["text"].upper()} for record in batch.records
        ]
        yield Judged(batch, [None] * len(batch), records)


@make(LengthOptions)
def doubled(data: AnyDataset, options: LengthOptions) -> Iterator[Made]:
    """Make each text twice as long."""
    for batch in data.batches():
        made = [
            {"type": "text", "text": record["text"] * 2, "meta": {"parents": [id_]}}
            for record, id_ in zip(batch.records, batch.ids, strict=True)
        ]
        yield Made(made, [Reason("long") if len(record["text"]) > options.longest else None for record in made])


@build(LengthOptions)
def counted(data: AnyDataset, options: LengthOptions, folder: Path) -> Iterator[Judged]:
    """Write how many rows there are."""
    (folder / "count").write_text(str(data.count()))
    for batch in data.batches():
        yield Judged(batch, [None] * len(batch))


def kept_texts(data: AnyDataset) -> list[str]:
    return [record["text"] for batch in data.batches() for record in batch.records]


def test_a_judge_splits_its_input_into_kept_and_set_aside_with_reasons() -> None:
    outcome = short(texts("a", "bbbb", "cc"), longest=2)
    assert kept_texts(outcome.kept) == ["a", "cc"]
    assert [(row.reason.code, row.reason.score, row.row["text"]) for row in outcome.set_aside] == [("long", 4, "bbbb")]
    assert outcome.rows_in == outcome.rows_kept + len(outcome.set_aside) == 3
    assert outcome.facts == {"seen": 3}


def test_a_rewrite_keeps_before_and_after_of_what_it_changed_and_only_that() -> None:
    outcome = upper(texts("a", "B"))
    assert kept_texts(outcome.kept) == ["A", "B"]
    assert [(change.before["text"], change.after["text"]) for change in outcome.changes] == [("a", "A")]


def test_a_make_gives_only_new_records_and_sets_failed_candidates_aside() -> None:
    outcome = doubled(texts("a", "bb"))
    assert kept_texts(outcome.kept) == ["aa"]
    assert [row.row["text"] for row in outcome.set_aside] == ["bbbb"]


def test_a_build_leaves_its_results_in_the_folder_and_hands_the_rows_on(tmp_path: Path) -> None:
    outcome = counted.run(texts("a", "b"), LengthOptions(), tmp_path)
    assert (tmp_path / "count").read_text() == "2"
    assert outcome.rows_kept == 2


def test_an_operation_that_loses_a_row_is_stopped() -> None:
    @judge(LengthOptions)
    def forgetful(data: AnyDataset, options: LengthOptions) -> Iterator[Judged]:
        """Forget the second row."""
        for batch in data.batches():
            yield Judged(batch.take([0]), [None])

    with pytest.raises(TilthError, match="was given 2 rows and judged 1"):
        forgetful(texts("a", "b"))


def test_an_operation_that_gives_too_few_verdicts_is_stopped() -> None:
    @judge(LengthOptions)
    def lazy(data: AnyDataset, options: LengthOptions) -> Iterator[Judged]:
        """Judge nothing."""
        for batch in data.batches():
            yield Judged(batch, [])

    with pytest.raises(TilthError, match="0 verdicts for 1 rows"):
        lazy(texts("a"))


def test_a_judge_that_changes_rows_is_stopped() -> None:
    @judge(LengthOptions)
    def sly(data: AnyDataset, options: LengthOptions) -> Iterator[Judged]:
        """Change what it judges."""
        for batch in data.batches():
            yield Judged(batch, [None], records=[{"type": "text", "text": "other"}])

    with pytest.raises(TilthError, match="changes rows"):
        sly(texts("a"))


def test_a_wrong_option_names_the_nearest_one_and_a_wrong_value_its_bound() -> None:
    with pytest.raises(UsageError, match="short has no option longst") as wrong_name:
        short.options({"longst": 3}, "clean.yaml, step 2")
    assert wrong_name.value.fix == "longest"
    assert "clean.yaml, step 2" in str(wrong_name.value)
    with pytest.raises(UsageError, match="longest is -1; input should be greater than or equal to 0"):
        short.options({"longest": -1})


def test_every_problem_with_the_options_is_told_at_once() -> None:
    with pytest.raises(UsageError, match=r"longest is 'x'.*; short has no option other"):
        short.options({"longest": "x", "other": 1})
