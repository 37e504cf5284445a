"""A dataset card with real numbers: what is in the data, how it was made, and what is known to be wrong with it."""

from tilth.recipes.card.write import dataset_card

__all__ = ["dataset_card"]
