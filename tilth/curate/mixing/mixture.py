"""Which rows of which source go into a mixture, and how often; imports numpy."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tilth.curate.mixing.shares import shares, takes
from tilth.errors import UsageError, nearest
from tilth.operation import Batch, Dataset, Judged, Reason

if TYPE_CHECKING:
    from tilth.curate.mix import MixOptions

_MOST_SOURCES = 10_000  # a field with more values than that names rows, not sources
_MOST_PAIRS = 20  # of sources with rows in common that are listed


@dataclass
class Sources:
    """The source of every row, in order, and which contents are found in several."""

    names: list[str] = field(default_factory=list)
    _codes: list[NDArray[np.int32]] = field(default_factory=list)
    _found_in: dict[bytes, frozenset[int]] = field(default_factory=dict)

    def add(self, batch: Batch, names: Sequence[str]) -> None:
        """The next rows."""
        known = {name: number for number, name in enumerate(self.names)}
        codes = []
        for name, id in zip(names, batch.ids, strict=True):
            if name not in known:
                if len(known) == _MOST_SOURCES:
                    many = f"there are more than {_MOST_SOURCES:,} sources, so that they are none"
                    raise UsageError(many, fix="--by, with a field of fewer values")
                known[name] = len(known)
                self.names.append(name)
            codes.append(known[name])
            key = bytes.fromhex(id)
            before = self._found_in.get(key, frozenset())
            self._found_in[key] = before if known[name] in before else before | {known[name]}
        self._codes.append(np.array(codes, np.int32))

    @property
    def codes(self) -> NDArray[np.int32]:
        """The number of each row's source."""
        return np.concatenate(self._codes) if self._codes else np.empty(0, np.int32)

    def shared(self) -> dict[str, int]:
        """How many contents two sources have in common, for the pairs with most of them."""
        pairs: Counter[str] = Counter()
        for numbers in self._found_in.values():
            listed = sorted(numbers)
            pairs.update(
                f"{self.names[one]} + {self.names[other]}"
                for place, one in enumerate(listed)
                for other in listed[place + 1 :]
            )
        return dict(sorted(pairs.most_common(_MOST_PAIRS)))


@dataclass(frozen=True)
class Mixture:
    """How often each row is taken, the source of each, and what is to be known."""

    times: NDArray[np.int64]
    sources: Sources
    facts: dict[str, Any]

    @property
    def repeats(self) -> int:
        """Rows that come on top of the first time."""
        return int(np.maximum(self.times - 1, 0).sum())


def mixture(sources: Sources, options: "MixOptions", *, epochs: int = 1) -> Mixture:
    """The rows to take. The same sources, options and seed give the same; each row of a source is as likely."""
    codes = sources.codes
    sizes = np.bincount(codes, minlength=len(sources.names)).tolist()
    weights = _weights(options.weights, sources.names)
    wanted = shares(sizes, weights, options.temperature, options.cap)
    available = [min(size * epochs, options.cap or size * epochs) for size in sizes]
    taken = takes(wanted, available, options.rows)
    times = np.zeros(len(codes), np.int64)
    for number, (size, take) in enumerate(zip(sizes, taken, strict=True)):
        rows = np.flatnonzero(codes == number)
        if size:
            again, some = divmod(take, size)
            times[rows] = again
            times[rows[Random(f"{options.seed}:{number}").sample(range(size), some)]] += 1  # noqa: S311
    return Mixture(times, sources, _facts(sources, sizes, wanted, taken, options))


def verdicts(batches: Iterable[Batch], found: Mixture) -> Iterator[Judged]:
    """Rows that are taken once or more are kept. Rows after the last of the mixture are repeats, and are kept."""
    names, codes, row = found.sources.names, found.sources.codes, 0
    taken = found.facts["sources"]
    for batch in batches:
        reasons: list[Reason | None] = [None] * len(batch)
        for place, each in enumerate(range(row, min(row + len(batch), len(found.times)))):
            if not found.times[each]:
                name = names[codes[each]]
                gives = f"{name} gives {taken[name]['taken']:,} of its {taken[name]['rows']:,} rows"
                reasons[place] = Reason("not-in-mix", detail=gives)
        row += len(batch)
        yield Judged(batch, reasons, facts=found.facts)


def sources_of(data: Dataset, by: str) -> Sources:
    """The sources that a field names, or else the files that the rows come from."""
    sources = Sources()
    for batch in data.batches():
        if by:
            named = ["none" if name is None else name for name in batch.column(by).to_pylist()]
        else:
            named = [origin.file for origin in batch.origins]
        sources.add(batch, named)
    return sources


def _weights(given: Sequence[str], names: Sequence[str]) -> list[float] | None:
    """One weight for each source, 1 where none is given; None where there are no weights at all."""
    if not given:
        return None
    found = dict.fromkeys(names, 1.0)
    for pair in given:
        name, _, weight = pair.rpartition("=")
        if names and name not in found:
            raise UsageError(f"there is no source {name}", fix=nearest(name, names))
        found[name] = float(weight)
    return [found[name] for name in names]


def _facts(
    sources: Sources, sizes: Sequence[int], wanted: Sequence[float], taken: Sequence[int], options: "MixOptions"
) -> dict[str, Any]:
    total, shared = sum(taken), sources.shared()
    table = {
        name: {
            "rows": size,
            "taken": take,
            "share": round(take / total, 6) if total else 0.0,
            "wanted": round(share, 6),
            "passes": round(take / size, 3) if size else 0.0,
        }
        for name, size, share, take in zip(sources.names, sizes, wanted, taken, strict=True)
    }
    warnings = [
        f"{pair} have {rows:,} {'row' if rows == 1 else 'rows'} of the same content" for pair, rows in shared.items()
    ]
    if options.rows is not None and total < options.rows and sizes:
        warnings.append(f"the sources give {total:,} rows, and {options.rows:,} were asked for")
    warnings += [
        f"{name} gives {row['share']:.1%} of the rows, and {row['wanted']:.1%} were asked for: it has no more"
        for name, row in table.items()
        if options.rows is not None and total == options.rows and row["wanted"] * total > row["taken"] + 1
    ]
    notes = [f"{name}: {row['taken']:,} of {row['rows']:,} rows, {row['share']:.1%}" for name, row in table.items()]
    return {"sources": table, "in_several_sources": shared, "notes": notes[:_MOST_PAIRS], "warnings": warnings}
