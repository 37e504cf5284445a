"""Rows made to be changed by a careless reader: what the tests send through every format."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tilth.formats import Block, ReadSettings, Reject, RowBlock
from tilth.formats.opening import format_named
from tilth.schemas import dump_json

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
numbers = (
    st.sampled_from(NUMBERS)
    | st.integers()
    | st.sampled_from(FLOATS)
    | st.floats(allow_nan=False, allow_infinity=False)
)
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


FIXED_ROWS: list[dict[str, Any]] = [
    {"id": "007", "answer": "NA", "ok": "no", "n": 2**63, "big": 10**25, "zero": -0.0, "note": None},
    {"id": "008", "answer": "", "ok": "yes", "n": 1, "big": -1, "zero": 0.0},
    {
        "zero": 1.5,
        "id": "009",
        "answer": "a\u2028b\u0085c",
        "ok": "true",
        "n": -(2**63),
        "big": 0,
        "note": "\U0001f33e",
    },
    {"id": "010", "answer": "x" * 200_000, "ok": "~", "n": 0, "big": 2**64, "zero": 1e22, "note": ["a", {"b": None}]},
    {"id": "", "answer": "=1+1", "ok": "12:30", "n": 7, "big": 7, "zero": 0.1, "note": {}, "a:json": "a", "": [[]]},
    {
        "id": "011",
        "answer": "a\r\nb\rc\n",
        "ok": "2024-01-01",
        "n": 7,
        "big": 7,
        "zero": 0.1,
        "\n": {"": {"a.b": True}},
    },
    {},
]


def dumped(rows: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """Each row as bytes that tell apart values, types, the order of keys, null and absent."""
    return [dump_json(row) for row in rows]


def written(format_name: str, *blocks: Block) -> bytes:
    """The bytes of a file in that format."""
    sink = io.BytesIO()
    writer = format_named(format_name).writer(sink)
    for block in blocks:
        writer.write(block)
    writer.close()
    return sink.getvalue()


def read(format_name: str, content: bytes, rejects: list[Reject] | None = None) -> list[Mapping[str, Any]]:
    """The rows in the bytes of a file of that format."""
    settings = ReadSettings("file", reject=None if rejects is None else rejects.append)
    return [row for block in format_named(format_name).read(io.BytesIO(content), settings) for row in block.rows]


def block(rows: Sequence[Mapping[str, Any]]) -> RowBlock:
    """Rows as operations hand them to writers."""
    return RowBlock(rows, range(1, len(rows) + 1))
