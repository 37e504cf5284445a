"""What a signal is, and the one place where all of them are known."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from tilth.errors import UsageError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tilth.operation import Batch

Texts = list[str | None]
"""One column of a batch; None where a record does not have that part."""
Measure = Callable[..., "list[float | None]"]
Needs = Literal["", "model", "set"]
"""What a signal asks for beyond the texts of a row: nothing, a language model, or the other rows of the set."""


@dataclass(frozen=True)
class Signal:
    """A number that says something about a record."""

    name: str
    unit: str
    """What it counts: `words`, `share`, ..."""
    columns: tuple[str, ...]
    """The parts it looks at, in the order in which `measure_texts` takes them."""
    is_skewed: bool
    """Whether it spreads over orders of magnitude, so that a log scale shows it better."""
    summary: str
    """What it says, for the docs and the report."""
    measure_texts: Measure
    source: str = ""
    """Where the definition is published, or whose definition it is."""
    version: int = 1
    """Raised when the same text gets another number: what was kept under the old one no longer counts."""
    needs: Needs = ""

    @property
    def key(self) -> str:
        """The name under which a record keeps its value."""
        return self.name if self.version == 1 else f"{self.name}@{self.version}"

    def measure(self, batch: "Batch") -> "NDArray[np.float64]":
        """One number per row, NaN where a row does not have what the signal looks at.

        What a record keeps in `meta.signals`, and has not been edited since, is taken from there.
        """
        import numpy as np

        from tilth.curate.signals.kept import kept_values

        values = kept_values(batch, self.key)
        fresh = np.arange(len(batch)) if values is None else np.flatnonzero(np.isinf(values))
        if values is None or len(fresh) == len(batch):
            return self._measured(batch)
        if len(fresh):
            values[fresh] = self._measured(batch.take(fresh.tolist()))
        return values

    def _measured(self, batch: "Batch") -> "NDArray[np.float64]":
        import numpy as np

        columns = [batch.column(name).to_pylist() for name in self.columns]
        values = self.measure_texts(*columns)
        return np.array([np.nan if value is None else value for value in values], np.float64)


_known: dict[str, Signal] = {}


def signal(
    unit: str,
    columns: tuple[str, ...],
    *,
    is_skewed: bool = False,
    source: str = "",
    version: int = 1,
    needs: Needs = "",
) -> Callable[[Measure], Measure]:
    """Declare a signal: the function below takes the columns (one list of texts each) and gives one number per row.

    Its name is the signal's name, its docstring what people read about it. From here come the allowed values of
    every option that names signals, their docs and the axes of the report. `source` says where the definition is
    published.
    """

    def declare(measure: Measure) -> Measure:
        summary = cleandoc(measure.__doc__ or "").replace("\n", " ")
        name = measure.__name__
        _known[name] = Signal(name, unit, columns, is_skewed, summary, measure, source, version, needs)
        return measure

    return declare


def signals() -> dict[str, Signal]:
    """Every declared signal by name, in the order of declaration."""
    return dict(_known)


def signal_named(name: str) -> Signal:
    """The signal of that name. Raises `UsageError`, with the nearest name, when nobody declared it."""
    if name not in _known:
        raise UsageError(f"no signal is called {name}", fix=nearest(name, _known))
    return _known[name]


def _check_name(name: str) -> str:
    if name not in _known:
        raise PydanticCustomError(
            "unknown_signal", "no signal is called that; try {near}", {"near": nearest(name, _known)}
        )
    return name


class _KnownNames:
    """Puts the declared names into the JSON Schema of every option that takes a signal."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "enum": list(_known)}


def _check_some(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise PydanticCustomError("no_signal", "name at least one signal")
    return names


SignalName = Annotated[str, AfterValidator(_check_name), _KnownNames]
"""The type of an option that names a signal."""
SignalNames = Annotated[tuple[SignalName, ...], AfterValidator(_check_some)]
"""The type of an option that names one signal or more."""
