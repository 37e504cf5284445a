"""The container `markdown`: one row a section, from its heading to the next one.

    {"text": "## Returns\\n\\nWithin 30 days.", "heading": ["Help", "Returns"], "level": 2}

`heading` is the path of headings above the text, the section's own last, as they are written; `level` is its depth.
What stands before the first heading is a row of level 0, and a document without headings is that row alone. Front
matter (YAML between two lines `---` at the start) is `front_matter` in every row. A heading counts where Markdown sees
one, and not in code, in HTML, in a list or in a quote. Blank lines around a section are left out, lines end with
`\\n`; everything else is as it is written. `--from text` gives the whole document.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.read_only import refuse_writing


class Markdown(Format):
    """Markdown documents, as CommonMark reads them."""

    name = "markdown"
    suffixes = (".md", ".markdown")
    is_written = False

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows; lines are those of the headings."""
        from tilth.formats._markdown_sections import read_blocks

        return read_blocks(source, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """Raises `UsageError`: Markdown is read and not written."""
        refuse_writing("markdown", "--to jsonl, which holds the sections as they are read")
