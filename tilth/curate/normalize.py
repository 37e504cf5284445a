"""When two texts count as the same text: the declared rules that are applied before they are compared."""

import unicodedata
from typing import Literal

Rule = Literal["unicode", "case", "space", "punctuation"]
"""`unicode`: composed and decomposed letters are equal (NFC). `case`: lower case. `space`: runs of blanks and line
ends are one blank, and none at the ends. `punctuation`: only letters, digits and blanks count."""


def normalized(text: str, rules: tuple[Rule, ...]) -> str:
    """The text as it is compared; what is stored never changes."""
    if "unicode" in rules:
        text = unicodedata.normalize("NFC", text)
    if "case" in rules:
        text = text.lower()
    if "punctuation" in rules:
        text = "".join(character if character.isalnum() or character.isspace() else " " for character in text)
    if "space" in rules:
        text = " ".join(text.split())
    return text
