"""The shapes in which tools write records, and how to find one by name."""

from tilth.schemas.dialects.base import Dialect, LossError, Row
from tilth.schemas.dialects.registry import dialect, dialects

__all__ = ["Dialect", "LossError", "Row", "dialect", "dialects"]
