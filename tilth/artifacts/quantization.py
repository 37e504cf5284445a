"""How weights were made small: configs of GPTQ and AWQ, and the part about it in any model's config."""

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_CONFIG = Kind(
    "quantization-config",
    "how the weights beside it were quantized",
    "named quantize_config.json or quant_config.json, or JSON with bits and group_size",
)
_NAMES = ("quantize_config.json", "quant_config.json", "quantization_config.json")
_METHODS = {
    "gptq": "GPTQ",
    "awq": "AWQ",
    "bitsandbytes": "bitsandbytes",
    "fp8": "FP8",
    "mxfp4": "MXFP4",
    "aqlm": "AQLM",
}


class QuantizationConfig:
    """Recognises the configs that quantizing tools leave beside weights."""

    kinds = (_CONFIG,)

    def match(self, probe: Probe) -> Artifact | None:
        """JSON with bits and a group size."""
        if not probe.keys or probe.has_keys("model_type"):
            return None
        by_keys = probe.has_keys("bits", "group_size") or probe.has_keys("w_bit", "q_group_size")
        if not (probe.name in _NAMES or by_keys or probe.has_keys("quant_method")):
            return None
        artifact = probe.described(_CONFIG, _tell)
        if not any(name.endswith((".safetensors", ".bin", ".pt")) for name in probe.beside):
            artifact.missing.append("the weights that it describes")
        return artifact


def quantization_summary(config: Document) -> str:
    """One line about a quantization config, such as `GPTQ, 4 bits, groups of 128`; empty for an empty one."""
    if not len(config):
        return ""
    method = config.text("quant_method") or config.text("quant_algo") or _guessed(config)
    parts = [_METHODS.get(method.lower(), method or "of an unnamed method")]
    bits = config.first("bits", "w_bit", "num_bits")
    if config.content.get("load_in_4bit") is True:
        bits = 4
    elif config.content.get("load_in_8bit") is True:
        bits = 8
    parts += [f"{bits} bits"] if bits is not None else []
    group = config.first("group_size", "q_group_size")
    parts += [f"groups of {group}"] if group is not None and group > 0 else []
    parts += [config.text(name) for name in ("bnb_4bit_quant_type", "fmt", "format", "version") if config.text(name)]
    compute = config.text("bnb_4bit_compute_dtype")
    parts += [f"computed in {compute}"] if compute else []
    return ", ".join(parts)


def _tell(artifact: Artifact, config: Document) -> None:
    artifact.tell("quantization", quantization_summary(config))
    for name in ("desc_act", "sym", "zero_point", "damp_percent", "static_groups", "modules_to_not_convert"):
        artifact.tell(name, config.shown(name))


def _guessed(config: Document) -> str:
    """The method of an old config, which does not name it."""
    if "desc_act" in config:
        return "gptq"
    if "w_bit" in config or "zero_point" in config:
        return "awq"
    return "bitsandbytes" if "load_in_4bit" in config or "load_in_8bit" in config else ""
