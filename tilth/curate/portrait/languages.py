"""The languages of a data set, told from some of its rows."""

from collections import Counter
from importlib.util import find_spec

from tilth.curate.portrait.sampled import sampled
from tilth.errors import MissingExtraError
from tilth.operation import Dataset

LANGUAGE_ROWS = 1000
"""Enough to see a language of one in a hundred; telling the language of a text costs a millisecond."""
_CHARACTERS, _LETTERS = 1000, 10


def languages_of(data: Dataset) -> dict[str, int]:
    """Languages by ISO 639-1 code, most first, of at most 1,000 rows; `?` for a text too short to tell.

    Raises `MissingExtraError` where the extra `quality` is not installed.
    """
    if find_spec("lingua") is None:
        raise MissingExtraError("telling languages", "quality")
    from lingua import LanguageDetectorBuilder

    # The large models take a gigabyte and a minute to load; from 120 characters on both say the same.
    detector = LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()
    found = Counter[str]()
    for batch in sampled(data, LANGUAGE_ROWS):
        texts = [(text or "")[:_CHARACTERS] for text in batch.column("text").to_pylist()]
        long_enough = [text for text in texts if sum(map(str.isalpha, text)) >= _LETTERS]
        told = detector.detect_languages_in_parallel_of(long_enough) if long_enough else []
        found.update(language.iso_code_639_1.name.lower() if language else "?" for language in told)
        found["?"] += len(texts) - len(long_enough)
    return dict((+found).most_common())
