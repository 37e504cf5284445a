"""The signal of language: which one a text is in, and how sure that is. Needs the extra `[quality]`."""

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tilth.curate.signals.registry import Texts, signal
from tilth.errors import MissingExtraError

if TYPE_CHECKING:
    from lingua import LanguageDetector

_LOOKED_AT_CHARS = 1000  # more only costs: from 120 on the small models are as good as the large ones
_MIN_LETTERS = 10  # "Paris" is a word of forty languages


@signal(
    "share",
    ("text",),
    source="lingua 2 (github.com/pemistahl/lingua-py), 75 languages, trigrams; first 1,000 characters",
)
def language_confidence(texts: Texts) -> list[float | None]:
    """How sure it is which language the text is in: the share of the likeliest among 75."""
    return [confidence for _, confidence in languages(texts)]


def languages(texts: Texts) -> list[tuple[str | None, float | None]]:
    """For each text the likeliest language (ISO 639-1) and its share; None for fewer than ten letters.

    Raises `MissingExtraError` where `lingua` is not installed.
    """
    found: list[tuple[str | None, float | None]] = [(None, None)] * len(texts)
    long_enough = {
        row: text[:_LOOKED_AT_CHARS]
        for row, text in enumerate(texts)
        if text is not None and sum(map(str.isalpha, text[:_LOOKED_AT_CHARS])) >= _MIN_LETTERS
    }
    if long_enough:
        ranked = _detector().compute_language_confidence_values_in_parallel(list(long_enough.values()))
        for row, (best, *_) in zip(long_enough, ranked, strict=True):
            found[row] = best.language.iso_code_639_1.name.lower(), round(best.value, 6)
    return found


@cache
def _detector() -> "LanguageDetector":
    if find_spec("lingua") is None:
        raise MissingExtraError("telling languages", "quality")
    from lingua import LanguageDetectorBuilder

    # The large models take a gigabyte and a minute to load; from 120 characters on both say the same.
    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()
