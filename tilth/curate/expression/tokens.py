"""An expression cut into names, numbers, texts and marks, each with its place."""

import re
from dataclasses import dataclass
from typing import Literal

from tilth.curate.expression.mistakes import ExpressionError

TokenKind = Literal["name", "quoted name", "number", "text", "mark", "end"]
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false"})

_PIECE = re.compile(
    r"""
    (?P<blank>\s+)
    | (?P<number>(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[^\W\d]\w*)
    | `(?P<quoted>[^`]*)`
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<mark>==|!=|<=|>=|[<>+\-*/()\[\],.])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_LONGEST_NUMBER = 400  # digits; beyond it a number is a slip of the pen, and slow to read
_MEANT = {"=": "==", "&": "and", "|": "or", "!": "not", "%": "/ 100", "<>": "!="}
_SPELLED = {"none": "null", "nil": "null", "null": "null", "true": "true", "false": "false"}
_SPELLED |= {word: word for word in ("and", "or", "not", "in", "is")}


@dataclass(frozen=True)
class Token:
    """A piece of an expression and where it stands."""

    kind: TokenKind
    value: str
    """The word, the digits, the text without its quotes, or the mark."""
    start: int
    end: int

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind == "mark" and self.value in marks

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords."""
        return self.kind == "name" and self.value in words


def tokens(text: str) -> list[Token]:
    """The pieces of an expression, and a last one that marks its end. Raises `ExpressionError` for what is no piece."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None:
            raise _no_piece(text, place)
        start, place = place, piece.end()
        if piece["blank"] is None:
            found.append(_token(piece, start, place))
    return [*found, Token("end", "", len(text), len(text))]


def _token(piece: re.Match[str], start: int, end: int) -> Token:
    if (digits := piece["number"]) is not None:
        if len(digits) > _LONGEST_NUMBER:
            raise ExpressionError(f"a number has at most {_LONGEST_NUMBER} digits", start, end)
        if end < len(piece.string) and (piece.string[end].isalpha() or piece.string[end] == "_"):
            raise ExpressionError("a number runs into a word", start, end + 1)
        return Token("number", digits.replace("_", ""), start, end)
    if (quoted := piece["quoted"]) is not None:
        return Token("quoted name", quoted, start, end)
    if (text := piece["text"]) is not None:
        return Token("text", _ESCAPE.sub(_unescaped, text[1:-1]), start, end)
    if (name := piece["name"]) is not None:
        _check_spelling(name, start, end)
        return Token("name", name, start, end)
    return Token("mark", piece["mark"], start, end)


def _unescaped(escape: re.Match[str]) -> str:
    """What a backslash and a character stand for; both of them where that is nothing special, as in a pattern."""
    return _ESCAPED.get(escape[1], escape[0])


def _check_spelling(name: str, start: int, end: int) -> None:
    meant = _SPELLED.get(name.lower())
    if meant is not None and meant != name:
        raise ExpressionError(
            f"write {meant} for {name}, or `{name}` between backticks for a field of that name", start, end
        )


def _no_piece(text: str, place: int) -> ExpressionError:
    character = text[place]
    if character in "\"'`":
        return ExpressionError(
            f"the {'name' if character == '`' else 'text'} that begins here has no end", place, len(text)
        )
    end = place + 2 if text[place : place + 2] in ("&&", "||") else place + 1
    if character in _MEANT:
        return ExpressionError(f"there is no {text[place:end]} here; write {_MEANT[character]}", place, end)
    return ExpressionError(f"there is no use for {character} here", place, end)
