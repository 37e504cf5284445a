"""Descriptions of data sets: LLaMA-Factory's and Hugging Face's `dataset_info.json`, and the state of saved sets."""

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_FACTORY = Kind(
    "llama-factory-data", "LLaMA-Factory's list of data sets", "JSON of entries with file_name or hf_hub_url"
)
_INFO = Kind("dataset-info", "the columns and splits of a Hugging Face data set", "JSON with features")
_STATE = Kind("dataset-state", "the files of a set that save_to_disk wrote", "JSON with _data_files")
_SPLITS = Kind("dataset-splits", "the splits of a set that save_to_disk wrote", "named dataset_dict.json")

_SOURCES = ("file_name", "hf_hub_url", "ms_hub_url", "script_url", "cloud_file_name", "om_hub_url")
_MOST_SETS = 500


class DatasetDescriptions:
    """Recognises files that say which data sets there are and what they hold."""

    kinds = (_FACTORY, _INFO, _STATE, _SPLITS)

    def match(self, probe: Probe) -> Artifact | None:
        """The keys that each kind has."""
        if probe.has_keys("_data_files"):
            return probe.described(_STATE, lambda artifact, state: _tell_state(artifact, state, probe))
        if probe.name == "dataset_dict.json" and probe.has_keys("splits"):
            return probe.described(_SPLITS, lambda artifact, splits: _tell_splits(artifact, splits, probe))
        if probe.has_keys("features") and probe.keys & {"citation", "homepage", "splits", "builder_name", "license"}:
            return probe.described(_INFO, _tell_info)
        if probe.name == "dataset_info.json" and probe.keys:
            return probe.described(_FACTORY, lambda artifact, sets: _tell_factory(artifact, sets, probe))
        return None


def _tell_factory(artifact: Artifact, sets: Document, probe: Probe) -> None:
    names = list(sets)[:_MOST_SETS]
    entries = {name: sets.inner(name) for name in names if any(source in sets.inner(name) for source in _SOURCES)}
    local = {name: entry.text("file_name") for name, entry in entries.items() if entry.text("file_name")}
    artifact.tell("data_sets", len(entries))
    artifact.tell("local", list(local))
    artifact.tell("on_a_hub", len(entries) - len(local) or None)
    artifact.tell("preference_sets", [name for name, entry in entries.items() if entry.content.get("ranking") is True])
    absent = [f"{file}: {name}" for name, file in local.items() if not (probe.path.parent / file).exists()]
    artifact.missing += absent[:8] + ([f"and {len(absent) - 8} more files"] if len(absent) > 8 else [])
    if scripts := [name for name, entry in entries.items() if "script_url" in entry]:
        artifact.unsafe.append(f"{', '.join(scripts[:5])}: read by running a Python script")
    if not entries:
        artifact.broken.append("no entry names a file or a place on a hub")


def _tell_info(artifact: Artifact, info: Document) -> None:
    features = info.inner("features")
    artifact.tell("columns", [f"{name} ({_feature(features, name)})" for name in features])
    splits = info.inner("splits")
    artifact.tell("splits", {name: int(splits.inner(name).first("num_examples") or 0) for name in splits})
    artifact.tell("license", info.text("license"))
    artifact.tell("builder", info.text("builder_name"))


def _feature(features: Document, name: str) -> str:
    if isinstance(features.content.get(name), list):
        return "list"
    return features.inner(name).text("dtype") or features.inner(name).text("_type") or "fields"


def _tell_state(artifact: Artifact, state: Document, probe: Probe) -> None:
    files = [each.text("filename") for each in state.mappings("_data_files")]
    artifact.tell("files", files)
    artifact.tell("split", state.text("_split"))
    artifact.missing += [f"{file}: rows of the set" for file in files if file and file not in probe.beside][:8]
    if not probe.lies_beside("dataset_info.json"):
        artifact.missing.append("dataset_info.json: its columns")


def _tell_splits(artifact: Artifact, splits: Document, probe: Probe) -> None:
    names = splits.texts("splits")
    artifact.tell("splits", names)
    artifact.missing += [f"{name}/: a split" for name in names if name not in probe.beside]
