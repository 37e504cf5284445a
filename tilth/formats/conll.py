"""CoNLL: a token a line with its tag in the last column, a blank line behind each sentence.

A row is a sentence: `{"tokens": ["Ada", "wrote"], "column_2": ["NNP", "VBD"], "tags": ["B-PER", "O"]}`. Cells stand
apart by tabs, or by spaces where there is no tab. Document marks, comments, and whatever else is other than Tilth
writes it, stand in the row's `layout`, so that the same file can be written again; sentences that go from file to
file are copied byte by byte.
"""

from collections.abc import Iterator
from typing import BinaryIO, cast

from tilth.errors import DataError
from tilth.formats.block import Block, Row
from tilth.formats.conll_block import SentenceBlock, row_of, text_of
from tilth.formats.conll_columns import DOCUMENT_MARK, IN_A_LINE, Columns, ColumnsError, is_blank
from tilth.formats.conll_sentences import Sentence, Sentences
from tilth.formats.container import BLOCK_BYTES, BLOCK_ROWS, PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.text_writing import BYTE_ORDER_MARK

_SHOWN_CHARACTERS = 200
_TAIL_CHARACTERS = 200  # as much of a sentence as tells whether its last line is blank


class Conll(Format):
    """Tokens and tags in columns, as shared tasks have published them since 1999."""

    name = "conll"
    suffixes = (".conll", ".conll2003", ".bio", ".iob", ".iob2")

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of sentences; line numbers are those of their first tokens."""
        sentences = Sentences(source, settings.max_line_bytes)
        raw: list[str] = []
        rows: list[Row] = []
        lines: list[int] = []
        marks: list[str] = []
        held = 0
        for sentence in sentences:
            sentence.before = [*marks, *sentence.before]
            try:
                row, text = _read(sentence, sentences.columns, settings.max_line_bytes)
            except ColumnsError as fault:
                # The sentence is left out, and not what is said of the document that it stands in.
                marks = sentence.before
                shown = "\n".join(sentence.lines)[:_SHOWN_CHARACTERS].encode("utf-8", errors="surrogateescape")
                settings.refuse(sentence.line, sentence.byte_offset, str(fault), shown)
                continue
            marks = []
            raw.append(text)
            rows.append(row)
            lines.append(sentence.line)
            held += len(text)
            if len(rows) == BLOCK_ROWS or held >= BLOCK_BYTES:
                yield SentenceBlock(raw, rows, lines, cast(Columns, sentences.columns))
                raw, rows, lines, held = [], [], [], 0
        if rows:
            yield SentenceBlock(raw, rows, lines, cast(Columns, sentences.columns))

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that copies sentences that were read and writes other rows with tabs, or as their layout says."""
        return ConllWriter(sink)


class ConllWriter(Writer):
    """Writes rows of tokens and tags; all with what stood between the cells of the first."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._columns: Columns | None = None
        self._rows = 0
        self._last = ""

    def write(self, block: Block) -> None:
        """Append the sentences of a block. Raises `DataError` for a row that is none."""
        if isinstance(block, SentenceBlock) and self._columns in (None, block.columns):
            for text in block.raw:
                self._append(text, block.columns)
            return
        for row in block.rows:
            try:
                self._append(*text_of(row, self._columns.delimiter if self._columns else None))
            except ColumnsError as fault:
                raise DataError(
                    f"row {self._rows + 1} {fault}: conll holds sentences of tokens and tags",
                    fix="--to-dialect conll, to write named entities as tags",
                ) from fault

    def close(self) -> None:
        """Nothing is outstanding: every row was written when it came."""

    def _append(self, text: str, columns: Columns) -> None:
        if self._columns is None:
            self._columns = columns
        elif columns.count != self._columns.count:
            raise ColumnsError(f"has {columns.count} columns, and the rows before it have {self._columns.count}")
        # A mark at the very start would be taken for the file's own, unless the file has one before it.
        mark = BYTE_ORDER_MARK if not self._rows and text.startswith(BYTE_ORDER_MARK) else ""
        self._sink.write((mark + self._gap(text) + text).encode("utf-8"))
        self._last = text[-_TAIL_CHARACTERS:]
        self._rows += 1

    def _gap(self, text: str) -> str:
        """What has to stand between two sentences where the one before was the last of a file."""
        *_, line, rest = f"\n{self._last}".rsplit("\n", 2)
        ending = "\n" if rest else ""
        is_in_lines = self._columns is not None and self._columns.delimiter == IN_A_LINE
        is_apart = is_blank(rest or line) or not self._rows or is_in_lines
        if is_apart or text.startswith(DOCUMENT_MARK) or is_blank(text.partition("\n")[0]):
            return ending
        return ending + "\n"


def _read(sentence: Sentence, columns: Columns | None, max_bytes: int) -> tuple[Row, str]:
    """The row of a sentence, and its text as it stands in the file."""
    if sentence.is_long or columns is None:
        raise ColumnsError(f"the sentence is longer than {max_bytes} bytes")
    for number, line in enumerate((*sentence.before, *sentence.lines, *sentence.after), 1 - len(sentence.before)):
        if not line.isascii() and any("\udc80" <= character <= "\udcff" for character in line):
            raise ColumnsError(f"line {number} of the sentence is not UTF-8")
    text = "\n".join((*sentence.before, *sentence.lines, *sentence.after))
    return row_of(sentence, columns), text + "\n" if sentence.is_ended else text
