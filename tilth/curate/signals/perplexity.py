"""The signal of perplexity: how much a text surprises a language model. The model is a local folder."""

from tilth.curate.signals.registry import Texts, signal
from tilth.errors import UsageError


@signal(
    "perplexity",
    ("text",),
    is_skewed=True,
    needs="model",
    source="Jelinek et al. 1977; as a filter of text CCNet: Wenzek et al. 2020, arXiv:1911.00359",
)
def perplexity(texts: Texts) -> list[float | None]:
    """How many tokens the model hesitates between, on average, over the first 512 tokens of the text: high for what
    it does not expect, low for what says the same again."""
    raise UsageError(
        "perplexity needs a model: measure it once, and it is kept beside the rows",
        fix="tilth measure IN -o OUT --signals perplexity --model FOLDER",
    )
