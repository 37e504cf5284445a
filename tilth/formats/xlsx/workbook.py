"""What a workbook says of itself: its sheets, how its dates count, and which cell styles mean a date."""

from collections.abc import Sequence
from dataclasses import dataclass

from tilth.formats.xlsx.dates import DateKind, kind_of_built_in, kind_of_code
from tilth.formats.xlsx.package import Package
from tilth.formats.xlsx.xml_events import BrokenWorkbook, elements

_TRUE = ("1", "true", "on")
_MAX_SHEETS = 10_000


@dataclass(frozen=True)
class Sheet:
    """One sheet of cells."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Workbook:
    """The sheets of a file, and what is needed to read their cells."""

    sheets: Sequence[Sheet]
    is_1904: bool
    """Whether days count from 1904, as old Macs had it."""
    strings: str | None
    """The part with the texts that cells share."""
    styles: Sequence[DateKind | None]
    """For each cell style, how it shows a number as a date; None where it does not."""

    @staticmethod
    def of(package: Package) -> "Workbook":
        """The workbook in an archive. Raises `BrokenWorkbook` where there is none."""
        main = next((each.part for each in package.relations("").values() if each.kind == "officeDocument"), None)
        part = main or "xl/workbook.xml"
        if part.lower().endswith(".bin"):
            raise BrokenWorkbook("it is a binary workbook (.xlsb)")
        if part not in package:
            raise BrokenWorkbook("this zip archive holds no workbook")
        relations = package.relations(part)
        sheets: list[Sheet] = []
        is_workbook = is_1904 = False
        with package.open(part, is_small=True) as stream:
            for element, attributes in elements(stream, {"workbook", "workbookPr", "sheet"}):
                is_workbook = is_workbook or element == "workbook"
                is_1904 = is_1904 or attributes.get("date1904") in _TRUE
                relation = relations.get(_relation_id(attributes)) if element == "sheet" else None
                if relation is not None and relation.kind == "worksheet":  # and no sheet of charts or dialogs
                    is_hidden = attributes.get("state", "visible") != "visible"
                    sheets.append(Sheet(attributes.get("name", ""), relation.part, is_hidden))
        if not is_workbook:
            raise BrokenWorkbook("this zip archive holds no workbook")
        if len(sheets) > _MAX_SHEETS:
            raise BrokenWorkbook(f"it has more than {_MAX_SHEETS} sheets")
        named = {relation.kind: relation.part for relation in relations.values()}
        look = named.get("styles")
        styles = _styles(package, look) if look is not None and look in package else []
        return Workbook(sheets, is_1904, named.get("sharedStrings"), styles)


def _relation_id(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith("/relationships id")), "")


def _styles(package: Package, part: str) -> list[DateKind | None]:
    """The kind of each cell style, in their order."""
    codes: dict[str, str] = {}
    kinds: list[DateKind | None] = []
    in_cells = False
    known: dict[str, DateKind | None] = {}
    with package.open(part, is_small=True) as stream:
        for element, attributes in elements(stream, {"numFmt", "cellStyleXfs", "cellXfs", "xf"}):
            if element == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif element in ("cellXfs", "cellStyleXfs"):
                in_cells = element == "cellXfs"
            elif element == "xf" and in_cells:
                number = attributes.get("numFmtId", "0")
                if number not in known:
                    known[number] = kind_of_code(codes[number]) if number in codes else kind_of_built_in(number)
                kinds.append(known[number])
    return kinds
