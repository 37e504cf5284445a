from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.semantic.conftest import Vectors, unit_rows
from tilth.curate.semantic import heads as heads_module
from tilth.curate.semantic import repeats as module
from tilth.curate.semantic.repeats import sweep_vectors


def plain_sweep(columns: list[Vectors], threshold: float, wanted: str, given: int) -> dict[int, tuple[int, float]]:
    each = [np.round(vectors.astype(float) @ vectors.astype(float).T, 6) for vectors in columns]
    score = np.min(each, axis=0) if wanted == "every" else np.max(each, axis=0)
    kept, gone = list(range(given)), dict[int, tuple[int, float]]()
    for row in range(given, len(score)):
        witness = next((other for other in kept if score[row, other] >= threshold), None)
        if witness is not None:
            gone[row] = witness, float(score[row, witness])
        elif not given:
            kept.append(row)
    return gone


def swept(columns: list[Vectors], threshold: float, wanted: Any = "every", given: int = 0) -> dict[Any, Any]:
    found = sweep_vectors(columns, threshold, wanted, given).swept
    return {
        row: (int(found.witness[row]), float(found.score[row])) for row in np.flatnonzero(found.witness >= 0).tolist()
    }


def moved(rows: int, width: int, seed: int) -> Vectors:
    random = np.random.default_rng(seed)
    made = unit_rows(rows, width, seed)
    for row in range(1, rows):
        if random.random() < 0.5:
            made[row] = made[random.integers(row)] + random.uniform(0, 0.7) * made[row]
    return np.asarray(made / np.linalg.norm(made, axis=1)[:, None], np.float32)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(2, 8), st.integers(0, 9), st.sampled_from(["every", "any"]), st.integers(0, 5))
def test_a_row_goes_if_and_only_if_it_reaches_the_threshold_with_a_kept_row(
    rows: int, width: int, seed: int, wanted: Any, given: int
) -> None:
    columns = [moved(rows, width, seed), moved(rows, width, seed + 100)]
    given = min(given, rows)
    assert swept(columns, 0.85, wanted, given) == plain_sweep(columns, 0.85, wanted, given)
    assert swept(columns[:1], 0.85, given=given) == plain_sweep(columns[:1], 0.85, "every", given)


def test_blocks_and_bounds_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = moved(700, 48, 1)
    expected = plain_sweep([made], 0.9, "every", 0)
    monkeypatch.setattr(module, "_BLOCK", 50)
    monkeypatch.setattr(heads_module, "_SAMPLE_ROWS", 100)
    assert heads_module.heads(made, 0.9).shape[1] < 48
    assert swept([made], 0.9) == expected


def test_rows_all_alike_keep_one() -> None:
    found = swept([np.repeat(unit_rows(1, 8, 0), 3000, axis=0)], 0.9)
    assert len(found) == 2999
    assert set(found.values()) == {(0, 1.0)}


def test_a_chain_takes_only_what_resembles_something_kept() -> None:
    angles = np.arange(0, 1.5, 0.2)
    chain = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert swept([chain], float(np.cos(0.25))) == {row: (row - 1, 0.980067) for row in (1, 3, 5, 7)}


def test_cells_find_nearly_all_and_say_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    made = moved(3000, 32, 2)
    expected = plain_sweep([made], 0.9, "every", 0)
    monkeypatch.setattr(module, "EXACT_ROWS", 1000)
    monkeypatch.setattr(module, "_BLOCK", 256)
    monkeypatch.setattr(module, "_JUDGED", 10_000)
    found = sweep_vectors([made], 0.9)
    gone = np.flatnonzero(found.swept.witness >= 0)
    assert len(gone) > 0.97 * len(expected)
    assert (found.swept.score[gone] >= 0.9).all()
    assert (found.swept.witness[found.swept.witness[gone]] < 0).all()
    facts = found.facts
    assert facts["search"] == "cells: 8 of 109"
    assert facts["recall"] == pytest.approx(len(gone) / (len(gone) + facts["rows_missed_among_them"]))
    if len(gone) < len(expected):
        assert facts["rows_missed_among_them"] > 0


def test_few_cells_are_found_to_miss_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    from tilth.curate.semantic import shelves

    monkeypatch.setattr(module, "EXACT_ROWS", 100)
    monkeypatch.setattr(module, "_BLOCK", 50)
    monkeypatch.setattr(shelves, "PROBES", 1)
    found = sweep_vectors([moved(1500, 32, 3)], 0.85)
    assert found.facts["rows_missed_among_them"] > 0
    assert found.facts["recall"] < 1
