"""Real public files: models are recognised, and no data set is taken for anything else."""

from pathlib import Path

import pytest

from tests.schemas.public_data import public_file
from tilth.artifacts import recognise
from tilth.errors import DataError

ARTIFACTS = {
    "gguf_vocab_share/ggml-vocab-bert-bge.gguf": "gguf-vocabulary",
    "gguf_vocab_share/ggml-vocab-llama-spm.gguf": "gguf-vocabulary",
    "label_errors_20news/20news_test_set_original_labels.npy": "numpy",
    "label_errors_20news/20news_test_set_pyx.npy": "numpy",
    "label_errors_20news/20news_test_set_pyx_argmax_predicted_labels.npy": "numpy",
    "llama_factory_demo/dataset_info.json": "llama-factory-data",
}


def kind_of(path: Path) -> str | None:
    try:
        found = recognise(path)
    except DataError:
        return None
    return found.kind if found else None


def test_nothing_but_artifacts_is_taken_for_one() -> None:
    folder = public_file("README.md").parent
    found = {str(path.relative_to(folder)): kind_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    assert {name: kind for name, kind in found.items() if kind} == ARTIFACTS


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        (
            "llama-spm",
            {"architecture": "llama", "vocabulary": 32000, "tokenizer": "llama (default)"},
        ),
        (
            "bert-bge",
            {"architecture": "bert", "vocabulary": 30522, "tokenizer": "bert (bert-bge)"},
        ),
    ],
)
def test_real_gguf_files_are_told(name: str, facts: dict[str, object]) -> None:
    found = recognise(public_file(f"gguf_vocab_share/ggml-vocab-{name}.gguf"))
    assert found is not None and not found.broken
    assert {fact: found.facts[fact] for fact in facts} == facts
