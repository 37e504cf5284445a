"""From nodes to functions over columns, with every kind checked on the way, before a row is read."""

import operator
from collections.abc import Callable
from typing import Any

from tilth.curate.expression import patterns
from tilth.curate.expression.columns import (
    Column,
    Compute,
    alike,
    both,
    calculated,
    constant,
    decided,
    each,
    verdict,
)
from tilth.curate.expression.functions import FUNCTIONS, SPECIAL, number, same
from tilth.curate.expression.kinds import ANYTHING, BOOL, NUMBER, Kind, Type, kind_of
from tilth.curate.expression.mistakes import ExpressionError
from tilth.curate.expression.rows import Items, Rows, Values
from tilth.curate.expression.scope import Scope
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
from tilth.errors import nearest

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CALCULATE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_EQUAL = (Kind.TEXT, Kind.NUMBER, Kind.BOOL, Kind.LIST, Kind.OBJECT)
_ORDERED = (Kind.TEXT, Kind.NUMBER)
_CONVERTERS = {Kind.NUMBER: "number", Kind.TEXT: "text"}


class Compiler:
    """Compiles the nodes of one expression in one scope. Raises `ExpressionError` where kinds do not go together."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._text, self._scope = text, scope

    def condition(self, node: Node) -> Column:
        """A node that must be true or false."""
        return self._needed(self.column(node), Kind.BOOL, "a condition is true or false")

    def number(self, node: Node) -> Column:
        """A node that must be a number."""
        return self._needed(self.column(node), Kind.NUMBER, "a number is wanted")

    def column(self, node: Node) -> Column:
        """Any node."""
        match node:
            case Literal():
                return Column(node, Type(kind_of(node.value)), constant(node.value))
            case Name():
                return self._name(node)
            case ListOf():
                return self._list(node)
            case Call():
                return self._call(node)
            case Operator(mark=mark) if mark in _CALCULATE:
                left, right = (self._numeric(side, mark).compute for side in node.inner())
                return Column(node, NUMBER, both(calculated(_CALCULATE[mark]), left, right))
            case Operator():
                return self._comparison(node)
            case Negative():
                return Column(node, NUMBER, each(operator.neg, self._numeric(node.value, "-").compute))
            case Not():
                return Column(node, BOOL, each(operator.not_, self.condition(node.condition).compute))
            case Logic():
                parts = [self.condition(part).compute for part in node.conditions]
                return Column(node, BOOL, decided(parts, node.word == "or"))
            case IsNull():
                return Column(node, BOOL, _is_null(self.column(node.value).compute))
            case In():
                return self._in(node)
            case _:
                raise AssertionError(node)

    def _name(self, node: Name) -> Column:
        source = self._scope.find(node.path)
        if node.path[0] == "it" and not source.is_certain:
            raise ExpressionError("it stands for an item, inside of any(...) and all(...)", node.start, node.end)
        path = node.path[1:] if source.kind == "item" else node.path

        def compute(rows: Rows) -> Values:
            return rows.column(source.kind, path)

        if source.type.kind is Kind.NUMBER and source.kind == "field":
            # A container of texts, such as CSV, holds a number that a record type declares as its digits.
            return Column(node, source.type, lambda rows: [_as_number(value) for value in compute(rows)])
        return Column(node, source.type, compute)

    def _list(self, node: ListOf) -> Column:
        kinds = []
        for item in node.items:
            if not isinstance(item, Literal) or item.value is None:
                raise ExpressionError("a list holds texts or numbers that are written out", item.start, item.end)
            kinds.append(kind_of(item.value))
            if kinds[-1] is not kinds[0]:
                what = f"a list holds values of one kind, and {self.words(item)} is {kinds[-1].value}"
                raise ExpressionError(what, item.start, item.end)
        return Column(node, Type(Kind.LIST, Type(kinds[0]) if kinds else None), constant(_values(node)))

    def _comparison(self, node: Operator) -> Column:
        left, right = self.column(node.left), self.column(node.right)
        for side in (left, right):
            if side.type.kind is Kind.NULL:
                instead = "is null" if node.mark == "==" else "is not null"
                raise ExpressionError(f"nothing compares with null; write `{instead}`", node.start, node.end)
        is_equality = node.mark in ("==", "!=")
        allowed, apply = (_EQUAL if is_equality else _ORDERED), _COMPARE[node.mark]
        known = [side.type.kind for side in (left, right) if side.type.kind is not Kind.ANY]
        if not known:
            why = f"{node.mark} compares two values of one kind"
            pairs = alike(left, right, allowed, why)
            return Column(node, BOOL, each(lambda pair: apply(*pair), pairs))
        for side in (left, right):
            if side.type.kind not in (*allowed, Kind.ANY):
                what = f"{self.words(side.node)} is {side.type.kind.value}, and {node.mark} asks which is greater"
                raise ExpressionError(what, side.node.start, side.node.end)
        if len(set(known)) > 1:
            place = node.mark_start
            what = f"{node.mark} compares {known[0].value} with {known[1].value}{self._way_out(left, right)}"
            raise ExpressionError(what, place, place + len(node.mark))
        why = f"{node.mark} compares it with {known[0].value}"
        sides = [self._needed(side, known[0], why).compute for side in (left, right)]
        return Column(node, BOOL, both(apply, *sides))

    def _in(self, node: In) -> Column:
        value, among = self.column(node.value), self.column(node.among)
        if among.type.kind is Kind.TEXT:
            whole, part = self.words(node.among), self.words(node.value)
            raise ExpressionError(f"in looks into a list; write contains({whole}, {part})", node.start, node.end)
        among = self._needed(among, Kind.LIST, "in looks into a list")
        if value.type.kind is Kind.NULL:
            raise ExpressionError("null is not found in a list; write `is null`", node.value.start, node.value.end)
        if isinstance(node.among, ListOf):
            listed = _values(node.among)
            if among.type.item is not None:
                value = self._needed(value, among.type.item.kind, f"the list holds {among.type.item.kind.value}")
                return Column(node, BOOL, each(frozenset(listed).__contains__, value.compute))
        return Column(node, BOOL, both(_is_among, value.compute, among.compute))

    def _call(self, node: Call) -> Column:
        if node.function in ("any", "all"):
            return self._quantified(node)
        if node.function == "matches":
            return self._matches(node)
        if node.function == "coalesce":
            return self._coalesce(node)
        if node.function not in FUNCTIONS:
            near = nearest(node.function, {*FUNCTIONS, *SPECIAL})
            raise ExpressionError(
                f"there is no function {node.function}; try {near}", node.start, node.start + len(node.function)
            )
        function = FUNCTIONS[node.function]
        self._check_count(node, len(function.takes))
        columns: list[Column] = []
        for given, kinds in zip(node.given, function.takes, strict=True):
            if node.function == "contains" and columns and columns[0].type.kind is not Kind.LIST:
                kinds = frozenset({columns[0].type.kind, Kind.TEXT} - {Kind.ANY})
            why = f"{node.function} takes {' or '.join(sorted(kind.value for kind in kinds))}"
            columns.append(self._one_of(self.column(given), kinds, why))
        return Column(node, function.gives, lambda rows: function.over([column.compute(rows) for column in columns]))

    def _quantified(self, node: Call) -> Column:
        self._check_count(node, 2, "a list and a condition on `it`")
        listed = self._needed(self.column(node.given[0]), Kind.LIST, f"{node.function} looks into a list")
        inside = Compiler(self._text, self._scope.around(self.column(node.given[0]).type.item or ANYTHING))
        condition, deciding = inside.condition(node.given[1]), node.function == "any"

        def compute(rows: Rows) -> Values:
            lists = listed.compute(rows)
            items = Items(rows, lists)
            return items.gathered(condition.compute(items), lists, lambda found: verdict(found, deciding))

        return Column(node, BOOL, compute)

    def _matches(self, node: Call) -> Column:
        self._check_count(node, 2, "a text and a pattern")
        text = self._needed(self.column(node.given[0]), Kind.TEXT, "matches takes a text")
        literal = node.given[1]
        if not (isinstance(literal, Literal) and isinstance(literal.value, str)):
            raise ExpressionError("a pattern is a text that is written out", literal.start, literal.end)
        pattern = literal.value
        if (problem := patterns.problem_of(pattern)) is not None:
            raise ExpressionError(f"this is no pattern: {problem}", literal.start, literal.end)
        return Column(node, BOOL, lambda rows: patterns.found_in(text.compute(rows), pattern))

    def _coalesce(self, node: Call) -> Column:
        columns = [self.column(given) for given in node.given]
        if len(columns) < 2:
            raise ExpressionError(
                "coalesce takes a value and what stands for it where it is null", node.start, node.end
            )
        known = [column for column in columns if column.type.kind is not Kind.ANY]
        if other := next((column for column in known if column.type.kind is not known[0].type.kind), None):
            what = f"coalesce takes values of one kind, and {self.words(other.node)} is {other.type.kind.value}"
            raise ExpressionError(what, other.node.start, other.node.end)
        if known:
            why = f"coalesce takes values of one kind, here {known[0].type.kind.value}"
            columns = [self._needed(column, known[0].type.kind, why) for column in columns]
        return Column(
            node,
            Type(known[0].type.kind) if known else ANYTHING,
            lambda rows: [
                next((value for value in values if value is not None), None)
                for values in zip(*(column.compute(rows) for column in columns), strict=True)
            ],
        )

    def _numeric(self, node: Node, mark: str) -> Column:
        return self._needed(self.column(node), Kind.NUMBER, f"{mark} takes numbers")

    def _needed(self, column: Column, kind: Kind, why: str) -> Column:
        """The column where it can be of that kind; the values of a field are looked at when they come."""
        return self._one_of(column, frozenset({kind}), why)

    def _one_of(self, column: Column, kinds: frozenset[Kind], why: str) -> Column:
        if column.type.kind not in (*kinds, Kind.ANY):
            what = f"{self.words(column.node)} is {column.type.kind.value}, and {why}{self._hint(column, kinds)}"
            raise ExpressionError(what, column.node.start, column.node.end)
        wanted = next(iter(kinds)) if len(kinds) == 1 else None
        return column.checked(kinds, why, _CONVERTERS.get(wanted, "") if wanted else "")

    def _check_count(self, node: Call, wanted: int, what: str = "") -> None:
        if len(node.given) != wanted:
            named = what or ("one value" if wanted == 1 else f"{wanted} values")
            raise ExpressionError(
                f"{node.function} takes {named}, and here are {len(node.given)}", node.start, node.end
            )

    def _hint(self, column: Column, wanted: frozenset[Kind]) -> str:
        if Kind.NUMBER in wanted and column.type.kind is Kind.TEXT and not isinstance(column.node, Literal):
            return f"; write number({self.words(column.node)})"
        return "; compare it with something" if Kind.BOOL in wanted and len(wanted) == 1 else ""

    def _way_out(self, left: Column, right: Column) -> str:
        """What to write instead of a comparison of a number with a text."""
        kinds = {left.type.kind: left, right.type.kind: right}
        if kinds.keys() != {Kind.TEXT, Kind.NUMBER}:
            return ""
        text, other = kinds[Kind.TEXT].node, kinds[Kind.NUMBER].node
        if not isinstance(text, Literal):
            return f"; write number({self.words(text)}), or {self.words(other)} in quotes"
        plain = number(text.value)
        return f"; write {text.value} without quotes" if plain is not None else ""

    def words(self, node: Node) -> str:
        """The words that a node was written in, cut short where there are many."""
        words = self._text[node.start : node.end]
        return words if len(words) <= 40 else f"{words[:37]}..."


def _is_null(compute: Compute) -> Compute:
    return lambda rows: [value is None for value in compute(rows)]


def _is_among(value: Any, among: list[Any]) -> bool:
    return any(same(value, item) for item in among)


def _as_number(value: Any) -> Any:
    return number(value) if isinstance(value, str) else value


def _values(node: ListOf) -> Values:
    return [item.value for item in node.items if isinstance(item, Literal)]
