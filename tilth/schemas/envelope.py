"""What stands around the rows of a JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Envelope:
    """A JSON object of which one member is the list of rows, as SQuAD's `{"version": "1.1", "data": [...]}`.

    A document that is nothing but the list has none. One without a key says that the document is the row itself.
    """

    key: str
    """Name of the member that holds the rows; empty where there is no list around the one row."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """The members before it, in order."""
    after: Mapping[str, Any] = field(default_factory=dict)
    """The members behind it, in order."""

    @property
    def beside(self) -> dict[str, Any]:
        """Everything that is not the rows."""
        return {**self.before, **self.after}
