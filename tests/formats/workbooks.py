"""Workbooks made for the tests, part by part, so that a test can say what any program might write."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def texts(*values: str) -> str:
    """Cells of text, for the header mostly."""
    return "".join(f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>' for value in values)


def row(*cells: str, number: int | None = None) -> str:
    """One row of cells."""
    place = "" if number is None else f' r="{number}"'
    return f"<row{place}>{''.join(cells)}</row>"


def workbook(
    sheets: Mapping[str, str],
    *,
    strings: Sequence[str] = (),
    formats: Sequence[str | int] = (),
    states: Mapping[str, str] = {},
    is_1904: bool = False,
    before: Mapping[str, str] = {},
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A workbook of sheets, given by the XML of their rows.

    `strings` is the XML of the shared texts, `formats` the number format of each cell style (a built-in one by its
    number), `before` XML that stands in front of a part.
    """
    names = list(sheets)
    parts = {
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _workbook(names, states, is_1904),
        "xl/_rels/workbook.xml.rels": _relations(
            {f"s{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(len(names))}
            | {"t": ("sharedStrings", "/xl/sharedStrings.xml"), "y": ("styles", "styles.xml")}
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{"".join(f"<si>{text}</si>" for text in strings)}</sst>',
        "xl/styles.xml": _styles(formats),
    }
    for number, rows in enumerate(sheets.values()):
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet
    return archive({name: before.get(name, "") + text for name, text in parts.items()}, method=method)


def archive(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return sink.getvalue()


def _workbook(names: Sequence[str], states: Mapping[str, str], is_1904: bool) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n + 1}" state="{states.get(name, "visible")}" r:id="s{n}"/>'
        for n, name in enumerate(names)
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(is_1904)}"/>'
        f"<sheets>{sheets}</sheets></workbook>"
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{listed}</Relationships>'


def _styles(formats: Sequence[str | int]) -> str:
    codes = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for n, code in enumerate(formats)
        if isinstance(code, str)
    )
    used = "".join(f'<xf numFmtId="{164 + n if isinstance(code, str) else code}"/>' for n, code in enumerate(formats))
    return f'<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts><cellXfs>{used}</cellXfs></styleSheet>'
