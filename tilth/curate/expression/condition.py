"""A condition that was checked against a data set's record types, and says of each row whether it holds."""

from typing import Any

from tilth.curate.expression.bound import Bound
from tilth.curate.expression.columns import Column
from tilth.curate.expression.compiling import Compiler
from tilth.curate.expression.rows import Rows
from tilth.curate.expression.scope import Scope
from tilth.curate.expression.syntax import Logic, Node, measured
from tilth.schemas import dump_json

_SHOWN = 60  # characters of a value in a reason
_MOST_SHOWN = 4


class Condition(Bound):
    """Holds, does not hold, or is unknown (null), row by row."""

    def __init__(self, text: str, node: Node, scope: Scope) -> None:
        """Raises `ExpressionError` where kinds do not go together."""
        super().__init__(text, node, scope)
        compiler = Compiler(text, scope)
        self._whole = compiler.condition(node)
        self._parts = {word: [compiler.condition(part) for part in _parts(node, word)] for word in ("and", "or")}
        self._measured = {part: _measured(compiler, part) for word in ("and", "or") for part in _parts(node, word)}

    def holds(self, rows: Rows) -> list[bool | None]:
        """One outcome per row. Raises `DataError` for a value of a kind that the expression has no use for."""
        self._look_for_names(rows)
        return self._computed(self._whole, rows)

    def why(self, rows: Rows, row: int, *, word: str) -> str:
        """What decided for a row: of several conditions joined by `word` the first that did, and the values it saw."""
        parts, deciding = self._parts[word], word == "or"
        outcomes = [self._computed(part, rows)[row] for part in parts]
        place = outcomes.index(deciding) if deciding in outcomes else outcomes.index(None)
        part, outcome = parts[place].node, outcomes[place]
        seen = self._measured[part]
        values = [f"{name} is {_shown(self._computed(column, rows)[row])}" for name, column in seen]
        words = " ".join(self.text[part.start : part.end].split())
        said = f"{words} is {'null' if outcome is None else 'true' if outcome else 'false'}"
        return f"{said}: {', '.join(values)}" if values else said


def _parts(node: Node, word: str) -> tuple[Node, ...]:
    return node.conditions if isinstance(node, Logic) and node.word == word else (node,)


def _measured(compiler: Compiler, node: Node) -> list[tuple[str, Column]]:
    """What is shown of a row, by the words that it was written in; the condition itself says nothing new."""
    found: dict[str, Column] = {}
    for each in measured(node):
        if each is not node and len(found) < _MOST_SHOWN:
            found.setdefault(compiler.words(each), compiler.column(each))
    return list(found.items())


def _shown(value: Any) -> str:
    shown = dump_json(int(value) if isinstance(value, float) and value.is_integer() else value).decode()
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."
