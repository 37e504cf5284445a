"""Vectors to search among, and small embedding models made on the spot."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
WORDS = [
    "how",
    "do",
    "i",
    "reset",
    "my",
    "router",
    "modem",
    "parcel",
    "late",
    "where",
    "is",
    "the",
    "refund",
    "invoice",
]


def unit_rows(rows: int, width: int, seed: int, flatness: float = 1.0) -> Vectors:
    """Random unit vectors; the smaller `flatness`, the more of them lies in few directions."""
    drawn = np.random.default_rng(seed).standard_normal((rows, width)) * flatness ** np.arange(width)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1)[:, None], np.float32)


@pytest.fixture
def vectors() -> Callable[..., Vectors]:
    return unit_rows


@pytest.fixture
def planted() -> Callable[[int, int, int], Vectors]:
    """Rows of which every fifth is an earlier one, a little moved."""

    def made(rows: int, width: int, seed: int) -> Vectors:
        random = np.random.default_rng(seed)
        found = unit_rows(rows, width, seed)
        for row in range(4, rows, 5):
            moved = found[random.integers(row)] + random.uniform(0, 0.6) * unit_rows(1, width, seed + row)[0]
            found[row] = moved / np.linalg.norm(moved)
        return found

    return made


@pytest.fixture
def static_model(tmp_path: Path) -> Path:
    """A model2vec folder in which `router` and `modem` mean the same and every other word something of its own."""
    model2vec = pytest.importorskip("model2vec")
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    vocabulary = {word: number for number, word in enumerate(["[UNK]", *WORDS])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    table = np.eye(len(vocabulary), dtype=np.float32)
    table[vocabulary["modem"]] = table[vocabulary["router"]]
    folder = tmp_path / "static-model"
    model2vec.StaticModel(table, tokenizer).save_pretrained(folder)
    return folder


@pytest.fixture
def sentence_model(tmp_path: Path) -> Path:
    """A sentence-transformers folder with a BERT of a few thousand untrained weights."""
    library = pytest.importorskip("sentence_transformers")
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    inner = tmp_path / "bert"
    inner.mkdir()
    (inner / "vocab.txt").write_text("\n".join(tokens))
    BertTokenizerFast(str(inner / "vocab.txt")).save_pretrained(inner)
    shape = BertConfig(
        vocab_size=len(tokens),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(shape).save_pretrained(inner)
    folder = tmp_path / "sentence-model"
    library.SentenceTransformer(str(inner), local_files_only=True).save_pretrained(str(folder))
    return folder
