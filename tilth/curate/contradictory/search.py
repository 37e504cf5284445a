"""Which rows go: each that contradicts a row that stays, where the row that others agree with is asked first."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tilth.curate.contradictory.answers import Answer, difference
from tilth.curate.contradictory.exchanges import Exchanges
from tilth.curate.contradictory.words import spelt_alike
from tilth.curate.similarity.groups import similar_groups
from tilth.curate.similarity.likeness import Likeness
from tilth.curate.similarity.prefix import prefix_buckets
from tilth.curate.similarity.sets import Growing, ShingleSets, verify_pairs
from tilth.curate.similarity.shingles import shingle
from tilth.formats.bulk.arrays import as_texts

if TYPE_CHECKING:
    from tilth.curate.contradictions import ContradictionsOptions

_GROUP_PAIRS = 1_000_000  # compared in one group of inputs that hang together
_MOST_ASKED = 64  # kept answers to one input; more than that agree with each other
_OPEN_ANSWERS = 4  # texts, none of which comes twice: the input asks for something to be made up
_SLICE_TEXTS = 100_000

Near = dict[int, list[tuple[float, int]]]
"""For an input those that are nearly the same, with their similarity."""


class Found(NamedTuple):
    """A row that contradicts a row that stays."""

    witness: int
    likeness: float
    """Of the two inputs, from 0 to 1."""
    difference: float
    """Of the two answers, from 0 to 1."""


class _Voice(NamedTuple):
    """All rows with one answer to one input."""

    input: int
    answer: Answer
    rows: list[int]


def find_contradictions(exchanges: Exchanges, options: "ContradictionsOptions") -> dict[int, Found]:
    """For each row that goes, the row that it contradicts.

    Answers are visited from the one that most rows give to the one that fewest give, ties in file order; one goes if
    and only if it contradicts one that stays. So no two rows that stay contradict each other as far as they were
    compared, and every row that goes has a witness among them.
    """
    texts = list(exchanges.inputs)
    voices = defaultdict[tuple[int, Answer], list[int]](list)
    for row, (number, answer) in enumerate(zip(exchanges.input_of, exchanges.answers, strict=True)):
        if number >= 0 and answer is not None:
            voices[number, answer].append(row)
    asked = sorted({number for number, _ in voices})
    sets = _sets([texts[number] for number in asked], options)
    group = similar_groups(Likeness([sets], prefix_buckets(sets, options.threshold), options.threshold)).labels
    group_of = dict(zip(asked, group.tolist(), strict=True))
    place = {number: at for at, number in enumerate(asked)}
    gone: dict[int, Found] = {}
    said = sorted((_Voice(*key, rows) for key, rows in voices.items()), key=lambda voice: group_of[voice.input])
    for _, held in groupby(said, key=lambda voice: group_of[voice.input]):
        own = list(held)
        if len({voice.answer for voice in own}) > 1:
            near = _near(own, texts, sets, place, options)
            gone.update(_judge(own, near, exchanges.questions, texts, options.agreement))
    return gone


def _sets(texts: Sequence[str], options: "ContradictionsOptions") -> ShingleSets:
    growing = Growing()
    for start in range(0, len(texts), _SLICE_TEXTS):
        growing.append(
            shingle(
                as_texts(texts[start : start + _SLICE_TEXTS]), options.unit, options.size, ("unicode", "case", "space")
            )
        )
    return growing.sets()


def _near(
    voices: Sequence[_Voice],
    texts: Sequence[str],
    sets: ShingleSets,
    place: dict[int, int],
    options: "ContradictionsOptions",
) -> Near:
    """The inputs of a group that are nearly the same; in a large group, of those that stand near in the file."""
    inputs = np.array(sorted({voice.input for voice in voices}), np.int64)
    near: Near = defaultdict(list)
    if len(inputs) < 2:
        return near
    is_label = all(voice.answer.is_label for voice in voices)
    places = np.array([place[number] for number in inputs.tolist()], np.int64)
    for step in range(1, min(len(inputs), max(2, _GROUP_PAIRS // len(inputs) + 1))):
        likeness = verify_pairs(sets, places[step:], places[:-step])
        for at in np.flatnonzero(likeness >= options.threshold).tolist():
            later, earlier = int(inputs[at + step]), int(inputs[at])
            if is_label or _asks_the_same(texts[later], texts[earlier]):
                near[later].append((float(likeness[at]), earlier))
                near[earlier].append((float(likeness[at]), later))
    for found in near.values():
        found.sort(key=lambda one: (-one[0], one[1]))
    return near


def _asks_the_same(one: str, other: str) -> bool:
    """Whether two inputs differ in spelling only: word for word, for one name is enough to ask something else."""
    left, right = one.split(), other.split()
    return len(left) == len(right) and all(spelt_alike(*pair) for pair in zip(left, right, strict=True))


def _judge(
    voices: Sequence[_Voice], near: Near, questions: dict[int, str], texts: Sequence[str], agreement: float
) -> Iterator[tuple[int, Found]]:
    rows = Counter({(voice.input, voice.answer.said): len(voice.rows) for voice in voices})
    kept = defaultdict[int, list[_Voice]](list)

    def support(voice: _Voice) -> int:
        around = [voice.input, *(number for _, number in near.get(voice.input, ()))]
        return sum(rows[number, voice.answer.said] for number in around)

    supports = {voice[:2]: support(voice) for voice in voices}
    is_free = not any(voice.answer.is_label for voice in voices)
    if is_free and len(voices) >= _OPEN_ANSWERS and max(supports.values()) == 1:
        return
    for voice in sorted(voices, key=lambda voice: (-supports[voice[:2]], voice.rows[0])):
        question = questions.get(voice.input, texts[voice.input])
        for likeness, number in [(1.0, voice.input), *near.get(voice.input, ())]:
            denials = (
                (difference(voice.answer, other.answer, question, agreement), other)
                for other in kept[number][:_MOST_ASKED]
            )
            denied, other = next((one for one in denials if one[0] > 0), (0.0, voice))
            if denied:
                yield from ((row, Found(other.rows[0], likeness, denied)) for row in voice.rows)
                break
        else:
            kept[voice.input].append(voice)
