"""`adapter_config.json`: what PEFT writes about an adapter."""

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe
from tilth.artifacts.remote_code import tell_remote_code

_ADAPTER = Kind(
    "adapter-config", "the description of an adapter: which model it lies over, and how", "JSON with peft_type"
)
_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")


class AdapterConfig:
    """Recognises descriptions of LoRA adapters and of PEFT's other methods."""

    kinds = (_ADAPTER,)

    def match(self, probe: Probe) -> Artifact | None:
        """JSON with a `peft_type`."""
        if not probe.has_keys("peft_type"):
            return None
        artifact = probe.described(_ADAPTER, lambda artifact, config: _tell(artifact, config, probe))
        if not probe.lies_beside(*_WEIGHTS):
            artifact.missing.append(f"{_WEIGHTS[0]}: the weights of the adapter")
        return artifact


def _tell(artifact: Artifact, config: Document, probe: Probe) -> None:
    base = config.text("base_model_name_or_path")
    variants = {"use_dora": "DoRA", "use_rslora": "rank-stabilised", "use_qalora": "QA-LoRA"}
    kind = [config.text("peft_type"), *(name for key, name in variants.items() if config.content.get(key) is True)]
    artifact.tell("method", ", ".join(kind))
    artifact.tell("base_model", base)
    artifact.tell("rank", config.number("r"))
    artifact.tell("alpha", config.number("lora_alpha"))
    artifact.tell("dropout", config.number("lora_dropout"))
    # With their path when single layers were chosen: then the last part is what most want to know.
    targets = config.texts("target_modules")
    artifact.tell("targets", sorted({target.rpartition(".")[2] for target in targets}))
    artifact.tell("also_trained", config.texts("modules_to_save"))
    artifact.tell("task", config.text("task_type"))
    artifact.tell("peft_version", config.text("peft_version"))
    if not base:
        artifact.missing.append("the name of the model that it lies over")
    elif _is_path(base) and not (probe.path.parent / base).exists():
        artifact.missing.append(f"{base}: the model that it lies over is not at that place on this machine")
    tell_remote_code(artifact, config, probe)


def _is_path(base: str) -> bool:
    """Whether a name can only be a folder: a model on the hub is called `owner/name`."""
    return base.startswith(("/", ".", "~")) or base.count("/") > 1
