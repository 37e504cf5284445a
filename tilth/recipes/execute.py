"""One operation over one data set into files: kept rows to one writer, set-aside rows to another, in one pass."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.errors import UsageError
from tilth.formats import Dataset, DialectBatch, Output, RowBlock, open_output
from tilth.formats.atomic import Together
from tilth.formats.container import PLAIN_WRITING, WriteSettings
from tilth.formats.folders.names import part_of_file
from tilth.formats.json_spelling import spelled_like
from tilth.formats.sharding import Sharding, unsharded
from tilth.judgement import Fields, Origin, Reason, Routed, SetAside
from tilth.recipes.restored import Restored, restored_here
from tilth.recipes.tally import Tally
from tilth.schemas import LossError, content_id, load_json
from tilth.schemas.dialects import Dialect, encode_allowing

if TYPE_CHECKING:
    from tilth.operation import Operation, Options

_REASON = tuple(field.name for field in fields(Reason))
EVIDENCE = ("set-aside", "restored", "changes", "rejects")
"""What can stand beside an output, each in a file of that name."""


@dataclass(frozen=True)
class Target:
    """Where the rows of one operation go."""

    path: Path | str | None
    """A file, or `-` for standard output; None when only the evidence is wanted."""
    parts: Path | None
    """The folder that gets one file per split, from an operation that splits."""
    evidence: Path | None
    """What the names of the evidence files start with: `EVIDENCE.set-aside.jsonl`, `EVIDENCE.changes.jsonl`."""
    format: str | None = None
    dialect: Dialect | None = None
    """Shape to write; each row's own when None."""
    overwrite: bool = False
    inputs: tuple[Path, ...] = ()
    allow_loss: tuple[str, ...] = ()
    """What may be lost in that shape, by name."""
    spreadsheet_safe: bool = False
    sharding: Sharding | None = None
    """When a file is full, where `path` names several."""
    carry_input: bool = False
    """A `make` operation hands its input on before what it made."""


def execute(
    operation: "Operation[..., Options]", options: "Options", data: Dataset, target: Target, folder: Path | None = None
) -> Tally:
    """Run to the end; nothing is in its place before everything is. Returns the counts, checked.

    Rows that somebody restored (`tilth.restored.jsonl` in the working folder or above) stay, and the facts say so.
    """
    tally, restored = Tally(), restored_here()
    with Together() as together, ExitStack() as outputs:
        sinks = _Sinks(target, outputs, together, data)
        if operation.kind != "build":
            sinks.begin()
        if operation.kind == "make" and target.carry_input:
            for batch in data.batches():
                tally.rows_in += len(batch)
                tally.kept += len(batch)
                sinks.keep(batch)
        for routed in operation.stream(data, options, folder, restored=restored.ids):
            tally.add(routed)
            if operation.kind != "build":
                sinks.take(routed)
            sinks.take_evidence(routed, operation.name, before=tally.kept - routed.rows_kept)
        tally.check(operation.name)
        tally.facts.update(restored_facts(restored, tally.restored))
        if not tally.parts and operation.kind != "build":
            sinks.ensure()
    tally.hashes.update(sinks.hashes())
    if target.overwrite:
        sinks.sweep(split=bool(tally.parts))
    return tally


class _Sinks:
    """The writers of one run, opened when their first row comes."""

    def __init__(self, target: Target, outputs: ExitStack, together: Together, data: Dataset) -> None:
        self._target, self._outputs, self._together, self._data = target, outputs, together, data
        self._open: dict[str, Output] = {}

    def begin(self) -> None:
        """Refuse now what could not be written at the end, before a row is read or an answer paid for."""
        target = self._target
        if target.parts is None:
            self.ensure()
        if target.overwrite:
            return
        if target.parts is not None:
            refuse_existing(_part_files(target.parts))
        if target.evidence is not None:
            refuse_existing(evidence_path(target.evidence, kind) for kind in EVIDENCE)

    def hashes(self) -> dict[Path, str]:
        """The hashes of the files that are complete, as far as they are known."""
        return {Path(output.path): output.sha256 for output in self._open.values() if output.sha256 is not None}

    def sweep(self, *, split: bool) -> None:
        """Remove what an earlier run left under names that this one did not use: it would tell of other rows."""
        if self._target.evidence is not None:
            remove_evidence(self._target.evidence, but_for=self._open)
        if split and self._target.parts is not None:
            written = {self._part_path(part) for part in self._open}
            for path in set(_part_files(self._target.parts)) - written:
                if path.name.endswith(f".{self._part_format()}"):
                    path.unlink(missing_ok=True)

    def take(self, routed: Routed) -> None:
        if self._target.path is None:
            return
        batch = routed.batch
        if batch is None:
            self._table().write(_made_batch(routed.made, self._target.dialect or self._data.dialect))
        elif routed.parts is None:
            self.keep(batch)
        else:
            for part in dict.fromkeys(routed.parts):
                indices = [index for index, name in enumerate(routed.parts) if name == part]
                self._part(part).write(self._shaped(batch.take(indices)))

    def keep(self, batch: Any) -> None:
        if self._target.path is not None:
            self._table().write(self._shaped(batch))

    def ensure(self) -> None:
        """Open the table even when no row came: an empty result is a result."""
        if self._target.path is not None:
            self._table()

    def take_evidence(self, routed: Routed, name: str, before: int) -> None:
        """Write down what became of a batch; so many rows were kept before it."""
        base = self._target.evidence
        if base is None:
            return
        if routed.aside:
            self._evidence(base, "set-aside").write(row_block(set_aside_line(row, name) for row in routed.aside))
        if routed.restored:
            self._evidence(base, "restored").write(row_block(set_aside_line(row, name) for row in routed.restored))
        if routed.changes:
            self._evidence(base, "changes").write(row_block(change_lines(routed, before)))

    def _shaped(self, batch: Any) -> Any:
        wanted = self._target.dialect
        if wanted is None or wanted.name == batch.dialect.name:
            return batch
        allowed = self._target.allow_loss
        rows = [_encoded(wanted, *row, allowed) for row in zip(batch.records, batch.origins, strict=True)]
        return DialectBatch(RowBlock(rows, batch.block.lines), wanted, batch.file)

    def _table(self) -> Output:
        return self._opened("", self._target.path or "-", self._target.format)

    def _part(self, part: str) -> Output:
        folder = self._target.parts
        if folder is None:
            raise UsageError(f"this writes one file per split, and {self._target.path} is no folder", fix="-o FOLDER")
        self._together.make_folder(folder)
        return self._opened(part, self._part_path(part), self._part_format())

    def _part_path(self, part: str) -> Path:
        return (self._target.parts or Path()) / f"{part}.{self._part_format()}"

    def _part_format(self) -> str:
        return self._target.format or (self._data.format.name if self._data.format else "jsonl")

    def _evidence(self, base: Path, kind: str) -> Output:
        return self._opened(kind, evidence_path(base, kind), "jsonl")

    def _opened(self, key: str, path: Path | str, format_name: str | None) -> Output:
        if key not in self._open:
            target = self._target
            envelope = self._data.envelope if target.dialect is None else target.dialect.envelope
            settings = PLAIN_WRITING
            if key not in EVIDENCE:
                settings = WriteSettings(envelope, target.spreadsheet_safe, sharding=None if key else target.sharding)
            output = open_output(
                path,
                format=format_name,
                overwrite=target.overwrite,
                inputs=target.inputs,
                settings=settings,
                together=self._together,
            )
            self._open[key] = self._outputs.enter_context(output)
        return self._open[key]


