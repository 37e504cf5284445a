"""Where new records come from: a model, a ledger of what was paid for, and filters that judge every candidate."""

from tilth.generators.answers import export_answers, read_answers
from tilth.generators.ledger import BudgetSpentError, Ledger
from tilth.generators.reply import Outcome, Reply
from tilth.generators.request import Request
from tilth.generators.rouge import rouge_l
from tilth.generators.summary import ledger_summary

__all__ = [
    "BudgetSpentError",
    "Ledger",
    "Outcome",
    "Reply",
    "Request",
    "export_answers",
    "ledger_summary",
    "read_answers",
    "rouge_l",
]
