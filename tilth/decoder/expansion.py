"""How much a file may stand for: a few hundred bytes of Parquet can hold 200 GB."""

from tilth.decoder.refusal import Refusal

_ALWAYS_ALLOWED_BYTES = 1 << 30
_BYTES_PER_FILE_BYTE = 1000  # a column of one repeated value, which is the most that honest files come to
_FORECAST_MARGIN = 10  # the first rows may be much longer than the others
_VALUE_BYTES = 8  # what a value costs the reader at least, be it one bit or a null


class Expansion:
    """Counts what has been decoded, and refuses what no honest file holds."""

    def __init__(self, file_bytes: int) -> None:
        self._file_bytes = file_bytes
        self._allowed = max(_ALWAYS_ALLOWED_BYTES, _BYTES_PER_FILE_BYTE * file_bytes)
        self._decoded = 0

    def add(self, decoded_bytes: int, rows: int, columns: int) -> None:
        """Count a batch. Raises `Refusal` when the file has shown itself to be a bomb."""
        self._decoded += decoded_bytes + rows * columns * _VALUE_BYTES
        if self._decoded > self._allowed:
            raise self._bomb(self._decoded, "more than")

    def foresee(self, rows: int, row_bytes: float) -> None:
        """Look ahead: `rows` more rows, if they were all as large as those that were decoded."""
        expected = self._decoded + rows * row_bytes
        if expected > _FORECAST_MARGIN * self._allowed:
            raise self._bomb(expected, "about")

    def _bomb(self, decoded_bytes: float, how_exact: str) -> Refusal:
        stands_for = f"{how_exact} {decoded_bytes / 2**30:,.0f} GiB of rows"
        return Refusal(
            f"a file of {self._file_bytes:,} bytes that stands for {stands_for}; "
            f"expected at most {_BYTES_PER_FILE_BYTE:,} times its size"
        )
