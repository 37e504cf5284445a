from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.semantic.conftest import Vectors, unit_rows
from tilth.curate.semantic import heads as heads_module
from tilth.curate.semantic import neighbours as module
from tilth.curate.semantic.heads import heads
from tilth.curate.semantic.neighbours import knn_distance, nearest, pairs_above

Made = Callable[..., Vectors]


def plain_pairs(vectors: Vectors, threshold: float) -> dict[tuple[int, int], float]:
    products = np.round(vectors.astype(float) @ vectors.astype(float).T, 6)
    rows, columns = np.nonzero(np.triu(products >= threshold, 1))
    return {(int(a), int(b)): float(products[a, b]) for a, b in zip(rows, columns, strict=True)}


def found_pairs(vectors: Vectors, threshold: float) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for some in pairs_above(vectors, threshold):
        for left, right, score in zip(*(column.tolist() for column in some), strict=True):
            assert left < right and (left, right) not in found
            found[left, right] = score
    return found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(1, 12), st.integers(0, 5), st.sampled_from([-0.5, 0.2, 0.8, 1.0]))
def test_pairs_are_those_of_a_plain_double_loop(rows: int, width: int, seed: int, threshold: float) -> None:
    vectors = np.concatenate([unit_rows(rows, width, seed), unit_rows(rows, width, seed)[: rows // 2]])
    assert found_pairs(vectors, threshold) == pytest.approx(plain_pairs(vectors, threshold))


@pytest.mark.parametrize("flatness", [1.0, 0.98, 0.9])
def test_no_pair_is_missed_where_bounds_rule_most_of_them_out(
    vectors: Made, planted: Made, flatness: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads_module, "_SAMPLE_ROWS", 100)
    made = np.concatenate([planted(600, 64, 1), vectors(600, 64, 2, flatness)])
    assert heads(made, 0.9).shape[1] < 64
    expected = plain_pairs(made, 0.9)
    assert expected
    assert found_pairs(made, 0.9) == pytest.approx(expected)


def test_bounds_are_never_below_the_similarity(vectors: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads_module, "_SAMPLE_ROWS", 100)
    made = vectors(600, 96, 3, 0.97)
    short = heads(made, 0.9)
    assert short.shape[1] < made.shape[1]
    assert (short @ short.T >= made @ made.T - 1e-5).all()


def test_rows_all_alike_make_all_pairs(vectors: Made) -> None:
    assert len(found_pairs(np.repeat(vectors(1, 8, 0), 60, axis=0), 1.0)) == 60 * 59 // 2


@pytest.mark.parametrize("size", [3, 64])
def test_the_size_of_a_block_changes_no_score(planted: Made, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    made = planted(120, 24, 5)
    whole, near = found_pairs(made, 0.8), nearest(made, 5)
    monkeypatch.setattr(module, "_BLOCK", size)
    monkeypatch.setattr(module, "_STRIP", size)
    assert found_pairs(made, 0.8) == whole
    again = nearest(made, 5)
    assert np.array_equal(again.rows, near.rows) and np.array_equal(again.scores, near.scores)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(1, 50), st.integers(0, 5))
def test_nearest_are_those_of_a_plain_sort(rows: int, k: int, seed: int) -> None:
    vectors = np.concatenate([unit_rows(rows, 6, seed), unit_rows(rows, 6, seed)[: rows // 2]])
    products = np.round(vectors.astype(float) @ vectors.astype(float).T, 6)
    np.fill_diagonal(products, -2)
    near = nearest(vectors, k)
    assert near.rows.shape == (len(vectors), min(k, max(0, len(vectors) - 1)))
    for row, others in enumerate(near.rows.tolist()):
        order = sorted(range(len(vectors)), key=lambda other: (-products[row, other], other))
        assert others == [other for other in order if other != row][:k]


def test_queries_find_themselves_among_other_rows(vectors: Made) -> None:
    made = vectors(50, 8, 4)
    near = nearest(made, 1, made[:10])
    assert near.rows[:, 0].tolist() == list(range(10))
    assert (near.scores == 1).all()


def test_the_row_far_from_all_others_has_the_largest_distance() -> None:
    together = np.tile(np.array([1, 0, 0], np.float32), (20, 1))
    alone = np.array([[0, 1, 0]], np.float32)
    distances = knn_distance(np.concatenate([together, alone]), k=3)
    assert distances.tolist() == [0.0] * 20 + [1.0]


def test_a_row_alone_has_no_distance(vectors: Made) -> None:
    assert np.isnan(knn_distance(vectors(1, 4, 0))).all()
    assert len(knn_distance(vectors(0, 4, 0))) == 0
