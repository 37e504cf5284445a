"""Finding the files that a user means by a path, and what is in them."""

import glob
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tilth.errors import DataError, NoRowsError, TilthError, UsageError
from tilth.formats.block import Row
from tilth.formats.cells import notes_on_json
from tilth.formats.container import Format, ReadSettings, Reject
from tilth.formats.dataset import Dataset, OnError
from tilth.formats.folders import Layout, configuration, layout_of
from tilth.formats.folders.names import PARTS as PARTS
from tilth.formats.folders.shard_names import notes_on_shards
from tilth.formats.keyed_rows import note_on_keys
from tilth.formats.magic import SNIFFED_BYTES, refuse_other_text
from tilth.formats.opening import format_named, format_of, has_format
from tilth.formats.sources import FileSource, JoinedSource, LimitedSource, RowSource, UnfoldedSource
from tilth.schemas import Detection, NoDialectError, detect
from tilth.schemas import dialect as dialect_named
from tilth.schemas.dialects import Neighbours
from tilth.schemas.dialects.transcript import Transcript
from tilth.schemas.envelope import Envelope

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_LOOKED_AT_AGAIN = 10  # rows of each further file of a set, which nearly always is what the first one was
_COMPANION_BYTES = 16 * 1024 * 1024  # a description of rows, and no rows: larger ones are not what they seem


def open_dataset(path: str, how: "How") -> Dataset:
    """What `Dataset.open` gives; see there."""
    if path == "-":
        return how.open_stdin()
    if _URL.match(path):
        fix = f"curl -LO {path}, and its file" if path.lower().startswith("http") else "a copy of it on this machine"
        raise UsageError("nothing is fetched from the network", where=path, fix=fix)
    if (found := configuration(Path(path), how.is_data)) is not None:
        return how.open_layout(found, path)
    if Path(path).is_dir():
        return how.open_folder(Path(path))
    if not Path(path).exists() and glob.has_magic(path):
        return how.open_glob(path)
    return how.open_file(path)


_OPTIONS_OF = {
    "header_row": ("a row of a workbook", ("xlsx",)),
    "table": ("one of several sheets or tables", ("json", "pairs", "sqlite", "xlsx")),
    "delimiter": ("what stands between cells of CSV", ("csv", "tsv")),
}
"""Options of some formats, what they are, and of which formats."""


