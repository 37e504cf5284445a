"""Recipes for training and merging, as Axolotl, LLaMA-Factory, torchtune, mergekit and others have them."""

from collections.abc import Callable
from dataclasses import dataclass

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_TRAINING = Kind(
    "training-recipe", "a recipe for training a model", "the keys of Axolotl, LLaMA-Factory, torchtune, TRL, litgpt"
)
_MERGE = Kind("merge-recipe", "a recipe for merging models, for mergekit", "YAML with merge_method or slices")
_ACCELERATE = Kind("launch-config", "on which devices a training run is spread", "the keys of DeepSpeed or Accelerate")
_TILTH = Kind("tilth-recipe", "a recipe of Tilth: inputs and steps, run with tilth run", "YAML with inputs and steps")


@dataclass(frozen=True)
class _Tool:
    """How the recipes of one tool are known and told."""

    name: str
    needs: tuple[str, ...]
    """Keys that all of its recipes have."""
    one_of: tuple[str, ...]
    """Keys of which it has at least one."""
    start: str
    """The key of the model that training starts from."""


_TOOLS = (
    _Tool("Axolotl", ("base_model",), ("sequence_len", "micro_batch_size", "adapter", "datasets", "rl"), "base_model"),
    _Tool(
        "LLaMA-Factory",
        ("model_name_or_path",),
        ("stage", "finetuning_type", "dataset_dir", "cutoff_len"),
        "model_name_or_path",
    ),
    _Tool("torchtune", ("model", "tokenizer"), ("checkpointer", "recipe_checkpoint", "loss"), ""),
    _Tool("litgpt", ("data", "train"), ("checkpoint_dir", "lora_r", "precision"), "checkpoint_dir"),
    _Tool(
        "TRL",
        ("model_name_or_path",),
        ("dataset_name", "dataset_mixer", "learning_rate", "per_device_train_batch_size"),
        "model_name_or_path",
    ),
    _Tool("H2O LLM Studio", ("experiment_name", "architecture"), ("dataset", "training"), "llm_backbone"),
)
_NUMBERS = {
    "method": ("adapter", "finetuning_type", "rl", "stage", "problem_type"),
    "rank": ("lora_r", "lora_rank"),
    "alpha": ("lora_alpha",),
    "max_length": ("sequence_len", "cutoff_len", "max_seq_length", "max_length", "model_max_length"),
    "epochs": ("num_epochs", "num_train_epochs", "epochs"),
    "learning_rate": ("learning_rate", "lr"),
    "batch_size": ("micro_batch_size", "per_device_train_batch_size", "batch_size"),
    "chat_template": ("chat_template", "template"),
    "output": ("output_dir", "output_directory", "out_dir"),
}
_MOST_DATA_SETS = 50


class TrainingRecipes:
    """Recognises YAML and JSON by which other tools train, launch and merge."""

    kinds = (_TRAINING, _MERGE, _ACCELERATE, _TILTH)

    def match(self, probe: Probe) -> Artifact | None:
        """The keys of one of the tools."""
        keys = probe.keys
        if not keys or probe.suffix not in (".yaml", ".yml", ".json"):
            return None
        if "merge_method" in keys or ("slices" in keys and "dtype" in keys):
            return probe.described(_MERGE, _tell_merge)
        if {"inputs", "steps"} <= keys:
            return probe.described(_TILTH, lambda artifact, recipe: _tell_tilth(artifact, recipe, probe))
        if (
            keys & {"zero_optimization", "train_micro_batch_size_per_gpu"}
            or {"distributed_type", "num_processes"} <= keys
        ):
            return probe.described(_ACCELERATE, _tell_launch)
        for tool in _TOOLS:
            if keys.issuperset(tool.needs) and not keys.isdisjoint(tool.one_of):
                return probe.described(_TRAINING, _teller(tool, probe))
        return None


def _teller(tool: _Tool, probe: Probe) -> Callable[[Artifact, Document], None]:
    def tell(artifact: Artifact, recipe: Document) -> None:
        artifact.tell("for", tool.name)
        artifact.tell("starts_from", recipe.text(tool.start))
        for fact, names in _NUMBERS.items():
            artifact.tell(fact, next((shown for name in names if (shown := recipe.shown(name))), ""))
        paths = _data_sets(recipe)
        artifact.tell("data", paths)
        artifact.missing += [f"{path}: a data set that it names" for path in paths if _is_absent(path, probe)]
        _tell_components(artifact, recipe)
        _warn(artifact, recipe)

    return tell


