"""An expression as it is written in an option: checked as soon as it is read, and bound to a data set later."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from tilth.curate.expression.condition import Condition
from tilth.curate.expression.mistakes import ExpressionError
from tilth.curate.expression.parsing import parse
from tilth.curate.expression.scope import Scope
from tilth.curate.expression.syntax import Node
from tilth.errors import UsageError


class Expression:
    """A condition on rows in the language that the guide on choosing rows describes.

    >>> Expression('answer_words > 5 and not contains(answer, "TODO")')
    """

    def __init__(self, text: str) -> None:
        """Raises `UsageError`, with the place, for what is no condition whatever the data is."""
        self.text = text
        try:
            self._node: Node = parse(text)
            Condition(text, self._node, Scope())
        except ExpressionError as mistake:
            raise UsageError(mistake.pointed_out(text)) from mistake

    def bound(self, record_types: Sequence[str]) -> Condition:
        """The condition on records of these types. Raises `UsageError` where their fields are of other kinds."""
        try:
            return Condition(self.text, self._node, Scope.of(record_types))
        except ExpressionError as mistake:
            raise UsageError(mistake.pointed_out(self.text)) from mistake


def _check(text: str) -> str:
    if text:
        try:
            Expression(text)
        except UsageError as failure:
            raise PydanticCustomError("expression", "{what}", {"what": failure.what}) from failure
    return text


ExpressionText = Annotated[str, AfterValidator(_check)]
"""The type of an option that holds an expression; empty for none."""
