"""Record text made safe to show: what a terminal or a browser would obey or hide becomes a visible mark.

Text from a data set is hostile until shown otherwise. An escape sequence in it can set the clipboard or the window
title, a right-to-left override can show an annotator another sentence than the model will read, and a zero-width
character hides words from a search. Every screen, message and report passes record text through `safe_text` and
draws the result as plain content, never as markup.
"""

import re
from typing import Final

_HIDDEN: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1: what a terminal obeys
    "\u2028\u2029"  # line separators: some widgets break lines there, the record does not
    "\ud800-\udfff"  # lone surrogates: no terminal encoding can write them
    # Unicode's Default_Ignorable_Code_Point: bidi controls, zero-width characters, fillers, tags.
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    # U+FE0E and U+FE0F stay: they follow a character to choose its plain or its emoji form.
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
_ONE_LINE: Final = str.maketrans({"\n": "⏎", "\t": "⇥"})
_DEL: Final = "\x7f"
_CONTROL_PICTURES: Final = 0x2400


def safe_text(text: str, *, one_line: bool = False) -> str:
    """The text with every control, bidi, zero-width or otherwise invisible character replaced by a visible mark.

    C0 controls become their control picture (`␛` for escape), everything else `⟨U+202E⟩`. Newline and tab stay;
    with `one_line` they become `⏎` and `⇥`. Each character is replaced on its own, so a text may be cut anywhere
    and its pieces made safe one by one. Text without such characters comes back unchanged.
    """
    shown = _HIDDEN.sub(_mark, text)
    return shown.translate(_ONE_LINE) if one_line else shown


def is_hidden(character: str) -> bool:
    """True for a character that `safe_text` replaces."""
    return _HIDDEN.fullmatch(character) is not None


def _mark(found: re.Match[str]) -> str:
    character = found.group()
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    return "␡" if character == _DEL else f"⟨U+{ord(character):04X}⟩"
