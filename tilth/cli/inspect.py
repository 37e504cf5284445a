"""`tilth inspect`: what a file or a folder is, told without loading it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

from cyclopts import Parameter

from tilth.cli.aligned import terminal_width
from tilth.cli.files import Reading, standard
from tilth.cli.summary import Json, say
from tilth.errors import GateError

if TYPE_CHECKING:
    from tilth.artifacts import Artifact, Recogniser, Survey

Gate = Literal["missing", "broken", "unsafe"]
"""What can be wrong with an artifact; each is a field of it."""


def inspect(
    source: str,
    /,
    *,
    reading: Reading = Reading(),
    whole: Annotated[bool, Parameter(negative=())] = False,
    fail_on: tuple[Gate, ...] = (),
    json_: Json = False,
) -> int:
    """Tell what a file or a folder is, and what is missing, broken or unsafe about it; nothing is loaded or run.

    Rows: container, dialect, record types, fields, first problems, and the command that converts them. Whatever else
    lies around a fine-tuning project (models, adapters, checkpoints, tokenizers, configs, logs): what it is for and
    what it says about itself. A folder: what it is as a whole, and a line for each thing in it.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    whole
        Count all rows, however long it takes; otherwise a look ends after about a second.
    fail_on
        Exit with code 4 when something is missing, broken or unsafe.
    json_
        Print it as one JSON object.
    """
    path = Path(standard(source))
    # A flag that says how rows are read says that these are rows. What is not there, the readers of rows explain.
    if reading != Reading() or standard(source) == "-" or not path.exists():
        return _tell_rows(source, reading, whole=whole, json_=json_)
    if path.is_dir():
        return _tell_folder(path, fail_on, json_=json_)
    from tilth.artifacts import recognise

    artifact = recognise(path, _recognisers())
    if artifact is None:
        return _tell_rows(source, reading, whole=whole, json_=json_)
    return _tell_artifact(path, artifact, fail_on, json_=json_)


def _tell_artifact(path: Path, artifact: "Artifact", fail_on: Sequence[Gate], *, json_: bool) -> int:
    from tilth.cli.inspect_text import artifact_lines

    if json_:
        say({"file": str(path), **artifact.as_json()})
    else:
        _print("\n".join(artifact_lines(str(path), artifact, terminal_width())))
    _check_gates([(str(path), artifact)], fail_on)
    return 0


def _tell_folder(path: Path, fail_on: Sequence[Gate], *, json_: bool) -> int:
    from tilth.artifacts import survey
    from tilth.cli.inspect_text import survey_lines
    from tilth.cli.row_look import name_rows

    seen = survey(path, _recognisers())
    if json_:
        say(seen.as_json())
    else:
        _print("\n".join(survey_lines(name_rows(seen), terminal_width())))
    _check_gates(_parts(seen), fail_on)
    return 0


def _tell_rows(source: str, reading: Reading, *, whole: bool, json_: bool) -> int:
    from tilth.cli.inspect_text import row_lines
    from tilth.cli.row_look import look_at_rows

    look = look_at_rows(source, reading, whole=whole)
    if json_:
        say(look.as_json())
    else:
        _print("\n".join(row_lines(look, terminal_width())))
    return 0


def _parts(seen: "Survey") -> list[tuple[str, "Artifact"]]:
    inside = [(str(seen.path / each.path), each.artifact) for each in seen.entries if each.artifact is not None]
    return [(str(seen.path), seen.whole), *inside] if seen.whole is not None else inside


def _check_gates(parts: Sequence[tuple[str, "Artifact"]], gates: Sequence[Gate]) -> None:
    """Raise `GateError` for the first part that is what it must not be, and say how many there are."""
    found = [
        (path, f"{gate}: {reasons[0]}")
        for path, artifact in parts
        for gate in gates
        if (reasons := cast(list[str], getattr(artifact, gate)))
    ]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise GateError(found[0][1] + more, where=found[0][0])


def _recognisers() -> "Sequence[Recogniser]":
    """Tilth's own, after those that other packages bring."""
    from tilth import plugins
    from tilth.artifacts import RECOGNISERS

    others = [plugins.load("tilth.artifacts", name) for name in plugins.installed("tilth.artifacts")]
    return (*(cast("type[Recogniser]", each)() for each in others), *RECOGNISERS)


def _print(text: str) -> None:
    from tilth.schemas.safe_text import safe_text

    print(safe_text(text))
