"""Numeric fields of records as columns that outliers can be looked for in, as if they were signals."""

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from tilth.schemas.identity import value_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tilth.operation import Batch


@dataclass(frozen=True)
class NumericField:
    """A field whose values are numbers, or texts that spell one (a table has only text)."""

    name: str
    unit: str = "number"
    is_skewed: bool = False
    needs: str = ""

    @property
    def summary(self) -> str:
        """What it says, for the report."""
        return f"The number in {self.name}."

    def measure(self, batch: "Batch") -> "NDArray[np.float64]":
        """One number per row, NaN where there is none."""
        import numpy as np

        return np.array([number_in(value_of(record, self.name)) for record in batch.records], np.float64)


def number_in(value: Any) -> float:
    """The number that a value is or spells; NaN where it is none, or infinite. What is stored stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return float("nan")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return float("nan")
    # float() reads "1_000" as Python does; in data that is no number.
    return number if isfinite(number) and "_" not in str(value) else float("nan")
