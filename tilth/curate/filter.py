"""The operation `filter`: rows for which a condition holds, or does not."""

from collections.abc import Iterator, Sequence

from tilth.curate.expression import Condition, Expression, ExpressionText
from tilth.curate.expression.rows import Rows
from tilth.errors import UsageError
from tilth.operation import Dataset, Judged, Options, Reason, judge


class FilterOptions(Options):
    """What must hold of a row, and what must not."""

    keep: ExpressionText = ""
    """Keep only rows for which this holds, such as `answer_words > 5 and label in ["billing", "delivery"]`."""
    drop: ExpressionText = ""
    """Set aside rows for which this holds, such as `contains(lower(answer), "as an ai")`."""


@judge(FilterOptions)
def filter(data: Dataset, options: FilterOptions) -> Iterator[Judged]:
    """Set aside rows by a condition on their fields, parts and signals.

    A condition is checked before a row is read: names, kinds, patterns. It holds, does not hold, or is null where
    something that it needs is missing; only rows for which it holds are kept (or dropped). The reason names the
    condition that decided and the values it saw. Nothing of an expression is ever run as code.
    """
    if not (options.keep or options.drop):
        raise UsageError("filter has no condition", fix="--keep 'answer_words > 5', or --drop")
    record_types = tuple(getattr(data, "record_types", ()))
    keep = Expression(options.keep).bound(record_types) if options.keep else None
    drop = Expression(options.drop).bound(record_types) if options.drop else None
    conditions = [condition for condition in (keep, drop) if condition is not None]
    rows = 0
    for batch in data.batches():
        rows += len(batch)
        reasons = _reasons(Rows(batch), keep, drop)
        yield Judged(batch, reasons, facts={"warnings": [note for each in conditions for note in each.notes()]})
    for condition in conditions if rows else ():
        condition.check_names()


def _reasons(rows: Rows, keep: Condition | None, drop: Condition | None) -> Sequence[Reason | None]:
    found: list[Reason | None] = [None] * rows.length
    if drop is not None:
        for row, holds in enumerate(drop.holds(rows)):
            if holds:
                found[row] = Reason("dropped", detail=drop.why(rows, row, word="or"))
    if keep is not None:
        for row, holds in enumerate(keep.holds(rows)):
            if not holds and found[row] is None:
                found[row] = Reason("not-kept", detail=keep.why(rows, row, word="and"))
    return found
