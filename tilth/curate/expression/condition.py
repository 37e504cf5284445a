"""An expression that was checked against a data set's record types, and says of each row whether it holds."""

from collections.abc import Sequence
from typing import Any

from tilth.curate.expression.columns import Column, WrongValueError
from tilth.curate.expression.compiling import Compiler
from tilth.curate.expression.rows import Rows, Values
from tilth.curate.expression.scope import Scope
from tilth.curate.expression.syntax import Logic, Name, Node, measured, walk
from tilth.errors import DataError, UsageError, nearest
from tilth.schemas import dump_json

_SHOWN = 60  # characters of a value in a reason
_MOST_SHOWN = 4


class Condition:
    """Holds, does not hold, or is unknown (null), row by row."""

    def __init__(self, text: str, node: Node, scope: Scope) -> None:
        """Raises `ExpressionError` where kinds do not go together."""
        self.text, self._node, self._scope = text, node, scope
        compiler = Compiler(text, scope)
        self._whole = compiler.condition(node)
        self._parts = {word: [compiler.condition(part) for part in _parts(node, word)] for word in ("and", "or")}
        self._measured = {part: _measured(compiler, part) for word in ("and", "or") for part in _parts(node, word)}
        self._unseen = {each.path for each in walk(node) if isinstance(each, Name) and not scope.is_sure(each.path)}

    def holds(self, rows: Rows) -> list[bool | None]:
        """One outcome per row. Raises `DataError` for a value of a kind that the expression has no use for."""
        for path in list(self._unseen):
            if any(value is not None for value in rows.column("field", path)) or (len(path) == 1 and rows.has(path)):
                self._unseen.discard(path)
        return self._computed(self._whole, rows)

    def why(self, rows: Rows, row: int, *, word: str) -> str:
        """What decided for a row: of several conditions joined by `word` the first that did, and the values it saw."""
        parts = self._parts[word]
        deciding = word == "or"
        part = next((part for part in parts if self._computed(part, rows)[row] is deciding), None)
        part = part or next((part for part in parts if self._computed(part, rows)[row] is not (not deciding)), parts[0])
        outcome = self._computed(part, rows)[row]
        values = [
            f"{name} is {_shown(self._computed(column, rows)[row])}" for name, column in self._measured[part.node]
        ]
        words = " ".join(self.text[part.node.start : part.node.end].split())
        said = f"{words} is {'null' if outcome is None else 'true' if outcome else 'false'}"
        return f"{said}: {', '.join(values)}" if values else said

    def check_names(self) -> None:
        """Raise `UsageError`, once all rows were seen, for a name that none of them had: it is a slip of the pen."""
        for path in sorted(self._unseen):
            if not _may_be_absent(path):
                name = ".".join(path)
                raise UsageError(f"no row has a field {name}", fix=nearest(path[0], self._scope.known()))

    def notes(self) -> list[str]:
        """What people should know about the rows seen so far: names in `meta` and `extra` that none of them had."""
        absent = [".".join(path) for path in sorted(self._unseen) if _may_be_absent(path)]
        return [f"no row has {name}: it was null in `{self.text}`" for name in absent]

    def _computed(self, column: Column, rows: Rows) -> Values:
        try:
            return rows.computed(column)
        except WrongValueError as failure:
            words = self.text[failure.node.start : failure.node.end]
            raise DataError(
                f"{words} is {failure.found.value} here, and {failure.why}",
                where=str(rows.batch.origins[failure.row]),
                fix=f"{failure.converter}({words})" if failure.converter else "",
            ) from failure


def _may_be_absent(path: Sequence[str]) -> bool:
    return len(path) > 1 and path[0] in ("meta", "extra")


def _parts(node: Node, word: str) -> tuple[Node, ...]:
    return node.conditions if isinstance(node, Logic) and node.word == word else (node,)


def _measured(compiler: Compiler, node: Node) -> list[tuple[str, Column]]:
    """What is shown of a row, by the words that it was written in; the condition itself says nothing new."""
    found: dict[str, Column] = {}
    for each in measured(node):
        column = compiler.column(each)
        words = compiler.words(each)
        if each is not node and len(found) < _MOST_SHOWN:
            found.setdefault(words, column)
    return list(found.items())


def _shown(value: Any) -> str:
    shown = dump_json(int(value) if isinstance(value, float) and value.is_integer() else value).decode()
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."
