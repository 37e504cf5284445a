"""What a text file can hold of a row: a text and nothing else, in characters that come back when it is read."""

from collections import Counter
from collections.abc import Iterator

from tilth.errors import DataError
from tilth.formats.block import Block
from tilth.formats.container import WriteSettings

BYTE_ORDER_MARK = "\ufeff"
_SHOWN_FIELDS = 6


class TextRows:
    """Takes the texts out of rows that are nothing else, but for what may be left out."""

    def __init__(self, name: str, settings: WriteSettings) -> None:
        self._name, self._settings = name, settings
        self._left_out: Counter[str] = Counter()

    def texts(self, block: Block) -> Iterator[tuple[int, str]]:
        """The text of each row with its line. Raises `DataError` for a row that is more than a text."""
        for line, row in zip(block.lines, block.rows, strict=True):
            others = [key for key in row if key != "text"]
            refused = [key for key in others if key not in self._settings.allow_loss]
            if refused:
                flags = " ".join(f"--allow-loss {key}" for key in refused[:_SHOWN_FIELDS])
                what = f"{', '.join(refused[:_SHOWN_FIELDS])} beside the text"
                raise self.cannot_hold(line, what, f"{flags}, to go without; or -o NAME.jsonl, which holds every row")
            text = row.get("text")
            if not isinstance(text, str):
                raise self.cannot_hold(line, "a row without a text")
            if "\x00" in text:
                raise self.cannot_hold(line, "a NUL character, with which it would be taken for no text")
            self._left_out.update(others)
            yield line, text

    def cannot_hold(self, line: int, what: str, fix: str = "-o NAME.jsonl, which holds every row") -> DataError:
        """The error for a row that would be another one when the file is read."""
        return DataError(f"row {line}: {self._name} cannot hold {what}", fix=fix)

    def close(self) -> None:
        """Say what was left out."""
        if self._left_out:
            counts = [f"{name} ({rows} {'row' if rows == 1 else 'rows'})" for name, rows in self._left_out.items()]
            self._settings.note(f"left out, as allowed: {', '.join(counts)}")
