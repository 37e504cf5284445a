"""Flags that mean the same in every command that reads rows and writes rows."""

import glob
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter, validators

from tilth.cli.stdio import STDIO
from tilth.errors import UsageError

if TYPE_CHECKING:
    from tilth.formats import Dataset
    from tilth.formats.sharding import Sharding
    from tilth.schemas.dialects import Dialect

AtLeastOne = Annotated[int, Parameter(validator=validators.Number(gte=1))]


@Parameter(name="*", group="Input", negative=())
@dataclass(frozen=True)
class InputShape:
    """What the input is, where its name and its first rows do not say."""

    from_: Annotated[str | None, Parameter(name="--from")] = None
    """Container of the input (jsonl, csv, yaml, parquet), where its suffix does not say."""
    dialect: str | None = None
    """Shape of the input's rows (alpaca, openai, sharegpt, ...), where it is not to be detected."""
    as_: Annotated[str | None, Parameter(name="--as")] = None
    """Record type, where the rows leave it open: a name, a JSON Schema, or your own FILE.py:CLASS (which is run)."""
    encoding: str = "utf-8"
    """Character encoding of a text file."""
    delimiter: str | None = None
    """What stands between the cells of a CSV file: a comma, a semicolon, a bar or `tab`."""
    table: str | None = None
    """Which sheet or table, in a file of several."""
    header_row: AtLeastOne | None = None
    """The row of a workbook that names its columns, where that is not the first one (5)."""
    assistant: str | None = None
    """Which speaker of a transcript is the assistant; all others are users."""
    map_: Annotated[tuple[str, ...], Parameter(name="--map")] = ()
    """FIELD=COLUMN, for a file with column names of its own (instruction=Question), or a YAML file of FIELD: COLUMN."""


@Parameter(name="*", group="Input", negative=())
@dataclass(frozen=True)
class Reading(InputShape):
    """How the input is read."""

    on_error: Literal["stop", "reject"] = "stop"
    """A row that cannot be read ends the command, or goes to OUT.rejects.jsonl with its reason (exit code 3)."""
    limit: AtLeastOne | None = None
    """Read only so many rows."""

    def open(self, source: str, *, as_rows: bool = False, say_notes: bool = True) -> "Dataset":
        """The data set at `source`: a file, a glob, a folder or `-`.

        With `as_rows` the rows only travel: nobody asks what they mean, and so no dialect has to fit them.
        What was detected rather than told is said on stderr, unless somebody else does it.
        """
        from tilth.formats import Dataset
        from tilth.schemas.safe_text import safe_text

        mapping, mapped_type = self._mapping()
        data = Dataset.open(
            standard(source),
            format=self.from_,
            dialect=self.dialect,
            record_type=self.as_ or mapped_type,
            encoding=self.encoding,
            delimiter=self._delimiter(),
            table=self.table,
            header_row=self.header_row,
            assistant=self.assistant,
            mapping=None if as_rows else mapping,
            on_error=self.on_error,
            limit=self.limit,
            as_rows=as_rows,
        )
        for note in data.notes if say_notes else ():
            print(f"note: {safe_text(note, one_line=True)}", file=sys.stderr)
        return data

    def _delimiter(self) -> str | None:
        if self.delimiter is None:
            return None
        delimiter = {"tab": "\t", "\\t": "\t"}.get(self.delimiter, self.delimiter)
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise UsageError(f"--delimiter {self.delimiter!r} is not one character", fix="--delimiter ';' or tab")
        return delimiter

    def _mapping(self) -> tuple[dict[str, str] | None, str | None]:
        """The column for each field, and the record type where a file of such pairs names it."""
        if not self.map_:
            return None, None
        if len(self.map_) == 1 and "=" not in self.map_[0]:
            pairs_in_file = _mapping_file(self.map_[0])
            return pairs_in_file, pairs_in_file.pop("type", None)
        pairs = [pair.partition("=") for pair in self.map_]
        for field, equals, column in pairs:
            if not (field and equals and column):
                raise UsageError(f"--map {field}{equals}{column} is not FIELD=COLUMN", fix="--map instruction=Question")
        if len({field for field, _, _ in pairs}) < len(pairs):
            raise UsageError("--map names a field twice")
        return {field: column for field, _, column in pairs}, None


