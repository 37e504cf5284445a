"""The operation `measure`: signals computed once and kept beside the rows."""

from array import array
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from tilth.curate.signals import SignalNames, signal_named, signals
from tilth.curate.signals.kept import with_kept
from tilth.errors import MissingExtraError, UsageError
from tilth.operation import Batch, Dataset, Judged, Options, rewrite

if TYPE_CHECKING:
    from tilth.curate.causal import CausalModel

_LANGUAGE, _PERPLEXITY = "language_confidence", "perplexity"
_DIGITS = 6  # of a kept value: enough for every use, few enough to read


def _cheap() -> tuple[str, ...]:
    """The signals that need nothing but the text and this package."""
    return tuple(name for name, one in signals().items() if not one.needs and name != _LANGUAGE)


class MeasureOptions(Options):
    """Which signals are measured."""

    signals: SignalNames = _cheap()
    """The signals; without a choice, all that need no model and no extra."""
    model: Path | None = None
    """Folder of a causal language model, for `perplexity`; nothing is downloaded."""

    @field_validator("signals")
    @classmethod
    def _are_of_rows(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if signal_named(name).needs == "set":
                said = "{name} depends on the other rows and would be wrong in any other set; use it in outliers"
                raise PydanticCustomError("of_the_set", said, {"name": name})
        return names


@rewrite(MeasureOptions)
def measure(data: Dataset, options: MeasureOptions) -> Iterator[Judged]:
    """Write signals into `meta.signals`, where `outliers`, `stats` and every other user of signals finds them again.

    The values are kept with the identity of the record they were measured on: once a record is edited, they no longer
    count and are measured anew. `language_confidence` also writes the `language` (ISO 639-1).
    """
    model = _model(options)
    names = tuple(dict.fromkeys(options.signals))
    values = {name: array("d") for name in names}
    for batch in data.batches():
        measured = {name: _measured(name, batch, model) for name in names}
        for name, column in measured.items():
            values[name].extend(value for value in column if value is not None)
        keys = {name: signal_named(name).key for name in names}
        written: list[dict[str, Any]] = [
            {keys[name]: measured[name][row] for name in names} for row in range(len(batch))
        ]
        if _LANGUAGE in names:
            for one, language in zip(written, _languages(batch), strict=True):
                one["language"] = language
        rows = zip(batch.records, batch.ids, written, strict=True)
        records = [with_kept(record, id, one) for record, id, one in rows]
        yield Judged(batch, [None] * len(batch), records, facts={"signals": _facts(values)})


def _model(options: MeasureOptions) -> "CausalModel | None":
    if _PERPLEXITY not in options.signals:
        if options.model is not None:
            raise UsageError("a model is named, and no signal needs one", fix="--signals perplexity")
        return None
    if options.model is None:
        raise UsageError("perplexity needs a model, and none is named", fix="--model FOLDER")
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise MissingExtraError("measuring perplexity", "train")
    from tilth.curate.causal import CausalModel

    return CausalModel(options.model)


def _measured(name: str, batch: Batch, model: "CausalModel | None") -> list[float | None]:
    if name == _PERPLEXITY and model is not None:
        return model.perplexities(batch.column("text").to_pylist())
    found = signal_named(name).measure(batch)
    return [None if value != value else _rounded(value) for value in found.tolist()]


def _languages(batch: Batch) -> list[str | None]:
    from tilth.curate.signals.language import languages

    return [language for language, _ in languages(batch.column("text").to_pylist())]


def _rounded(value: float) -> float | int:
    return int(value) if value == int(value) else float(f"{value:.{_DIGITS}g}")


def _facts(values: Mapping[str, "array[float]"]) -> dict[str, Any]:
    """For the report: what each signal is, and how it is spread."""
    import numpy as np

    facts = {}
    for name, column in values.items():
        signal, found = signal_named(name), np.frombuffer(column, np.float64)
        facts[name] = {"unit": signal.unit, "summary": signal.summary, "rows": len(found)}
        if len(found):
            shares = np.quantile(found, [0.05, 0.5, 0.95])
            facts[name] |= {"mean": float(found.mean()), "p05": shares[0], "median": shares[1], "p95": shares[2]}
    return facts
