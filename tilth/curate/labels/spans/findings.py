"""Which spans look wrong, missing or cut at the wrong place, each with its suspicion; imports scikit-learn."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.classifier import Scores
from tilth.curate.labels.noise import calibrated_by_noise, random_noise
from tilth.curate.labels.ranking import Ranking, suspect
from tilth.curate.labels.spans.likely import likely_classes
from tilth.curate.labels.spans.surfaces import UNSEEN, Chunks, elsewhere, known_chunks
from tilth.curate.labels.spans.tagged import OUTSIDE, Numbers, Tagged

KINDS = ("wrong label", "extra span", "missing span", "too long", "too short")
_PRIOR = 0.03  # of a wrong span, before anything is known of the set
_PRIOR_OF_TOKENS = 0.05  # fitted to the set, it would take the several tokens of a rare span for as many errors
_WRONG, _EXTRA, _MISSING, _TOO_LONG, _TOO_SHORT = range(5)


class Findings(NamedTuple):
    """What was asked and answered, in columns: every span and every token outside, however little suspicious."""

    first: Numbers
    """The first token that it is about."""
    last: Numbers
    """The token behind the last."""
    given: Numbers
    """The class that these tokens have."""
    better: Numbers
    """The class that they more likely are of."""
    score: NDArray[np.float64]
    """From 0 to 1, larger for more suspicious."""
    kind: Numbers
    """Place in `KINDS`."""


class _Judged(NamedTuple):
    likely: Scores
    is_seen: NDArray[np.bool_]
    score: NDArray[np.float64]
    better: Numbers


def find(tagged: Tagged, ranking: Ranking, folds: int, seed: int) -> Findings:
    """All findings. `adaptive` judges each span as a whole, weighs how the same words are labelled in other texts,
    and asks whether a span ends where it should; other rankings take the most suspicious token of each span.
    """
    likely, is_seen, group = likely_classes(tagged, folds, seed)
    score, better = np.full(len(likely), np.nan), np.zeros(len(likely), np.int64)
    rows = np.flatnonzero(is_seen)
    if len(rows):
        kind: Ranking = "noise" if ranking == "adaptive" else ranking
        noise = random_noise(_PRIOR_OF_TOKENS, likely.shape[1])
        score[rows], better[rows] = suspect(likely[rows], tagged.given[rows], kind, noise)
    tokens = _Judged(likely, is_seen, score, better)
    chunks = known_chunks(tagged)
    if ranking == "adaptive" and len(rows):
        opinion, agreeing = elsewhere(chunks, group[tagged.row[chunks.first]], likely.shape[1])
        parts = [_whole(chunks, tokens, opinion), _outside(tagged, chunks, tokens, agreeing)]
        parts.append(_edges(chunks, tokens, agreeing))
    else:
        parts = [_worst(chunks, tokens), _outside(tagged, chunks, tokens, np.zeros(len(chunks)))]
    return Findings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _whole(chunks: Chunks, tokens: _Judged, opinion: Scores) -> Findings:
    """Each chunk by the mean of what is said of its tokens, and by how its words are labelled elsewhere."""
    means = np.array([tokens.likely[first:last].mean(axis=0) for first, last in chunks.ranges()])
    means = means.reshape(opinion.shape) + opinion
    judged = np.array([bool(tokens.is_seen[first:last].all()) for first, last in chunks.ranges()], bool)
    score, better = np.full(len(chunks), np.nan), np.zeros(len(chunks), np.int64)
    if judged.any():
        # Labels differ in how hard their spans are to tell, which noise by pairs would take for errors.
        likely = calibrated_by_noise(means, chunks.given, judged, by_pairs=False)[judged]
        unsure, better[judged] = suspect(likely, chunks.given[judged], "self-confidence")
        score[judged] = unsure * _PRIOR / (unsure * _PRIOR + (1 - unsure) * (1 - _PRIOR))
    return _of_chunks(chunks, score, better)


def _worst(chunks: Chunks, tokens: _Judged) -> Findings:
    worst = [first + int(np.argmax(tokens.score[first:last])) for first, last in chunks.ranges()]
    places = np.array(worst, np.int64)
    return _of_chunks(chunks, tokens.score[places], tokens.better[places])


def _of_chunks(chunks: Chunks, score: NDArray[np.float64], better: Numbers) -> Findings:
    labelled = np.where(better == OUTSIDE, _EXTRA, _WRONG)
    kind = np.where(chunks.given == OUTSIDE, _MISSING, labelled)
    return Findings(chunks.first, chunks.last, chunks.given, better, score, kind)


def _outside(tagged: Tagged, chunks: Chunks, tokens: _Judged, agreeing: NDArray[np.float64]) -> Findings:
    """Tokens in no chunk: neighbours that look like one label are one finding, and beside a span of it they are cut
    off that span."""
    free = tokens.is_seen & (tagged.span < 0)
    for begin, end in chunks.ranges():
        free[begin:end] = False
    places = np.flatnonzero(free)
    looks = tokens.likely[places].argmax(axis=1) if len(places) else places
    fresh = np.ones(len(places), bool)
    fresh[1:] = (np.diff(places) > 1) | (np.diff(tagged.row[places]) > 0) | (np.diff(looks) != 0)
    starts = np.flatnonzero(fresh | (looks == OUTSIDE))
    size = np.diff(np.append(starts, len(places)))
    score = np.add.reduceat(tokens.score[places], starts) / size if len(places) else np.zeros(0)
    first, label = places[starts], looks[starts]
    last = first + size
    begins = dict(zip(chunks.first.tolist(), range(len(chunks)), strict=True))
    ends = dict(zip(chunks.last.tolist(), range(len(chunks)), strict=True))
    kind = np.full(len(first), _MISSING)
    for one in np.flatnonzero(label != OUTSIDE).tolist():
        beside = [ends.get(int(first[one]), -1), begins.get(int(last[one]), -1)]
        own = [chunk for chunk in beside if chunk >= 0 and chunks.given[chunk] == label[one]]
        own = [chunk for chunk in own if tagged.row[chunks.first[chunk]] == tagged.row[first[one]]]
        if own:
            kind[one], score[one] = _TOO_SHORT, _unless(score[one], max(agreeing[own]))
    better = np.where(label == OUTSIDE, tokens.better[first], label)
    return Findings(first, last, np.full(len(first), OUTSIDE), better, score, kind)


def _edges(chunks: Chunks, tokens: _Judged, agreeing: NDArray[np.float64]) -> Findings:
    """Tokens at the ends of spans that look like something else, where the rest of the span does not."""
    found: list[tuple[int, int, int, int]] = []
    score: list[float] = []
    for one, (start, end) in enumerate(chunks.ranges()):
        label = int(chunks.given[one])
        if label == OUTSIDE or end - start == 1 or not tokens.is_seen[start:end].all():
            continue
        for first, last, looks in _other_ends(tokens.likely[start:end].argmax(axis=1), label, start):
            found.append((first, last, label, looks))
            score.append(_unless(float(tokens.score[first:last].mean()), agreeing[one]))
    table = np.array(found, np.int64).reshape(-1, 4)
    scores, kind = np.array(score, np.float64), np.full(len(found), _TOO_LONG)
    return Findings(table[:, 0], table[:, 1], table[:, 2], table[:, 3], scores, kind)


def _other_ends(looks: Numbers, label: int, start: int) -> Iterator[tuple[int, int, int]]:
    own = np.flatnonzero(looks == label)
    if not len(own):
        return
    if own[0] > 0:
        yield start, start + int(own[0]), int(looks[0])
    if own[-1] < len(looks) - 1:
        yield start + int(own[-1]) + 1, start + len(looks), int(looks[-1])


def _unless(score: float, agreeing: float) -> float:
    """The suspicion that a span is cut wrongly, given the number of other texts in which it is cut so."""
    wrong, right = score * UNSEEN, (1 - score) * (agreeing + UNSEEN)
    return wrong / (wrong + right) if wrong + right else score
