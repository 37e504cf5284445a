"""What to keep: repeats, outliers, scores, splits, cleaning, and a reason for every row that goes."""

from tilth.curate.stats import Statistics, describe

__all__ = ["Statistics", "describe"]
