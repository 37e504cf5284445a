"""The first step of a run: inputs of any format and dialect become one table of Tilth's own records."""

import json
from collections.abc import Iterator, Mapping
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


def reading_key(recipe: Recipe) -> str:
    """Identity of the table that the inputs make: their contents and how they are read."""
    content = [
        {**entry.model_dump(mode="json"), "sha256": sha256_of(recipe.folder / entry.path)}
        for entry in recipe.file.inputs
        if (recipe.folder / entry.path).exists()
    ]
    return sha256(json.dumps([tilth.__version__, content], sort_keys=True).encode()).hexdigest()


def read_inputs(recipe: Recipe, folder: Path) -> tuple[Tally, list[dict[str, Any]]]:
    """Write `data.jsonl` and, where rows could not be read, `rejects.jsonl`; returns the counts and the inputs."""
    tally, described = Tally(), []
    own = dialect("tilth")
    with open_output(folder / "data.jsonl", format="jsonl", overwrite=True) as table:
        rejects: list[Mapping[str, Any]] = []
        for entry in recipe.file.inputs:
            data = _open(recipe, entry)
            rows = 0
            for batch in data.batches():
                rows += len(batch)
                table.write(row_block(own.encode(record) for record in _with_source(batch, entry.path)))
            found = [{**asdict(reject), "file": str(entry.path)} for reject in data.rejects]
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


def _open(recipe: Recipe, entry: Input) -> Dataset:
    return Dataset.open(
        recipe.folder / entry.path,
        format=entry.format,
        dialect=entry.dialect,
        record_type=entry.record_type,
        encoding=entry.encoding,
        on_error=entry.on_error,
    )


def _with_source(batch: Batch, path: Path) -> Iterator[Fields]:
    for record, origin in zip(batch.records, batch.origins, strict=True):
        # Relative to the recipe: the same inputs give the same bytes on another machine.
        file = str(path) if Path(origin.file).name == path.name else f"{path}/{Path(origin.file).name}"
        source = {"file": file, "line": origin.line}
        meta = record.get("meta") or {}
        yield {**record, "meta": {"source": source, **meta}}


def _description(recipe: Recipe, entry: Input, data: Dataset, rows: int, rejected: int) -> dict[str, Any]:
    path = recipe.folder / entry.path
    return {
        "path": str(entry.path),
        "sha256": sha256_of(path) if path.exists() else None,
        "rows": rows,
        "rejected": rejected,
        "format": data.format.name if data.format else None,
        "dialect": data.dialect.name,
        "record_types": list(data.record_types),
        "why": list(data.detection.why) if data.detection else [],
    }
