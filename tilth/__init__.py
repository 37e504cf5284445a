"""From raw, messy or scarce text to a training set that a team can trust, and a model trained on it."""

__version__ = "0.1.0"
