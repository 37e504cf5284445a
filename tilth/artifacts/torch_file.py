"""PyTorch files (`.pt`, `.pth`, `.bin`): a pickle in a zip or several in a row, told without loading."""

import json
import shlex
from collections import Counter

from tilth.artifacts.archive import Archive, opened_archive
from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError
from tilth.artifacts.pickles import Told, follow, judge
from tilth.artifacts.pickles.tensors import Tensor, key_names, pairs_of, tensors_in
from tilth.artifacts.probe import Probe

_WEIGHTS = Kind(
    "torch-weights", "weights of a model, as PyTorch pickles them", "a zip with data.pkl, or pickles in a row"
)
_ADAPTER = Kind(
    "torch-adapter", "weights of a LoRA adapter, as PyTorch pickles them", "the same, named adapter_model.bin"
)
_STATE = Kind(
    "training-state",
    "state of a training run (optimizer, schedule, random numbers), with which it can go on",
    "the same, named optimizer, scheduler, scaler or rng_state",
)
_ARGS = Kind("training-args", "options of a Hugging Face training run", "a pickle named training_args.bin")
_TOKENS = Kind("torch-tokens", "a tokenized set: rows of token ids, ready for training", "the same, with input_ids")
_SCRIPT = Kind("torchscript", "a TorchScript program: weights and the code to run them", "a zip with constants.pkl")
_PICKLE = Kind("pickle", "Python objects, pickled", "the opcodes of a pickle")

_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # PyTorch's magic number, itself a pickle
_SUFFIXES = (".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt")
_STATES = ("optimizer", "scheduler", "scaler", "rng_state")
_KEYS_TOLD, _NAMES_TOLD = 100, 1000
_TOKEN_KEYS = {"input_ids", "token_ids"}
_CONVERT = (
    "import torch; from safetensors.torch import save_file; "
    'w = torch.load({old}, map_location="cpu", weights_only=True); '
    # Cloned: tied weights share their numbers, which safetensors refuses.
    'save_file({{k: v.clone().contiguous() for k, v in w.items()}}, {new}, metadata={{"format": "pt"}})'
)
_OPTIONS_TOLD = (
    "learning_rate", "num_train_epochs", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps",
    "seed", "output_dir",
)  # fmt: skip


class TorchFile:
    """Recognises what PyTorch and plain `pickle` write."""

    kinds = (_WEIGHTS, _ADAPTER, _STATE, _ARGS, _TOKENS, _SCRIPT, _PICKLE)

    def match(self, probe: Probe) -> Artifact | None:
        """A zip with a `data.pkl`, PyTorch's older row of pickles, or one pickle."""
        if probe.head.startswith(b"PK\x03\x04"):
            return _zipped(probe)
        if probe.head.startswith(_LEGACY):
            return _legacy(probe)
        return _bare(probe)


def _zipped(probe: Probe) -> Artifact | None:
    try:
        with opened_archive(probe) as archive:
            program = archive.find("data.pkl")
            if program is None:
                return None
            with archive.cursor(program) as cursor:
                told = follow(cursor)
            artifact, tensors = _described(probe, told)
            artifact.broken += _missing_numbers(archive, program, tensors)
            if archive.find("constants.pkl") is not None:
                artifact.kind, artifact.purpose = _SCRIPT.name, _SCRIPT.purpose
                artifact.unsafe.append("it holds code, which runs when the model does")
            return artifact
    except BrokenError as failure:
        if probe.suffix not in _SUFFIXES:
            return None
        artifact = _kind(probe, [], has_tensors=True).found()
        artifact.broken.append(
            f"no whole zip archive ({failure}): most likely cut short while it was written or copied"
        )
        return artifact


