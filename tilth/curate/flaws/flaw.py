"""What a defect is: how sure its detector is, what it says, and the function that looks for it."""

from collections.abc import Callable
from typing import NamedTuple


class Asked(NamedTuple):
    """An instruction, the material it comes with, and what was answered; empty texts where there is none."""

    instruction: str
    given: str
    answer: str

    @property
    def prompt(self) -> str:
        """The instruction and the material."""
        return f"{self.instruction}\n{self.given}" if self.given else self.instruction


class Flaw(NamedTuple):
    """One kind of defect."""

    certainty: float
    """From 0 to 1; the score of a row that is set aside for it."""
    summary: str
    find: Callable[[Asked], str | None]
    """What was found, in words for people; None where there is nothing of the kind."""
