"""Folders of data sets: what `save_to_disk` wrote, the layout of the hub, a file for each split."""

import re
import shlex

from tilth.artifacts.arrow_tokens import rows_of
from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.folders.place import Place, shard_gaps

_SAVED = Kind("saved-dataset", "a data set that save_to_disk of datasets wrote", "state.json and dataset_info.json")
_SAVED_SPLITS = Kind("saved-splits", "splits of a data set that save_to_disk of datasets wrote", "dataset_dict.json")
_HUB = Kind(
    "hub-dataset",
    "a data set in the layout of the Hugging Face hub",
    "data/ with a file for each split, or a card",
)
_SPLITS = Kind("split-dataset", "a data set with a file for each split", "files named train, validation, test")

ROW_SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".feather", ".yaml", ".yml",
                ".xlsx", ".sqlite", ".db", ".conll", ".srt", ".vtt")  # fmt: skip
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
_TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".feather", ".yaml", ".yml")
_SPLIT = re.compile(r"(train|validation|valid|dev|test)\b[-_.]?", re.IGNORECASE)


class DataSetFolder:
    """Recognises folders that are one data set."""

    kinds = (_SAVED, _SAVED_SPLITS, _HUB, _SPLITS)

    def match(self, place: Place) -> Artifact | None:
        """By the files that describe it, or by the names of its files."""
        if place.has("dataset_dict.json"):
            return _saved_splits(place)
        if place.has("state.json") and place.has("dataset_info.json"):
            return _saved(place)
        if (splits := _hub_splits(place)) is not None:
            return _described(_HUB, place, splits)
        tables = table_names(place)
        splits = by_split(tables)
        is_all_there_is = len(tables) == 1 and not place.folders
        return (
            _described(_SPLITS, place, splits) if "train" in splits and (len(splits) > 1 or is_all_there_is) else None
        )


def table_names(place: Place) -> list[str]:
    """Files that hold rows by their suffix."""
    return [name for name in place.sizes if plain_name(name).endswith(_TABLES)]


def plain_name(name: str) -> str:
    """The name in small letters and without a suffix of compression."""
    lowered = name.lower()
    return next((lowered.removesuffix(suffix) for suffix in COMPRESSIONS if lowered.endswith(suffix)), lowered)


def by_split(names: list[str]) -> dict[str, list[str]]:
    """The files of each split, by the beginning of their names."""
    found: dict[str, list[str]] = {}
    for name in names:
        if split := _SPLIT.match(name.rpartition("/")[2]):
            found.setdefault(split[1].lower(), []).append(name)
    return found


def _hub_splits(place: Place) -> dict[str, list[str]] | None:
    card = place.look("README.md")
    has_card = card is not None and card.kind == "card"
    # A project has its data in data/ too, and much besides.
    if "data" in place.folders and (has_card or [name for name in place.folders if name[0] != "."] == ["data"]):
        names = [f"data/{name}" for name in table_names(place.inside("data"))]
        if splits := by_split(names):
            return splits
    if card is not None and has_card and any(name.startswith("config ") for name in card.facts):
        return by_split(table_names(place))
    return None


def _described(kind: Kind, place: Place, splits: dict[str, list[str]]) -> Artifact:
    artifact = kind.found()
    artifact.tell("splits", {split: len(files) for split, files in splits.items()})
    every = [name for files in splits.values() for name in files]
    artifact.missing += [f"{name}: rows" for name in shard_gaps(every)[:5]]
    if kind is _HUB:
        if not place.has("README.md"):
            artifact.missing.append("README.md: its card, with license and columns")
        if scripts := [name for name in place.named(".py") if name.removesuffix(".py") == place.name]:
            artifact.unsafe.append(f"{scripts[0]}: a script, which older versions of datasets run to read the set")
        card = place.look("README.md")
        artifact.missing += [f"README.md: {reason}" for reason in card.missing] if card is not None else []
    if every:
        artifact.next = f"tilth inspect {shlex.quote(str(place.path / every[0]))}"
    return artifact


def _saved(place: Place) -> Artifact:
    artifact = _SAVED.found()
    info, state = place.look("dataset_info.json"), place.look("state.json")
    columns = info.facts.get("columns") if info is not None else None
    artifact.tell("columns", columns)
    if isinstance(columns, list) and any(column.startswith(("input_ids ", "token_ids ")) for column in columns):
        artifact.purpose = "a tokenized set that save_to_disk of datasets wrote: rows of token ids"
    files = state.facts.get("files") if state is not None else None
    names = [name for name in files if name in place.sizes] if isinstance(files, list) else []
    artifact.tell("rows", sum(rows_of(place.path / name) for name in names) or None)
    artifact.tell("files", len(names))
    artifact.tell("bytes", sum(place.sizes[name] for name in names))
    artifact.missing += state.missing if state is not None else []
    place.take_warnings(artifact, ["dataset_info.json", "state.json", *names])
    artifact.next = _conversion(place)
    return artifact


def _saved_splits(place: Place) -> Artifact:
    artifact, splits = _SAVED_SPLITS.found(), place.look("dataset_dict.json")
    names = splits.facts.get("splits") if splits is not None else None
    rows: dict[str, int] = {}
    for name in names if isinstance(names, list) else []:
        if name not in place.folders:
            artifact.missing.append(f"{name}/: a split")
            continue
        inner = _saved(place.inside(name))
        artifact.missing += [f"{name}/{reason}" for reason in inner.missing]
        artifact.broken += [f"{name}/{reason}" for reason in inner.broken]
        artifact.facts.setdefault("columns", inner.facts.get("columns", ""))
        told = inner.facts.get("rows", 0)
        rows[name] = told if isinstance(told, int) else 0
    artifact.tell("splits", list(rows))
    artifact.tell("rows", rows if any(rows.values()) else None)
    place.take_warnings(artifact, ["dataset_dict.json"])
    artifact.next = _conversion(place)
    return artifact


def _conversion(place: Place) -> str:
    return f"tilth convert {shlex.quote(str(place.path))} -o OUT.jsonl"
