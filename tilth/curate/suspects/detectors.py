"""Which operations are detectors, and with which options each is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tilth import operation, plugins
from tilth.errors import UsageError, nearest
from tilth.operation import Operation, Options


@dataclass(frozen=True)
class Detector:
    """An operation that doubts rows, and its options."""

    operation: Operation[..., Options]
    options: Options

    @property
    def name(self) -> str:
        """The operation's name."""
        return self.operation.name


def installed_detectors() -> list[str]:
    """Names of the installed operations that say how their scores are to be read."""
    return [name for name in sorted(plugins.installed("tilth.ops")) if operation.load(name).suspicion is not None]


def detectors(asked: Sequence[str] = ()) -> tuple[list[Detector], dict[str, str]]:
    """The detectors that were asked for, or all; and those of all that cannot be asked, with the reason.

    `asked` are names, or steps as in a recipe: `dedup`, `outliers: {factor: 2}`. Raises `UsageError` for a name that
    is no detector and for options that it does not have.
    """
    if asked:
        return [_asked(step) for step in asked], {}
    able: list[Detector] = []
    skipped: dict[str, str] = {}
    for name in installed_detectors():
        loaded = operation.load(name)
        try:
            able.append(Detector(loaded, loaded.options(loaded.doubting)))
        except UsageError as failure:  # an option that only a person can give, such as a file to compare with
            skipped[name] = failure.what
    return able, skipped


def _asked(step: str) -> Detector:
    name, options = _parsed(step)
    known = installed_detectors()
    if name not in known:
        what = "doubts no rows" if name in plugins.installed("tilth.ops") else "is no operation"
        raise UsageError(f"{name} {what}", fix=nearest(name, known))
    loaded = operation.load(name)
    return Detector(loaded, loaded.options({**loaded.doubting, **options}))


def _parsed(step: str) -> tuple[str, dict[str, Any]]:
    import yaml

    try:
        told = yaml.safe_load(step)
    except yaml.YAMLError as failure:
        raise UsageError(f"{step!r} is no detector", fix="--detectors dedup 'outliers: {factor: 2}'") from failure
    if isinstance(told, str):
        return told, {}
    if isinstance(told, dict) and len(told) == 1:
        ((name, options),) = told.items()
        if isinstance(options, dict) or options is None:
            return str(name), options or {}
    raise UsageError(f"{step!r} is no detector", fix="--detectors dedup 'outliers: {factor: 2}'")
