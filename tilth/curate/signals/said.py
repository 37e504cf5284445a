"""What a signal of style looks at: the answer, or the whole text of a record that has none."""

import re

from tilth.curate.signals.registry import Texts

WORD = re.compile(r"\w+(?:['’]\w+)*")


def said(answers: Texts, texts: Texts) -> Texts:
    """The answer of each row, or else its text."""
    return [text if answer is None else answer for answer, text in zip(answers, texts, strict=True)]
