"""The operation `sample`: some rows of many, at random, the best, or those that cover all."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from tilth.errors import UsageError
from tilth.operation import Batch, Dataset, Judged, Options, Reason, judge

if TYPE_CHECKING:
    from tilth.curate.sampling.ranked import Taken

_ROWS = 20


class SampleOptions(Options):
    """How many rows, and which."""

    rows: Annotated[int, Field(ge=1)] | None = None
    """How many; all where there are no more. 20, unless a budget of tokens says otherwise."""
    method: Literal["random", "top", "diverse"] = "random"
    """`random` draws, each row as likely as any other; `top` takes the largest by a number; `diverse` takes always the
    row that is farthest from all taken so far (greedy k-centre)."""
    by: str = ""
    """For `random` a field: each of its values gets its share of the sample, and at least one row while there is room.
    For `top` the number: a field, a signal, or an expression. For `diverse` the part or field that is compared; the
    whole text unless it is named."""
    budget_tokens: Annotated[int, Field(ge=1)] | None = None
    """Take rows as long as their estimated tokens fit; one that is too long for what is left is passed over."""
    embedder: Path | None = None
    """Folder of a model2vec or sentence-transformers model for `diverse`; hashed n-grams without it."""
    seed: int = 0
    """Another seed draws other rows."""


@judge(SampleOptions)
def sample(data: Dataset, options: SampleOptions) -> Iterator[Judged]:
    """Take some rows and set the others aside.

    The same data, seed and options give the same rows, in the order of the data. Rows without the number that `top`
    asks for are not taken. Tokens are the signal of that name: an estimate without a tokenizer.
    """
    taken = choose(data, options)
    chosen = frozenset(taken.rows)
    least = _least(taken)
    row = 0
    for batch in data.batches():
        reasons = [
            None if each in chosen else _reason(each, taken, least, options) for each in range(row, row + len(batch))
        ]
        row += len(batch)
        yield Judged(batch, reasons, facts=taken.facts)


def choose(data: Dataset, options: SampleOptions) -> "Taken":
    """The numbers of the rows that are taken, in the order of the data."""
    from tilth.curate.sampling import ranked
    from tilth.curate.sampling.at_random import draw

    rows, budget = options.rows, options.budget_tokens
    if rows is None and (budget is None or options.method == "diverse"):
        rows = _ROWS
    facts: dict[str, Any] = {"method": options.method}
    if options.method == "random" and budget is None:
        numbers = [number for number, _ in draw(data, rows or _ROWS, options.seed, options.by)]
        return ranked.Taken(numbers, None, facts)
    tokens = None if budget is None else ranked.tokens_of(data)
    values = None
    if options.method == "top":
        if not options.by:
            raise UsageError("sample has no number to rank by", fix="--by meta.quality.score")
        values = ranked.ranking(data, options.by, tuple(getattr(data, "record_types", ())))
        order = ranked.best_first(values)
    elif options.method == "diverse":
        order, facts["radius"] = ranked.farthest_first(
            data, options.by or "text", rows or _ROWS, options.seed, options.embedder
        )
    elif options.by:
        raise UsageError("a budget of tokens does not go with groups of a field", fix="--rows, or no --by")
    else:
        order = ranked.shuffled(data.count(), options.seed)
    found = sorted(ranked.within(order, tokens, rows, budget))
    if tokens is not None:
        facts["tokens"] = int(tokens[found].sum())
    return ranked.Taken(found, values, facts)


def rows_taken(data: Dataset, options: SampleOptions, restored: Collection[str] = ()) -> Iterator[Batch]:
    """The rows that are taken, some in each batch, and beside them those of which a person said that they stay."""
    if options.method == "random" and options.budget_tokens is None and not restored:
        from tilth.curate.sampling.at_random import draw

        yield from (batch for _, batch in draw(data, options.rows or _ROWS, options.seed, options.by))
        return
    chosen = choose(data, options).rows
    if restored:
        ids = enumerate(record_id for batch in data.batches() for record_id in batch.ids)
        chosen = sorted({*chosen, *(number for number, record_id in ids if record_id in restored)})
    first = place = 0
    for batch in data.batches():
        end = place
        while end < len(chosen) and chosen[end] < first + len(batch):
            end += 1
        if end > place:
            yield batch.take([row - first for row in chosen[place:end]])
        first, place = first + len(batch), end


def _least(taken: "Taken") -> float | None:
    """The smallest number among the rows taken."""
    return None if taken.values is None or not taken.rows else float(taken.values[taken.rows].min())


def _reason(row: int, taken: "Taken", least: float | None, options: SampleOptions) -> Reason:
    if taken.values is None:
        words = {"random": "not drawn", "diverse": "closer to a row taken than the others", "top": ""}
        return Reason("not-sampled", detail=words[options.method])
    value = float(taken.values[row])
    if value != value:
        return Reason("not-sampled", detail=f"{options.by} is null")
    fits = least is not None and value >= least
    why = "there was no room left for it" if fits or least is None else f"the rows taken have {least:g} or more"
    return Reason("not-sampled", score=value, detail=f"{options.by} is {value:g}, and {why}")
