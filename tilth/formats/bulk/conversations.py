"""Which JSON lines are surely conversations as they should be, told for a whole block without an object being made.

Surely is one that consists of nothing but the list of turns, each of them a speaker and a text; where the system, if
at all, speaks first, and then user and assistant in turn, the assistant last; where no text begins or ends with
whitespace or with anything invisible, none repeats the one before it, and none could spell a mark of a chat template.
Nothing is said about other lines: they are for the loop that looks at single rows.
"""

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
        self.content: Bytes = np.frombuffer(text + bytes(2 * _WORD), np.uint8)
        plain = self.content[: len(text)]
        quotes, self.newlines, self.escapes = marks_of(plain)
        before = np.searchsorted(quotes, self.newlines)
        expect(len(quotes) % 2 == 0 and len(quotes) and not (before & 1).any())
        self.opens, self.closes = quotes[0::2], quotes[1::2]
        check_escapes(plain, self.escapes)
        self.begins = np.concatenate([[0], self.newlines[:-1] + 1])
        self.firsts = np.concatenate([[0], before[:-1] // 2])  # the first string of each line
        self.counts = np.diff(np.append(self.firsts, len(self.opens)))
        self.words = np.ndarray((len(text) + _WORD,), "<u8", self.content, strides=(1,))  # of the bytes from each place

    def lines(self) -> Lines:
        """All of them."""
        is_sure = (self.counts > _PER_TURN) & (self.counts % _PER_TURN == 1) & (self.newlines > self.begins)
        is_sure &= self.words[self.begins] & _MASKS[2] == _word(b'{"')
        # Of lines that hold as many strings as they should, which string is what.
        firsts = self.firsts[is_sure]
        turns = (self.counts[is_sure] - 1) // _PER_TURN
        line_of = np.repeat(np.flatnonzero(is_sure), turns)
        number = np.arange(len(line_of)) - np.repeat(np.cumsum(turns) - turns, turns)  # of the turn in its line
        names = np.repeat(firsts, turns) + 1 + number * _PER_TURN
        is_last = np.append(line_of[1:] != line_of[:-1], True)[: len(line_of)]
        spelling = self.spelling
        is_right = self._are(firsts, spelling.turns) & self._are_before(firsts, (b": [{", b":[{"))
        is_sure[is_sure] = is_right
        speakers = self._speakers(names + 1)
        is_good = self._are(names, spelling.speaker) & self._are_before(names, (b": ", b":"))
        is_good &= self._are_before(names + 1, (b", ", b","))
        is_good &= self._are(names + 2, spelling.text) & self._are_before(names + 2, (b": ", b":"))
        is_good &= np.where(is_last, self._end_lines(names + 3, line_of), True)
        is_good[~is_last] &= self._are_before(names[~is_last] + 3, (b"}, {", b"},{"))
        texts = names + 3
        is_good &= _may_speak(speakers, number == 0, is_last) & self._are_trimmed(texts)
        is_sure[line_of[~is_good]] = False
        self._strike_marks(is_sure)
        self._strike_repeated(is_sure, texts, speakers, line_of)
        return Lines(self.begins, self.newlines, is_sure)

    def _are_before(self, strings: Places, wanted: tuple[bytes, ...]) -> Flags:
        """Whether between some strings and the next one each stands something of what is wanted."""
        begins = self.closes[strings] + 1
        sizes = self.opens[strings + 1] - begins
        gaps = self.words[begins]
        found = np.zeros(len(strings), np.bool_)
        for each in wanted:
            found |= (sizes == len(each)) & (gaps & _MASKS[len(each)] == _word(each))
        return found

    def _end_lines(self, strings: Places, line_of: Places) -> Flags:
        """Whether behind some strings comes what ends a line."""
        begins = self.closes[strings] + 1
        found: Flags = (self.words[begins] & _MASKS[4] == _word(b"}]}\n")) & (begins + 3 == self.newlines[line_of])
        return found

    def _are(self, strings: Places, wanted: str) -> Flags:
        """Whether some strings are a certain one."""
        begins = self.opens[strings] + 1
        found: Flags = self.closes[strings] - begins == len(wanted)
        for start in range(0, len(wanted), _WORD):
            piece = wanted[start : start + _WORD].encode()
            found &= (self.words[np.minimum(begins + start, len(self.text))] & _MASKS[len(piece)]) == _word(piece)
        return found

    def _speakers(self, strings: Places) -> Places:
        spelling = self.spelling
        found = np.zeros(len(strings), np.int64)
        for number, name in ((_SYSTEM, spelling.system), (_USER, spelling.user), (_ASSISTANT, spelling.assistant)):
            found[self._are(strings, name)] = number
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
        if b"<" not in self.text and is_sure.all() and self.text.count(b"[") == len(is_sure):
            return  # each line has the one that begins its list
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
