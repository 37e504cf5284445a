"""The page of dialects and its examples are up to date. Written anew by `python -m tests.schemas.test_dialect_page`."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.schemas.dialect_examples import examples
from tests.schemas.dialect_table import Line, as_markdown, line_of
from tests.schemas.public_data import public_folder
from tests.schemas.real_file import RealFile
from tests.schemas.real_files import REAL_FILES
from tilth.formats import Dataset
from tilth.schemas import LossError, dialect, dialects, dump_json, record_type

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "dialects.md"


def dialects_section() -> str:
    """Each dialect with what it looks like, what it holds and its examples."""
    parts = []
    for name, shape in dialects().items():
        holds = ", ".join(shape.record_types) or "every type"
        how = "" if shape.is_detected else ", by name"
        rows = "\n".join(dump_json(row).decode() for row in examples(shape))
        shown = f"\n```json\n{rows}\n```\n" if rows else ""
        parts.append(f"### {name}\n\n{shape.summary[0].upper()}{shape.summary[1:]}. Holds: {holds}{how}.\n{shown}")
    return "\n".join(parts)


def written_anew(page: str, name: str, origin: str, section: Callable[[], str]) -> str:
    """The page with one of its generated sections filled."""
    begin, end = f"<!-- {name}: from the {origin} -->\n", f"<!-- end of {name} -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{section()}\n{end}{rest.partition(end)[2]}"


def test_the_list_is_up_to_date():
    page = PAGE.read_text()
    anew = written_anew(page, "dialects", "declarations", dialects_section)
    assert page == anew, "run: python -m tests.schemas.test_dialect_page"


@pytest.mark.parametrize("name", [name for name in dialects() if name != "tilth"])
def test_every_example_is_what_it_says(name: str, tmp_path: Path) -> None:
    """As a row or as a document it is whole records of a type that the dialect holds, and comes back."""
    row, document = tmp_path / "row.jsonl", tmp_path / "document.json"
    for example in examples(dialect(name)):
        row.write_bytes(dump_json(example))
        document.write_bytes(dump_json(example))
        assert (isinstance(example, dict) and is_whole(row, name)) or is_whole(document, name), example


def is_whole(file: Path, name: str) -> bool:
    """Whether the records in a file have no problems and are written as they were read."""
    data = Dataset.open(file, dialect=name)
    pairs = [pair for batch in data.batches() for pair in zip(batch.rows, batch.records, strict=True)]
    if any(list(record_type(record["type"]).problems(record)) for _, record in pairs):
        return False
    try:
        return all(dump_json(data.dialect.encode(record)) == dump_json(row) for row, record in pairs)
    except LossError as loss:
        return "read only" in loss.what


@pytest.mark.slow
@pytest.mark.parametrize("file", REAL_FILES, ids=lambda file: f"{file.path}-{file.dialect or 'refused'}")
def test_a_real_file_is_read_for_what_it_is_and_comes_back_row_by_row(file: RealFile) -> None:
    if not any(public_folder().glob(file.path)):
        pytest.skip(f"{file.path} is not at hand")
    line = line_of(file)
    assert line.dialect == file.dialect, line.why
    assert line.equal == line.rows, line.why
    assert file.refused in line.why
    assert line_on_page(line) in PAGE.read_text(), "run: python -m tests.schemas.test_dialect_page"


def line_on_page(line: Line) -> str:
    return as_markdown([line]).splitlines()[-1]


if __name__ == "__main__":
    anew = written_anew(PAGE.read_text(), "dialects", "declarations", dialects_section)
    if public_folder().is_dir():
        anew = written_anew(anew, "files", "public data", lambda: as_markdown(map(line_of, REAL_FILES)))
    sys.stdout.write(f"{PAGE.write_text(anew)} characters\n")
