"""The YAML header of a card, as the Hugging Face hub reads it."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

_TASKS = {
    "classification": "text-classification",
    "ner": "token-classification",
    "qa": "question-answering",
    "instruction": "text-generation",
    "chat": "text-generation",
    "preference": "text-generation",
    "text": "text-generation",
}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
          (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip
_LARGEST = "100M<n<1B"
_LEAST_SHARE = 0.01  # of the rows looked at, so that a language told wrongly once is not announced


def header(
    name: str,
    rows: int,
    types: Iterable[str],
    languages: Mapping[str, int],
    licences: Iterable[str],
    files: Mapping[str, list[str]],
) -> str:
    """The lines between the two rules, rules included. `files` are the names of the files of each split."""
    told = sum(languages.values())
    codes = [code for code, count in languages.items() if code != "?" and count >= told * _LEAST_SHARE]
    held = [licence.lower() for licence in licences]
    content: dict[str, Any] = {
        "pretty_name": name,
        **({"language": codes} if codes else {}),
        **({"license": held[0] if len(held) == 1 else "other"} if held else {}),
        "task_categories": sorted({_TASKS[kind] for kind in types if kind in _TASKS}),
        "size_categories": [next((size for below, size in _SIZES if rows < below), _LARGEST)],
        "configs": [{"config_name": "default",
                     "data_files": [{"split": split, "path": paths[0] if len(paths) == 1 else paths}
                                    for split, paths in files.items()]}],
    }  # fmt: skip
    shown = {key: value for key, value in content.items() if value}
    return f"---\n{yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)}---\n"
