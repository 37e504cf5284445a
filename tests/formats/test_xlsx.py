"""Workbooks: each value as the file spells it, the sheet that is meant, and one line for everything else."""

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.workbooks import archive, row, texts, workbook
from tests.schemas.public_data import public_file
from tilth.errors import DataError, TilthError, UsageError
from tilth.formats import Dataset, ReadSettings, Reject, open_output
from tilth.formats.opening import format_named
from tilth.formats.xlsx import package


def read(content: bytes, rejects: list[Reject] | None = None, **how: Any) -> list[object]:
    settings = ReadSettings("book.xlsx", reject=None if rejects is None else rejects.append, **how)
    return [row for block in format_named("xlsx").read(io.BytesIO(content), settings) for row in block.rows]


def one_cell(cell: str, **parts: Any) -> object:
    """The value of one cell below the header `a`; the row itself when the key is absent."""
    (found,) = read(workbook({"S": row(texts("a", "z")) + row(cell, '<c r="B2"><v>1</v></c>')}, **parts))
    return found.get("a", found) if isinstance(found, dict) else None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>7</v></c>", 7),
        ("<c><v>-0</v></c>", 0),
        ("<c><v>9007199254740993</v></c>", 2**53 + 1),
        ("<c><v>123456789012345678901234567890</v></c>", 123456789012345678901234567890),
        ("<c><v>0.1</v></c>", 0.1),
        ("<c><v>1.0</v></c>", 1.0),
        ("<c><v>1.152921504606847E+18</v></c>", 1.152921504606847e18),
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="b"><v>0</v></c>', False),
        ('<c t="str"><f>A1&amp;"x"</f><v>007</v></c>', "007"),
        ('<c t="str"><f>""</f><v></v></c>', ""),
        ("<c><f>1+1</f><v>2</v></c>", 2),
        ('<c t="d"><v>2024-01-02T03:04:05</v></c>', "2024-01-02T03:04:05"),
        ('<c t="inlineStr"/>', ""),
        (texts("NA"), "NA"),
        (texts(" no\n"), " no\n"),
        (
            '<c t="inlineStr"><is><r><t>bold</t></r><r><t> and not</t></r><rPh><t>ボールド</t></rPh></is></c>',
            "bold and not",
        ),
        (texts("a_x000D_b _x005F_x000D_ _xD83D__xDE00_ _x"), "a\rb _x000D_ 😀 _x"),
    ],
)
def test_a_cell_is_what_the_file_spells(cell: str, value: object) -> None:
    found = one_cell(cell)
    assert (type(found), found) == (type(value), value)


def test_an_empty_cell_is_an_absent_key_and_an_empty_row_no_row() -> None:
    assert one_cell("<c/>") == {"z": 1}
    assert one_cell("<c><v/></c>") == {"z": 1}
    content = workbook({"S": row() + row(texts("a")) + row("<c/>") + row() + row(texts("x"))})
    assert read(content) == [{"a": "x"}]


def test_shared_texts_are_found_by_their_number() -> None:
    strings = ["<t>text</t>", "<t>007</t>", "<r><t>a</t></r><r><t> b</t></r><rPh><t>no</t></rPh>", "<t/>"]
    cells = "".join(f'<c t="s"><v>{n}</v></c>' for n in (1, 2, 3))
    content = workbook({"S": row('<c t="s"><v>0</v></c>', texts("b", "c")) + row(cells)}, strings=strings)
    assert read(content) == [{"text": "007", "b": "a b", "c": ""}]


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("yyyy-mm-dd", "45293", "2024-01-02"),
        ("yyyy-mm-dd", "45293.5", "2024-01-02T12:00:00"),
        (14, "1", "1900-01-01"),
        (14, "59", "1900-02-28"),
        (14, "61", "1900-03-01"),
        (14, "2958465", "9999-12-31"),
        (22, "45293", "2024-01-02T00:00:00"),
        ("yyyy-mm-dd h:mm:ss", "45293.12784349537", "2024-01-02T03:04:05.678"),
        ("[$-409]h:mm AM/PM;@", "0.52083333333333337", "12:30:00"),
        ("h:mm", "45293.25", "2024-01-02T06:00:00"),
        ("[h]:mm:ss", "1.5", "PT36H"),
        (46, "-0.0625", "-PT1H30M"),
        ("[mm]:ss.0", "1.1574074074074073E-5", "PT1S"),
        (31, "45293", "2024-01-02"),
        ('d "of" mmmm', "45293", "2024-01-02"),
        ("m/d", "0.5", "is a day that never was"),
        (14, "60", "is a day that never was"),
        (14, "-1", "lies before the first day"),
        (14, "2958466", "lies past the year 9999"),
        (14, "1e99999", "lies past the year 9999"),
    ],
)
def test_a_number_that_is_formatted_as_a_date_is_its_iso_text(code: str | int, number: str, text: str) -> None:
    rejects: list[Reject] = []
    content = workbook({"S": row(texts("a")) + row(f'<c s="0"><v>{number}</v></c>')}, formats=[code])
    found = read(content, rejects)
    assert found == [{"a": text}] if not rejects else text in rejects[0].reason