@dataclass(frozen=True)
class How:
    """How everything under one path is opened."""

    format: Format | None
    dialect: str | None
    record_type: str | None
    settings: ReadSettings
    on_error: OnError
    limit: int | None
    mapping: Mapping[str, str] | None
    as_rows: bool = False
    looked_at: int = 100
    """Rows of a file by which its dialect is told."""

    def open_stdin(self) -> Dataset:
        """What is piped in, laid by in a file once so that it can be gone through again."""
        format = self.format or format_named("jsonl")
        file = tempfile.NamedTemporaryFile(prefix="tilth-stdin-")  # noqa: SIM115 lives as long as the set
        shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
        file.flush()
        if self.format is None:
            with Path(file.name).open("rb") as begun:
                refuse_other_text(begun.read(SNIFFED_BYTES))
        return self._of_file(file.name, "<stdin>", format, "-", file)

    def is_data(self, name: str) -> bool:
        """Whether a file of that name can be read: in the format that was named, or in any."""
        return self.format is not None or has_format(name)

    def open_folder(self, folder: Path) -> Dataset:
        """A folder with a file for each split, or with shards, or that says itself what it holds."""
        return self.open_layout(layout_of(folder, self.is_data), str(folder))

    def open_layout(self, layout: Layout, path: str) -> Dataset:
        """The files that make up a data set."""
        how = replace(self, format=format_named(layout.format)) if layout.format and not self.format else self
        found = {split: how._open_all(files) for split, files in layout.parts.items()}
        parts = {split: sets for split, sets in found.items() if sets}
        if not parts:
            raise NoRowsError(path)
        whole = {split: self._joined(sets, path, {}) if len(sets) > 1 else sets[0] for split, sets in parts.items()}
        is_split = set(layout.parts) != {""}
        return self._joined(list(whole.values()), path, whole if is_split else {}, layout.notes)

    def open_glob(self, pattern: str) -> Dataset:
        """All files that a pattern names, in alphabetical order."""
        files = sorted(glob.glob(pattern, recursive=True))
        if not files:
            raise UsageError("no file is named like that", where=pattern)
        notes = notes_on_shards(map(Path, files))
        sets = self._open_all(map(Path, files))
        if not sets:
            raise NoRowsError(pattern)
        return self._joined(sets, pattern, {}, notes)

    def _open_all(self, files: Iterable[Path]) -> list[Dataset]:
        """The files that hold rows: one of many shards may well be empty."""
        found: list[Dataset] = []
        for file in files:
            with suppress(NoRowsError):
                found.append(self._open_after(found[0], str(file)) if found else self.open_file(str(file)))
        return found

    def _open_after(self, first: Dataset, path: str) -> Dataset:
        """Another file of the set that `first` belongs to; looked at closely only where it seems to be another kind."""
        with suppress(NoDialectError):
            quick = replace(self, looked_at=_LOOKED_AT_AGAIN).open_file(path)
            if quick.dialect.name == first.dialect.name:
                return quick
        return self.open_file(path)

    def open_file(self, path: str) -> Dataset:
        """One file."""
        # A name without a suffix is most often a slip of the pen, and a list of formats would be no answer to it.
        format = self.format or (format_of(path) if has_format(path) or Path(path).exists() else format_named("jsonl"))
        return self._of_file(path, path, format, path)

    def _joined(self, sets: list[Dataset], path: str, parts: dict[str, Dataset], notes: Sequence[str] = ()) -> Dataset:
        first = sets[0]
        for other in sets:
            if other.dialect.name != first.dialect.name:
                raise UsageError(
                    f"{first.path} is {first.dialect.name} and {other.path} is {other.dialect.name}",
                    where=path,
                    fix="tilth convert, to bring them into one dialect first",
                )
        joined = self._limited(JoinedSource([each.source for each in sets]))
        return Dataset(
            joined,
            first.dialect,
            path=path,
            format=first.format,
            detection=first.detection,
            on_error=self.on_error,
            parts=parts,
            envelope=first.envelope,
            notes=(*notes, *_notes_of(sets)),
        )

    def _of_file(self, file: str, name: str, format: Format, path: str, held: object = None) -> Dataset:
        for option, (what, formats) in _OPTIONS_OF.items():
            if getattr(self.settings, option) is not None and format.name not in formats:
                flag = f"--{option.replace('_', '-')}"
                raise UsageError(f"{flag} is {what}, and this is {format.name}", where=name, fix=f"no {flag}")
        notes: dict[str, None] = {}
        settings = replace(self.settings, name=name, note=lambda note: notes.update({note: None}))
        source = FileSource(file, settings, format, held)
        envelope = source.envelope()
        detection = self._detected(source, envelope, settings.note)
        rows: RowSource = source
        if detection.dialect.unfolds:
            rows = UnfoldedSource(source, detection.dialect, envelope)
        return Dataset(
            self._limited(rows),
            detection.dialect,
            path=path,
            format=format,
            detection=detection,
            on_error=self.on_error,
            envelope=envelope,
            notes=(*notes, *detection.notes),
        )

    def _limited(self, source: RowSource) -> RowSource:
        return source if self.limit is None else LimitedSource(source, self.limit)

    def _detected(self, source: FileSource, envelope: Envelope | None, note: Callable[[str], None]) -> Detection:
        refused: list[Reject] = []
        on_reject = refused.append if self.on_error == "reject" else None
        blocks = source.blocks(on_reject)
        rows: list[Row] = []
        for _, block in blocks:
            rows += block.take(range(min(len(block), self.looked_at - len(rows)))).rows
            if len(rows) == self.looked_at:
                break
        if not rows and refused:
            raise DataError(
                f"no row can be read; line {refused[0].line}: {refused[0].reason}", where=source.settings.name
            )
        if not rows:
            raise NoRowsError(source.settings.name)
        if source.format.name in ("csv", "tsv"):
            for said in notes_on_json(rows):
                note(said)
        if source.format.name == "json" and (said_of_keys := note_on_keys(rows)):
            note(said_of_keys)
        if self.as_rows and self.dialect is None and self.record_type is None:
            return Detection(dialect_named("tilth"), (), ("nobody asks what the rows mean",))
        try:
            found = detect(
                rows,
                dialect=self.dialect,
                record_type=self.record_type,
                mapping=self.mapping,
                envelope=envelope,
                beside=None if source.held else _neighbours(Path(source.path)),
            )
        except TilthError as failure:
            if failure.where:
                raise
            raise type(failure)(failure.what, where=source.settings.name, fix=failure.fix) from failure
        if self.settings.assistant is None:
            return found
        if not isinstance(found.dialect, Transcript):
            what = f"--assistant names a speaker of a transcript, and the rows are {found.dialect.name}"
            raise UsageError(what, where=source.settings.name)
        return replace(found, dialect=found.dialect.with_assistant(self.settings.assistant))


def _neighbours(file: Path) -> Neighbours:
    def read(name: str) -> bytes | None:
        beside = file.parent / name
        if not (beside.is_file() and beside.stat().st_size <= _COMPANION_BYTES):
            return None
        return beside.read_bytes()

    return Neighbours(file.name, read)


def _notes_of(sets: Sequence[Dataset]) -> Iterator[str]:
    """What was noted about each of the sets, once where it is the same in all, else with the name of the file."""
    for note in dict.fromkeys(note for each in sets for note in each.notes):
        noted = [each.path for each in sets if note in each.notes]
        yield note if len(noted) == len(sets) else f"{noted[0]}: {note}"
