"""The languages of a data set, told from some of its rows."""

from collections import Counter

from tilth.curate.portrait.sampled import sampled
from tilth.operation import Dataset

LANGUAGE_ROWS = 1000
"""Enough to see a language of one in a hundred; telling the language of a text costs a millisecond."""


def languages_of(data: Dataset) -> dict[str, int]:
    """Languages by ISO 639-1 code, most first, of at most 1,000 rows; `?` for a text too short to tell.

    Raises `MissingExtraError` where the extra `quality` is not installed.
    """
    from tilth.curate.signals.language import languages

    found = Counter[str]()
    for batch in sampled(data, LANGUAGE_ROWS):
        found.update(code or "?" for code, _ in languages(batch.column("text").to_pylist()))
    return dict(found.most_common())