def _part_files(folder: Path) -> list[Path]:
    """What an earlier split left in a folder."""
    return [path for path in sorted(folder.glob("*")) if path.is_file() and part_of_file(path.name)]


def evidence_path(output: Path, kind: str) -> Path:
    """The file beside an output that tells what became of the other rows: `kept.jsonl.set-aside.jsonl`.

    Inside a folder of splits, or a step's folder, it is plain `set-aside.jsonl`.
    """
    return output / f"{kind}.jsonl" if output.is_dir() else Path(f"{unsharded(output)}.{kind}.jsonl")


def refuse_existing(paths: Iterable[Path]) -> None:
    """Raise `UsageError` for the first of these files that is there."""
    for path in paths:
        if path.exists():
            raise UsageError("the output exists", where=str(path), fix="--overwrite, to replace it")


def remove_evidence(output: Path, *, but_for: Container[str] = ()) -> None:
    """Remove what stands beside a replaced output about rows set aside or changed on the way to the earlier one."""
    for kind in EVIDENCE:
        if kind != "rejects" and kind not in but_for:
            evidence_path(output, kind).unlink(missing_ok=True)


def set_aside_line(row: SetAside, operation: str) -> Mapping[str, Any]:
    """One line of a set-aside file: the reason first, then the row as it was."""
    reason = {name: getattr(row.reason, name) for name in _REASON}
    place = {"file": row.origin.file, "line": row.origin.line} if row.origin else {"file": None, "line": None}
    return {"id": row.id, "operation": operation, **reason, **place, "row": row.row}


def row_block(rows: Iterable[Mapping[str, Any]]) -> RowBlock:
    """Rows of our own making, numbered from 1."""
    listed = list(rows)
    return RowBlock(listed, range(1, len(listed) + 1))


def write_rejects(data: Dataset, path: Path, *, overwrite: bool = False) -> None:
    """Write the rows that could not be read in the latest pass; where there are none, there is no file."""
    rejects = [asdict(reject) for reject in data.rejects]
    if rejects:
        with open_output(path, format="jsonl", overwrite=overwrite) as output:
            output.write(row_block(rejects))
    elif overwrite:
        path.unlink(missing_ok=True)


def restored_facts(restored: Restored, rows: int) -> Mapping[str, Any]:
    """What a manifest says of rows that are there because a person said so; nothing where there are none."""
    return {"restored": {"rows": rows, "file": restored.path.name, "sha256": restored.sha256}} if rows else {}


def _encoded(wanted: Dialect, record: Fields, origin: Origin, allowed: Collection[str]) -> dict[str, Any]:
    try:
        return encode_allowing(wanted, record, allowed)[0]
    except LossError as loss:
        raise LossError(wanted.name, loss.lost, where=str(origin)) from loss


def change_lines(routed: Routed, before: int) -> Iterator[Mapping[str, Any]]:
    """One line for each changed row: where it stands in the output, where it came from, what it was and is.

    `spelled` is the row as its file had it, where that does not follow from the spelling of the changed row.
    """
    lines = routed.batch.lines if routed.batch is not None else None
    for change in routed.changes:
        said: dict[str, Any] = {
            "id_before": content_id(change.before),
            "id_after": content_id(change.after),
            "row": before + change.index + 1,
            **asdict(change.origin),
            "detail": change.detail,
            "before": None if change.is_private else change.before,
            "after": change.after,
        }
        if change.line is not None and lines is not None and not change.is_private:
            old, new = load_json(change.line), lines[change.index]
            if spelled_like(new, load_json(new), old) != change.line:
                said["spelled"] = change.line.decode("utf-8")
        yield said


def _made_batch(records: Iterable[Fields], dialect: Dialect) -> DialectBatch:
    rows = [dialect.encode(record) for record in records]
    return DialectBatch(row_block(rows).take(range(len(rows))), dialect, "made")
