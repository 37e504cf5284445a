"""`mix`: several inputs, so much of each."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from cyclopts import Parameter
from pydantic import Field

from tilth.cli.files import Reading, Writing, input_paths, standard
from tilth.curate.mix import MixOptions
from tilth.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tilth.curate.mixing.mixture import Sources
    from tilth.formats import Dataset
    from tilth.formats.sources import RowSource
    from tilth.operation import Judged


class Flags(MixOptions):
    """The options of the operation `mix`, and what only several inputs can have."""

    epochs: Annotated[int, Field(ge=1)] = 1
    """Go through a source at most so often, where its share asks for more rows than it has."""


_DEFAULTS = Flags()


def mix(
    *sources: str,
    options: Annotated[Flags, Parameter(name="*", group="Options")] = _DEFAULTS,
    reading: Reading = Reading(),
    writing: Writing = Writing(),
) -> int:
    """Mix several inputs, so much of each, and set the other rows aside.

    An input may carry its weight (`faq.jsonl:2`). Each row of a source is as likely as any other, and all come in the
    order of the inputs. What was taken from each is said, and which have rows of the same content. One input can be
    mixed by a field (`--by meta.source`).

    Parameters
    ----------
    sources
        Files, globs or folders, each with its weight behind a colon where it has one.
    """
    from tilth.cli.perform import carry_out
    from tilth.curate.mixing.mixture import mixture, verdicts
    from tilth.operation import Operation, Options

    if not sources:
        raise UsageError("mix has no input", fix="tilth mix a.jsonl:2 b.jsonl -o mixed.jsonl")
    given = [_weighed(source) for source in sources]
    paths = [path for path, _ in given]
    if len(set(paths)) < len(paths):
        raise UsageError("an input is named twice", fix="a weight, such as a.jsonl:2")
    if any(weight is not None for _, weight in given):
        if options.weights or options.by:
            raise UsageError("weights stand behind the inputs or in --weights, and --by has sources of its own")
        stated = tuple(f"{path}={weight or '1'}" for path, weight in given)
        options = options.model_copy(update={"weights": stated})
    opened = [reading.open(path) for path in paths]
    found = mixture(_sources(paths, opened, options.by), options, epochs=options.epochs)
    whole = _joined(opened, found.times, reading, writing)

    def mix(data: "Dataset", _: Flags) -> "Iterator[Judged]":
        return verdicts(data.batches(), found)

    inputs = tuple(file for path in paths for file in input_paths(path))
    operation = cast(Operation[..., Options], Operation("judge", Flags, mix, ""))
    return carry_out(operation, options, whole, inputs, writing, limit=reading.limit, repeats=found.repeats)


def _weighed(source: str) -> tuple[str, str | None]:
    """The path and the weight behind it; a file whose name looks like that is a file."""
    path, colon, weight = source.rpartition(":")
    if standard(source) == "-":
        raise UsageError("mix goes through its inputs several times, and standard input is gone after one")
    if not colon or Path(source).exists():
        return source, None
    try:
        is_weight = 0 <= float(weight) < float("inf")
    except ValueError:
        return source, None
    if not is_weight:
        raise UsageError(f"{weight} is no weight", where=path, fix=f"{path}:2")
    return path, weight


def _sources(paths: Sequence[str], opened: "Sequence[Dataset]", by: str) -> "Sources":
    from tilth.curate.mixing.mixture import Sources, sources_of

    if len(opened) == 1 and not by:
        return sources_of(opened[0], by)
    sources = Sources()
    for path, data in zip(paths, opened, strict=True):
        for batch in data.batches():
            named = [path] * len(batch) if not by else [name or "none" for name in batch.column(by).to_pylist()]
            sources.add(batch, named)
    return sources


def _joined(opened: "Sequence[Dataset]", times: "NDArray[np.int64]", reading: Reading, writing: Writing) -> "Dataset":
    """All rows of all inputs, and after them those that are taken again."""
    import numpy as np

    from tilth.formats import Dataset
    from tilth.formats.sources import AgainSource, JoinedSource, KeptSource, RecodedSource
    from tilth.schemas.dialects import dialect as dialect_named

    first = opened[0]
    other = next((data for data in opened if data.dialect.name != first.dialect.name), None)
    if other is not None and writing.to_dialect is None:
        what = f"{first.path} is {first.dialect.name} and {other.path} is {other.dialect.name}"
        raise UsageError(what, fix="--to-dialect tilth, or another shape for all")
    own = dialect_named("tilth")
    parts: list[RowSource] = [data.source for data in opened]
    if other is not None:
        parts = [RecodedSource(data.source, data.dialect, own) for data in opened]
    again: list[RowSource] = []
    end = 0
    for data, source in zip(opened, parts, strict=True):
        starts = list(accumulate((len(batch) for batch in data.batches()), initial=end))
        for turn in range(1, int(times[end : starts[-1]].max(initial=0))):
            kept = [np.flatnonzero(times[one:two] > turn).tolist() for one, two in pairwise(starts)]
            again.append(AgainSource(KeptSource(source, kept)))
        end = starts[-1]
    return Dataset(
        JoinedSource([*parts, *again]),
        first.dialect if other is None else own,
        path=first.path,
        format=first.format,
        on_error=reading.on_error,
    )
