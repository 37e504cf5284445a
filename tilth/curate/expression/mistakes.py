"""What is wrong with an expression, and where in it."""

import unicodedata

_SHOWN = 100  # characters of a long line around the place


class ExpressionError(Exception):
    """One sentence, and the characters from `start` to `end` of the expression that it is about."""

    def __init__(self, what: str, start: int, end: int) -> None:
        self.what, self.start, self.end = what, start, max(end, start + 1)
        super().__init__(what)

    def pointed_out(self, text: str) -> str:
        """The sentence, the line of the expression that it is about, and carets under the place."""
        first = text.rfind("\n", 0, self.start) + 1
        line = text[first:].partition("\n")[0]
        start = min(self.start - first, len(line))
        end = min(max(self.end - first, start + 1), max(len(line), start + 1))
        cut = max(0, start - _SHOWN // 2)
        line, start, end = line[cut : cut + _SHOWN], start - cut, min(end - cut, _SHOWN)
        if cut:
            line, start, end = "..." + line, start + 3, end + 3
        width = max(1, _width(line[start:end]))
        return f"{self.what}\n  {line}\n  {' ' * _width(line[:start])}{'^' * width}"


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