def _mapping_file(path: str) -> dict[str, str]:
    """A mapping written down as YAML or JSON: `instruction: Question`."""
    from tilth.formats import Dataset

    if not Path(path).is_file():
        raise UsageError(f"--map takes FIELD=COLUMN or a file, and there is no file {path}", fix=f"--map {path}=COLUMN")
    found = next(Dataset.open(path, format="yaml", dialect="tilth").batches()).rows
    if len(found) != 1 or not all(isinstance(value, str) for value in found[0].values()):
        raise UsageError("the mapping is no list of FIELD: COLUMN lines", where=path)
    return dict(found[0])


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class Building:
    """Where results are written that are no rows: a model, a comparison."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """Folder of the results."""
    overwrite: bool = False
    """Replace an output that exists."""
    dry_run: bool = False
    """Say what would happen, and what it would cost, and write nothing."""
    json_: Annotated[bool, Parameter(name="--json")] = False
    """Print one machine-readable summary on standard output."""
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"])] = False
    """No progress and no summary on standard error."""

    def target(self, command: str) -> Path | str:
        """The output path. Raises `UsageError` when none is given."""
        if self.output is None:
            raise self._nowhere(command)
        path = standard(self.output)
        if "://" in path:
            raise UsageError("nothing is sent over the network", where=path, fix="-o FILE, and then what uploads it")
        return path if path == "-" else Path(path)

    def _nowhere(self, command: str) -> UsageError:
        return UsageError(f"{command} builds a folder, and none is named", fix="-o FOLDER")


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class Writing(Building):
    """Where and how rows are written."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File whose suffix names the container (.csv.gz, .parquet), folder for splits, out-{shard}.jsonl, - for stdout."""
    to: str | None = None
    """Container of the output, where its suffix does not say; `hf` or `save-to-disk` for a folder of Hugging Face."""
    to_dialect: str | None = None
    """Shape of the output's rows; that of the input when it is not given."""
    allow_loss: tuple[str, ...] = ()
    """What may be lost on the way to another dialect or container, by the name that the refusal gives it."""
    spreadsheet_safe: bool = False
    """Write CSV of which no cell looks like a formula to a spreadsheet; Tilth reads the very same values back."""
    shard_rows: AtLeastOne | None = None
    """Rows in each file, for an output named like out-{shard}.jsonl, or for a folder of Hugging Face."""
    shard_size: str | None = None
    """Size of each file (500MB, 1GiB) as its rows would have it in JSON lines, before compression."""

    def dialect(self) -> "Dialect | None":
        """The shape to write, or None for the input's own."""
        from tilth.schemas.dialects import dialect as dialect_named

        return None if self.to_dialect is None else dialect_named(self.to_dialect)

    def sharding(self) -> "Sharding | None":
        """When a file is full, or None for all rows in one."""
        from tilth.formats.sharding import Sharding

        if self.shard_rows is None and self.shard_size is None:
            return None
        return Sharding(self.shard_rows, None if self.shard_size is None else _bytes(self.shard_size))

    def _nowhere(self, command: str) -> UsageError:
        return UsageError(
            f"{command} writes rows, and no output is named",
            fix="-o FOLDER" if command == "split" else "-o OUT.jsonl, or -o - for standard output",
        )


def _bytes(size: str) -> int:
    """The number of bytes that a size such as 500MB, 1.5GB or 64MiB names."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(I?)B?", size.strip(), re.IGNORECASE)
    amount = found and float(found[1]) * (1024 if found[3] else 1000) ** " KMGT".index(found[2].upper() or " ")
    if not amount or amount < 1:
        raise UsageError(f"--shard-size {size} is no size", fix="--shard-size 500MB")
    return int(amount)


def standard(path: str) -> str:
    """The path as the rest of Tilth knows it: `-` for standard input and output.

    Raises `UsageError` for no path at all, which would be the folder here: a variable of the shell was empty.
    """
    if not path:
        raise UsageError("a name is empty", fix="a file, a glob, a folder, or - for standard input and output")
    return "-" if path == STDIO else path


def input_paths(source: str) -> tuple[Path, ...]:
    """The files behind an input, for manifests and for the check that no output is an input."""
    path = standard(source)
    if path == "-":
        return ()
    return (
        (Path(path),)
        if Path(path).exists()
        else tuple(Path(found) for found in sorted(glob.glob(path, recursive=True)))
    )
