"""What to keep: repeats, outliers, scores, splits, cleaning, and a reason for every row that goes."""

from tilth.curate.diff import DiffOptions, diff
from tilth.curate.stats import Statistics, describe

__all__ = ["DiffOptions", "Statistics", "describe", "diff"]
