"""How models are served: Ollama's Modelfile, LiteLLM, vLLM, and launch lines for vLLM, TGI and llama.cpp."""

import re
import shlex

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_OLLAMA = Kind("modelfile", "a recipe for a model in Ollama", "named Modelfile, with a line FROM")
_LITELLM = Kind("litellm-config", "models behind a LiteLLM proxy", "YAML with model_list")
_SERVER = Kind("serving-config", "options of a model server", "YAML with a model and options of vLLM")
_LAUNCH = Kind(
    "serving-script",
    "a line that starts a model server",
    "a script or compose file that names vLLM, TGI, llama.cpp or SGLang",
)

_MOST_TEXT = 256 * 1024
_SERVERS = {
    "vLLM": re.compile(r"\bvllm\s+serve\b|vllm\.entrypoints|vllm/vllm-openai"),
    "TGI": re.compile(r"text-generation-launcher|huggingface/text-generation-inference"),
    "llama.cpp": re.compile(r"\bllama-server\b|ggml-org/llama\.cpp|llama_cpp\.server"),
    "SGLang": re.compile(r"sglang\.launch_server|lmsysorg/sglang"),
    "Ollama": re.compile(r"\bollama\s+(?:serve|run|create)\b|image:\s*['\"]?ollama/ollama"),
}
_MODEL_FLAG = re.compile(r"(?:--model(?:-id|-path)?|vllm\s+serve|\s-m|MODEL_ID=)[\s=]+['\"]?([\w./:@-]+)")
_VLLM = {"max-model-len", "tensor-parallel-size", "gpu-memory-utilization", "served-model-name", "enable-lora",
         "chat-template", "quantization", "port"}  # fmt: skip
_SCRIPTS = (".sh", ".bash", ".yaml", ".yml", ".service", ".env")
_SECRET = re.compile(r"^(sk-|hf_|gsk_|AIza)[\w-]{10,}")


class Serving:
    """Recognises configs of servers and proxies."""

    kinds = (_OLLAMA, _LITELLM, _SERVER, _LAUNCH)

    def match(self, probe: Probe) -> Artifact | None:
        """A Modelfile, the keys of LiteLLM or vLLM, or a line that starts a server."""
        is_modelfile = probe.name.startswith("modelfile") or probe.suffix == ".modelfile"
        if is_modelfile and re.search(rb"^FROM\s", probe.head, re.MULTILINE | re.IGNORECASE):
            return _modelfile(probe)
        if probe.has_keys("model_list"):
            return probe.described(_LITELLM, _tell_litellm)
        if probe.suffix in (".yaml", ".yml") and "model" in probe.keys and probe.keys & _VLLM:
            return probe.described(_SERVER, _tell_vllm)
        if probe.suffix in _SCRIPTS or probe.name == "dockerfile":
            return _launch(probe)
        return None


def _modelfile(probe: Probe) -> Artifact:
    artifact = _OLLAMA.found()
    source = probe.text(_MOST_TEXT)
    start = _instruction(source, "FROM")
    artifact.tell("starts_from", start)
    artifact.tell("adapter", _instruction(source, "ADAPTER"))
    artifact.tell("parameters", re.findall(r"(?im)^PARAMETER\s+(\S+\s+.{1,60}?)\s*$", source))
    artifact.tell("template", "yes" if re.search(r"(?im)^TEMPLATE\s", source) else None)
    artifact.tell("system", "yes" if re.search(r"(?im)^SYSTEM\s", source) else None)
    for name in (start, _instruction(source, "ADAPTER")):
        if name.startswith((".", "/")) and not (probe.path.parent / name).exists():
            artifact.missing.append(f"{name}: a file that it names")
    is_file = start.endswith(".gguf") or start.startswith((".", "/"))
    if is_file and "template" not in artifact.facts:
        artifact.missing.append("a TEMPLATE: without one Ollama takes that of the GGUF file, or none")
    artifact.next = shlex.join(["ollama", "create", "NAME", "-f", str(probe.path)]) if not artifact.missing else ""
    return artifact


def _instruction(source: str, name: str) -> str:
    found = re.search(rf"(?im)^{name}\s+(\S+)", source)
    return found[1][:200] if found else ""


def _tell_litellm(artifact: Artifact, config: Document) -> None:
    listed = config.mappings("model_list")
    shown = [f"{each.text('model_name')} -> {each.inner('litellm_params').text('model')}" for each in listed]
    artifact.tell("models", shown)
    keys = [each.inner("litellm_params").text("api_key") for each in listed]
    keys += [config.inner("general_settings").text("master_key")]
    if any(_SECRET.match(key) for key in keys):
        artifact.unsafe.append("an API key is written in it: os.environ/NAME keeps it out of the file")


def _tell_vllm(artifact: Artifact, config: Document) -> None:
    artifact.tell("for", "vLLM")
    artifact.tell("model", config.text("model"))
    for name in sorted(_VLLM):
        artifact.tell(name, config.shown(name))
    if config.text("trust-remote-code") in ("true", "True"):
        artifact.unsafe.append("trust-remote-code is on: code from the model's repository runs in the server")


def _launch(probe: Probe) -> Artifact | None:
    source = probe.text(_MOST_TEXT)
    servers = [name for name, pattern in _SERVERS.items() if pattern.search(source)]
    if not servers:
        return None
    artifact = _LAUNCH.found()
    artifact.tell("for", ", ".join(servers))
    artifact.tell("models", list(dict.fromkeys(_MODEL_FLAG.findall(source)))[:20])
    if "trust-remote-code" in source or "TRUST_REMOTE_CODE" in source:
        artifact.unsafe.append("it trusts remote code: code from the model's repository runs in the server")
    return artifact
