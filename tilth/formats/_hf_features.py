"""What `datasets` of Hugging Face notes in a file about its columns: the names behind integer labels."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

METADATA_KEY = b"huggingface"
_MOST_BYTES = 16 << 20
_SHOWN_NAMES = 12


def label_notes(metadata: Mapping[bytes, bytes] | None) -> Iterator[str]:
    """For each column of labels, what its integers are called. The integers themselves stay what they are."""
    for column, names in _class_names(metadata):
        shown = ", ".join(f"{number} {name}" for number, name in enumerate(names[:_SHOWN_NAMES]))
        more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
        yield f'the integers in "{column}" have names, which are not filled in: {shown}{more}'


def _class_names(metadata: Mapping[bytes, bytes] | None) -> Iterator[tuple[str, list[str]]]:
    raw = (metadata or {}).get(METADATA_KEY, b"")
    if not 0 < len(raw) <= _MOST_BYTES:
        return
    try:
        features = json.loads(raw)["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return  # somebody else's note, and not about labels
    if isinstance(features, dict):
        for name, feature in features.items():
            yield from _labels_in(name, feature)


def _labels_in(name: str, feature: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(feature, list) and len(feature) == 1:
        yield from _labels_in(name, feature[0])
    elif isinstance(feature, dict) and feature.get("_type") == "ClassLabel":
        names = feature.get("names")
        if isinstance(names, list) and names:
            yield name, [str(each) for each in names]
    elif isinstance(feature, dict):
        inner = {"": feature["feature"]} if "feature" in feature and "_type" in feature else feature
        for key, value in inner.items():
            if isinstance(value, dict | list):
                yield from _labels_in(f"{name}.{key}" if key else name, value)
