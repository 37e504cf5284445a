"""`run`, `lineage`, `schema`: repeat work from a recipe, and read back what happened."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from tilth.cli.summary import DONE_WITH_REJECTS, Json, Quiet, say
from tilth.errors import UsageError


def run(
    recipe: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative=())] = None,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Run a recipe; steps whose inputs, options and code did not change are reused.

    Exit code 3 when some rows of the inputs could not be read; they are in steps/01-read/rejects.jsonl.

    Parameters
    ----------
    recipe
        The recipe file.
    output
        Folder of the run; runs/NAME beside the working folder when it is not given.
    set_
        Change an option for this run: STEP.OPTION=VALUE (the value is read as YAML), for example
        self-instruct.endpoint=http://127.0.0.1:8080/v1
    dry_run
        Check the recipe, print it with every default filled in, and run nothing.
    json_
        Print the manifest on standard output.
    quiet
        No progress on standard error.
    """
    from tilth.recipes.recipe import load_recipe

    checked = load_recipe(recipe, overrides=_overrides(set_ or ()))
    if dry_run:
        print(checked.completed(), end="")
        return 0
    from tilth.recipes.runner import run as run_recipe

    folder = output or Path("runs") / checked.file.name
    report = run_recipe(checked, folder, announce=lambda line: None if quiet else print(line, file=sys.stderr))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if json_:
        say(manifest)
    if not quiet:
        print(f"report: {report}", file=sys.stderr)
    return DONE_WITH_REJECTS if manifest["steps"][0]["counts"]["rejected"] else 0


def lineage(
    target: str,
    /,
    *,
    run: Path | None = None,
    json_: Json = False,
) -> int:
    """Tell where a record or a file came from and what happened to it.

    Parameters
    ----------
    target
        A record's id (its first digits are enough), or a file that Tilth wrote.
    run
        Folder of the run to look in, or any folder with outputs of Tilth; the newest run under runs/, or else the
        working folder, when it is not given.
    json_
        Print it as one JSON object.
    """
    if Path(target).exists():
        from tilth.recipes.lineage import file_lineage

        chain = file_lineage(Path(target))
        say({"files": chain}) if json_ else _print_chain(chain)
        return 0
    from tilth.cli.why_text import lineage_text
    from tilth.recipes.trace.history import history
    from tilth.recipes.trace.steps import find_steps

    found = history(target, find_steps([run or _newest_run()]), with_rows=True)
    if json_:
        events = [
            {"step": event.step.title, "what": event.what, "id": event.id, **event.line} for event in found.events
        ]
        say({"ids": found.ids, "parents": found.parents, "children": found.children, "events": events})
    else:
        print("\n".join(lineage_text(found)))
    return 0


def schema(what: str = "recipe", /) -> int:
    """Print a JSON Schema for editors: of recipes, of one operation's options, or of one record type.

    Parameters
    ----------
    what
        `recipe`, the name of an operation (dedup), or the name of a record type (chat).
    """
    from tilth.recipes.schema import schema_of

    print(json.dumps(schema_of(what), indent=2, ensure_ascii=False))
    return 0


def _overrides(settings: list[str] | tuple[()]) -> Mapping[str, Mapping[str, Any]]:
    import yaml

    found: dict[str, dict[str, Any]] = {}
    for setting in settings:
        place, equals, value = setting.partition("=")
        step, dot, option = place.partition(".")
        if not (equals and dot and option):
            raise UsageError(f"--set takes STEP.OPTION=VALUE, and this is {setting}", fix="--set dedup.threshold=0.9")
        try:
            found.setdefault(step, {})[option.replace("-", "_")] = yaml.safe_load(value)
        except yaml.YAMLError as failure:
            raise UsageError(f"--set {setting}: the value is not YAML", fix=f"--set '{place}=\"TEXT\"'") from failure
    return found


def _newest_run() -> Path:
    runs = sorted(Path("runs").glob("*/manifest.json"), key=lambda path: path.stat().st_mtime)
    return runs[-1].parent if runs else Path()


def _print_chain(chain: list[Mapping[str, Any]]) -> None:
    from tilth.schemas.safe_text import safe_text

    for entry in chain:
        inputs = ", ".join(item["path"] for item in entry.get("inputs", ()))
        lines = [entry["output"]]
        if "steps" in entry:
            lines.append(f"  made by  the recipe {entry['name']} (tilth {entry['tilth']}) from {inputs}")
            lines += [
                f"  step {step['number']:<3} {step['step']}: {_counted(step['counts'])}" for step in entry["steps"]
            ]
        else:
            lines.append(f"  made by  {entry['operation']} (tilth {entry['tilth']}) from {inputs}")
            lines.append(f"  counts   {_counted(entry.get('counts', {}))}")
            lines.append(f"  options  {json.dumps(entry['options'], ensure_ascii=False)}")
        print(safe_text("\n".join(lines)))


def _counted(counts: Mapping[str, Any]) -> str:
    made = f"{counts['made']} made, " if counts.get("made") else ""
    back = f" ({counts['restored']} restored)" if counts.get("restored") else ""
    return (
        f"{counts.get('in')} in, {made}{counts.get('kept')} kept{back}, "
        f"{counts.get('set_aside')} set aside, {counts.get('rejected')} rejected"
    )
