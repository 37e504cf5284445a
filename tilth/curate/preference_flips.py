"""The operation `preference-flips`: pairs whose rejected answer looks like the better one are set aside."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from tilth.operation import Dataset, Judged, Options, Reason, judge

_FEWEST = 20  # pairs; what is better cannot be learned from fewer


class PreferenceFlipsOptions(Options):
    """How sure to be that a pair is the wrong way round."""

    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Probability of being the wrong way round, above which a pair is set aside; one in twenty is taken to be. 0 sets
    aside every pair that was judged, so that the whole ranking can be read off."""
    folds: Annotated[int, Field(ge=2, le=50)] = 5
    """Parts of the data; the pairs of each are judged by what was learned from the others. Near-duplicate prompts stay
    in one."""
    seed: int = 0
    """Seed of the folds."""


@judge(PreferenceFlipsOptions, suspicion="high")
def preference_flips(data: Dataset, options: PreferenceFlipsOptions) -> Iterator[Judged]:
    """Set aside preferences whose rejected answer looks better than the chosen one.

    What the chosen answers of the other folds have in common, and the rejected ones have not, is learned by logistic
    regression on the difference of both: words, character runs and the parts of the quality score (Bradley and Terry
    1952). The score is the calibrated probability that the pair is the wrong way round, where one in twenty is. It
    sees style, not truth: a list to look through, not a verdict. Other records are kept and counted, as are sets of
    fewer than 20 pairs. Texts are held in memory, the first 4,000 characters of each.
    """
    from tilth.curate.labels.learning import check_installed

    check_installed("finding flipped preferences")
    from tilth.curate.labels.preferred import gather, suspicions

    pairs = gather(data)
    scores: dict[int, float] = suspicions(pairs, options.folds, options.seed) if len(pairs) >= _FEWEST else {}
    facts = {
        "pairs_judged": len(scores),
        "rows_not_judged": data.count() - len(scores),
        "pairs_doubted": sum(score > 0.5 for score in scores.values()),
        "warnings": [f"{len(pairs)} pairs are too few to learn from"] if 0 < len(pairs) < _FEWEST else [],
    }
    row = 0
    for batch in data.batches():
        held = range(row, row + len(batch))
        row += len(batch)
        yield Judged(batch, [_reason(scores.get(one), options.threshold) for one in held], facts=facts)


def _reason(score: float | None, threshold: float) -> Reason | None:
    if score is None or not (score > threshold or threshold == 0):
        return None
    return Reason(
        "preference-flip", None, score, f"rejected looks better: the wrong way round with a probability of {score:.2f}"
    )
