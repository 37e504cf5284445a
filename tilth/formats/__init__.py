"""How rows lie in files: containers, strict streaming readers, atomic writers."""

from tilth.formats.atomic import refuse_same_file, replacing
from tilth.formats.batch import DialectBatch
from tilth.formats.block import Block, LineBlock, Row, RowBlock
from tilth.formats.container import Format, ReadSettings, Reject, Writer
from tilth.formats.conversion import convert
from tilth.formats.dataset import Dataset
from tilth.formats.output import Output, open_output, write_rows

__all__ = [
    "Block",
    "Dataset",
    "DialectBatch",
    "Format",
    "LineBlock",
    "Output",
    "ReadSettings",
    "Reject",
    "Row",
    "RowBlock",
    "Writer",
    "convert",
    "open_output",
    "refuse_same_file",
    "replacing",
    "write_rows",
]
