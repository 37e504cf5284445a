"""Rows made to be changed by a careless reader: what the tests send through every format."""

from typing import Any

from hypothesis import strategies as st

TEXTS = [
    "",
    " ",
    "007",
    "NA",
    "None",
    "null",
    "no",
    "yes",
    "true",
    "~",
    "-",
    "- a",
    "a: b",
    "a #b",
    "#",
    "12:30",
    "2024-01-01",
    "1e3",
    "0x10",
    "0o7",
    ".inf",
    ".nan",
    "NaN",
    "-0.0",
    "[1, 2",
    '["x"]',
    "{}",
    '"',
    '"a"',
    "'",
    "a,b;c\td",
    "a\nb",
    "a\nb\n",
    "\n",
    "a\n\n",
    " a\nb",
    "a\n \nb",
    "a \nb",
    "a\r\nb",
    "\r",
    "a\rb",
    "\t",
    "\x00",
    "a\x1bb\x7f\x85\x9f",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufeffa",
    "\ufffe\uffff",
    "\U0001f33e \U0001f468\u200d\U0001f33e",
    "%PDF",
    "&a",
    "*a",
    "!x",
    "|",
    ">",
    "---",
    "...",
    "<<",
    "=1+1",
    "@",
    "`",
    "a\\b\\",
    "é",
    "\\u2028",
    'she said ":" and left',
]
NUMBERS = [0, 7, -1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**25, -(10**40)]
FLOATS = [0.0, -0.0, 0.1, 1.0, 1e22, 1e-320, 1.7976931348623157e308, 0.30000000000000004]
KEYS = ["", "a", "b", "a:json", ":json", ":order", ":order:json", "a.b", "a\nb", "1", "007", "no", "id", "\ufeff", "<<"]

texts = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.sampled_from(NUMBERS) | st.integers() | st.sampled_from(FLOATS) | st.floats(allow_nan=False, allow_infinity=False)
keys = st.sampled_from(KEYS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
scalars = texts | numbers | st.booleans() | st.none()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows that mostly share their keys, as real ones do, and lack, reorder or add some."""
    columns = {
        key: draw(st.sampled_from([texts, numbers, st.integers(), st.booleans(), values, scalars]))
        for key in draw(st.lists(keys, max_size=5, unique=True))
    }
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        present = [key for key in columns if draw(st.integers(0, 5))]
        if not draw(st.integers(0, 3)):
            present = draw(st.permutations(present))
        row = {key: draw(columns[key]) for key in present}
        if not draw(st.integers(0, 5)):
            row |= draw(st.dictionaries(keys, values, max_size=2))
        rows.append(row)
    return rows
