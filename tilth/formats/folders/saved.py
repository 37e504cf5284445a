"""Data sets as `save_to_disk` of Hugging Face leaves them: Arrow streams, and what belongs together in `state.json`."""

import json
from pathlib import Path
from typing import Any

from tilth.errors import DataError
from tilth.formats.folders.layout import Layout

STATE, INFO, SPLITS = "state.json", "dataset_info.json", "dataset_dict.json"
_MOST_BYTES = 16 << 20


def saved_layout(folder: Path) -> Layout | None:
    """The files of a saved data set, split or not; None when the folder is none."""
    if (folder / SPLITS).is_file():
        splits = _json(folder / SPLITS).get("splits")
        if not isinstance(splits, list) or not all(_is_plain_name(split) for split in splits):
            raise DataError("splits is not a list of names", where=str(folder / SPLITS))
        return Layout({split: _files(folder / split) for split in splits}, "arrow")
    if (folder / STATE).is_file() and "_data_files" in _json(folder / STATE):
        return Layout({"": _files(folder)}, "arrow")
    return None


def _files(folder: Path) -> list[Path]:
    state = _json(folder / STATE)
    listed = state.get("_data_files")
    names = (
        [each.get("filename") if isinstance(each, dict) else None for each in listed]
        if isinstance(listed, list)
        else []
    )
    if not names or not all(_is_plain_name(name) for name in names):
        raise DataError("_data_files is not a list of files in this folder", where=str(folder / STATE))
    if state.get("_indices_data_files") or state.get("_indices_files"):
        raise DataError(
            "the rows are chosen by a file of indices, which was given up in 2021",
            where=str(folder / STATE),
            fix="load_from_disk and save_to_disk with a newer datasets",
        )
    files = [folder / str(name) for name in names]
    if missing := [file.name for file in files if not file.is_file()]:
        raise DataError(f"it names {', '.join(missing[:8])}, which is not there", where=str(folder / STATE))
    return files


def _is_plain_name(name: Any) -> bool:
    return isinstance(name, str) and name not in ("", ".", "..") and "/" not in name and "\0" not in name


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DataError("this is too long to describe a data set", where=str(path))
        found = json.loads(path.read_bytes())
    except FileNotFoundError as failure:
        raise DataError("there is no such file, and the folder is no data set without it", where=str(path)) from failure
    except (ValueError, RecursionError) as failure:
        raise DataError("this is not JSON", where=str(path)) from failure
    if not isinstance(found, dict):
        raise DataError("this is no JSON object", where=str(path))
    return found
