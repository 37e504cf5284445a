"""From the text of an expression to its nodes, by recursive descent."""

import math

from tilth.curate.expression.mistakes import ExpressionError
from tilth.curate.expression.syntax import (
    Call,
    In,
    IsNull,
    ListOf,
    Literal,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Operator,
)
from tilth.curate.expression.tokens import KEYWORDS, Token, tokens

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_CONSTANTS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
_MOST_CHARACTERS = 1_000_000
_MOST_VALUES = 2_000  # each costs time for every row; what is longer was written by a program, and a list is quicker
_MAX_DEPTH = 40  # far more than anybody can read, and far less than the stack of the interpreter bears


def parse(text: str) -> Node:
    """The expression as nodes. Raises `ExpressionError` where it is none."""
    if not text.strip():
        raise ExpressionError("the expression is empty", 0, 1)
    if len(text) > _MOST_CHARACTERS:
        raise ExpressionError(f"an expression has at most {_MOST_CHARACTERS:,} characters", _MOST_CHARACTERS, len(text))
    return _Parser(tokens(text)).whole()


class _Parser:
    """Goes through the tokens once. Each method reads one level, from what binds least to what binds most."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens, self._place, self._depth, self._values = found, 0, 0, 0

    def whole(self) -> Node:
        node = self._either()
        if self._next.kind != "end":
            raise self._unexpected("the end, or one of and, or, ==, <, in, is")
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._too_deep()
        node = self._chain("or")
        self._depth -= 1
        return node

    def _chain(self, word: str) -> Node:
        def one() -> Node:
            return self._chain("and") if word == "or" else self._negation()

        found = [one()]
        while self._next.is_word(word):
            self._take()
            found.append(one())
        return found[0] if len(found) == 1 else Logic(found[0].start, found[-1].end, word, tuple(found))

    def _negation(self) -> Node:
        if not self._next.is_word("not"):
            return self._comparison()
        start = self._take().start
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._too_deep()
        condition = self._negation()
        self._depth -= 1
        return Not(start, condition.end, condition)

    def _comparison(self) -> Node:
        left = self._sum()
        if self._next.is_mark(*COMPARISONS):
            mark = self._take()
            right = self._sum()
            if self._next.is_mark(*COMPARISONS):
                between = "comparisons do not chain; write and between two of them"
                raise ExpressionError(between, self._next.start, self._next.end)
            return Operator(left.start, right.end, mark.value, left, right, mark.start)
        if self._next.is_word("is"):
            return self._null_test(left)
        negated = self._next.is_word("not") and self._tokens[self._place + 1].is_word("in")
        if negated:
            self._take()
        if self._next.is_word("in"):
            self._take()
            among = self._sum()
            found = In(left.start, among.end, left, among)
            return Not(found.start, found.end, found) if negated else found
        return left

    def _null_test(self, value: Node) -> Node:
        self._take()
        negated = self._next.is_word("not")
        if negated:
            self._take()
        if not self._next.is_word("null"):
            raise self._unexpected("null, as in `is null`; write == for anything else")
        end = self._take().end
        test = IsNull(value.start, end, value)
        return Not(value.start, end, test) if negated else test

    def _sum(self) -> Node:
        return self._arithmetic(("+", "-"))

    def _arithmetic(self, marks: tuple[str, ...]) -> Node:
        def one() -> Node:
            return self._arithmetic(("*", "/")) if marks == ("+", "-") else self._signed()

        node, length = one(), 0
        while self._next.is_mark(*marks):
            mark = self._take()
            right = one()
            node = Operator(node.start, right.end, mark.value, node, right, mark.start)
            length += 1
            if length > _MAX_DEPTH:
                raise self._too_deep()
        return node

    def _signed(self) -> Node:
        if not self._next.is_mark("-"):
            return self._primary()
        start = self._take().start
        value = self._primary()
        if isinstance(value, Literal) and isinstance(value.value, int | float) and not isinstance(value.value, bool):
            return Literal(start, value.end, -value.value)
        return Negative(start, value.end, value)

    def _primary(self) -> Node:
        token = self._next
        self._values += 1
        if self._values > _MOST_VALUES:
            what = f"an expression has at most {_MOST_VALUES:,} names and values; a list of them is one: x in [1, 2, 3]"
            raise ExpressionError(what, token.start, token.end)
        if token.is_mark("("):
            return self._in_brackets()
        if token.is_mark("["):
            before, self._values = self._values, -_MOST_CHARACTERS  # what is listed costs nothing more
            items, end = self._items("[", "]")
            self._values = before
            return ListOf(token.start, end, items)
        if token.kind == "text":
            self._take()
            return Literal(token.start, token.end, token.value)
        if token.kind == "number":
            self._take()
            return Literal(token.start, token.end, _number(token))
        if token.is_word(*_CONSTANTS):
            self._take()
            return Literal(token.start, token.end, _CONSTANTS[token.value])
        if token.kind == "quoted name" or (token.kind == "name" and token.value not in KEYWORDS):
            return self._name_or_call()
        raise self._unexpected("a field, a number, a text in quotes, or a function")

    def _in_brackets(self) -> Node:
        opening = self._take()
        node = self._either()
        if not self._next.is_mark(")"):
            raise self._unclosed(opening, ")")
        self._take()
        return node

    def _name_or_call(self) -> Node:
        first = self._take()
        if first.kind == "name" and self._next.is_mark("("):
            given, end = self._items("(", ")")
            return Call(first.start, end, first.value, given)
        path, end = [first.value], first.end
        while self._next.is_mark("."):
            self._take()
            if self._next.kind not in ("name", "quoted name"):
                raise self._unexpected("the name of a field behind the dot")
            step = self._take()
            path.append(step.value)
            end = step.end
        return Name(first.start, end, tuple(path))

    def _items(self, opened: str, closed: str) -> tuple[tuple[Node, ...], int]:
        opening = self._take()
        found: list[Node] = []
        while not self._next.is_mark(closed):
            found.append(self._either())
            if self._next.is_mark(","):
                self._take()
            elif not self._next.is_mark(closed):
                raise self._unclosed(opening, closed)
        return tuple(found), self._take().end

    def _unclosed(self, opening: Token, closed: str) -> ExpressionError:
        if self._next.kind == "end":
            return ExpressionError(f"the {opening.value} that opens here is not closed", opening.start, opening.end)
        return self._unexpected(f"{closed} here")

    def _unexpected(self, expected: str) -> ExpressionError:
        token = self._next
        found = "the expression ends" if token.kind == "end" else f"there is {token.value or token.kind}"
        return ExpressionError(f"{found} where {expected} is expected", token.start, token.end)

    def _too_deep(self) -> ExpressionError:
        return ExpressionError(f"an expression is at most {_MAX_DEPTH} levels deep", self._next.start, self._next.end)


def _number(token: Token) -> int | float:
    if token.value.isdigit():
        return int(token.value)
    value = float(token.value)
    if math.isinf(value):
        raise ExpressionError("the number is too large", token.start, token.end)
    return value
