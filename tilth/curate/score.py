"""The operation `score`: one quality score for every row, with the parts it is made of."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tilth.curate.quality import PARTS, quality
from tilth.operation import Batch, Dataset, Fields, Judged, Options, Reason, rewrite

_REPLIES = frozenset({"instruction", "chat", "preference"})
"""Record types whose answer is written to be read. A label or a quoted span is no prose: there the text is scored."""
_BINS = 20
_WORST_NAMED = 3

Points = Annotated[float, Field(ge=0, le=100)]


class ScoreOptions(Options):
    """How many points each part can give, and what is too little."""

    minimum: Annotated[float, Field(ge=0, le=100)] = 0
    """Rows below this score are set aside; 0 keeps every row."""
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
    others; 0 points leave a part out.
    """
    weights = {name: float(getattr(options, name)) for name in PARTS}
    counts = [0] * _BINS
    for batch in data.batches():
        found = _qualities(batch, weights)
        for one in found:
            counts[min(_BINS - 1, int(one["score"] * _BINS // 100))] += 1
        reasons = [_reason(one, options.minimum) for one in found]
        records = [_with_quality(record, one) for record, one in zip(batch.records, found, strict=True)]
        facts = {"points": weights, "minimum": options.minimum, "histogram": {"edges": _edges(), "rows": list(counts)}}
        yield Judged(batch, reasons, records, facts=facts)


def _qualities(batch: Batch, weights: dict[str, float]) -> list[dict[str, Any]]:
    types, prompts, answers, texts = (batch.column(name).to_pylist() for name in ("type", "prompt", "answer", "text"))
    return [
        quality(prompt, answer or "", weights) if kind in _REPLIES else quality(None, text or "", weights)
        for kind, prompt, answer, text in zip(types, prompts, answers, texts, strict=True)
    ]


def _with_quality(record: Fields, found: dict[str, Any]) -> Fields | None:
    meta = record.get("meta") or {}
    return None if meta.get("quality") == found else {**record, "meta": {**meta, "quality": found}}


def _reason(found: dict[str, Any], minimum: float) -> Reason | None:
    if found["score"] >= minimum:
        return None
    worst = sorted(found["parts"].items(), key=lambda part: part[1]["value"])[:_WORST_NAMED]
    named = ", ".join(f"{name} {part['value']:.2f}" for name, part in worst)
    return Reason("low-quality", None, found["score"], f"score {found['score']:g} is below {minimum:g}; worst: {named}")


def _edges() -> list[float]:
    return [100 * edge / _BINS for edge in range(_BINS + 1)]
