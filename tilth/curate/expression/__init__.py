"""Conditions on rows, written as a person would say them: `answer_words > 5 and not contains(answer, "TODO")`."""

from tilth.curate.expression.condition import Condition
from tilth.curate.expression.expression import Expression, ExpressionText
from tilth.curate.expression.functions import FUNCTIONS
from tilth.curate.expression.mistakes import ExpressionError
from tilth.curate.expression.quantity import Quantity

__all__ = ["FUNCTIONS", "Condition", "Expression", "ExpressionError", "ExpressionText", "Quantity"]
