"""What a folder is as a data set: its own description if it has one, and the names of its files if it has none."""

from collections.abc import Callable, Container
from pathlib import Path

from tilth.errors import DataError, UsageError
from tilth.formats.folders.card import CARD
from tilth.formats.folders.configurations import chosen, configurations, layout_of_configuration
from tilth.formats.folders.layout import Layout, listed
from tilth.formats.folders.names import PARTS, data_files, split_named, stem_of
from tilth.formats.folders.saved import saved_layout
from tilth.formats.folders.shard_names import by_stem, numbered, shard

IsData = Callable[[str], bool]


def layout_of(folder: Path, is_data: IsData) -> Layout:
    """The files of each split. Raises `UsageError` when the folder does not say what it is.

    `is_data` tells whether a file of that name can be read.
    """
    saved = saved_layout(folder)
    if saved is not None:
        return saved
    notes: list[str] = []
    try:
        named = configurations(folder)
    except DataError as failure:
        named, notes = {}, [f"{failure.where}: {failure.what}; the names of the files count"]
    if named:
        return layout_of_configuration(folder, chosen(folder, named), is_data)
    found = _by_names(folder, is_data)
    if found is None and (folder / "data").is_dir():
        found = _by_names(folder / "data", is_data)
    if found is None:
        there = listed(sorted(folder.iterdir())) or "nothing"
        wanted = "train, validation and test, such as train.jsonl"
        raise UsageError(f"the folder holds {there}; expected files named {wanted}", where=str(folder))
    return Layout(found.parts, found.format, [*notes, *found.notes])


def configuration(path: Path, is_data: IsData) -> Layout | None:
    """The files of FOLDER/NAME, where the folder's card has a configuration of that name, and it is no file."""
    if path.is_file() or not path.parent.is_dir() or path.name not in _named(path.parent):
        return None
    found = layout_of_configuration(path.parent, path.name, is_data)
    return Layout(found.parts, found.format)


def _named(folder: Path) -> Container[str]:
    try:
        return configurations(folder)
    except DataError:  # it may be the README.md of anything
        return ()


def _by_names(folder: Path, is_data: IsData) -> Layout | None:
    files = data_files(folder, is_data)
    if any(split_named(stem_of(file)) for file in files):
        return Layout(_one_file_each(folder, files))
    if any(shard(file) for file in files):
        return Layout(_sharded(files))
    parts = {split_named(inner.name) or "": inner for inner in sorted(folder.iterdir()) if inner.is_dir()}
    inside = {split: data_files(parts[split], is_data) for split in PARTS if split in parts}
    if not files and any(inside.values()):
        return Layout({split: numbered(found) or found for split, found in inside.items() if found})
    if len(files) == 1 and ((folder / CARD).exists() or folder.name == "data"):  # elsewhere it may be any folder
        return Layout({"": files}, notes=[f"{files[0].name} is the only file of data in the folder"])
    in_order = numbered(files) if len(files) > 1 else None
    if in_order is None:
        return None
    return Layout({"": in_order}, notes=[f"{len(files)} files are read as one: {listed(in_order)}"])


def _one_file_each(folder: Path, files: list[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for file in files:
        if (split := split_named(stem_of(file))) is not None:
            found.setdefault(split, []).append(file)
    for several in found.values():
        if len(several) > 1:
            raise UsageError(f"one split lies in several files: {listed(several)}", where=str(folder))
    return {split: found[split] for split in PARTS if split in found}


def _sharded(files: list[Path]) -> dict[str, list[Path]]:
    stems = by_stem(files)
    if len(stems) == 1 and split_named(next(iter(stems))) is None:
        return {"": next(iter(stems.values()))}
    named = {split_named(stem) or stem: shards for stem, shards in stems.items()}
    if len(named) < len(stems):
        raise UsageError(f"two splits have names for the same: {', '.join(stems)}", where=str(files[0].parent))
    usual = [split for split in PARTS if split in named]
    return {split: named[split] for split in (*usual, *(split for split in named if split not in PARTS))}
