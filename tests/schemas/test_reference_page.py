"""The reference page of records is up to date. Written anew by `python -m tests.schemas.test_reference_page`."""

import re
import sys
from pathlib import Path

from tilth import plugins
from tilth.schemas import record_types

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "records.md"


def types_section() -> str:
    """Each record type with its example and its fields."""
    parts = []
    installed = plugins.installed("tilth.records")  # and not what another test has registered
    for name, known in ((name, known) for name, known in record_types().items() if name in installed):
        example = re.search(r"^( +\{\"type\".*\})$", known.__doc__ or "", re.MULTILINE)
        parts.append(f"### {name}\n\n{known.summary[0].upper()}{known.summary[1:]}.\n")
        if example:
            parts.append(f"```json\n{example.group(1).strip()}\n```\n")
        rows = []
        for field in known.field_names():
            declared = known.model_fields[field]
            needed = "needed" if declared.is_required() else ""
            rows.append(f"| `{field}` | {needed} | {declared.description} |")
        parts.append("\n".join(["| field | | |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


SECTIONS = {"types": types_section}


def written_anew(page: str) -> str:
    """The page with its generated sections filled from the declarations."""
    for name, section in SECTIONS.items():
        begin, end = f"<!-- {name}: from the declarations -->\n", f"<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{section()}\n{end}{rest.partition(end)[2]}"
    return page


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == written_anew(PAGE.read_text()), "run: python -m tests.schemas.test_reference_page"


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE.write_text(written_anew(PAGE.read_text()))} characters\n")
