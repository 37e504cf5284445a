"""Flags that mean the same in every command that reads rows and writes rows."""

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from pydantic import BaseModel, ConfigDict, Field

from tilth.cli.stdio import STDIO
from tilth.errors import UsageError

if TYPE_CHECKING:
    from tilth.formats import Dataset
    from tilth.schemas.dialects import Dialect


@Parameter(name="*", group="Input", negative=())
class InputShape(BaseModel):
    """What the input is, where its name and its first rows do not say."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    from_: Annotated[str | None, Parameter(name="--from")] = None
    """Container of the input (jsonl, csv, yaml, parquet), where its suffix does not say."""
    dialect: str | None = None
    """Shape of the input's rows (alpaca, openai, sharegpt, ...), where it is not to be detected."""
    as_: Annotated[str | None, Parameter(name="--as")] = None
    """Record type, where the rows leave it open: a name, or the path of a JSON Schema."""
    encoding: str = "utf-8"
    """Character encoding of a text file."""


@Parameter(name="*", group="Input", negative=())
class Reading(InputShape):
    """How the input is read."""

    on_error: Literal["stop", "reject"] = "stop"
    """A row that cannot be read ends the command, or goes to OUT.rejects.jsonl with its reason (exit code 3)."""
    limit: Annotated[int, Field(ge=1)] | None = None
    """Read only so many rows."""

    def open(self, source: str, *, as_rows: bool = False) -> "Dataset":
        """The data set at `source`: a file, a glob, a folder or `-`.

        With `as_rows` the rows only travel: nobody asks what they mean, and so no dialect has to fit them.
        """
        from tilth.formats import Dataset

        return Dataset.open(
            standard(source),
            format=self.from_,
            dialect=self.dialect or ("tilth" if as_rows else None),
            record_type=self.as_,
            encoding=self.encoding,
            on_error=self.on_error,
            limit=self.limit,
        )


@Parameter(name="*", group="Output", negative=())
class Building(BaseModel):
    """Where results are written that are no rows: a model, a comparison."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

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
        return path if path == "-" else Path(path)

    def _nowhere(self, command: str) -> UsageError:
        return UsageError(f"{command} builds a folder, and none is named", fix="-o FOLDER")


@Parameter(name="*", group="Output", negative=())
class Writing(Building):
    """Where and how rows are written."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File whose suffix names the container (.csv.gz, .parquet), folder for splits, - for stdout."""
    to: str | None = None
    """Container of the output, where its suffix does not say."""
    to_dialect: str | None = None
    """Shape of the output's rows; that of the input when it is not given."""

    def dialect(self) -> "Dialect | None":
        """The shape to write, or None for the input's own."""
        from tilth.schemas.dialects import dialect as dialect_named

        return None if self.to_dialect is None else dialect_named(self.to_dialect)

    def _nowhere(self, command: str) -> UsageError:
        return UsageError(
            f"{command} writes rows, and no output is named", fix="-o OUT.jsonl, or -o - for standard output"
        )


def standard(path: str) -> str:
    """The path as the rest of Tilth knows it: `-` for standard input and output."""
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
