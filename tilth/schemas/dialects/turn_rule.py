"""Which lines of a transcript begin a turn, decided from all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tilth.schemas.dialects.turn_lines import TurnStart, is_name, sure_labels, turn_start

_MOST = 0.8


@dataclass(frozen=True)
class TurnRule:
    """Which labels begin a turn in this transcript."""

    sure: Collection[str]
    takes_all: bool
    takes_paragraphs: bool

    @staticmethod
    def of(lines: Sequence[str]) -> "TurnRule | None":
        """The rule for these lines; None when nothing in them begins a turn."""
        sure = sure_labels(start for line in lines if (start := turn_start(line)) is not None)
        filled = begun = paragraphs = begun_paragraphs = sure_starts = 0
        before = ""
        for line in lines:
            if line.strip():
                start = turn_start(line)
                filled, begun = filled + 1, begun + (start is not None)
                sure_starts += start is not None and (start.is_timed or is_name(start.label or ""))
                if not before.strip():
                    paragraphs, begun_paragraphs = paragraphs + 1, begun_paragraphs + (start is not None)
            before = line
        if not begun:
            return None
        takes_paragraphs = paragraphs > 1 and begun_paragraphs >= _MOST * paragraphs
        takes_all = begun == filled or not (sure or sure_starts or takes_paragraphs)
        return TurnRule(sure, takes_all, takes_paragraphs)

    def begins(self, start: TurnStart, *, is_paragraph: bool) -> bool:
        """Whether a line that has the shape of a turn begins one."""
        is_sure = start.is_timed or start.label in self.sure or is_name(start.label or "")
        return is_sure or self.takes_all or (self.takes_paragraphs and is_paragraph)
