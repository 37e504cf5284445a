"""The shapes in which tools write records, and how to find one by name."""

from tilth.schemas.dialects.base import Dialect, Folding, Numbered, Row
from tilth.schemas.dialects.companion import Companion, Neighbours
from tilth.schemas.dialects.loss import LossError, encode_allowing
from tilth.schemas.dialects.registry import dialect, dialects

__all__ = [
    "Companion",
    "Dialect",
    "Folding",
    "LossError",
    "Neighbours",
    "Numbered",
    "Row",
    "dialect",
    "dialects",
    "encode_allowing",
]
