import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched
from tests.curate.semantic.conftest import sentence_model as sentence_model
from tests.curate.semantic.conftest import static_model as static_model
from tilth.curate.dedup import dedup
from tilth.curate.semantic.embedder import embedder
from tilth.formats import Dataset

Texts = Callable[[Sequence[str]], Dataset]
QUESTION = "How do I set my router back to the state in which it left the factory?"
TYPOS = "How do I set my roter back to the state in wich it left the factory"
OTHER = "The parcel with the garden hose did not arrive, and nobody answers the phone."


def aside(data: Dataset, **options: Any) -> dict[int, tuple[str, float | None]]:
    outcome = dedup(data, method="semantic", **options)
    return {one.origin.line: (one.reason.code, one.reason.score) for one in outcome.set_aside if one.origin}


def test_typing_errors_that_break_words_are_found(texts: Texts) -> None:
    data = texts([QUESTION, OTHER, TYPOS, QUESTION.upper()])
    assert not dedup(data.first(3)).set_aside
    found = aside(data, threshold=0.7)
    assert found.keys() == {3, 4}
    assert found[3][0] == "near-duplicate" and 0.7 <= (found[3][1] or 0) < 1
    assert found[4] == ("exact-duplicate", 1.0)
    assert dedup(data, method="semantic").facts["embedder"] == "hashed character n-grams"


def test_the_threshold_is_a_cosine_of_0_9_unless_given(texts: Texts) -> None:
    data = texts([QUESTION, TYPOS, QUESTION + "?"])
    vectors = embedder().embed([QUESTION, TYPOS, QUESTION + "?"])
    assert vectors[0] @ vectors[1] < 0.9 <= vectors[0] @ vectors[2]
    assert aside(data).keys() == {3}


def test_a_model_in_a_folder_says_what_means_the_same(texts: Texts, static_model: Path) -> None:
    data = texts(["reset my router", "where is the parcel", "reset my modem"])
    assert not aside(data)
    assert aside(data, embedder=static_model) == {3: ("near-duplicate", 1.0)}
    outcome = dedup(data, method="semantic", embedder=static_model)
    assert outcome.facts["embedder"] == "model2vec static-model"
    assert outcome.set_aside[0].reason.detail == "cosine 1.000 of text with records:1"


@pytest.mark.slow
def test_a_sentence_transformers_folder_does_as_well(texts: Texts, sentence_model: Path) -> None:
    data = texts(["reset my router", "where is the parcel", "reset my router !"])
    assert dedup(data, method="semantic", embedder=sentence_model, threshold=0.99).facts["embedder"].startswith("sent")


def test_both_any_and_another_file(tmp_path: Path) -> None:
    rows = [(QUESTION, OTHER), (TYPOS, "No."), ("Where is it?", OTHER + "!"), (TYPOS, OTHER + "!")]
    data = Dataset.of({"type": "instruction", "instruction": ask, "output": reply} for ask, reply in rows)
    assert aside(data, by="both", threshold=0.7).keys() == {4}
    assert aside(data, by="any", threshold=0.7).keys() == {2, 3, 4}
    assert aside(data, by="prompt", threshold=0.7).keys() == {2, 4}
    file = tmp_path / "other.jsonl"
    file.write_text(
        '{"instruction": "How do I set my router back to the state in wich it left the factory?", "output": ""}\n'
    )
    assert aside(data, by="prompt", threshold=0.7, against=file).keys() == {1, 2, 4}


def test_a_sweep_only_looks(texts: Texts) -> None:
    facts = dedup(texts([QUESTION, TYPOS, OTHER]), method="semantic", sweep=True).facts
    gone = {step["threshold"]: step["set_aside"] for step in facts["sweep"]}
    assert gone[0.5] == 1 and gone[1.0] == 0


corpora = st.lists(st.sampled_from(["", " ", "a", QUESTION, TYPOS, OTHER, OTHER[:40], "!", "日本語"]), max_size=12)


@settings(max_examples=25, deadline=None)
@given(corpora, st.integers(1, 5))
def test_batch_size_changes_nothing_and_every_row_has_a_true_witness(rows: list[str], size: int) -> None:
    data = Dataset.of({"type": "text", "text": text} for text in rows)
    whole = dedup(data, method="semantic", threshold=0.6)
    cut = dedup(Rebatched(data, size), method="semantic", threshold=0.6)
    assert whole.set_aside == cut.set_aside and whole.facts == cut.facts
    made_by = embedder()
    distinct = list(dict.fromkeys(" ".join(text.lower().split()) for text in rows))
    made_by.learn([next(text for text in rows if " ".join(text.lower().split()) == plain) for plain in distinct])
    vectors = made_by.embed(rows)
    gone = {one.origin.line - 1: one.reason for one in whole.set_aside if one.origin}
    for row, reason in gone.items():
        witness = int(reason.detail.rsplit(":", 1)[1]) - 1
        assert witness not in gone
        if reason.code == "near-duplicate":
            assert reason.score == pytest.approx(float(vectors[row] @ vectors[witness]), abs=1e-5)
    kept = [row for row in range(len(rows)) if row not in gone]
    assert not (np.triu(vectors[kept] @ vectors[kept].T, 1) >= 0.6 + 1e-5).any()


def test_another_model_in_the_folder_is_another_recipe_step(static_model: Path, tmp_path: Path) -> None:
    from tilth.recipes.fingerprint import step_key

    other = tmp_path / "other"
    shutil.copytree(static_model, other)
    one, same = (dedup.options({"method": "semantic", "embedder": path}) for path in (static_model, other))
    before = step_key(dedup, one, []), step_key(dedup, same, [])
    (other / "config.json").write_text("{}")
    assert before[0] == before[1] != step_key(dedup, same, [])
