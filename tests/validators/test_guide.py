"""The guide lists every code as the rules say it. Written anew by `python -m tests.validators.test_guide`."""

import sys
from pathlib import Path

from tilth.validators import ValidateOptions
from tilth.validators.rules import RULES, SCHEMA_CODES

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "validate.md"
BEGIN, END = "<!-- codes: from the rules -->\n", "<!-- end of codes -->"


def codes_section() -> str:
    """Every code by record type, with what it means and how much it weighs."""
    rows = [f"| every type | `{code}` | error | {summary} |" for code, summary in SCHEMA_CODES.items()]
    for name, rules in RULES.items():
        rows += [f"| {name} | `{rule.code}` | {rule.severity} | {rule.summary} |" for rule in rules]
    return "\n".join(["| records | code | | |", "|---|---|---|---|", *rows]) + "\n"


def written_anew(page: str) -> str:
    """The guide with its table filled from the rules."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{codes_section()}\n{END}{rest.partition(END)[2]}"


def test_the_guide_lists_every_code():
    assert GUIDE.read_text() == written_anew(GUIDE.read_text()), "run: python -m tests.validators.test_guide"


def test_the_guide_speaks_of_every_option():
    page = GUIDE.read_text()
    assert all(f"--{name.replace('_', '-')}" in page for name in ValidateOptions.model_fields)


if __name__ == "__main__":
    sys.stdout.write(f"{GUIDE.write_text(written_anew(GUIDE.read_text()))} characters\n")
