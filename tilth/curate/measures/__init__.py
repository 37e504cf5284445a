"""Numbers that a gate can hold a data set to, each computed only when somebody asks for it."""

from tilth.curate.measures.measure import Measure, Value
from tilth.curate.measures.registry import check_name, known, take

__all__ = ["Measure", "Value", "check_name", "known", "take"]