def _legacy(probe: Probe) -> Artifact:
    cursor = probe.cursor()
    parts = [follow(cursor)]
    while len(parts) < 4 and not parts[-1].broken:  # magic number, protocol, system, content
        parts.append(follow(cursor))
    told = parts[-1]
    for part in parts[:-1]:
        told.imports = {**part.imports, **told.imports}
        told.calls = [*part.calls, *told.calls]
    artifact, tensors = _described(probe, told)
    needed = sum({tensor.storage: tensor.storage_bytes for tensor in tensors}.values())
    if not told.broken and needed > cursor.left:
        artifact.broken.append(f"cut short: its tensors need {needed:,} bytes, and {cursor.left:,} are left for them")
    return artifact


def _bare(probe: Probe) -> Artifact | None:
    begins_as_one = probe.head[:1] == b"\x80" and probe.head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    if not (begins_as_one or probe.suffix in (".pkl", ".pickle")):
        return None
    told = follow(probe.cursor())
    if told.broken and not (begins_as_one or told.imports):
        return None
    artifact, _ = _described(probe, told)
    if told.broken:
        artifact.broken.append(told.broken)
    return artifact


def _described(probe: Probe, told: Told) -> tuple[Artifact, list[Tensor]]:
    """The artifact with what is said about every pickle: what it names, how bad that looks, what to do instead."""
    tensors, keys = list(tensors_in(told.root)), key_names(told.root)
    artifact = _kind(probe, keys, bool(tensors)).found()
    _tell_tensors(artifact, tensors)
    artifact.tell("items", len(told.root) if isinstance(told.root, list) else None)
    if artifact.kind == _ARGS.name:
        options = dict(pair for pair in pairs_of(told.root) if isinstance(pair[0], str))
        for name in _OPTIONS_TOLD:
            value = options.get(name)
            artifact.tell(name, value if isinstance(value, str | int | float) else None)
        keys = []
    artifact.tell("keys", keys[:_KEYS_TOLD] if not tensors or _TOKEN_KEYS & set(keys) else [])
    artifact.tell("imports", list(told.imports))
    verdict = judge(told)
    artifact.unsafe += verdict.unsafe
    if verdict.plain and artifact.kind in (_WEIGHTS.name, _ADAPTER.name):
        new = probe.path.with_name(probe.path.stem.replace("pytorch_model", "model") + ".safetensors")
        artifact.next = shlex.join(
            ["python", "-c", _CONVERT.format(old=json.dumps(str(probe.path)), new=json.dumps(str(new)))]
        )
    return artifact, tensors


def _kind(probe: Probe, keys: list[str], has_tensors: bool) -> Kind:
    if probe.name == "training_args.bin":
        return _ARGS
    if probe.name.startswith("adapter_model"):
        return _ADAPTER
    if probe.name.startswith(_STATES):
        return _STATE
    if not _TOKEN_KEYS.isdisjoint(keys):
        return _TOKENS
    return _WEIGHTS if has_tensors else _PICKLE


def _tell_tensors(artifact: Artifact, tensors: list[Tensor]) -> None:
    unique = {tensor.storage: tensor for tensor in tensors}
    what = "numbers" if artifact.kind in (_STATE.name, _TOKENS.name) else "parameters"
    artifact.tell(what, sum(tensor.numbers for tensor in unique.values()) or None)
    artifact.tell("tensors", len(tensors) or None)
    artifact.tell("dtypes", dict(Counter(tensor.dtype for tensor in tensors)))
    artifact.tell("names", [f"{tensor.name} {list(tensor.shape)}" for tensor in tensors[:_NAMES_TOLD]])


def _missing_numbers(archive: Archive, program: str, tensors: list[Tensor]) -> list[str]:
    """Tensors whose numbers are not in the archive, or not as many as announced."""
    folder = program.removesuffix("data.pkl") + "data/"
    sizes = archive.sizes
    wrong = [each for each in tensors if sizes.get(folder + each.storage, -1) < each.storage_bytes]
    return [f"the numbers of {len(wrong)} tensors are not in it whole, the first is {wrong[0].name}"] if wrong else []
