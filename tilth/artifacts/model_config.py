"""Descriptions of models: `config.json`, `generation_config.json`, and the `params.json` of original releases."""

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe
from tilth.artifacts.quantization import quantization_summary
from tilth.artifacts.remote_code import tell_remote_code

_CONFIG = Kind(
    "model-config", "the description of a model: its architecture and sizes", "JSON with model_type or architectures"
)
_GENERATION = Kind(
    "generation-config",
    "how a model writes unless told otherwise: sampling, where it stops",
    "named generation_config.json",
)
_PARAMS = Kind("params", "sizes of a model as its makers released it", "named params.json, with dim or n_layers")

_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
_SIZES = {
    # What each size is called here, and in the configs of different architectures.
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "width": ("hidden_size", "n_embd", "d_model", "dim"),
    "attention_heads": ("num_attention_heads", "n_head", "n_heads", "num_heads"),
    "key_value_heads": ("num_key_value_heads", "n_kv_heads"),
    "experts": ("num_local_experts", "num_experts", "n_routed_experts"),
    "vocabulary": ("vocab_size",),
    "context_length": ("max_position_embeddings", "n_positions", "n_ctx", "seq_length", "max_seq_len"),
}
_SAMPLING = (
    "do_sample",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repetition_penalty",
    "max_new_tokens",
    "max_length",
)


class ModelConfig:
    """Recognises configs of models, as `transformers` and original releases have them."""

    kinds = (_CONFIG, _GENERATION, _PARAMS)

    def match(self, probe: Probe) -> Artifact | None:
        """JSON with the keys of a config."""
        if probe.name == "generation_config.json" or probe.has_keys("_from_model_config"):
            return probe.described(_GENERATION, _tell_generation) if probe.keys else None
        if probe.has_keys("model_type", "transformers_version") or probe.has_keys("architectures"):
            return self._config(probe)
        if probe.name == "config.json" and probe.has_keys("model_type"):
            return self._config(probe)
        if probe.name == "params.json" and (probe.has_keys("dim") or probe.has_keys("n_layers")):
            return probe.described(_PARAMS, _tell_sizes)
        return None

    def _config(self, probe: Probe) -> Artifact:
        artifact = probe.described(_CONFIG, lambda artifact, config: _tell_config(artifact, config, probe))
        if not probe.lies_beside(*_WEIGHTS) and not any(
            name.endswith((".safetensors", ".bin")) for name in probe.beside
        ):
            artifact.missing.append("its weights, such as model.safetensors")
        if not probe.lies_beside(
            "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json", "vocab.txt"
        ):
            artifact.missing.append("its tokenizer, such as tokenizer.json")
        return artifact


def _tell_config(artifact: Artifact, config: Document, probe: Probe) -> None:
    artifact.tell("architecture", ", ".join(config.texts("architectures")) or config.text("model_type"))
    artifact.tell("model_type", config.text("model_type"))
    inner = config.inner("text_config")
    _tell_sizes(artifact, inner if len(inner) else config)
    artifact.tell("dtype", config.text("dtype") or config.text("torch_dtype"))
    artifact.tell("tied_embeddings", "yes" if config.content.get("tie_word_embeddings") is True else None)
    for scaling in (config.inner("rope_scaling"), config.inner("rope_parameters")):
        kind = scaling.text("rope_type") or scaling.text("type")
        if kind not in ("", "default"):
            artifact.tell("rope_scaling", f"{kind}, factor {scaling.shown('factor')}")
    artifact.tell("quantization", quantization_summary(config.inner("quantization_config")))
    artifact.tell("transformers_version", config.text("transformers_version"))
    tell_remote_code(artifact, config, probe)


def _tell_sizes(artifact: Artifact, config: Document) -> None:
    for name, spellings in _SIZES.items():
        artifact.tell(name, config.first(*spellings))


def _tell_generation(artifact: Artifact, config: Document) -> None:
    for name in _SAMPLING:
        artifact.tell(name, config.shown(name))
    artifact.tell("stops_at", config.shown("eos_token_id"))
    artifact.tell("transformers_version", config.text("transformers_version"))
    if "eos_token_id" not in config:
        artifact.missing.append("eos_token_id: where the model stops, if its config does not say")
