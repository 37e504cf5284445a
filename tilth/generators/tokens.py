"""A text as the words that ROUGE compares: lower case, letters and digits, in any script."""

import re

# Scripts that are written without spaces: there every character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """Lower-case words of a text. For ASCII text these are the tokens of `rouge_score` without its stemmer."""
    return _WORD.findall(text.lower())
