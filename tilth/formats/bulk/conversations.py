"""Which JSON lines are surely conversations as they should be, told for a whole block without an object being made.

Surely is one that consists of nothing but the list of turns, each of them a speaker and a text; where the system, if
at all, speaks first, and then user and assistant in turn, the assistant last; where no text begins or ends with
whitespace or with anything invisible, none repeats the one before it, and none could spell a mark of a chat template.
Nothing is said about other lines: they are for the loop that looks at single rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from tilth.formats.bulk.arrays import Flags
from tilth.formats.bulk.escapes import check_escapes
from tilth.formats.bulk.json_tokens import marks_of
from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import Bytes, Places, is_utf8
from tilth.schemas.safe_text import is_hidden

_WORD = 8
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(_WORD + 1)], np.uint64)
_OTHER, _SYSTEM, _USER, _ASSISTANT = 0, 1, 2, 3
_FOLLOWS = np.zeros((4, 4), np.bool_)
_FOLLOWS[[_SYSTEM, _USER, _ASSISTANT], [_USER, _ASSISTANT, _USER]] = True
_PER_TURN = 4  # strings: two keys, two values
_BACKSLASH, _SPACE, _LAST_ASCII = ord("\\"), 0x20, 0x7E
_COMPARED = 12  # bytes at the beginning of two texts
_LONG_ESCAPE = 6
_LONGEST = 4 * _WORD  # bytes behind the text, as many as are ever compared from one place on
_FEW = 64


@dataclass(frozen=True)
class Spelling:
    """How a shape of conversations spells it."""

    turns: str
    speaker: str
    text: str
    system: str
    user: str
    assistant: str


SPELLINGS = {
    "openai": Spelling("messages", "role", "content", "system", "user", "assistant"),
    "sharegpt": Spelling("conversations", "from", "value", "system", "human", "gpt"),
}
"""By the name of the dialect."""


@dataclass(frozen=True)
class Lines:
    """The lines of a block, and which of them are surely as they should be."""

    begins: Places
    """Where each begins."""
    ends: Places
    """Where its newline is."""
    is_sure: Flags


def sure_conversations(text: bytes, spelling: Spelling) -> Lines:
    """The lines of a block; the text ends with a newline. Raises `Surprise` for a block that has to be read by line."""
    expect(is_utf8(text))
    return _Block(text, spelling).lines()


class _Block:
    """What is known about a block."""

    def __init__(self, text: bytes, spelling: Spelling) -> None:
        self.text, self.spelling = text, spelling
        self.content: Bytes = np.frombuffer(text + bytes(_LONGEST), np.uint8)
        plain = self.content[: len(text)]
        quotes, self.newlines, strings, self.escapes = marks_of(text)
        expect(len(quotes))
        self.opens, self.closes = quotes[0::2], quotes[1::2]
        check_escapes(plain, self.escapes)
        self.begins = np.concatenate([[0], self.newlines[:-1] + 1])
        self.firsts = np.concatenate([[0], strings[:-1]])  # the first string of each line
        self.counts = np.diff(np.append(self.firsts, len(self.opens)))
        # Of the bytes from each place on; reading one costs as much as eight bytes in a row.
        self.words = np.ndarray((len(text) + _LONGEST - _WORD,), "<u8", self.content, strides=(1,))

    def lines(self) -> Lines:
        """All of them."""
        spelling = self.spelling
        is_sure = (self.counts > _PER_TURN) & (self.counts % _PER_TURN == 1) & (self.newlines > self.begins)
        is_sure &= self._are(self.begins, f'{{"{spelling.turns}": [{{"', f'{{"{spelling.turns}":[{{"')
        # Of lines that hold as many strings as they should, which string is what.
        turns = (self.counts[is_sure] - 1) // _PER_TURN
        line_of = np.repeat(np.flatnonzero(is_sure), turns)
        number = np.arange(len(line_of)) - np.repeat(np.cumsum(turns) - turns, turns)  # of the turn in its line
        names = np.repeat(self.firsts[is_sure], turns) + 1 + number * _PER_TURN
        is_last = np.append(line_of[1:] != line_of[:-1], True)[: len(line_of)]
        texts = names + 3
        # What is compared ends with the quote of the string that comes next: then nothing else stands in between.
        is_good = self._are(self.opens[names], f'"{spelling.speaker}": "', f'"{spelling.speaker}":"')
        is_good &= self._are(self.closes[names + 1], f'", "{spelling.text}": "', f'","{spelling.text}":"')
        goes_on, ends = self._are(self.closes[texts], '"}, {"', '"},{"'), self._are(self.closes[texts], '"}]}\n')
        is_good &= np.where(is_last, ends, goes_on)
        speakers = self._speakers(names + 1)
        is_good &= _may_speak(speakers, number == 0, is_last) & self._are_trimmed(texts)
        is_sure[line_of[~is_good]] = False
        self._strike_marks(is_sure)
        self._strike_repeated(is_sure, texts, speakers, line_of)
        return Lines(self.begins, self.newlines, is_sure)

    def _are(self, places: Places, *wanted: str) -> Flags:
        """Whether something of what is wanted stands at each of some places."""
        found = np.zeros(len(places), np.bool_)
        for flags in self._which(places, *wanted):
            found |= flags
        return found

    def _which(self, places: Places, *wanted: str) -> Iterator[Flags]:
        """For each of what is wanted, whether it stands at each of some places."""
        words: list[NDArray[np.uint64]] = []
        for each in map(str.encode, wanted):
            found = np.ones(len(places), np.bool_)
            for start in range(0, len(each), _WORD):
                if len(words) * _WORD == start:
                    words.append(self.words[places + start])
                piece = each[start : start + _WORD]
                found &= words[start // _WORD] & _MASKS[len(piece)] == _word(piece)
            yield found

    def _speakers(self, strings: Places) -> Places:
        spelling = self.spelling
        found = np.zeros(len(strings), np.int64)
        names = (f'"{name}"' for name in (spelling.system, spelling.user, spelling.assistant))
        for number, flags in zip((_SYSTEM, _USER, _ASSISTANT), self._which(self.opens[strings], *names), strict=True):
            found[flags] = number
        return found

    def _are_trimmed(self, texts: Places) -> Flags:
        """Whether each text begins and ends with something that is seen."""
        begins, ends = self.opens[texts] + 1, self.closes[texts]
        first, last = self.content[begins], self.content[ends - 1]
        is_seen: Flags = (ends > begins) & (first > _SPACE) & (last > _SPACE)
        is_seen &= (first != _LAST_ASCII + 1) & (last != _LAST_ASCII + 1)
        is_seen &= (first != _BACKSLASH) | _SEEN_ESCAPES[self.content[begins + 1]]
        for which, places in ((first > _LAST_ASCII, begins), (last > _LAST_ASCII, ends)):
            if which.any():
                is_seen[which] &= ~self._are_unseen(places[which], is_end=places is ends)
        if len(self.escapes):  # one that ends a text begins two or six bytes before, and may stand for whitespace
            is_escape = np.zeros(len(self.text), np.bool_)
            is_escape[self.escapes] = True
            is_seen &= ~is_escape[ends - _LONG_ESCAPE] & (~is_escape[ends - 2] | _SEEN_ESCAPES[last])
        return is_seen

    def _are_unseen(self, places: Places, *, is_end: bool) -> Flags:
        """Whether characters beyond ASCII, before or behind some places, may be whitespace or invisible."""
        found = np.zeros(len(places), np.bool_)
        for size, codes in _unseen().items():
            codes_here = np.zeros(len(places), np.int64)
            for offset in range(size):
                codes_here = codes_here << 8 | self.content[places + offset - (size if is_end else 0)]
            found |= np.isin(codes_here, codes)
        # Of characters of four bytes only two blocks have invisible ones: musical marks, and tags with what follows.
        heads = self.content[places - 4 if is_end else places]
        found |= (heads == 0xF3) | ((heads == 0xF0) & (self.content[places - 3 if is_end else places + 1] < 0x9F))
        return found

    def _strike_marks(self, is_sure: Flags) -> None:
        """Strike lines in which a mark of a chat template could be: a bracket with what may follow it, or an escape."""
        content = self.content[: len(self.text)]
        spelt = self.words[self.escapes] & _MASKS[4] == _word(b"\\u00")
        hidden = self.escapes[spelt & (self.content[self.escapes + 4] <= ord("7"))]
        is_sure[np.searchsorted(self.newlines, hidden)] = False
        others = np.flatnonzero(~is_sure)
        if len(others) <= _FEW:  # of other lines brackets may be anywhere; these have the one that begins their list
            beside = b"".join(self.text[self.begins[each] : self.newlines[each]] for each in others)
            square = np.count_nonzero(content == ord("[")) - beside.count(b"[")
            if square == len(is_sure) - len(others) and self.text.count(b"<") == beside.count(b"<"):
                return
        brackets = np.flatnonzero((content == ord("<")) | (content == ord("[")))
        is_sure[np.searchsorted(self.newlines, brackets[_MAY_FOLLOW[self.content[brackets + 1]]])] = False

    def _strike_repeated(self, is_sure: Flags, texts: Places, speakers: Places, line_of: Places) -> None:
        """Strike lines in which the assistant seems to say what the user has just said."""
        answers = np.flatnonzero((speakers[1:] == _ASSISTANT) & is_sure[line_of[1:]]) + 1
        asked, said = texts[answers - 1], texts[answers]
        for pair in self._may_repeat(self.opens[asked] + 1, self.opens[said] + 1).tolist():
            left, right = (self._value(int(strings[pair])) for strings in (asked, said))
            if _folded(left) == _folded(right):
                is_sure[line_of[answers[pair]]] = False

    def _may_repeat(self, left: Places, right: Places) -> Places:
        """Of pairs of texts by where they begin, those whose first characters leave it open that they are alike."""
        undecided: list[Places] = []
        left_over = np.arange(len(left))
        after_space = np.zeros(len(left), np.bool_)
        for offset in range(_COMPARED):
            one, other = self.content[left[left_over] + offset], self.content[right[left_over] + offset]
            is_same = (_PLAIN[one] & (_LOWER[one] == _LOWER[other])) | ((one == _SPACE) & (other == _SPACE))
            differs = _PLAIN[one] & _PLAIN[other] & ~is_same
            # A space differs from what is seen, unless it goes on with spaces that count as one.
            differs |= ((one == _SPACE) & _PLAIN[other] | (other == _SPACE) & _PLAIN[one]) & ~after_space
            if (is_caseless := _CASELESS[one] & _CASELESS[other]).any():
                characters = [self.words[places[left_over] + offset] & _MASKS[3] for places in (left, right)]
                is_caseless &= (characters[0] != _WIDE_SPACE) & (characters[1] != _WIDE_SPACE)
                differs |= is_caseless & (characters[0] != characters[1])
            undecided.append(left_over[~is_same & ~differs])
            after_space = (one == _SPACE)[is_same]
            left_over = left_over[is_same]
            if not len(left_over):
                break
        return np.sort(np.concatenate([*undecided, left_over]))

    def _value(self, string: int) -> str:
        value: str = orjson.loads(self.text[self.opens[string] : self.closes[string] + 1])
        return value


def _may_speak(speakers: Places, is_first: Flags, is_last: Flags) -> Flags:
    """Whether each turn is by somebody whose turn it is."""
    follows = np.concatenate([np.zeros(1, np.bool_), _FOLLOWS[speakers[:-1], speakers[1:]]])[: len(speakers)]
    found: Flags = np.where(is_first, (speakers == _SYSTEM) | (speakers == _USER), follows)
    found &= ~is_last | (speakers == _ASSISTANT)
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _table(places: Any) -> Flags:
    table = np.zeros(256, np.bool_)
    table[list(places)] = True
    return table


# What may come behind the first byte of a control token; a backslash could hide it.
_MAY_FOLLOW = _table(b"|I/<seSAT\\\xef")
_SEEN_ESCAPES = _table(b'"\\/')
# First bytes of characters without case: kana and ideographs, most of Hangul.
_CASELESS = _table([*range(0xE3, 0xEA), 0xEB, 0xEC, 0xED])
_WIDE_SPACE = _word("\u3000".encode())
# Characters of one byte that are seen, and are alike only if they are the same but for case.
_PLAIN = _table(set(range(_SPACE + 1, _LAST_ASCII + 1)) - {_BACKSLASH, ord('"')})
_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[ord("A") : ord("Z") + 1] += 0x20


@lru_cache(maxsize=1)
def _unseen() -> dict[int, NDArray[np.int64]]:
    """Characters of two and of three bytes that are whitespace or invisible, by their bytes as one number."""
    found: dict[int, list[int]] = {2: [], 3: []}
    for code in range(0x80, 0x10000):
        if not 0xD800 <= code < 0xE000 and (chr(code).isspace() or is_hidden(chr(code))):
            encoded = chr(code).encode()
            found[len(encoded)].append(int.from_bytes(encoded, "big"))
    return {size: np.array(codes, np.int64) for size, codes in found.items()}
