"""Every measure by name: those of the whole set, one for each detector, and those of each signal."""

import re
from collections.abc import Callable, Sequence

from tilth import operation
from tilth.curate.measures.measure import Measure, Value
from tilth.curate.measures.subject import Subject
from tilth.curate.signals import signal_named, signals
from tilth.curate.suspects import installed_detectors
from tilth.errors import UsageError, nearest

_OF_SIGNAL = re.compile(r"(?P<how>min|max|mean|median|p\d{1,2})\((?P<signal>[a-z0-9_]+)\)")

_FIXED = (
    Measure("rows", "rows", "rows that can be read", lambda given: given.statistics.rows),
    Measure("unreadable", "rows", "rows that cannot be read", lambda given: given.unreadable),
    Measure(
        "duplicates",
        "rows",
        "rows that repeat an earlier one exactly, in what they say",
        lambda given: given.statistics.rows - given.statistics.distinct_records,
    ),
    Measure(
        "near-duplicates",
        "rows",
        "rows that `dedup` would set aside as almost the same as one that it keeps",
        lambda given: sum(row.reason.code == "near-duplicate" for row in given.doubted("dedup")),
    ),
    Measure(
        "empty-answers", "rows", "rows whose answer is there and blank", lambda given: given.statistics.empty_answers
    ),
    Measure("invalid", "rows", "rows that `validate` finds wrong", lambda given: len(given.doubted("validate"))),
    Measure(
        "leakage",
        "rows",
        "rows held out of training that are almost the same (0.8) as a row of another split, by prompt or text",
        lambda given: given.leaking,
    ),
    Measure("labels", "labels", "different labels", lambda given: len(given.labels)),
    Measure(
        "label-balance",
        "ratio",
        "rows of the rarest label for each row of the most frequent one: 1 is even",
        lambda given: min(given.labels.values()) / max(given.labels.values()) if given.labels else 1.0,
    ),
    Measure(
        "top-label",
        "share",
        "share of the most frequent label among all labels given",
        lambda given: max(given.labels.values()) / given.labels.total() if given.labels else 0.0,
    ),
)


def known() -> dict[str, Measure]:
    """The measures with names of their own; those of signals are besides: `mean(answer_words)`, `p95(tokens)`."""
    found = {measure.name: measure for measure in _FIXED}
    for name in installed_detectors():
        summary = (operation.load(name).__doc__ or "").strip().splitlines()[0].rstrip(".")
        found.setdefault(name, Measure(name, "rows", f"rows that `{name}` doubts. {summary}", _doubted(name)))
    return found


def check_name(name: str) -> None:
    """Raise `UsageError`, with the nearest name, for a measure that nobody knows."""
    _measure(name)


def take(names: Sequence[str], subject: Subject) -> dict[str, Value]:
    """The values of some measures of one data set."""
    return {name: _measure(name).take(subject) for name in dict.fromkeys(names)}


def _measure(name: str) -> Measure:
    found = _OF_SIGNAL.fullmatch(name)
    if found is not None:
        signal = signal_named(found["signal"])
        return Measure(name, signal.unit, signal.summary, _of_signal(found["how"], signal.name))
    named = known()
    if name not in named:
        hows = [f"{how}({signal})" for how in ("mean", "max", "p95") for signal in signals()] if "(" in name else []
        raise UsageError(f"there is no measure {name}", fix=nearest(name, [*named, *hows]))
    return named[name]


def _doubted(name: str) -> Callable[[Subject], float]:
    return lambda given: len(given.doubted(name))


def _of_signal(how: str, name: str) -> Callable[[Subject], float]:
    def measured(given: Subject) -> float:
        import numpy as np

        values = np.asarray(given.signal(name))
        if how == "mean":
            return float(values.mean())
        share = {"min": 0.0, "median": 0.5, "max": 1.0}.get(how)
        return float(np.quantile(values, int(how[1:]) / 100 if share is None else share))

    return measured
