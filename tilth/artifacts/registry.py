"""Who recognises what: the list of recognisers, asked in order, and the one answer about a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tilth.artifacts.adapter_config import AdapterConfig
from tilth.artifacts.arrow_tokens import ArrowTokens
from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.card import Card
from tilth.artifacts.dataset_descriptions import DatasetDescriptions
from tilth.artifacts.evaluation import Evaluation
from tilth.artifacts.ggml import Ggml
from tilth.artifacts.gguf import Gguf
from tilth.artifacts.model_config import ModelConfig
from tilth.artifacts.notebook import Notebook
from tilth.artifacts.numpy_file import NumpyFile
from tilth.artifacts.onnx import Onnx
from tilth.artifacts.pointer import Pointer
from tilth.artifacts.probe import Probe, probed
from tilth.artifacts.prompt_templates import PromptTemplates
from tilth.artifacts.quantization import QuantizationConfig
from tilth.artifacts.safetensors import Safetensors
from tilth.artifacts.sentencepiece import SentencePiece
from tilth.artifacts.serving import Serving
from tilth.artifacts.tilth_files import TilthFiles
from tilth.artifacts.tokenizer_files import TokenizerFiles
from tilth.artifacts.torch_file import TorchFile
from tilth.artifacts.training_recipes import TrainingRecipes
from tilth.artifacts.training_state import TrainingState
from tilth.artifacts.weights_index import WeightsIndex
from tilth.errors import DataError


class Recogniser(Protocol):
    """What a family of kinds brings: their descriptions, and a look at a file."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds that it can find."""
        ...

    def match(self, probe: Probe) -> Artifact | None:
        """What the file is, or None when it is nothing of this family.

        A broken or hostile file is an answer too (`Artifact.broken`, `Artifact.unsafe`), never an exception.
        """
        ...


RECOGNISERS: tuple[Recogniser, ...] = (
    # By first bytes, which leave no doubt.
    Pointer(),
    Gguf(),
    Ggml(),
    Safetensors(),
    NumpyFile(),
    ArrowTokens(),
    TorchFile(),
    Onnx(),
    SentencePiece(),
    # By keys: those with the rarest come first.
    TilthFiles(),
    WeightsIndex(),
    AdapterConfig(),
    TrainingState(),
    Notebook(),
    Evaluation(),
    DatasetDescriptions(),
    TokenizerFiles(),
    ModelConfig(),
    QuantizationConfig(),
    Serving(),
    TrainingRecipes(),
    Card(),
    PromptTemplates(),
)
"""Tilth's own, in the order in which they are asked."""


_CLAIMS = {
    ".bin": "file of weights",
    ".ckpt": "checkpoint",
    ".gguf": "GGUF file",
    ".ipynb": "notebook",
    ".npy": "NumPy array",
    ".npz": "archive of NumPy arrays",
    ".onnx": "ONNX model",
    ".pickle": "pickle",
    ".pkl": "pickle",
    ".pt": "PyTorch file",
    ".pth": "PyTorch file",
    ".safetensors": "safetensors file",
}
"""Suffixes that rows never have: who bears one and is nothing that is known is not what it claims to be."""


def recognise(path: Path, recognisers: Sequence[Recogniser] = RECOGNISERS) -> Artifact | None:
    """What the file at `path` is, or None when nobody knows it: then it may hold rows.

    Reads at most some megabytes, loads nothing, runs nothing. Raises `UsageError` for what is no file, and `DataError`
    for an empty one and for one that is not what its suffix says.
    """
    with probed(path) as probe:
        found = next((found for each in recognisers if (found := each.match(probe)) is not None), None)
    if found is None and (claimed := _CLAIMS.get(path.suffix.lower())) is not None:
        raise DataError(f"this is no {claimed}, whatever its name says", where=str(path))
    return found


def kinds(recognisers: Sequence[Recogniser] = RECOGNISERS) -> list[Kind]:
    """All kinds that can be found, in the order in which they are looked for."""
    return [kind for each in recognisers for kind in each.kinds]
