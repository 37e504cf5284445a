"""What becomes of public files: a line each, for the test that holds them to it and for the page that shows it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.schemas.public_data import public_folder
from tests.schemas.real_file import RealFile
from tests.schemas.real_files import REAL_FILES
from tilth.errors import TilthError
from tilth.formats import Dataset
from tilth.schemas import Dialect, LossError, dialect, dump_json, load_json


@dataclass
class Line:
    """One file, or all files of one glob."""

    file: RealFile
    dialect: str = ""
    types: tuple[str, ...] = ()
    rows: int = 0
    """Rows that the container holds."""
    equal: int = 0
    """Those that are the same bytes of JSON again after reading, Tilth's own dialect, and writing."""
    why: str = ""
    """Why the file is refused, or the first row that is not equal."""


def table(files: Iterable[RealFile] = REAL_FILES) -> list[Line]:
    """A line for each; needs the folder of public data."""
    return [line_of(file) for file in files]


def line_of(file: RealFile) -> Line:
    """What becomes of one file, read as a user would read it."""
    line = Line(file)
    for path in sorted(public_folder().glob(file.path)):
        try:
            data = Dataset.open(path, **file.how)
        except TilthError as failure:
            line.why = failure.what
            continue
        line.dialect, line.types = data.dialect.name, data.record_types
        rows = list(container_rows(path, data, file))
        line.rows += len(rows)
        for before, after in zip(rows, written_again(data, rows), strict=True):
            if before == after:
                line.equal += 1
            else:
                line.why = line.why or f"{before[:60]!r} became {after[:60]!r}"
    return line


def container_rows(path: Path, data: Dataset, file: RealFile) -> Iterator[bytes]:
    """The rows as the container has them, whatever they mean, each as JSON."""
    how = {name: value for name, value in file.how.items() if name not in ("mapping", "dialect", "record_type")}
    plain = Dataset.open(path, **{**how, "dialect": "tilth", "format": data.format.name if data.format else None})
    return (dump_json(row) for batch in plain.batches() for row in batch.rows)


def written_again(data: Dataset, rows: list[bytes]) -> list[bytes]:
    """The rows of a data set as records, as lines of Tilth's own, as records again, and as rows again."""
    own, shape = dialect("tilth"), data.dialect
    folding = shape.folding_in(data.envelope) if shape.unfolds else None
    done: list[Any] = []
    for batch in data.batches():
        for record in batch.records:
            row = _encoded(shape, own.decode(load_json(dump_json(own.encode(record)))))
            done += [row] if folding is None else folding.add(row)
    done += [] if folding is None else folding.close()
    return [*map(dump_json, done), *[b"nothing"] * (len(rows) - len(done))]


def _encoded(shape: Dialect, record: dict[str, Any]) -> dict[str, Any]:
    try:
        return shape.encode(record)
    except LossError as loss:
        return {"lost": loss.lost}


def as_markdown(lines: Iterable[Line]) -> str:
    """The table as the page shows it."""
    head = ["| file | read as | holds | rows | equal | |", "|---|---|---|--:|--:|---|"]
    body = []
    for line in lines:
        found = f"`{line.dialect}` | {', '.join(line.types)} | {line.rows} | {line.equal}"
        refused = f"refused: {line.file.refused}" if not line.dialect else line.file.note
        body.append(f"| {line.file.path} | {found if line.dialect else ' | | | '} | {refused} |")
    return "\n".join([*head, *body]) + "\n"


if __name__ == "__main__":
    print(as_markdown(table()))