@pytest.mark.parametrize(
    "code", ["General", "0.00E+00", '0 "days"', "[Red]#,##0", r"0\d", "_(* #,##0_)", "@", 9, 0, 49]
)
def test_other_formats_leave_a_number_as_it_is(code: str | int) -> None:
    assert one_cell('<c s="0"><v>45293</v></c>', formats=[code]) == 45293


def test_days_can_count_from_1904() -> None:
    assert one_cell('<c s="0"><v>0</v></c>', formats=[14], is_1904=True) == "1904-01-01"
    assert one_cell('<c s="0"><v>43831.75</v></c>', formats=[22], is_1904=True) == "2024-01-02T18:00:00"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('<c t="e"><v>#N/A</v></c>', "the cell A2 holds the error #N/A"),
        ("<c><f>1+1</f></c>", "the cell A2 holds a formula whose result is not stored"),
        ("<c><f>1+1</f><v></v></c>", "the cell A2 holds a formula whose result is not stored"),
        ("<c><v>INF</v></c>", "the cell A2 holds 'INF', which is no number"),
        ("<c><v>1e999</v></c>", "the cell A2 holds '1e999', which is no number"),
        ("<c><v>0x10</v></c>", "the cell A2 holds '0x10', which is no number"),
        ('<c t="b"><v>2</v></c>', "neither true nor false"),
        (texts("_xD83D_"), "half of a surrogate pair"),
        ('<c r="B2"><v>1</v></c>', "the cell B2 holds a value, and row 1 names no such column"),
    ],
)
def test_a_cell_without_a_value_has_its_row_rejected(cell: str, reason: str) -> None:
    content = workbook({"S": row(texts("a")) + row(cell) + row(texts("good"))})
    rejects: list[Reject] = []
    assert read(content, rejects) == [{"a": "good"}]
    assert [(reject.line, reason in reject.reason) for reject in rejects] == [(2, True)]
    with pytest.raises(DataError, match=r"book\.xlsx:2: "):
        read(content)


def test_rows_keep_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    rows = row(texts("text"), number=3) + row('<c r="A7" t="e"><v>#REF!</v></c>', number=7)
    path.write_bytes(workbook({"S": rows + row(texts("x"), number=9)}))
    data = Dataset.open(path, on_error="reject")
    assert [str(origin) for batch in data.batches() for origin in batch.origins] == [f"{path}:9"]
    assert [(reject.line, reject.raw) for reject in data.rejects] == [(7, "{}")]


def test_the_first_row_with_something_in_it_names_the_columns() -> None:
    content = workbook(
        {
            "S": row()
            + row("<c/>", texts("a"), '<c><v>2024</v></c><c t="b"><v>1</v></c>')
            + row("<c/>", texts("x"), "<c><v>1</v></c>")
        }
    )
    assert read(content) == [{"a": "x", "2024": 1}]
    with pytest.raises(DataError, match=r'book\.xlsx:1: two columns are called "a"'):
        read(workbook({"S": row(texts("a", "a"))}))
    with pytest.raises(DataError, match="row 1 names the columns, and the cell A1 holds the error"):
        read(workbook({"S": row('<c t="e"><v>#N/A</v></c>')}), [])


def test_the_only_sheet_with_rows_is_read_and_of_several_the_one_that_is_named() -> None:
    one = row(texts("a")) + row(texts("x"))
    assert read(workbook({"Empty": "", "Styled": row("<c/>"), "Data": one})) == [{"a": "x"}]
    two = workbook({"Data": one, "Bob's": row(texts("b")) + row(texts("y"))})
    assert read(two, table="Bob's") == [{"b": "y"}]
    with pytest.raises(UsageError, match="2 sheets with rows: Data, Bob's\n  try  --table Data"):
        read(two)
    with pytest.raises(UsageError, match=r"no sheet is called bobs; there is Data, Bob's\n  try  --table 'Bob'\\''s'"):
        read(two, table="bobs")
    with pytest.raises(DataError, match="no sheet of the workbook holds anything"):
        read(workbook({"Empty": ""}))


