"""Folders of models and adapters: description, weights and tokenizer, and whether they fit each other."""

import shlex

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.folders.place import Place, shard_gaps

_MODEL = Kind("model", "a model, as Hugging Face saves it", "config.json with weights beside it")
_ADAPTER = Kind("adapter", "a LoRA adapter, as PEFT saves it", "adapter_config.json")
_TOKENIZER = Kind("tokenizer-folder", "a tokenizer without a model", "tokenizer files and no config.json")

TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")
_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_WEIGHT_ENDINGS = (".safetensors", ".bin", ".pt", ".pth", ".gguf")
_FACTS = ("architecture", "context_length", "dtype", "quantization")


class ModelFolder:
    """Recognises folders of models, adapters and tokenizers."""

    kinds = (_MODEL, _ADAPTER, _TOKENIZER)

    def match(self, place: Place) -> Artifact | None:
        """By the description in it; a tokenizer alone by its files."""
        if place.has("adapter_config.json"):
            return _adapter(place)
        if place.has("config.json") and _kind_of(place, "config.json") == "model-config":
            return _model(place)
        if place.has("tokenizer_config.json") and place.has(*TOKENIZERS):
            artifact = _TOKENIZER.found()
            tell_tokenizer(artifact, place)
            return artifact
        return None


def tell_weights(artifact: Artifact, place: Place) -> list[str]:
    """Add parameters, types, size and missing shards of the weights; gives the files that they lie in."""
    files = weight_files(place)
    found = [look for name in files if (look := place.look(name)) is not None]
    artifact.tell("parameters", sum(int(str(each.facts.get("parameters", 0))) for each in found) or None)
    types: dict[str, int] = {}
    for each in found:
        counts = each.facts.get("dtypes")
        for name, count in counts.items() if isinstance(counts, dict) else ():
            types[name] = types.get(name, 0) + count
    artifact.tell("dtypes", types)
    artifact.tell("weight_files", len(files) or None)
    artifact.tell("bytes", sum(place.sizes[name] for name in files) or None)
    index = place.look(place.first(*_INDEXES))
    artifact.missing += index.missing if index is not None else [f"{name}: weights" for name in shard_gaps(files)[:5]]
    place.take_warnings(artifact, [*files, *(name for name in _INDEXES if place.has(name))])
    return files


def weight_files(place: Place) -> list[str]:
    """Files with weights of a model, and not with the state of a training."""
    return [
        name
        for name in place.named(*_WEIGHT_ENDINGS)
        if name.startswith(("model", "pytorch_model", "adapter_model", "consolidated", "weights"))
    ]


def tell_tokenizer(artifact: Artifact, place: Place) -> None:
    """Add vocabulary and chat template of the tokenizer, and what it lacks."""
    tokenizer, config = place.look(place.first(*TOKENIZERS)), place.look("tokenizer_config.json")
    template = place.look(place.first("chat_template.jinja", "chat_template.json"))
    if tokenizer is not None:
        artifact.tell("vocabulary", tokenizer.facts.get("vocabulary") or tokenizer.facts.get("tokens"))
    told = next((told for each in (template, config) if each and (told := each.facts.get("chat_template"))), None)
    artifact.tell("chat_template", told)
    if not place.has(*TOKENIZERS):
        artifact.missing.append("its tokenizer, such as tokenizer.json")
    elif told is None:
        artifact.missing.append("its chat template: chats have no layout")
    files = [*TOKENIZERS, "tokenizer_config.json", "chat_template.jinja", "chat_template.json"]
    place.take_warnings(artifact, [name for name in files if place.has(name)])


def _model(place: Place) -> Artifact:
    artifact, config = _MODEL.found(), place.look("config.json")
    facts = config.facts if config is not None else {}
    for name in _FACTS:
        artifact.tell(name, facts.get(name))
    if not tell_weights(artifact, place):
        artifact.missing.append("its weights, such as model.safetensors")
    tell_tokenizer(artifact, place)
    _compare_vocabularies(artifact, place, facts.get("vocabulary"))
    place.take_warnings(artifact, ["config.json"])
    if config is not None:
        artifact.missing += [reason for reason in config.missing if reason.endswith("code that it names")]
    if not (artifact.missing or artifact.broken):
        artifact.next = f"tilth train sft DATA.jsonl -o OUT --model {shlex.quote(str(place.path))}"
    return artifact


def _compare_vocabularies(artifact: Artifact, place: Place, rows: object) -> None:
    """A tokenizer with more tokens than the model has embeddings crashes it at the first of them."""
    tokenizer = place.look(place.first(*TOKENIZERS))
    words = tokenizer.facts.get("vocabulary") if tokenizer is not None else None
    if isinstance(words, int) and isinstance(rows, int) and words > rows:
        artifact.broken.append(f"the tokenizer has {words:,} tokens and the model embeddings for {rows:,}")


def _adapter(place: Place) -> Artifact:
    artifact, config = _ADAPTER.found(), place.look("adapter_config.json")
    if config is not None:
        artifact.facts.update(config.facts)
        artifact.missing += config.missing
    tell_weights(artifact, place)
    if place.has(*TOKENIZERS):
        tell_tokenizer(artifact, place)
    ranks = [each.facts.get("rank") for name in weight_files(place) if (each := place.look(name)) is not None]
    told = artifact.facts.get("rank")
    if told is not None and ranks and isinstance(ranks[0], str) and ranks[0].isdigit() and ranks[0] != str(told):
        artifact.broken.append(f"its config says rank {told}, its weights have rank {ranks[0]}")
    place.take_warnings(artifact, ["adapter_config.json"])
    return artifact


def _kind_of(place: Place, name: str) -> str:
    found = place.look(name)
    return found.kind if found is not None else ""