def _data_sets(recipe: Document) -> list[str]:
    """The data sets that a recipe names, as paths, names on the hub or names in dataset_info.json."""
    listed = [
        each.text("path") or each.text("name") for key in ("datasets", "test_datasets") for each in recipe.mappings(key)
    ]
    mixed = list(recipe.inner("dataset_mixer").content)
    named = recipe.text("dataset") or recipe.text("dataset_name")
    inner = recipe.inner("dataset")
    inside = [inner.text(key) for key in ("source", "data_files", "train_dataframe")]
    every = [*listed, *mixed, *(part.strip() for part in named.split(",")), *inside]
    return list(dict.fromkeys(path for path in every if path))[:_MOST_DATA_SETS]


def _is_absent(path: str, probe: Probe) -> bool:
    """Whether a name can only be a file, and there is none: neither beside the recipe nor where we stand."""
    if not path.endswith((".json", ".jsonl", ".csv", ".parquet", ".arrow", ".txt", ".pq")) or "://" in path:
        return False
    folder = probe.path.parent
    return not any((place / path).exists() for place in (folder, folder.parent, folder.parent.parent))


def _tell_components(artifact: Artifact, recipe: Document) -> None:
    """torchtune imports what `_component_` names, whatever that is."""
    named = [recipe.inner(key).text("_component_") for key in recipe]
    strange = sorted(
        {name for name in named if name and not name.startswith(("torchtune.", "torch.", "bitsandbytes."))}
    )
    artifact.tell(
        "starts_from", recipe.inner("model").text("_component_") or recipe.inner("checkpointer").text("checkpoint_dir")
    )
    if strange:
        artifact.unsafe.append(f"it names Python that is imported when it runs: {', '.join(strange[:5])}")


def _warn(artifact: Artifact, recipe: Document) -> None:
    if recipe.content.get("trust_remote_code") in ("true", "True", "yes", True):
        artifact.unsafe.append("trust_remote_code is on: code from the model's repository runs when it is loaded")
    if plugins := recipe.texts("plugins"):
        artifact.unsafe.append(f"it imports plugins: {', '.join(plugins[:5])}")
    if tags := sorted(tag for tag in recipe.tags if "python" in tag):
        artifact.unsafe.append(f"it says {tags[0]}, by which a careless YAML reader makes Python objects")


def _tell_merge(artifact: Artifact, recipe: Document) -> None:
    sources = [source for part in recipe.mappings("slices") for source in part.mappings("sources")]
    models = [each.text("model") for each in [*recipe.mappings("models"), *sources]]
    artifact.tell("method", recipe.text("merge_method"))
    artifact.tell("models", [model for model in dict.fromkeys(models) if model])
    artifact.tell("base_model", recipe.text("base_model"))
    artifact.tell("dtype", recipe.text("dtype"))
    artifact.tell("tokenizer_from", recipe.text("tokenizer_source") or recipe.inner("tokenizer").text("source"))


def _tell_launch(artifact: Artifact, config: Document) -> None:
    artifact.tell("for", "Accelerate" if "distributed_type" in config else "DeepSpeed")
    artifact.tell("spread_by", config.text("distributed_type"))
    artifact.tell("processes", config.number("num_processes"))
    artifact.tell("precision", config.text("mixed_precision"))
    artifact.tell("zero_stage", config.inner("zero_optimization").shown("stage"))
    artifact.tell("batch_size", config.shown("train_micro_batch_size_per_gpu"))


def _tell_tilth(artifact: Artifact, recipe: Document, probe: Probe) -> None:
    artifact.tell("name", recipe.text("name"))
    inputs = [each.text("path") for each in recipe.mappings("inputs")]
    artifact.tell("inputs", [path for path in inputs if path])
    artifact.tell(
        "steps", [step if isinstance(step, str) else next(iter(step), "") for step in recipe.items("steps") if step]
    )
    folder = probe.path.parent
    artifact.missing += [
        f"{path}: an input" for path in inputs if path and not (folder / path).exists() and "*" not in path
    ]
