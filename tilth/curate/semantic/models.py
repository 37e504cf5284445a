"""Embedding models that lie in a folder: `model2vec` tables of token vectors, and `sentence-transformers`."""

import json
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.curate.semantic.hashed import unit
from tilth.errors import DataError, MissingExtraError, UsageError

_OWN_MODULES = "sentence_transformers."
_HEADER_LIMIT = 100_000_000  # bytes; what safetensors itself accepts as a header


class ModelVectors:
    """A trained model. Satisfies `tilth.curate.semantic.embedder.Embedder`."""

    def __init__(self, name: str, encode: Callable[[list[str]], Any]) -> None:
        self.name, self._encode = name, encode

    def learn(self, texts: Sequence[str]) -> None:
        """Nothing: the model was trained before."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector per text. Each distinct text is embedded once; one of blanks only is all zeros."""
        distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        made = np.asarray(self._encode([*distinct, "."]), np.float32)[:-1]  # a text more tells the width of no text
        is_blank = np.array([not text.strip() for text in distinct], np.bool_)
        made = np.where(is_blank[:, None], np.float32(0), unit(made))
        return made[[distinct[text] for text in texts]]


def load_model(path: str) -> ModelVectors:
    """The model in a folder, told by its files. See `tilth.curate.semantic.embedder.embedder` for what it raises."""
    folder = Path(path)
    if not folder.is_dir():
        raise UsageError("there is no such folder; an embedder is a folder with a model in it", where=path)
    try:
        if "embeddings" in _tensor_names(folder / "model.safetensors"):
            return _model2vec(folder)
        if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
            return _sentence_transformers(folder)
    except (OSError, ValueError, KeyError, RuntimeError) as failure:
        reason = (str(failure).strip() or type(failure).__name__).splitlines()[0]
        raise DataError(f"the embedding model cannot be read: {reason}", where=path) from failure
    raise DataError("the folder holds neither a model2vec nor a sentence-transformers model", where=path)


def _tensor_names(file: Path) -> frozenset[str]:
    """Names of the tensors in a safetensors file: eight bytes with the length of a JSON header, then that header."""
    if not file.is_file():
        return frozenset()
    with file.open("rb") as source:
        length = int.from_bytes(source.read(8), "little")
        if length > _HEADER_LIMIT:
            raise DataError("model.safetensors is no safetensors file", where=str(file.parent))
        return frozenset(json.loads(source.read(length)))


def _model2vec(folder: Path) -> ModelVectors:
    model = _library("model2vec").StaticModel.from_pretrained(str(folder))
    # In one process: a second one would cost more to start than these tables take.
    return ModelVectors(f"model2vec {folder.name}", lambda texts: model.encode(texts, use_multiprocessing=False))


def _sentence_transformers(folder: Path) -> ModelVectors:
    _check_modules(folder / "modules.json")
    library = _library("sentence_transformers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = library.SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    return ModelVectors(
        f"sentence-transformers {folder.name}", lambda texts: model.encode(texts, show_progress_bar=False)
    )


def _check_modules(file: Path) -> None:
    """A folder may only name parts of the library: it would import whatever else stands there."""
    named = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    for module in named:
        if not str(module["type"]).startswith(_OWN_MODULES):
            raise DataError(
                f"the model asks for {module['type']}, which is code from outside sentence-transformers",
                where=str(file.parent),
            )


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as failure:
        raise MissingExtraError("an embedding model of your own", "semantic") from failure
