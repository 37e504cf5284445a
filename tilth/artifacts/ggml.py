"""GGML `.bin`: llama.cpp's models from before GGUF, told by their four-letter words."""

import struct

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.ggml_types import FILE_TYPES
from tilth.artifacts.probe import Probe

_MODEL = Kind("ggml", "a model for llama.cpp and whisper.cpp of before August 2023", "begins with ggml, ggmf or ggjt")
_ADAPTER = Kind("ggml-adapter", "a LoRA adapter for llama.cpp of before August 2023", "begins with ggla")

# The words were written as little-endian numbers, and so they lie in the file from back to front.
_WORDS = {b"lmgg": "ggml", b"fmgg": "ggmf", b"tjgg": "ggjt", b"algg": "ggla"}
_HYPERPARAMETERS = ("vocabulary", "width", "multiple", "attention_heads", "layers", "rotation", "file_type")
_LARGEST = 10_000_000


class Ggml:
    """Recognises the four formats that came before GGUF."""

    kinds = (_MODEL, _ADAPTER)

    def match(self, probe: Probe) -> Artifact | None:
        """A file that begins with one of the words."""
        word = _WORDS.get(probe.head[:4])
        if word is None or len(probe.head) < 48:
            return None
        artifact = (_ADAPTER if word == "ggla" else _MODEL).found()
        artifact.tell("format", word)
        start = 4
        if word != "ggml":
            artifact.tell("format_version", struct.unpack_from("<I", probe.head, 4)[0])
            start = 8
        if word == "ggla":
            rank, alpha = struct.unpack_from("<ii", probe.head, start)
            artifact.tell("rank", rank)
            artifact.tell("alpha", alpha)
            artifact.missing.append("the model that it lies over, which it does not name")
        else:
            _tell_llama(artifact, struct.unpack_from("<7i", probe.head, start))
        artifact.unsafe.append(
            "llama.cpp does not load it any more: it wants GGUF, converted from the original weights"
        )
        return artifact


def _tell_llama(artifact: Artifact, numbers: tuple[int, ...]) -> None:
    """The sizes as LLaMA files have them; other models put other numbers there, and then nothing is told."""
    found = dict(zip(_HYPERPARAMETERS, numbers, strict=True))
    if not all(0 <= number < _LARGEST for number in numbers) or not found["attention_heads"]:
        return
    for name in ("vocabulary", "width", "attention_heads", "layers"):
        artifact.tell(name, found[name])
    artifact.tell("quantization", FILE_TYPES.get(found["file_type"] % 1000))
