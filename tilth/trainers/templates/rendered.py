"""A record as text: what a model is given, and which parts of it it learns."""

from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]
"""From a character up to, not including, another."""


@dataclass(frozen=True)
class Rendered:
    """One text, and where in it the answers to learn are.

    An answer begins where a model is asked for it: what stands before is the very prompt of inference.
    """

    text: str
    answers: tuple[Span, ...]
    """Each up to the end of what the template writes for that message, layout behind its last token included."""
    marks: tuple[Span, ...] | None = None
    """What lies inside the template's `{% generation %}` tags; None when it has no such tags."""
    ends_open: bool = False
    """Nothing closes the last answer and nothing follows it: the text itself can end there."""

    def learned(self, stop: str | None) -> list[Span]:
        """The parts that are learned: the answers, each up to and with the text `stop` that ends it."""
        return [part for answer in self.answers for part in self._learned_of(answer, stop)]

    def _learned_of(self, answer: Span, stop: str | None) -> Iterator[Span]:
        start, end = answer
        at = self.text.rfind(stop, start, end) if stop else -1
        end = at + len(stop) if stop and at >= 0 else end
        if self.marks is None:
            yield start, end
            return
        parts = [(max(start, first), min(end, last)) for first, last in self.marks if first < end and last > start]
        if stop and at >= 0 and (not parts or parts[-1][1] < end):
            parts.append((at, end))  # the end of an answer is learned, whether its author marked it or not
        yield from parts
