"""What there is to know of a tokenized set: its tokens, those that are learned, the lengths of rows, what was cut."""

from array import array
from dataclasses import dataclass, field
from typing import Any

QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass
class TokenReport:
    """The numbers of one tokenized set; four bytes for each row."""

    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    """Tokens of each sequence. A pair has two: the prompt with either answer."""
    tokens: int = 0
    learned: int = 0
    """Tokens that carry loss."""
    unknown: int = 0
    """Tokens that stand for characters which the tokenizer cannot write."""
    rows_cut: int = 0
    tokens_cut: int = 0
    answers_lost: int = 0
    """Answers of which a cut left nothing to learn, in rows that have others."""
    answers_cut: int = 0
    """Answers that a cut left without their beginning or their end."""

    def add(self, length: int, learned: int) -> None:
        """Count a sequence."""
        self.lengths.append(length)
        self.tokens += length
        self.learned += learned

    def add_cut(self, tokens: int, answers_lost: int, answers_cut: int) -> None:
        """Count what a row lost."""
        self.rows_cut += tokens > 0
        self.tokens_cut += tokens
        self.answers_lost += answers_lost
        self.answers_cut += answers_cut

    def quantiles(self) -> dict[str, int]:
        """Tokens of a sequence, from `0` (the shortest) over `0.5` (the median) to `1` (the longest)."""
        ordered = sorted(self.lengths)
        last = len(ordered) - 1
        return {f"{share:g}": ordered[round(share * last)] for share in QUANTILES} if ordered else {}

    def as_json(self) -> dict[str, Any]:
        """Plain data, for `--json` and manifests."""
        return {
            "sequences": len(self.lengths),
            "tokens": self.tokens,
            "learned_tokens": self.learned,
            "unknown_tokens": self.unknown,
            "lengths": self.quantiles(),
            "cut": {
                "rows": self.rows_cut,
                "tokens": self.tokens_cut,
                "answers_lost": self.answers_lost,
                "answers_cut": self.answers_cut,
            },
        }

    def lines(self, width: int | None = None) -> list[str]:
        """The same for people; `width` is the length that rows were filled up to."""
        if not self.lengths:
            return []
        share = self.learned / self.tokens
        spread = self.quantiles()
        lines = [
            f"tokens   {self.tokens:,}, of which {self.learned:,} ({share:.1%}) are learned",
            f"lengths  {spread['0']:,} to {spread['1']:,}; half up to {spread['0.5']:,}, 95% up to {spread['0.95']:,}",
        ]
        if width:
            padding = 1 - self.tokens / (width * len(self.lengths))
            lines.append(f"padded   to {width:,}: {padding:.1%} of what is written is padding")
        if self.unknown:
            lines.append(f"unknown  {self.unknown:,} tokens stand for characters that the tokenizer cannot write")
        if self.rows_cut:
            lost = f"; {self.answers_cut:,} answers were cut, {self.answers_lost:,} are lost"
            lines.append(f"cut      {self.tokens_cut:,} tokens of {self.rows_cut:,} rows{lost}")
        return lines
