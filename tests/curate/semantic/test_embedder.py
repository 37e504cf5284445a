import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tilth.curate.semantic.embedder import embedder
from tilth.errors import DataError, MissingExtraError, UsageError

TEXTS = [
    "How do I reset my router to its factory settings?",
    "How do I reset my routers to factory setting?",
    "The parcel with my order is late, where is it?",
    "",
    "   ",
    "a",
    "日本語の文章です",
]


def plain_tf_idf(texts: list[str]) -> NDArray[np.float64]:
    counted = [
        Counter(f" {text} "[at : at + n] for n in (3, 4, 5) for at in range(len(text) + 3 - n)) for text in texts
    ]
    texts_with = Counter(gram for grams in counted for gram in grams)
    column = {gram: place for place, gram in enumerate(texts_with)}
    table = np.zeros((len(texts), len(column)))
    for row, grams in enumerate(counted):
        for gram, count in grams.items():
            rarity = np.log((1 + len(texts)) / (1 + texts_with[gram])) + 1
            table[row, column[gram]] = (1 + np.log(count)) * rarity
    return table / np.linalg.norm(table, axis=1)[:, None]


def test_spellings_that_differ_little_are_close_and_other_texts_are_not() -> None:
    vectors = embedder().embed(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors[0] @ vectors[1] > 0.7
    assert abs(vectors[0] @ vectors[2]) < 0.3
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 0, 0, 1, 1])


def test_case_and_blanks_do_not_count() -> None:
    vectors = embedder().embed(["Reset  the\nrouter", "reset the ROUTER "])
    assert vectors[0] @ vectors[1] == pytest.approx(1)


def test_texts_in_batches_get_the_same_vectors_once_all_are_learned() -> None:
    whole = embedder()
    whole.learn(TEXTS)
    cut = embedder()
    for text in TEXTS:
        cut.learn([text])
    together = embedder().embed(TEXTS)
    assert np.array_equal(whole.embed(TEXTS), together)
    assert np.array_equal(np.concatenate([cut.embed([text]) for text in TEXTS]), together)


def test_hashed_vectors_come_near_the_weighted_n_grams_that_they_stand_for() -> None:
    random = np.random.default_rng(1)
    words = ["".join(random.choice(list("abcdefghij"), 6)) for _ in range(200)]
    texts = [" ".join(random.choice(words, 40)) for _ in range(30)]
    texts += [" ".join([*text.split()[:-4], "other", "words"]) for text in texts]
    exact = plain_tf_idf(texts)
    vectors = embedder().embed(texts)
    difference = vectors @ vectors.T - exact @ exact.T
    pairs = np.triu_indices(len(texts), 1)
    assert np.abs(difference[pairs]).mean() < 0.05
    assert np.abs(np.diagonal(difference, 30)).max() < 0.05


def test_no_texts_give_no_rows() -> None:
    assert len(embedder().embed([])) == 0


def test_a_lone_surrogate_is_text_like_any_other() -> None:
    assert np.isfinite(embedder().embed(["broken \ud83d emoji"])).all()


def test_a_model2vec_folder_is_used_as_it_is(static_model: Path) -> None:
    vectors = embedder(str(static_model)).embed(["reset my router", "reset my modem", "parcel late", " "])
    assert vectors[0] @ vectors[1] == pytest.approx(1)
    assert vectors[0] @ vectors[2] == pytest.approx(0)
    assert not vectors[3].any()


@pytest.mark.slow
def test_a_sentence_transformers_folder_is_used_as_it_is(sentence_model: Path) -> None:
    model = embedder(str(sentence_model))
    vectors = model.embed(["reset my router", "where is the parcel", "reset my router", ""])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 0])
    assert np.array_equal(vectors[0], vectors[2])


def test_code_that_a_folder_names_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Module"}]))
    with pytest.raises(DataError, match="code from outside"):
        embedder(str(tmp_path))


def test_what_is_no_model_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        embedder(str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match="neither"):
        embedder(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"\x05\0\0\0\0\0\0\0nojso")
    with pytest.raises(DataError, match="cannot be read"):
        embedder(str(tmp_path))


def test_a_missing_extra_names_itself(static_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "model2vec", None)
    with pytest.raises(MissingExtraError, match=r"tilth\[semantic\]"):
        embedder(str(static_model))
