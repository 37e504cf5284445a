"""From rows to parts, and the check that nothing leaked; imports numpy."""

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.parts import facts
from tilth.curate.parts.allocation import Group, allocate, targets
from tilth.curate.parts.in_order import InOrder, Placed
from tilth.curate.parts.nested import nested
from tilth.curate.parts.plan import Plan, plan
from tilth.curate.parts.previous import previous_parts
from tilth.curate.parts.quotas import Quotas
from tilth.curate.parts.ties import Ties
from tilth.operation import Dataset, Reason

if TYPE_CHECKING:
    from tilth.curate.split import SplitOptions


class Partition(NamedTuple):
    """The file that every row goes to, why it goes to none, and what is to be known of it all."""

    stems: list[str]
    reasons: list[Reason | None]
    facts: dict[str, Any]


def partition(data: Dataset, options: "SplitOptions") -> Partition:
    """The part of every row."""
    earlier = previous_parts(options.previous, plan(options, 0).names) if options.previous else []
    pinned = [part for part, rows in earlier for _ in range(rows.count())]
    ties = Ties(
        [*(rows for _, rows in earlier), data], by=options.by, together=options.together, stratify=options.stratify
    )
    chosen = plan(options, len(set(ties.ids)) if earlier else len(ties.ids))
    in_order = options.stable or options.previous is not None
    if in_order:
        part, reasons, sizes = _one_by_one(ties, chosen, options, pinned)
    else:
        part, sizes = _all_at_once(ties, chosen, options)
        reasons = [None] * len(part)
    leaks = {column: facts.leak(one, part, ties.ids) for column, one in ties.compared.items()}
    torn = facts.straddling(ties, part)
    rows = slice(len(pinned), None)
    increments = _increments(ties, part, chosen, options.seed, in_order=in_order)
    # A row that is set aside belongs nowhere; should somebody want it all the same, it is for training.
    stems = [chosen.file_stem(max(each, 0), increment) for each, increment in zip(part.tolist(), increments)][rows]  # noqa: B905
    return Partition(
        stems,
        reasons[rows],
        {
            "rows": {name: int((part[rows] == number).sum()) for number, name in enumerate(chosen.names)},
            "groups": len(sizes),
            "groups_of_several_rows": sum(size > 1 for size in sizes),
            "largest_group": max(sizes, default=0),
            "strata": facts.strata_table(ties.strata, part, chosen.names),
            "leakage": leaks,
            "straddling": torn,
            "subsets": _subsets(stems, chosen),
            "notes": [facts.note(leaks, torn)] if len(part) else [],
            "warnings": facts.warnings(sizes, part, chosen.names, chosen.shares),
        },
    )


def _all_at_once(ties: Ties, chosen: Plan, options: "SplitOptions") -> tuple[NDArray[np.int64], list[int]]:
    """The part of every row and the size of every group, whatever the order of the rows."""
    number = {name: position for position, name in enumerate(sorted(set(ties.strata)))}
    members: dict[int, list[int]] = {}
    for row, label in enumerate(ties.groups(options.threshold).labels.tolist()):
        members.setdefault(label, []).append(row)
    formed = [
        Group(
            min(_key(ties.ids[row], options.seed) for row in rows),
            dict(Counter(number[ties.strata[row]] for row in rows)),
        )
        for rows in members.values()
    ]
    sizes = Counter(ties.strata)
    placed = allocate(formed, targets([sizes[name] for name in number], chosen.shares)) if formed else []
    part = np.zeros(len(ties.ids), np.int64)
    for rows, choice in zip(members.values(), placed, strict=True):
        part[rows] = choice
    return part, [len(rows) for rows in members.values()]


def _one_by_one(
    ties: Ties, chosen: Plan, options: "SplitOptions", pinned: list[int]
) -> tuple[NDArray[np.int64], list[Reason | None], list[int]]:
    """The part of every row by the rows before it, why a row has none, and the size of every group."""
    order = InOrder(ties, options.threshold, chosen.shares, options.seed)
    part = np.zeros(len(ties.ids), np.int64)
    reasons: list[Reason | None] = []
    for row in range(len(ties.ids)):
        placed = order.place(row, pinned[row] if row < len(pinned) else None)
        reasons.append(_bridging(placed, ties.ids, part, chosen))
        part[row] = placed.part if reasons[-1] is None else facts.ASIDE
    return part, reasons, np.unique(order.groups, return_counts=True)[1].tolist()


def _bridging(placed: Placed, ids: list[str], part: NDArray[np.int64], chosen: Plan) -> Reason | None:
    if placed.bridges is None:
        return None
    words = [
        f"{'shares' if tie.similarity is None else f'is {tie.similarity:.2f} similar in'} {tie.why} "
        f"{'with' if tie.similarity is None else 'to'} {ids[tie.row][:8]} in {chosen.names[part[tie.row]]}"
        for tie in placed.bridges
    ]
    closest = max(placed.bridges, key=lambda tie: 1.0 if tie.similarity is None else tie.similarity)
    return Reason("bridges-parts", ids[closest.row], closest.similarity, " and ".join(words))


def _increments(ties: Ties, part: NDArray[np.int64], chosen: Plan, seed: int, *, in_order: bool) -> list[int]:
    """For each row of the first part, the number of the subset that it comes with."""
    found = [0] * len(part)
    if not chosen.increments:
        return found
    rows = np.flatnonzero(part == 0).tolist()
    ids, strata = [ties.ids[row] for row in rows], [ties.strata[row] for row in rows]
    if in_order:
        quotas = Quotas(chosen.increments, seed)
        for row, id, stratum in zip(rows, ids, strata, strict=True):
            found[row] = quotas.next(stratum, id)
            quotas.count(stratum, found[row])
        return found
    for row, increment in zip(rows, nested(ids, strata, chosen.increments, seed), strict=True):
        found[row] = increment
    return found


def _subsets(stems: list[str], chosen: Plan) -> dict[str, Any]:
    """For each subset, the files that make it up and its rows."""
    sizes = Counter(stems)
    files = [chosen.file_stem(0, number) for number in range(len(chosen.increments))]
    found = {}
    for number in range(1, len(files) + 1):
        share = sum(chosen.increments[:number])
        found[f"{share:.6g}"] = {"files": files[:number], "rows": sum(sizes[name] for name in files[:number])}
    return found


def _key(id: str, seed: int) -> bytes:
    return blake2b(f"{seed}:{id}".encode(), digest_size=16).digest()
