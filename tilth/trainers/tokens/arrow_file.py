"""A tokenized set as Arrow: lists of their own length, in a file or in a folder as `datasets` saves it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tilth.formats import replacing
from tilth.trainers.token_store import TokenStore
from tilth.trainers.tokens.padding import Padding, columns_of, lists

_DATA, _STATE, _INFO = "data-00000-of-00001.arrow", "state.json", "dataset_info.json"


def write_arrow(
    store: TokenStore, path: Path, padding: Padding, described: Mapping[str, str], *, overwrite: bool
) -> None:
    """Write an Arrow IPC stream, which is what `datasets.Dataset.from_file` reads."""
    import pyarrow as pa

    names = columns_of(store)
    notes: dict[bytes | str, bytes | str] = dict(described.items())
    kinds = {"attention_mask": pa.int8()}
    schema = pa.schema([(name, pa.list_(kinds.get(name, pa.int32()))) for name in names], metadata=notes)
    with replacing(path, overwrite=overwrite) as temporary, pa.ipc.new_stream(str(temporary), schema) as writer:
        for columns in zip(*(lists(store, name, padding) for name in names), strict=True):
            arrays = [column.cast(field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def write_folder(
    store: TokenStore, folder: Path, padding: Padding, described: Mapping[str, str], *, overwrite: bool
) -> None:
    """Write the three files that `datasets.load_from_disk` reads. The one that says what the others are comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _STATE).unlink(missing_ok=True)
    write_arrow(store, folder / _DATA, padding, described, overwrite=overwrite)
    # `Sequence` is the older name of `List`, which every version of the library knows.
    features = {
        name: {
            "feature": {"dtype": "int8" if name == "attention_mask" else "int32", "_type": "Value"},
            "_type": "Sequence",
        }
        for name in columns_of(store)
    }
    info = {
        "description": json.dumps(dict(described)),
        "features": features,
        "citation": "",
        "homepage": "",
        "license": "",
    }
    _write_json(folder / _INFO, info)
    state: dict[str, object] = {
        "_data_files": [{"filename": _DATA}],
        "_fingerprint": store.digest[:16],
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": None,
    }
    _write_json(folder / _STATE, state)


def write_splits(folder: Path, names: Sequence[str]) -> None:
    """Write the file that makes one set of several folders beside each other."""
    _write_json(folder / "dataset_dict.json", {"splits": list(names)})


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
