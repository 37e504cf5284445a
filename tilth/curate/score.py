"""The operation `score`: one quality score for every row, with the parts it is made of."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tilth.curate.quality import PARTS, REPLIES, quality
from tilth.operation import Batch, Dataset, Fields, Judged, Options, Reason, rewrite

_BINS = 20
_WORST_NAMED = 3

Points = Annotated[float, Field(ge=0, le=100)]


class ScoreOptions(Options):
    """How many points each part can give, and what is too little."""

    minimum: Annotated[float, Field(ge=0, le=100)] = 0
    """Rows below this score are set aside; 0 keeps every row."""
    weights: Path | None = None
    """Weights that were fitted to people's decisions (`tilth fit-score`), in place of the points below."""
    substance: Points = PARTS["substance"].points
    """Points for length, on a log scale that is full at 600 characters."""
    layout: Points = PARTS["layout"].points
    """Points for blank lines between paragraphs."""
    relevance: Points = PARTS["relevance"].points
    """Points for taking up the longer words of the prompt."""
    wholeness: Points = PARTS["wholeness"].points
    """Points for a beginning and an end that look like ones."""
    variety: Points = PARTS["variety"].points
    """Points for not saying the same three words again."""
    cleanness: Points = PARTS["cleanness"].points
    """Points for no leftovers of templates, refusals or placeholders, and no echo of the prompt."""

    @model_validator(mode="after")
    def _gives_points(self) -> Self:
        if not any(getattr(self, name) for name in PARTS):
            raise PydanticCustomError("no_points", "at least one part must give points")
        return self


@rewrite(ScoreOptions, suspicion="low")
def score(data: Dataset, options: ScoreOptions) -> Iterator[Judged]:
    """Write a quality score from 0 to 100 and its parts into `meta.quality`, and set aside rows that score too little.

    The score reads the surface of the answer (of the whole text, unless the record is an instruction, a chat or a
    preference) and cannot tell whether it is true. Parts that do not apply to a record give their points to the
    others; 0 points leave a part out. With `weights` the score is the fitted chance, in percent, that people find the
    row good, and `meta.quality` names the terms that moved it most.
    """
    qualities, weighed = _scale(options)
    counts = [0] * _BINS
    total, rows = 0.0, 0
    for batch in data.batches():
        found = qualities(batch)
        total, rows = total + sum(one["score"] for one in found), rows + len(found)
        for one in found:
            counts[min(_BINS - 1, int(one["score"] * _BINS // 100))] += 1
        reasons = [_reason(one, options.minimum) for one in found]
        records = [_with_quality(record, one) for record, one in zip(batch.records, found, strict=True)]
        facts = {
            **weighed,
            "mean_score": round(total / rows, 2) if rows else None,
            "minimum": options.minimum,
            "histogram": {"edges": _edges(), "rows": list(counts)},
        }
        yield Judged(batch, reasons, records, facts=facts)


def _scale(options: ScoreOptions) -> tuple[Callable[[Batch], list[dict[str, Any]]], dict[str, Any]]:
    """What scores a batch, and the facts about its weights."""
    if options.weights is None:
        points = {name: float(getattr(options, name)) for name in PARTS}
        return lambda batch: _qualities(batch, points), {"points": points}
    from tilth.curate.weights import Weights

    fitted = Weights.load(options.weights)
    shown = {term.feature: term.weight for term in fitted.terms}
    return fitted.qualities, {"weights": shown, "fitted": fitted.fitted}


def _qualities(batch: Batch, weights: dict[str, float]) -> list[dict[str, Any]]:
    types, prompts, answers, texts = (batch.column(name).to_pylist() for name in ("type", "prompt", "answer", "text"))
    return [
        quality(prompt, answer or "", weights) if kind in REPLIES else quality(None, text or "", weights)
        for kind, prompt, answer, text in zip(types, prompts, answers, texts, strict=True)
    ]


def _with_quality(record: Fields, found: dict[str, Any]) -> Fields | None:
    meta = record.get("meta") or {}
    return None if meta.get("quality") == found else {**record, "meta": {**meta, "quality": found}}


def _reason(found: dict[str, Any], minimum: float) -> Reason | None:
    if found["score"] >= minimum:
        return None
    if "terms" in found:
        lowest = sorted(found["terms"].items(), key=lambda term: float(term[1]))[:_WORST_NAMED]
        named = ", ".join(f"{name} {share:+.2f}" for name, share in lowest)
    else:
        worst = sorted(found["parts"].items(), key=lambda part: float(part[1]["value"]))[:_WORST_NAMED]
        named = ", ".join(f"{name} {part['value']:.2f}" for name, part in worst)
    return Reason("low-quality", None, found["score"], f"score {found['score']:g} is below {minimum:g}; worst: {named}")


def _edges() -> list[float]:
    return [100 * edge / _BINS for edge in range(_BINS + 1)]
