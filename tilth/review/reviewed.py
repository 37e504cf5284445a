"""The operation `reviewed`: what the people behind a journal decided, applied to the rows they decided about."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from tilth.operation import Dataset, Fields, Judged, Options, Reason, rewrite
from tilth.review.event import RecordKey
from tilth.review.event_lines import read_events
from tilth.review.standing import Standing, Standings

Verdict = tuple[Reason | None, Fields | None]
"""Why a row is set aside, and its new content; both None for a row that stays as it is."""


class ReviewedOptions(Options):
    """Which decisions count, and what happens to rows without one."""

    journal: Path
    """The decision journal, as `tilth review` keeps it (FILE.review.sqlite), or its events as JSON Lines (.jsonl)."""
    undecided: Literal["keep", "set-aside"] = "keep"
    """What happens to a row that nobody has accepted, rejected or edited."""
    conflicts: Literal["set-aside", "latest"] = "set-aside"
    """What happens when annotators left a record differently: nobody is overruled, or the last to decide wins."""


@rewrite(ReviewedOptions)
def reviewed(data: Dataset, options: ReviewedOptions) -> Iterator[Judged]:
    """Apply the decisions of a review: rejected rows are set aside, edited rows leave as they were edited."""
    standings = Standings(read_events(options.journal))
    touched = {key.record for key in standings}
    copies: Counter[str] = Counter()
    facts: Counter[str] = Counter()
    matched = 0
    for batch in data.batches():
        verdicts: list[Verdict] = []
        for record_id, record in zip(batch.ids, batch.records, strict=True):
            left: dict[str, Standing] = {}
            if record_id in touched:
                key = RecordKey(record_id, copies[record_id])
                copies[record_id] += 1
                matched += key in standings
                left = {name: how for name, how in standings.all_of(key).items() if how.is_decided}
            facts[_outcome(left)] += 1
            verdicts.append(_verdict(record, left, options))
        yield Judged(
            batch,
            [reason for reason, _ in verdicts],
            [new for _, new in verdicts],
            facts={"decisions": dict(sorted(facts.items())), "decisions_without_a_row": len(standings) - matched},
        )


def _verdict(record: Fields, left: dict[str, Standing], options: ReviewedOptions) -> Verdict:
    if not left:
        aside = Reason("undecided", detail="nobody has decided about it") if options.undecided == "set-aside" else None
        return aside, None
    if options.conflicts == "set-aside" and _disagree(left):
        return Reason("disagreement", detail=_in_words(left)), None
    annotator, last = list(left.items())[-1]
    if last.status == "rejected":
        return Reason(
            "rejected-in-review", detail=f"{annotator}: {last.note}" if last.note else f"by {annotator}"
        ), None
    if not last.is_edited or last.edit is None:
        return None, None
    return None, {**last.edit, "meta": {**(last.edit.get("meta") or record.get("meta") or {}), "annotator": annotator}}


def _disagree(left: dict[str, Standing]) -> bool:
    """True unless all reject, or all leave the record with the same content."""
    first, *rest = [(how.status == "rejected", how.edit if how.is_edited else None) for how in left.values()]
    return any(other != first for other in rest)


def _in_words(left: dict[str, Standing]) -> str:
    return ", ".join(f"{name} {how.status}" + (f" ({how.note})" if how.note else "") for name, how in left.items())


def _outcome(left: dict[str, Standing]) -> str:
    if not left:
        return "undecided"
    return "disagreement" if _disagree(left) else list(left.values())[-1].status
