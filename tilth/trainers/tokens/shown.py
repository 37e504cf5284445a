"""Tokens for a person to read: each as the text that it stands for, and whether it is learned."""

from collections.abc import Iterator

from tilth.trainers.encoding import IGNORED
from tilth.trainers.tokenizer import Tokenizer
from tilth.trainers.tokens.tokenize import TokenRow

_SPACE = "▁"  # how SentencePiece spells a space


def sequences(row: TokenRow, tokenizer: Tokenizer) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """The sequences of a row by name: one without a name, or a pair's two."""
    if "labels" in row:
        pairs = zip(row["input_ids"], row["labels"], strict=True)
        yield "", [(token_text(id, tokenizer), label != IGNORED) for id, label in pairs]
        return
    prompt = [(token_text(id, tokenizer), False) for id in row["prompt_ids"]]
    for side in ("chosen", "rejected"):
        yield side, [*prompt, *((token_text(id, tokenizer), True) for id in row[f"{side}_ids"])]


def token_text(id: int, tokenizer: Tokenizer) -> str:
    """A token as it reads, or as the vocabulary spells it where it is a piece of a character."""
    spelling = tokenizer.spelling(id)
    if spelling.startswith(_SPACE):
        return spelling.replace(_SPACE, " ")  # decoded by itself it would lose the space
    text = tokenizer.decode([id])
    return spelling if not text or "\ufffd" in text else text
