import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.semantic.conftest import Vectors, unit_rows
from tilth.curate.semantic import coverage as module
from tilth.curate.semantic.coverage import k_centre


def plain_k_centre(vectors: Vectors, count: int, first: int) -> list[int]:
    distance = np.maximum(np.round(1 - vectors.astype(float) @ vectors.astype(float).T, 5), 0)
    taken = [first]
    while len(taken) < min(count, len(vectors)):
        gap = distance[:, taken].min(axis=1)
        gap[taken] = -1
        taken.append(int(gap.argmax()))
    return taken


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 9))
def test_rows_are_those_of_the_plain_greedy_choice(rows: int, count: int, seed: int) -> None:
    vectors = unit_rows(rows, 5, seed)
    found = k_centre(vectors, count, seed)
    assert found.rows.tolist() == plain_k_centre(vectors, count, int(found.rows[0]))


def test_choosing_many_at_once_changes_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = unit_rows(2000, 16, 1)
    many = k_centre(vectors, 300)
    monkeypatch.setattr(module, "_CANDIDATES", 1)
    assert k_centre(vectors, 300).rows.tolist() == many.rows.tolist()


def test_distances_fall_and_the_radius_covers_every_row() -> None:
    vectors = unit_rows(500, 8, 2)
    found = k_centre(vectors, 40)
    assert (np.diff(found.distances[1:]) <= 0).all()
    nearest = (1 - vectors @ vectors[found.rows].T).min(axis=1)
    assert nearest.max() == pytest.approx(found.radius, abs=1e-5)
    assert found.radius <= found.distances[-1]


def test_every_group_is_covered_before_any_is_taken_twice() -> None:
    middles = np.eye(12, dtype=np.float32)
    vectors = np.repeat(middles, 30, axis=0) + 0.05 * unit_rows(360, 12, 3)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    assert {int(row) // 30 for row in k_centre(vectors, 12).rows} == set(range(12))


def test_rows_all_alike_are_still_as_many_as_asked_for() -> None:
    same = np.repeat(unit_rows(1, 4, 0), 1000, axis=0)
    found = k_centre(same, 600, seed=3)
    assert len(set(found.rows.tolist())) == 600
    assert found.radius == 0


def test_another_seed_starts_elsewhere_and_none_or_no_rows_give_none() -> None:
    vectors = unit_rows(100, 4, 0)
    assert len({int(k_centre(vectors, 1, seed).rows[0]) for seed in range(5)}) > 1
    assert len(k_centre(vectors, 0).rows) == 0
    assert len(k_centre(vectors[:0], 5).rows) == 0
