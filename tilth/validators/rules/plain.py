"""Small questions about text that the rules of every record type ask."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from tilth.schemas import Fields
from tilth.schemas.problem import Path
from tilth.schemas.safe_text import is_hidden
from tilth.validators.rule import Repair, Violation


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing: only whitespace and invisible characters."""
    if text[:1].isalnum():
        return False
    return all(character.isspace() or is_hidden(character) for character in text)


def is_blank_text(value: Any) -> TypeGuard[str]:
    """Whether a value is text, and blank."""
    return isinstance(value, str) and is_blank(value)


def trimmed(text: str) -> str:
    """The text without whitespace around it. Spaces that begin an indented block of lines are part of the text."""
    if text == text.strip():
        return text
    text = text.rstrip()
    first, _, rest = text.partition("\n")
    while not first.strip() and rest:
        text = rest
        first, _, rest = text.partition("\n")
    is_block = any(line[:1] in (" ", "\t") for line in rest.split("\n"))
    return text if is_block else text.lstrip()


def same_text(left: Any, right: Any) -> bool:
    """Whether two texts are the same but for case and whitespace, and say anything at all."""
    if not (isinstance(left, str) and isinstance(right, str)):
        return False
    # The first characters alone tell nearly all texts apart, at no cost.
    return _folded_start(left) == _folded_start(right) and _folded(left) == _folded(right) != ""


def blanks(fields: Fields, *names: str) -> Iterator[Violation]:
    """A violation for each of the fields that is there and blank."""
    for name in names:
        if is_blank_text(fields.get(name)):
            yield blank((name,), fields[name])


def blank(path: Path, found: str) -> Violation:
    """The violation that a blank text is."""
    said = "holds nothing but whitespace" if found else "is empty"
    return Violation(path, said, found, "some text", hint="write it, or leave the row out")


def untrimmed(path: Path, value: Any) -> Iterator[Violation]:
    """A violation when a text has whitespace around it."""
    if isinstance(value, str) and not is_blank(value) and (better := trimmed(value)) != value:
        yield Violation(path, "has whitespace around it", value, "none", Repair(better))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _folded_start(text: str) -> str:
    return text.lstrip()[:1].casefold()[:1]
