"""What a measure of a data set is."""

from collections.abc import Callable
from dataclasses import dataclass

from tilth.curate.measures.subject import Subject


@dataclass(frozen=True)
class Value:
    """A number, and of how many rows it is a part where it counts rows."""

    number: float
    of: int | None = None

    @property
    def share(self) -> float:
        """The count as a share of the rows; the number itself where it is no count."""
        return self.number if self.of is None else self.number / max(self.of, 1)

    def words(self) -> str:
        """The number for people."""
        if self.of is not None:
            return f"{self.number:,.0f} of {self.of:,}, {self.share:.2%}"
        return f"{self.number:,.0f}" if self.number == int(self.number) else f"{self.number:,.4g}"


@dataclass(frozen=True)
class Measure:
    """A number that says something about a whole data set."""

    name: str
    unit: str
    """`rows` for a count of rows, which can be compared as a share too; otherwise what it counts."""
    summary: str
    of: Callable[[Subject], float]

    def take(self, subject: Subject) -> Value:
        """Measure. Raises what the measuring raises, such as `MissingExtraError`."""
        return Value(self.of(subject), subject.statistics.rows if self.unit == "rows" and self.name != "rows" else None)
