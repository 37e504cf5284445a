"""A number for each row, in the same language: `meta.quality.score`, or `answer_words / prompt_words`."""

from collections.abc import Sequence

from tilth.curate.expression.bound import Bound
from tilth.curate.expression.compiling import Compiler
from tilth.curate.expression.mistakes import ExpressionError
from tilth.curate.expression.parsing import parse
from tilth.curate.expression.rows import Rows
from tilth.curate.expression.scope import Scope
from tilth.errors import UsageError


class Quantity(Bound):
    """Something that rows can be put in order by."""

    def __init__(self, text: str, record_types: Sequence[str]) -> None:
        """Raises `UsageError`, with the place, for what is no number on records of these types."""
        try:
            node, scope = parse(text), Scope.of(record_types)
            self._number = Compiler(text, scope).number(node)
        except ExpressionError as mistake:
            raise UsageError(mistake.pointed_out(text)) from mistake
        super().__init__(text, node, scope)

    def values(self, rows: Rows) -> list[float | None]:
        """One number per row; None where there is none."""
        self._look_for_names(rows)
        return self._computed(self._number, rows)
