"""Rows into another container or another dialect, with nothing changed that is not asked for."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from tilth.formats.batch import DialectBatch
from tilth.formats.block import RowBlock
from tilth.formats.container import Reject, WriteSettings
from tilth.formats.dataset import Dataset
from tilth.formats.folders.writing import FOLDER_FORMATS
from tilth.formats.losses import Losses
from tilth.formats.opening import format_of
from tilth.formats.output import open_output
from tilth.formats.sharding import Sharding
from tilth.schemas import Dialect, LossError, dump_json
from tilth.schemas import dialect as dialect_named
from tilth.schemas.dialects import encode_allowing


@dataclass
class Converted:
    """What became of the rows of a data set."""

    rows: int = 0
    """Rows written."""
    lost: Counter[str] = field(default_factory=Counter)
    """What was lost because it was allowed, by its name: in how many rows."""
    sha256: str | None = None
    """Hex sha256 of the file that was written, where it is one file."""
    notes: list[str] = field(default_factory=list)
    """What people should know about what was written."""


def convert(
    source: Dataset,
    target: Path | str,
    *,
    to_dialect: str | None = None,
    allow_loss: Collection[str] = (),
    format: str | None = None,
    overwrite: bool = False,
    spreadsheet_safe: bool = False,
    sharding: Sharding | None = None,
) -> Converted:
    """Write all rows of `source` to `target`: a file, files for `out-{shard}.jsonl`, a folder for the format `hf`.

    In the same dialect every row is written as it is. In another one each is understood and written anew. When any
    of them would lose something that `allow_loss` does not name, nothing is written: `DataError` has the list. A
    source that rejects bad rows rejects these instead.
    """
    wanted = dialect_named(to_dialect) if to_dialect else None
    is_same = wanted is None or _is_same(source.dialect, wanted)
    envelope = source.envelope if is_same or wanted is None else wanted.envelope
    done, losses = Converted(), Losses(allow_loss)
    if len(source.parts) > 1 and format not in FOLDER_FORMATS:
        # Rows held out for a test that end up in a training file unseen are the worst that could happen to them.
        done.notes.append(f"the splits {' and '.join(source.parts)} become one; --to hf keeps them apart, in a folder")
    with open_output(
        target,
        format=format,
        overwrite=overwrite,
        inputs=[*source.files],
        settings=WriteSettings(
            envelope,
            spreadsheet_safe,
            allow_loss,
            sharding=sharding,
            splits=source.split_of,
            note=done.notes.append,
        ),
    ) as output:
        keeps_envelope = is_same and output.format.name == "json"
        if source.envelope is not None and not keeps_envelope and not source.dialect.unfolds:
            losses.check_envelope(source, done.lost)
        for batch in source.batches(held=output.format.takes if is_same else "objects"):
            reject = source.rejects.add if source.on_error == "reject" else None
            output.write(batch if wanted is None or is_same else _in_dialect(batch, wanted, losses, done, reject))
        losses.refuse()
    done.rows, done.sha256 = output.rows, output.sha256
    return done


def rehearse(
    source: Dataset,
    target: Path | str,
    *,
    to_dialect: str | None = None,
    allow_loss: Collection[str] = (),
    format: str | None = None,
) -> Converted:
    """What `convert` would come to, with nothing written: its rows and what they lose, or the same `DataError`."""
    wanted = dialect_named(to_dialect) if to_dialect else None
    is_same = wanted is None or _is_same(source.dialect, wanted)
    done, losses = Converted(), Losses(allow_loss)
    container = format or ("jsonl" if str(target) == "-" else format_of(str(target), flag="--to").name)
    if source.envelope is not None and not (is_same and container == "json") and not source.dialect.unfolds:
        losses.check_envelope(source, done.lost)
    for batch in source.batches():
        reject = source.rejects.add if source.on_error == "reject" else None
        done.rows += len(batch if wanted is None or is_same else _in_dialect(batch, wanted, losses, done, reject))
    losses.refuse()
    return done


def _is_same(one: Dialect, other: Dialect) -> bool:
    return one.name == other.name and type(one) is type(other)


def _in_dialect(
    batch: DialectBatch, wanted: Dialect, losses: Losses, done: Converted, reject: Callable[[Reject], None] | None
) -> DialectBatch:
    rows: list[dict[str, object]] = []
    lines: list[int] = []
    for index, (record, origin) in enumerate(zip(batch.records, batch.origins, strict=True)):
        try:
            row, lost = encode_allowing(wanted, record, losses.allowed)
        except LossError as loss:
            if reject is None:
                losses.add(str(origin), loss, wanted, record)
            else:
                reject(Reject(origin.file, origin.line, None, loss.what, dump_json(batch.rows[index]).decode()))
            continue
        done.lost.update(set(lost))
        rows.append(row)
        lines.append(origin.line)
    return DialectBatch(RowBlock(rows, lines), wanted, batch.file)
