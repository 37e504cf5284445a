"""Signals of length: characters, words, an estimate of tokens, and the answer against the prompt."""

import re

from tilth.curate.signals.registry import Texts, signal

_TOKEN = re.compile(r"\w{1,6}|[^\w\s]")


@signal("characters", ("prompt",), is_skewed=True, source="Unicode Standard, definition D10 (code point)")
def prompt_chars(prompts: Texts) -> list[float | None]:
    """Unicode code points in the prompt."""
    return [None if text is None else len(text) for text in prompts]


@signal("characters", ("answer",), is_skewed=True, source="Unicode Standard, definition D10 (code point)")
def answer_chars(answers: Texts) -> list[float | None]:
    """Unicode code points in the answer."""
    return [None if text is None else len(text) for text in answers]


@signal("characters", ("text",), is_skewed=True, source="Unicode Standard, definition D10 (code point)")
def text_chars(texts: Texts) -> list[float | None]:
    """Unicode code points in the whole record."""
    return [None if text is None else len(text) for text in texts]


@signal(
    "words", ("prompt",), is_skewed=True, source="Gopher: Rae et al. 2021, arXiv:2112.11446, table A1 (number of words)"
)
def prompt_words(prompts: Texts) -> list[float | None]:
    """Words in the prompt, cut at blanks."""
    return [_count_words(text) for text in prompts]


@signal(
    "words", ("answer",), is_skewed=True, source="Gopher: Rae et al. 2021, arXiv:2112.11446, table A1 (number of words)"
)
def answer_words(answers: Texts) -> list[float | None]:
    """Words in the answer, cut at blanks."""
    return [_count_words(text) for text in answers]


@signal(
    "words", ("text",), is_skewed=True, source="Gopher: Rae et al. 2021, arXiv:2112.11446, table A1 (number of words)"
)
def text_words(texts: Texts) -> list[float | None]:
    """Words in the whole record, cut at blanks."""
    return [_count_words(text) for text in texts]


@signal("tokens", ("text",), is_skewed=True, source="rule of this project; exact counts: tilth tokenize")
def tokens(texts: Texts) -> list[float | None]:
    """Tokens in the whole record, estimated without a tokenizer: pieces of up to 6 letters, and single marks."""
    return [None if text is None else sum(1 for _ in _TOKEN.finditer(text)) for text in texts]


@signal("ratio", ("answer", "prompt"), is_skewed=True, source="rule of this project")
def answer_prompt_ratio(answers: Texts, prompts: Texts) -> list[float | None]:
    """Characters in the answer for each character of the prompt; an empty prompt counts as one character."""
    return [
        None if answer is None or prompt is None else len(answer) / max(1, len(prompt))
        for answer, prompt in zip(answers, prompts, strict=True)
    ]


def _count_words(text: str | None) -> float | None:
    return None if text is None else len(text.split())
