"""Excel workbooks (`.xlsx`, `.xlsm`), read only: the rows of one sheet, each value as the file spells it."""

from tilth.formats.xlsx.format import Xlsx

__all__ = ["Xlsx"]
