"""Texts and their labels in columns, gathered in one pass."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.errors import UsageError
from tilth.operation import Batch, Dataset

TEXT_CHARACTERS = 4_000
"""What of a text is read: a class shows within its first pages, and one book must not outweigh a thousand messages."""


@dataclass(frozen=True)
class Labelled:
    """All rows in file order."""

    texts: list[str]
    """The first `TEXT_CHARACTERS` of each text; empty where there is none."""
    names: list[str]
    """The classes, in the order of their numbers: by number where all names are whole numbers, else by name."""
    of_row: list[tuple[int, ...]]
    """Numbers of the classes of each row; none where it has no label."""
    is_multi: bool
    """Whether rows may have several classes."""

    @property
    def single(self) -> NDArray[np.int64]:
        """The class of each row, -1 where it has none."""
        return np.array([own[0] if own else -1 for own in self.of_row], np.int64)


def gather(data: Dataset, text: str, label: str) -> Labelled:
    """One pass over the data. Raises `UsageError` when no row has a label."""
    texts: list[str] = []
    labels: list[tuple[str, ...]] = []
    is_multi = False
    for batch in data.batches():
        texts.extend((value or "")[:TEXT_CHARACTERS] for value in batch.column(text).to_pylist())
        found, several = _labels(batch, label)
        labels.extend(found)
        is_multi = is_multi or several
    names = sorted({name for own in labels for name in own}, key=_order)
    if labels and not names:
        raise UsageError(f"no row has anything in the field {label}", fix="--label FIELD")
    number = {name: place for place, name in enumerate(names)}
    return Labelled(texts, names, [tuple(number[name] for name in own) for own in labels], is_multi)


def _labels(batch: Batch, label: str) -> tuple[list[tuple[str, ...]], bool]:
    """The labels of each row, and whether the rows are of a kind that may have several."""
    if label != "label":
        return [() if value is None else (value,) for value in batch.column(label).to_pylist()], False
    found: list[tuple[str, ...]] = []
    is_multi = False
    for record in batch.records:
        several: Any = record.get("labels") if record.get("label") is None else None
        if isinstance(several, list):
            is_multi = True
            found.append(tuple(sorted({name for name in several if isinstance(name, str)})))
        else:
            one = record.get("label")
            found.append((one,) if isinstance(one, str) else ())
    return found, is_multi


def _order(name: str) -> tuple[int, str]:
    return (int(name), name) if name.isascii() and name.isdigit() else (1 << 62, name)
