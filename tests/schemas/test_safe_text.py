"""Record text cannot command a terminal, and what is hidden in it shows."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.schemas.safe_text import is_hidden, safe_text

any_text = st.text(st.characters(exclude_categories=()), max_size=200)


@given(any_text)
def test_nothing_that_a_terminal_obeys_or_hides_is_left(text: str) -> None:
    shown = safe_text(text)
    assert not any(is_hidden(character) for character in shown)
    left = {unicodedata.category(character) for character in shown if character not in "\n\t"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
    assert not {
        character for character in shown if unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO")
    }


@given(any_text)
def test_a_safe_text_stays_as_it_is(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)


@given(any_text, st.integers(0, 200))
def test_a_text_may_be_cut_anywhere_before_it_is_made_safe(text: str, place: int) -> None:
    assert safe_text(text[:place]) + safe_text(text[place:]) == safe_text(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("\ud800", "⟨U+D800⟩"),
        ("one\r\ntwo", "one␍\ntwo"),
        ("\x7f", "␡"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_hidden_characters_become_marks(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@pytest.mark.parametrize("text", ["[INST] [/b] [bold]x[/]", "你好 😀 ❤\ufe0f", "e\u0301", "\tcode\n", "مرحبا", ""])
def test_visible_text_is_not_touched(text: str) -> None:
    assert safe_text(text) == text


def test_one_line_has_no_line_break_and_no_tab() -> None:
    assert safe_text("a\n\tb", one_line=True) == "a⏎⇥b"
