"""Where everything came from: inputs, steps and results with their hashes, versions, seeds, and the whole recipe."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tilth.recipes.evidence import RunEvidence
from tilth.recipes.report.words import duration, size
from tilth.schemas.safe_text import safe_text

_HASH_DIGITS = 16


@dataclass(frozen=True)
class InputLine:
    """One input file."""

    path: str
    shape: str
    rows: int
    rejected: int
    sha256: str
    why: str


@dataclass(frozen=True)
class OutputLine:
    """One file that a step wrote."""

    path: str
    bytes: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """What is needed to make this run again and to see that it is the same."""

    started: str
    seconds: str
    tilth: str
    versions: list[tuple[str, str]]
    seeds: list[tuple[str, int]]
    inputs: list[InputLine]
    outputs: list[OutputLine]
    recipe_name: str
    recipe_sha256: str
    recipe: str


def provenance(run: RunEvidence) -> Provenance:
    """Everything from the manifest that a reader may want to check."""
    manifest = run.manifest
    recipe = run.folder / "recipe.yaml"
    return Provenance(
        started=datetime.fromtimestamp(manifest["started"], UTC).strftime("%d %B %Y, %H:%M UTC"),
        seconds=duration(manifest["seconds"]),
        tilth=manifest["tilth"],
        versions=[("Python", manifest["python"]), *manifest["packages"].items()],
        seeds=[(step.name, step.options["seed"]) for step in run.steps if "seed" in step.options],
        inputs=[_input(entry) for entry in manifest["inputs"]],
        outputs=[
            OutputLine(
                f"{step.folder.name}/{entry['path']}", size(entry.get("bytes", 0)), entry["sha256"][:_HASH_DIGITS]
            )
            for step in run.steps
            for entry in step.summary["outputs"]
        ],
        recipe_name=safe_text(str(manifest["recipe"]["path"]), one_line=True),
        recipe_sha256=manifest["recipe"]["sha256"][:_HASH_DIGITS],
        recipe=safe_text(recipe.read_text(encoding="utf-8")) if recipe.exists() else "",
    )


def _input(entry: dict[str, object]) -> InputLine:
    types, why = entry.get("record_types"), entry.get("why")
    shape = [str(entry.get("format") or ""), str(entry.get("dialect") or "")]
    shape += [", ".join(map(str, types))] if isinstance(types, list) and types else []
    return InputLine(
        safe_text(str(entry["path"]), one_line=True),
        " · ".join(part for part in shape if part),
        int(str(entry["rows"])),
        int(str(entry.get("rejected") or 0)),
        str(entry.get("sha256") or "")[:_HASH_DIGITS],
        safe_text("; ".join(map(str, why)) if isinstance(why, list) else "", one_line=True),
    )
