"""The tables of docs/reference/parquet.md, made by reading: `python -m tests.formats.parquet_page` writes them anew."""

import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa

from tests.formats.hostile import read
from tests.formats.test_arrow_types import EVERYWHERE, ONLY_IN_ARROW, REFUSED, as_file
from tilth.errors import TilthError
from tilth.formats import Dataset
from tilth.schemas import dump_json

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "parquet.md"
SUITE = Path(os.environ.get("TILTH_SHARED_DATA", PAGE.parents[3] / "shared" / "data")) / "parquet_testing"
_MARK = "<!-- {} -->\n"


def types_table() -> str:
    """What becomes of each Arrow type."""
    lines = ["| Arrow type | answer | for example |", "|---|---|---|"]
    for column, values in (*EVERYWHERE.values(), *ONLY_IN_ARROW.values()):
        shown = next(value for value in values if value is not None) if any(v is not None for v in values) else None
        lines.append(f"| `{_shortened(str(column.type))}` | {_kind(shown)} | `{dump_json(shown).decode()}` |")
    for column, _ in REFUSED:
        try:
            read("arrow", as_file(pa.table({"x": column})))
        except TilthError as refusal:
            lines.append(f"| `{_shortened(str(column.type))}` | refused | {_in_cell(str(refusal).splitlines()[0])} |")
    return "\n".join(dict.fromkeys(lines)) + "\n"


def suite_files() -> list[Path]:
    """The files of parquet-testing, encrypted ones included."""
    files = [*SUITE.rglob("*.parquet"), *SUITE.rglob("*.parquet.encrypted")]
    return sorted(files, key=lambda file: str(file.relative_to(SUITE)))


@cache
def answer(path: Path) -> str:
    """What reading a file of the suite gives: rows and columns, or the line that refuses it."""
    try:
        data = Dataset.open(path, format="parquet", dialect="tilth")
        rows = [row for batch in data.batches() for row in batch.rows]
    except TilthError as refusal:
        return str(refusal).splitlines()[0].replace(str(path), path.name)
    return f"{len(rows)} rows, {len(rows[0])} columns"


def suite_table() -> str:
    """The answer to each file of parquet-testing."""
    found = {str(path.relative_to(SUITE / "data")): answer(path) for path in suite_files()}
    read_ones = sum(bool(re.fullmatch(r"\d+ rows, \d+ columns", told)) for told in found.values())
    lines = [f"{len(found)} files: {read_ones} read, {len(found) - read_ones} refused in one line.", ""]
    lines += ["| file | answer |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {_in_cell(told)} |" for name, told in found.items())]) + "\n"


TABLES: dict[str, Callable[[], str]] = {"types": types_table, "suite": suite_table}


def section(page: str, name: str) -> str:
    """What a page has between the marks of a table."""
    return page.split(_MARK.format(name))[1].split(_MARK.format(f"end of {name}"))[0]


def renewed(page: str) -> str:
    """The page with its tables made anew."""
    for name, table in TABLES.items():
        before, after = page.split(_MARK.format(name))[0], page.split(_MARK.format(f"end of {name}"))[1]
        page = f"{before}{_MARK.format(name)}{table()}{_MARK.format(f'end of {name}')}{after}"
    return page


def _kind(value: object) -> str:
    names = {
        str: "text",
        bool: "true or false",
        int: "an integer",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return "null" if value is None else names[type(value)]


def _shortened(text: str) -> str:
    return text.replace("|", "\\|")


def _in_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
