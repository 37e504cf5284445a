"""What expressions over a data set have in common: names that must be found, and values that must be of a kind."""

from collections.abc import Sequence

from tilth.curate.expression.columns import Column, WrongValueError
from tilth.curate.expression.rows import Rows, Values
from tilth.curate.expression.scope import Scope
from tilth.curate.expression.syntax import Name, Node, walk
from tilth.errors import DataError, UsageError, nearest


class Bound:
    """An expression and the names of a data set's record types."""

    def __init__(self, text: str, node: Node, scope: Scope) -> None:
        self.text, self._scope = text, scope
        self._unseen = {each.path for each in walk(node) if isinstance(each, Name) and not scope.is_sure(each.path)}

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

    def _look_for_names(self, rows: Rows) -> None:
        for path in list(self._unseen):
            if any(value is not None for value in rows.column("field", path)) or (len(path) == 1 and rows.has(path)):
                self._unseen.discard(path)

    def _computed(self, column: Column, rows: Rows) -> Values:
        """The values of a column. Raises `DataError`, with the row's place, for one that there is no use for."""
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
