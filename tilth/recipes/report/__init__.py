"""The report of a run: one page that says what came in, what was removed and why, and what the model learned."""

from tilth.recipes.report.write import write_report

__all__ = ["write_report"]
