"""The operation `mix`: so much of each source."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from tilth.operation import Dataset, Judged, Options, judge


def _check_weight(text: str) -> str:
    name, _, weight = text.rpartition("=")
    try:
        is_weight = bool(name) and 0 <= float(weight) < float("inf")
    except ValueError:
        is_weight = False
    if not is_weight:
        raise PydanticCustomError("no_weight", "a weight is SOURCE=NUMBER, such as faq=2")
    return text


class MixOptions(Options):
    """How much of each source goes in."""

    weights: tuple[Annotated[str, AfterValidator(_check_weight)], ...] = ()
    """SOURCE=NUMBER: what sources count against each other, 1 where it is not said. Without any, a source counts by its
    rows."""
    temperature: Annotated[float, Field(gt=0)] = 1.0
    """Shares are proportional to weight (or rows) to the power of 1 / temperature: 1 keeps the proportions, and the
    higher it is, the more equal the sources."""
    cap: Annotated[int, Field(ge=1)] | None = None
    """Most rows from any one source."""
    rows: Annotated[int, Field(ge=0)] | None = None
    """Rows in all; as many as the shares allow unless it is given. What a source cannot give comes from the others."""
    by: str = ""
    """The field that names a row's source, such as `meta.source`; the file that it comes from unless it is given."""
    seed: int = 0
    """Another seed takes other rows of each source, and as many."""


@judge(MixOptions)
def mix(data: Dataset, options: MixOptions) -> Iterator[Judged]:
    """Take so much of each source, and set the other rows aside.

    Each row of a source is as likely as any other. The facts say for every source what was taken and what was wanted,
    and which sources have rows of the same content. No row is taken twice.
    """
    from tilth.curate.mixing.mixture import mixture, sources_of, verdicts

    yield from verdicts(data.batches(), mixture(sources_of(data, options.by), options))