def test_hidden_sheets_are_passed_over_aloud(tmp_path: Path) -> None:
    one = row(texts("text")) + row(texts("x"))
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook({"Lists": one, "Data": one}, states={"Lists": "veryHidden"}))
    assert Dataset.open(path).notes == ("read the sheet Data; hidden beside it: Lists",)
    assert Dataset.open(path, table="Lists").notes == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive({"word/document.xml": "<w/>"}), "this zip archive holds no workbook"),
        (workbook({"S": "<row><c></row>"}), "broken workbook: mismatched tag"),
        (
            workbook({"S": row(texts("a")) + row('<c t="s"><v>0</v></c>')}),
            "names the shared text '0', and there is none",
        ),
        (workbook({"S": row(texts("a"), number=2) + row(texts("a"), number=2)}), "row 2 follows row 2"),
        (workbook({"S": row(texts("a"), number=1048577)}), "row 1048577 follows row 0"),
        (workbook({"S": row('<c r="XFE1"><v>1</v></c>')}), "a cell of row 1 is out of its place"),
        (workbook({"S": row('<c r="A2"><v>1</v></c>')}), "a cell of row 1 is out of its place"),
        (workbook({"S": row('<c r="B1"><v>1</v></c><c r="A1"><v>1</v></c>')}), "a cell of row 1 is out of its place"),
        (workbook({"S": row(texts("a"))})[:-40], "broken workbook: File is not a zip file"),
        (archive({"xl/workbook.xml": "<a/>"}, method=zipfile.ZIP_LZMA), "compressed in a way that workbooks are not"),
    ],
    ids=range(10),  # the archives have the time in them
)
def test_a_broken_workbook_is_refused_in_one_line(content: bytes, reason: str) -> None:
    with pytest.raises(DataError) as refusal:
        read(content)
    assert reason in str(refusal.value)
    assert "\n" not in refusal.value.what


def test_an_archive_with_a_part_without_a_name_and_no_styles_is_read_all_the_same() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook({"one": row(texts("a")) + row("<c><v>7</v></c>")}))) as whole:
        parts = {name: whole.read(name).replace(b'/styles"', b'/stiles"') for name in whole.namelist()}
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        file.writestr(zipfile.ZipInfo(""), b"")
        for name, content in parts.items():
            file.writestr(name, content)
    assert read(sink.getvalue()) == [{"a": 7}]


def test_xml_that_declares_entities_is_refused() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>'
    with pytest.raises(DataError, match="declares a document type"):
        read(workbook({"S": row(texts("&a9;"))}, before={"xl/worksheets/sheet0.xml": bomb}))


@pytest.mark.parametrize("kind", ["empty rows", "empty texts", "one cell"])
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "_GRACE_BYTES", 500_000)
    many = 100_000
    empty = row(texts("a")) + "<row></row>" * many
    shared = row('<c t="s"><v>0</v></c>')
    content = {
        "empty rows": lambda: workbook({"S": empty}),
        "empty texts": lambda: workbook({"S": shared}, strings=["<t/>"] * many),
        "one cell": lambda: workbook({"S": row(texts("a")) + row("<c>" + "<f>12</f>" * many + "</c>")}),
    }[kind]()
    with pytest.raises(DataError, match="unpacks to far more"):
        read(content)


def test_a_tag_without_an_end_is_not_waited_for() -> None:
    spaces = " " * 3_000_000
    with pytest.raises(DataError, match="an XML tag in it is longer"):
        read(workbook({"S": row(texts("a")) + f"<row {spaces}/>"}))


def test_a_cell_longer_than_a_line_may_be_is_refused() -> None:
    with pytest.raises(DataError, match="more than 1000 characters"):
        read(workbook({"S": row(texts("a")) + row(texts("x" * 1001))}), max_line_bytes=1000)
    with pytest.raises(DataError, match="row 2 holds more than 1000 characters"):
        read(workbook({"S": row(texts("a", "b")) + row(texts("x" * 600, "x" * 600))}), max_line_bytes=1000)


def test_a_part_that_is_there_twice_or_encrypted_is_refused() -> None:
    sink = io.BytesIO(workbook({"S": row(texts("a")) + row(texts("x"))}))
    with zipfile.ZipFile(sink, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/worksheets/sheet0.xml", "<worksheet/>")
    with pytest.raises(DataError, match="is there twice"):
        read(sink.getvalue())
    encrypted = bytearray(workbook({"S": row(texts("a"))}))
    place = encrypted.rindex(b"PK\x01\x02", 0, encrypted.rindex(b"xl/worksheets/sheet0.xml"))
    encrypted[place + 8] |= 1
    with pytest.raises(DataError, match="encrypted"):
        read(bytes(encrypted))


def test_large_shared_texts_go_to_a_file_and_come_back() -> None:
    generator = random.Random(7)
    long = [generator.randbytes(250_000).hex() + "é" for _ in range(100)]
    cells = "".join(row(f'<c t="s"><v>{n}</v></c>') for n in (0, 99, 50, 1))
    found = read(
        workbook({"S": row(texts("a")) + cells}, strings=[f"<t>{text}</t>" for text in long], method=zipfile.ZIP_STORED)
    )
    assert found == [{"a": long[n]} for n in (0, 99, 50, 1)]


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)


