"""Pickles, read as what they are: little programs. They are followed with symbols in place of objects, never run."""

from tilth.artifacts.pickles.machine import Call, Ref, Told, follow
from tilth.artifacts.pickles.verdict import Verdict, judge

__all__ = ["Call", "Ref", "Told", "Verdict", "follow", "judge"]
