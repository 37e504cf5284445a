"""The configurations that a card names: which files make up which split of which of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from tilth.errors import DataError, UsageError
from tilth.formats.folders.card import CARD, read_card
from tilth.formats.folders.layout import Layout
from tilth.formats.folders.names import data_files
from tilth.formats.folders.shard_names import by_stem, in_order, shard

_DEFAULT = "default"
_SPLIT = re.compile(r"\w+(\.\w+)*")


def configurations(folder: Path) -> dict[str, Mapping[str, Any]]:
    """What the card says about each configuration that has files of its own, by name."""
    listed = read_card(folder).get("configs")
    if not isinstance(listed, list):
        return {}
    found = [each for each in listed if isinstance(each, dict) and ("data_files" in each or "data_dir" in each)]
    return {str(each.get("config_name", _DEFAULT)): each for each in found}


def chosen(folder: Path, among: Mapping[str, Mapping[str, Any]]) -> str:
    """The configuration that is meant when nobody says which. Raises `UsageError` when that is left open."""
    if len(among) == 1:
        return next(iter(among))
    marked = [name for name, each in among.items() if each.get("default") is True]
    if not marked and _DEFAULT in among:
        marked = [_DEFAULT]
    if len(marked) != 1:
        raise UsageError(
            f"its card names {len(among)} configurations: {', '.join(among)}",
            where=str(folder),
            fix=f"{folder / next(iter(among))}",
        )
    return marked[0]


def layout_of_configuration(folder: Path, name: str, is_data: Callable[[str], bool]) -> Layout:
    """The files of one configuration."""
    all_of_them = configurations(folder)
    config = all_of_them[name]
    base = folder / _inside(folder, str(config.get("data_dir", ".")))
    parts = {
        split: [file for pattern in patterns for file in _matching(base, folder, pattern, is_data)]
        for split, patterns in _patterns(config.get("data_files", "**/*"), folder).items()
    }
    if wrong := next((split for split in parts if not _SPLIT.fullmatch(split)), None):
        raise DataError(f"its card names a split {wrong!r}, and a split is a word", where=str(folder))
    others = [other for other in all_of_them if other != name]
    notes = [f"configuration {name} of its card; there are also {', '.join(others)}"] if others else []
    return Layout({split: _shards_checked(files) for split, files in parts.items()}, notes=notes)


def _patterns(told: Any, folder: Path) -> dict[str, list[str]]:
    """The patterns of each split, in whichever of its spellings a card has them."""
    if isinstance(told, str):
        return {"train": [told]}
    if isinstance(told, dict):
        return {str(split): _texts(patterns, folder) for split, patterns in told.items()}
    if isinstance(told, list) and all(isinstance(each, dict) and "path" in each for each in told):
        found: dict[str, list[str]] = {}
        for each in told:
            found.setdefault(str(each.get("split", "train")), []).extend(_texts(each["path"], folder))
        return found
    return {"train": _texts(told, folder)}


def _texts(told: Any, folder: Path) -> list[str]:
    found = told if isinstance(told, list) else [told]
    if not all(isinstance(each, str) for each in found):
        raise DataError(f"data_files holds {found!r:.60}; expected paths", where=str(folder / CARD))
    return found


def _matching(base: Path, folder: Path, pattern: str, is_data: Callable[[str], bool]) -> list[Path]:
    inside = _inside(folder, pattern)
    if (base / inside).is_dir():
        return data_files(base / inside, is_data)
    files = [file for file in base.glob(inside) if file.is_file() and is_data(file.name)]
    if not files:
        raise DataError(f"its card names {pattern}, and no file is named like that", where=str(folder))
    return sorted(files, key=lambda file: (file.parent, in_order(file)))


def _inside(folder: Path, pattern: str) -> str:
    """The pattern, if it stays in the folder: a card of a stranger must not read other files."""
    path = PurePosixPath(pattern)
    if "://" in pattern or path.is_absolute() or ".." in path.parts:
        raise DataError(f"its card names {pattern}, which is not in the folder", where=str(folder))
    return str(path)


def _shards_checked(files: Sequence[Path]) -> list[Path]:
    if files and all(shard(file) for file in files):
        return [file for shards in by_stem(files).values() for file in shards]
    return list(files)