@given(st.lists(st.tuples(plain, st.integers(), st.floats(allow_nan=False, allow_infinity=False)), max_size=5))
def test_values_come_out_as_they_were_put_in(rows: list[tuple[str, int, float]]) -> None:
    xml = "".join(
        row(texts(text.replace("_x", "_x005F_x")), f"<c><v>{number}</v></c><c><v>{decimal!r}</v></c>")
        for text, number, decimal in rows
    )
    found = read(workbook({"S": row(texts("t", "n", "f")) + xml}))
    assert [repr(each) for each in found] == [repr({"t": t, "n": n, "f": f}) for t, n, f in rows]


WHOLE = workbook(
    {"S": row('<c t="s"><v>0</v></c>', texts("b")) + row(texts("x"), '<c s="0"><v>45293.5</v></c>') * 3},
    strings=["<t>a</t>"],
    formats=["yyyy"],
)


@given(st.data())
def test_damaged_bytes_are_rows_or_one_line(data: st.DataObject) -> None:
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    try:
        read(bytes(content), [])
    except TilthError as refusal:
        assert "\n" not in refusal.what


@given(st.text(alphabet="<>/ =\"'crvstisf019AB#x", max_size=60))
def test_any_xml_in_a_sheet_is_rows_or_one_line(xml: str) -> None:
    try:
        read(workbook({"S": row(texts("a")) + xml}), [])
    except TilthError as refusal:
        assert "\n" not in refusal.what


def test_a_workbook_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"xlsx is read and not written\n  try  -o NAME\.csv"):
        open_output(tmp_path / "out.xlsx")
    assert not list(tmp_path.iterdir())


def test_what_only_looks_like_a_workbook_says_what_it_is(tmp_path: Path) -> None:
    old = tmp_path / "locked.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
    with pytest.raises(
        DataError, match=r"an old Office file .* or an encrypted one, not xlsx\n  try  save it as \.xlsx"
    ):
        Dataset.open(old)
    (tmp_path / "old.xls").write_bytes(old.read_bytes())
    with pytest.raises(UsageError, match=r"save it as \.xlsx or \.csv"):
        Dataset.open(tmp_path / "old.xls")


def test_doccano_imports_are_read() -> None:
    folder = "doccano_import/text_classification/"
    first = Dataset.open(public_file(folder + "example.xlsx"), record_type="text")
    rows = [{"text": "exampleA", "label": "positive"}, {"text": "exampleB"}, {"label": "negative"}]
    assert [each for batch in first.batches() for each in batch.rows] == rows
    rejects: list[Reject] = []
    found = read(public_file(folder + "example.invalid.2.xlsx").read_bytes(), rejects)
    assert found == [{"text": "BBB", " label": " Negative"}, {"text": "CCC", " label": " Negative"}]
    assert [reject.reason for reject in rejects] == ["the cell C2 holds a value, and row 1 names no such column"]
    headless = public_file(folder + "example_one_column_no_header.xlsx").read_bytes()
    assert read(headless) == [{"AAA": "BBB"}, {"AAA": "CCC"}]


def test_the_row_of_the_header_can_be_named() -> None:
    content = workbook({"S": row(texts("Report of March")) + row() + row(texts("a", "b")) + row(texts("x", "y"))})
    assert read(content, header_row=3) == [{"a": "x", "b": "y"}]
    with pytest.raises(UsageError, match="row 2 of the sheet is empty, and is to name the columns"):
        read(content, header_row=2)
    with pytest.raises(UsageError, match="row 9 of the sheet is empty"):
        read(content, header_row=9)


def test_a_title_above_the_table_is_answered_with_the_row_to_name() -> None:
    content = workbook({"S": row(texts("Report")) + row(texts("a", "b")) + row(texts("x", "y"))})
    with pytest.raises(DataError) as refusal:
        read(content)
    assert refusal.value.fix.startswith("--header-row 2; or ")


def test_a_header_row_is_for_workbooks_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    with pytest.raises(UsageError, match="--header-row is a row of a workbook, and this is csv"):
        Dataset.open(tmp_path / "a.csv", header_row=2)
