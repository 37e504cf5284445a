"""The page on what the readers answer is up to date. Written anew by `python -m tests.formats.test_readers_page`."""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.formats.hostile import dumped
from tests.formats.reader_cases import FILES, FORMATS, MAX_ROW_BYTES, ROWS, SHAPES, VALUES, Case
from tests.formats.suites import Answer, csv_spectrum, csv_test_data, json_answers, yaml_figures
from tilth.errors import TilthError
from tilth.formats import ReadSettings
from tilth.formats.opening import format_of, opened
from tilth.schemas.safe_text import safe_text

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "readers.md"
NAMES = {"jsonl": "JSON Lines", "json": "JSON", "csv": "CSV", "yaml": "YAML"}
NOTHING = "**refused**: the file holds no rows"
_SHOWN_ROWS = 70  # characters


def answer(suffix: str, content: bytes) -> str:
    """What comes of a file: its rows, the rows that are refused, or why all of it is."""
    rows: list[bytes] = []
    refused: list[str] = []
    notes: list[str] = []
    reading = ReadSettings(
        "",
        reject=lambda reject: refused.append(reject.reason),
        note=notes.append,
        max_line_bytes=MAX_ROW_BYTES,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{suffix}"
        path.write_bytes(content)
        format = format_of(str(path))
        try:
            with opened(str(path), format, name="file") as stream:
                format.envelope(stream, reading)
            with opened(str(path), format, name="file") as stream:
                rows += dumped(row for block in format.read(stream, reading) for row in block.rows)
            if not rows and not refused:
                return NOTHING
        except TilthError as failure:
            fix = f" (try `{failure.fix}`)" if failure.fix else ""
            return f"**refused**: {_shown(failure.what)}{fix}"
    parts = [_shown_rows(rows), *(f"**row refused**: {_shown(reason)}" for reason in refused)]
    return "; ".join(part for part in [*parts, *(f"noted: {_shown(note)}" for note in notes)] if part)


def _shown_rows(rows: list[bytes]) -> str:
    texts = [row.decode() for row in rows]
    if sum(map(len, texts)) > _SHOWN_ROWS:
        return "read"
    return "read as " + ", ".join(f"`{safe_text(text, one_line=True)}`" for text in texts) if texts else ""


def _shown(text: str) -> str:
    return safe_text(text, one_line=True).replace("|", "\\|").replace("<", "&lt;")


def section(cases: Iterable[Case]) -> Callable[[], str]:
    """A table with a line for each case; containers that answer alike share theirs."""

    def written() -> str:
        lines = ["| a file with | answer |", "|---|---|"]
        for title, files in cases:
            answers: dict[str, list[str]] = {}
            for name in FORMATS:
                if name in files:
                    answers.setdefault(answer(name, files[name]), []).append(NAMES[name])
            cells = [f"{', '.join(names)}: {text}" for text, names in answers.items()]
            if len(cells) == 1:
                cells = list(answers) if len(files) == len(FORMATS) or cases is SHAPES else cells
            lines.append(f"| {title} | {'<br>'.join(cells)} |")
        return "\n".join(lines) + "\n"

    return written


def json_suite() -> str:
    """The figures of JSONTestSuite, and what is read and refused of the texts that it leaves open."""
    lines = ["| texts that | | as JSON Lines | as a JSON document |", "|---|---|---|---|"]
    answers = [json_answers(format) for format in ("jsonl", "json")]
    for letter, title in (("y", "are JSON"), ("n", "are none"), ("i", "may be either")):
        names = [name for name in answers[0] if name.startswith(letter)]
        cells = []
        for given in answers:
            read = sum(isinstance(given[name], list) for name in names)
            cells.append(f"{read} read, {len(names) - read} refused")
        lines.append(f"| {title} | {len(names)} | {' | '.join(cells)} |")
    kinds: dict[str, list[str]] = {}
    for name, given in answers[1].items():
        if name.startswith("i"):
            kinds.setdefault(_kind(given), []).append(name.removeprefix("i_").removesuffix(".json"))
    lines += ["", "| of the texts that may be either | answer |", "|---|---|"]
    lines += [f"| {', '.join(f'`{name}`' for name in names)} | {kind} |" for kind, names in sorted(kinds.items())]
    return "\n".join(lines) + "\n"


def _kind(given: Answer) -> str:
    if isinstance(given, list):
        return "read"
    words = ("is not UTF-8", "larger than a float", "half of a surrogate pair", "more than 128 deep", "broken JSON")
    return "refused: " + next(word for word in words if word in given)


def csv_suites() -> str:
    """The files of csv-spectrum and csv-test-data that do not give what the suites expect, and the number that do."""
    lines = ["| suite | file | answer |", "|---|---|---|"]
    for suite, answers in (("csv-spectrum", csv_spectrum()), ("csv-test-data", csv_test_data())):
        equal = sum(given == "equal" for _, given in answers)
        lines.append(f"| {suite} | {equal} of {len(answers)} | equal to what the suite expects |")
        lines += [f"| {suite} | `{name}` | {_shown(given)} |" for name, given in answers if given != "equal"]
    return "\n".join(lines) + "\n"


def yaml_suite() -> str:
    """The figures of the YAML test suite."""
    figures = yaml_figures()
    words = {
        "equal": "with JSON beside it, read: equal",
        "not rows": "with JSON beside it, refused: no mappings (texts, lists of texts), tags, odd anchors",
        "broken": "with JSON beside it, refused: libyaml does not take the syntax",
        "empty": "with JSON beside it, and nothing in it",
        "no JSON, refused": "without JSON beside it, refused",
        "no YAML, refused": "that are no YAML, refused",
        "no YAML, read": "that are no YAML, read (libyaml is more lenient about indentation and comments)",
    }
    other = {kind: kind for kind in figures if kind not in words}
    lines = ["| cases | |", "|---|---|"]
    lines += [f"| {text} | {figures[kind]} |" for kind, text in {**words, **other}.items()]
    return "\n".join(lines) + "\n"


SECTIONS: dict[str, Callable[[], str]] = {
    "shapes": section(SHAPES),
    "values": section(VALUES),
    "rows": section(ROWS),
    "files": section(FILES),
    "JSONTestSuite": json_suite,
    "CSV suites": csv_suites,
    "YAML test suite": yaml_suite,
}


def written_anew(page: str, names: Iterable[str]) -> str:
    """The page with some of its generated sections filled."""
    for name in names:
        begin, end = f"<!-- {name}: from the cases -->\n", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        assert found, name
        page = f"{before}{begin}\n{SECTIONS[name]()}\n{end}{rest.partition(end)[2]}"
    return page


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_is_up_to_date(name: str) -> None:
    page = PAGE.read_text()
    assert page == written_anew(page, [name]), "run: python -m tests.formats.test_readers_page"


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE.write_text(written_anew(PAGE.read_text(), SECTIONS))} characters\n")
