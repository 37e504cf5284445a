"""The first step of a run: inputs of any format and dialect become one table of Tilth's own records."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import tilth
from tilth.formats import Dataset, open_output
from tilth.operation import Batch, Fields
from tilth.recipes.execute import row_block
from tilth.recipes.fingerprint import sha256_of
from tilth.recipes.recipe import Input, Recipe
from tilth.recipes.tally import Tally
from tilth.schemas.dialects import dialect


def open_inputs(recipe: Recipe) -> list[Dataset]:
    """The inputs of a recipe, each opened as it says; raises for a missing or ambiguous one before a run begins."""
    return [
        Dataset.open(
            recipe.folder / entry.path,
            format=entry.format,
            dialect=entry.dialect,
            record_type=recipe.type_of(entry),
            encoding=entry.encoding,
            on_error=entry.on_error,
        )
        for entry in recipe.file.inputs
    ]


def reading_key(recipe: Recipe, inputs: Sequence[Dataset]) -> str:
    """Identity of the table that the inputs make: which files they are, their contents, how they are read."""
    content = [
        {**entry.model_dump(mode="json"), "files": {_named(recipe, file): sha256_of(Path(file)) for file in data.files}}
        for entry, data in zip(recipe.file.inputs, inputs, strict=True)
    ]
    types = [sha256_of(file) for file in recipe.type_files]
    return sha256(json.dumps([tilth.__version__, content, *types], sort_keys=True).encode()).hexdigest()


def read_inputs(recipe: Recipe, inputs: Sequence[Dataset], folder: Path) -> tuple[Tally, list[dict[str, Any]]]:
    """Write `data.jsonl` and, where rows could not be read, `rejects.jsonl`; returns the counts and the inputs."""
    tally, described = Tally(), []
    own = dialect("tilth")
    with open_output(folder / "data.jsonl", format="jsonl", overwrite=True) as table:
        rejects: list[Mapping[str, Any]] = []
        for entry, data in zip(recipe.file.inputs, inputs, strict=True):
            rows = 0
            for batch in data.batches():
                rows += len(batch)
                table.write(row_block(own.encode(record) for record in _with_source(recipe, batch)))
            found = [{**asdict(reject), "file": _named(recipe, reject.file)} for reject in data.rejects]
            rejects.extend(found)
            tally.rows_in += rows + len(found)
            tally.kept += rows
            tally.rejected += len(found)
            described.append(_description(recipe, entry, data, rows, len(found)))
    if rejects:
        with open_output(folder / "rejects.jsonl", format="jsonl", overwrite=True) as output:
            output.write(row_block(rejects))
    tally.check("read")
    return tally, described


def _with_source(recipe: Recipe, batch: Batch) -> Iterator[Fields]:
    for record, origin in zip(batch.records, batch.origins, strict=True):
        meta = record.get("meta") or {}
        yield {**record, "meta": {"source": {"file": _named(recipe, origin.file), "line": origin.line}, **meta}}


def _named(recipe: Recipe, file: str) -> str:
    """A file relative to the recipe where it lies below: the same inputs give the same bytes on another machine."""
    path = Path(file)
    return str(path.relative_to(recipe.folder)) if path.is_relative_to(recipe.folder) else file


def _description(recipe: Recipe, entry: Input, data: Dataset, rows: int, rejected: int) -> dict[str, Any]:
    path = recipe.folder / entry.path
    return {
        "path": str(entry.path),
        "sha256": sha256_of(path) if path.exists() else None,
        "files": [{"path": _named(recipe, file), "sha256": sha256_of(Path(file))} for file in data.files],
        "rows": rows,
        "rejected": rejected,
        "format": data.format.name if data.format else None,
        "dialect": data.dialect.name,
        "record_types": list(data.record_types),
        "why": list(data.detection.why) if data.detection else [],
    }
