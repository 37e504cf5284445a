"""Schemes of tags, IO to BILOU: what they say about spans of tokens, and which sequences break them.

A scheme is three sets of pairs of neighbours: where an entity begins, where it goes on, where it has ended. The
sets are those of the shared tasks, as seqeval's strict mode has them. A tag that these leave in no entity breaks the
scheme: nothing is repaired.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_ANY, _SAME, _OTHER = "any", "same", "other"
_OUTSIDE = ("O", "")
NO_LABEL = "_"
"""The label of a tag that has none: `B` beside `B-PER`."""


class TokenSpan(NamedTuple):
    """Tokens from `first` up to, not including, `end`, and their label."""

    first: int
    end: int
    label: str


class Stray(NamedTuple):
    """A tag that stands where the scheme has no place for it."""

    place: int
    tag: str
    why: str


class _Marks(NamedTuple):
    """How a scheme spells an entity: the prefix of a single token, and of the first, inner and last of several."""

    single: str
    first: str
    inner: str
    last: str


@dataclass(frozen=True)
class Scheme:
    """One way to write spans as tags."""

    name: str
    prefixes: str
    """The prefixes that its tags have."""
    marks: _Marks
    begins: frozenset[tuple[str, str, str]]
    """Neighbours of which the second begins an entity: prefix before, prefix, and whether the labels are the same."""
    goes_on: frozenset[tuple[str, str, str]]
    has_ended: frozenset[tuple[str, str, str]]
    """Neighbours of which the first may be the last of an entity."""
    neighbour: str = ""
    """The prefix that keeps an entity apart from one of the same label next to it, where that is its only use."""

    def read(self, tags: Sequence[str]) -> tuple[list[TokenSpan], list[Stray]]:
        """The entities that tags say, and the tags that say none."""
        parted = [parted_tag(tag) for tag in tags]
        spans = list(self._spans([*parted, _OUTSIDE]))
        covered = {place for span in spans for place in range(span.first, span.end)}
        strays = [
            Stray(place, tags[place], self._why(place, parted))
            for place, (prefix, _) in enumerate(parted)
            if prefix != "O" and place not in covered
        ]
        return spans, strays

    def write(self, spans: Iterable[TokenSpan], count: int) -> list[str]:
        """The tags of `count` tokens. The spans are in order and do not overlap."""
        tags = ["O"] * count
        before: TokenSpan | None = None
        for span in spans:
            size = span.end - span.first
            marks = [self.marks.first, *[self.marks.inner] * (size - 2), self.marks.last]
            prefixes = marks if size > 1 else [self.marks.single]
            if before is not None and before.end == span.first and before.label == span.label:
                if self.neighbour == "B":
                    prefixes[0] = "B"
                elif self.neighbour == "E":
                    tags[before.end - 1] = f"E-{before.label}"
            tags[span.first : span.end] = [f"{prefix}-{span.label}" for prefix in prefixes]
            before = span
        return tags

    def _spans(self, tags: Sequence[tuple[str, str]]) -> Iterable[TokenSpan]:
        place, before = 0, _OUTSIDE
        while place < len(tags):
            if not _has(self.begins, before, tags[place]):
                before = tags[place]
                place += 1
                continue
            end = place + 1
            while end < len(tags) and _has(self.goes_on, tags[end - 1], tags[end]):
                end += 1
            if _has(self.has_ended, tags[end - 1], tags[end] if end < len(tags) else _OUTSIDE):
                yield TokenSpan(place, end, tags[place][1])
            place, before = end, tags[end - 1]

    def _why(self, place: int, tags: Sequence[tuple[str, str]]) -> str:
        prefix, label = tags[place]
        name = self.name.upper()
        if not prefix or prefix not in self.prefixes:
            return f"{name} has only tags with {', '.join(self.prefixes)}"
        if prefix == self.neighbour:
            return f"in {name} it stands only next to another {label}"
        if self.marks.last in "ELS" and prefix in "BI":
            return f"in {name} it begins or goes on in an entity that has to end with {self.marks.last}"
        return f"in {name} it goes on in an entity that has to begin with {self.marks.first}"


def parted_tag(tag: str) -> tuple[str, str]:
    """Prefix and label of a tag: `("B", "PER")`, `("O", "")`; a prefix that nobody knows is empty."""
    prefix, dash, label = tag.partition("-")
    if prefix not in _PREFIXES:
        return "", tag
    return (prefix, label if dash else NO_LABEL) if prefix != "O" else _OUTSIDE if not dash else ("", tag)


def _has(pairs: frozenset[tuple[str, str, str]], before: tuple[str, str], tag: tuple[str, str]) -> bool:
    relation = _SAME if before[1] == tag[1] else _OTHER
    return (before[0], tag[0], relation) in pairs


def _pairs(*rules: tuple[str, str, str]) -> frozenset[tuple[str, str, str]]:
    """Rules such as `("IE", "B", any)` as all pairs that they mean."""
    return frozenset(
        (before, tag, each)
        for befores, tags, relation in rules
        for before in befores
        for tag in tags
        for each in ((_SAME, _OTHER) if relation == _ANY else (relation,))
    )


_PREFIXES = "OIBESLU"


def _chunked(name: str, single: str, last: str) -> Scheme:
    """IOBES and BILOU: every entity says where it begins and where it ends."""
    every = _PREFIXES
    return Scheme(
        name,
        "OIB" + last + single,
        _Marks(single, "B", "I", last),
        _pairs((every, "B" + single, _ANY)),
        _pairs(("BI", "I" + last, _SAME)),
        _pairs((single + last, every, _ANY)),
    )


IO = Scheme(
    "io",
    "OI",
    _Marks("I", "I", "I", "I"),
    _pairs(("O", "I", _ANY), ("I", "I", _OTHER)),
    _pairs(("I", "I", _SAME)),
    _pairs(("I", "I", _OTHER), ("I", "O", _ANY)),
)
IOB1 = Scheme(
    "iob1",
    "OIB",
    _Marks("I", "I", "I", "I"),
    _pairs(("O", "I", _ANY), ("I", "I", _OTHER), ("B", "I", _ANY), ("IB", "B", _SAME)),
    _pairs(("BI", "I", _SAME)),
    _pairs(("BI", "I", _OTHER), ("BI", "O", _ANY), ("I", "B", _ANY), ("B", "B", _SAME)),
    neighbour="B",
)
IOB2 = Scheme(
    "iob2",
    "OIB",
    _Marks("B", "B", "I", "I"),
    _pairs((_PREFIXES, "B", _ANY)),
    _pairs(("BI", "I", _SAME)),
    _pairs(("BI", "OB", _ANY), ("BI", "I", _OTHER)),
)
IOE1 = Scheme(
    "ioe1",
    "OIE",
    _Marks("I", "I", "I", "I"),
    _pairs(("O", "I", _ANY), ("I", "I", _OTHER), ("E", "I", _ANY), ("E", "E", _SAME)),
    _pairs(("I", "IE", _SAME)),
    _pairs(("I", "I", _OTHER), ("I", "O", _ANY), ("I", "E", _OTHER), ("E", "IE", _SAME)),
    neighbour="E",
)
IOE2 = Scheme(
    "ioe2",
    "OIE",
    _Marks("E", "I", "I", "E"),
    _pairs(("OE", "IE", _ANY), ("I", "IE", _OTHER)),
    _pairs(("I", "IE", _SAME)),
    _pairs(("E", _PREFIXES, _ANY)),
)
IOBES = _chunked("iobes", "S", "E")
BILOU = _chunked("bilou", "U", "L")

SCHEMES = (IO, IOB1, IOB2, IOE1, IOE2, IOBES, BILOU)
"""All schemes, the one that says least first."""
