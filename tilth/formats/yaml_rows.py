"""YAML: a list of rows, or one row a document, read as YAML 1.2 says and streamed in both directions.

`no`, `12:30` and `2024-01-01` are text. So is a number with zeros before it (`007`): one version of YAML reads it as
octal and the next as decimal. Tags, merge keys, keys that are no text, and `.inf` and `.nan` are refused.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.yaml_text import row_text


class Yaml(Format):
    """A YAML list, or documents separated by `---`."""

    name = "yaml"
    suffixes = (".yaml", ".yml")

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows; line numbers are those at which a row begins."""
        from tilth.formats._yaml_reading import read_blocks

        return read_blocks(source, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of one list, an item a row."""
        return YamlWriter(sink)


class YamlWriter(Writer):
    """Writes rows as items of one list, as they come."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def write(self, block: Block) -> None:
        """Append the rows of a block."""
        self._sink.write("".join(map(row_text, block.rows)).encode("utf-8"))

    def close(self) -> None:
        """Nothing is outstanding: every block was written when it came."""
