"""The steps that left evidence under some folders: outputs with their manifests, and the steps of runs."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tilth.errors import UsageError
from tilth.formats.opening import has_format
from tilth.recipes.evidence import Line, load_json_file, read_lines
from tilth.recipes.execute import EVIDENCE

_MANIFEST, _STEP = ".manifest.json", "step.json"


@dataclass(frozen=True)
class Step:
    """One operation that ran, and where what it left lies."""

    title: str
    """Its place for people: `unique.jsonl`, or `runs/support-desk/steps/03-dedup`."""
    operation: str
    evidence: Mapping[str, Path]
    """The files that tell of rows set aside, restored, changed, rejected; those that there are."""
    outputs: Sequence[Path] = ()
    """The rows that it handed on."""
    inputs: Sequence[Path] = ()
    """The files that it read; some may be gone."""
    came: frozenset[str] = frozenset()
    """sha256 of what it read."""
    left: frozenset[str] = frozenset()
    """sha256 of what it handed on."""
    counts: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    read: Mapping[str, Any] = field(default_factory=dict)
    """How many rows were read, and at most: `rows` and `limit`; nothing where that is the rows that came in."""

    def lines(self, kind: str, having: Iterable[str] = ()) -> Iterator[Line]:
        """Lines of an evidence file; with `having`, only those in which one of these ids stands somewhere."""
        if kind not in self.evidence:
            return
        wanted = [text.encode() for text in having]
        if not wanted:
            yield from read_lines(self.evidence[kind])
            return
        yield from read_lines(self.evidence[kind], where=lambda line: any(text in line for text in wanted))


def find_steps(places: Iterable[Path]) -> list[Step]:
    """Every step that left evidence in these files and folders, each after the steps whose output it read.

    Raises `UsageError` for a place that is not there.
    """
    found: dict[Path, Step] = {}
    for place in places:
        if not place.exists():
            raise UsageError("there is no such file or folder", where=str(place))
        for path in _evidence_in(place):
            step = _run_step(path) if path.name == _STEP else _command(path)
            if step is not None:
                found.setdefault(path.resolve(), step)
    return _in_order(list(found.values()))


def _evidence_in(place: Path) -> Iterator[Path]:
    """Files that say of a step that it was there: manifests, and evidence whose manifest is gone."""
    if place.is_file():
        beside = [path for path in (Path(f"{place}{_MANIFEST}"), place) if _is_evidence(path) and path.exists()]
        alone = Path(f"{place}.set-aside.jsonl")
        yield from beside or ([alone] if alone.exists() else [])
        return
    for folder, below, names in os.walk(place):
        # What begins with a dot is an environment, a repository, or a step that was not finished.
        below[:] = sorted(name for name in below if not name.startswith(".") and name != "node_modules")
        for name in sorted(names):
            if _is_evidence(path := Path(folder, name)) and not _has_manifest(path):
                yield path


def _is_evidence(path: Path) -> bool:
    return path.name in (_STEP, "manifest.json") or path.name.endswith((_MANIFEST, ".set-aside.jsonl"))


def _has_manifest(path: Path) -> bool:
    """Whether a file of rows set aside belongs to an output that has a manifest to tell of it."""
    if not path.name.endswith("set-aside.jsonl"):
        return False
    base = path.name.removesuffix(".set-aside.jsonl")
    return path.with_name(f"{base}{_MANIFEST}").exists()


def _run_step(path: Path) -> Step | None:
    """A step of a run, from its summary."""
    told, folder = load_json_file(path), path.parent
    if not {"operation", "outputs", "counts"} <= told.keys():
        return None
    files = [entry for entry in told["outputs"] if _is_table(str(entry["path"]))]
    read = told.get("inputs") or []
    hashes = [entry.get("sha256") for entry in read] + [
        file["sha256"] for entry in read for file in entry.get("files", ())
    ]
    return Step(
        str(folder),
        str(told["operation"]),
        _present(folder / f"{kind}.jsonl" for kind in EVIDENCE),
        [folder / str(entry["path"]) for entry in files],
        [folder.parent / str(entry["path"]) for entry in read],
        frozenset(filter(None, hashes)),
        frozenset(str(entry["sha256"]) for entry in files),
        told["counts"],
        told.get("options") or {},
    )


def _command(path: Path) -> Step | None:
    """What one command did, from the manifest beside its output, or from the rows set aside alone."""
    if path.name.endswith("set-aside.jsonl"):
        first = next(read_lines(path), None)
        base = Path(str(path).removesuffix(".set-aside.jsonl"))
        outputs = [base] if base.is_file() else []
        return Step(str(base), str(first.get("operation", "")), _beside(base), outputs) if first else None
    told = load_json_file(path)
    if not {"operation", "inputs", "outputs"} <= told.keys():
        return None  # a run's manifest: its steps speak for themselves
    in_folder = path.name == "manifest.json"
    output = path.parent if in_folder else Path(str(path).removesuffix(_MANIFEST))
    files = [entry for entry in told["outputs"] if _is_table(Path(str(entry["path"])).name, output.name)]
    return Step(
        str(output),
        str(told["operation"]),
        _present(output / f"{kind}.jsonl" for kind in EVIDENCE) if in_folder else _beside(output),
        [found for entry in files if (found := path.parent / Path(str(entry["path"])).name).exists()],
        [_input_at(path.parent, str(entry["path"])) for entry in told["inputs"]],
        frozenset(str(entry["sha256"]) for entry in told["inputs"]),
        frozenset(str(entry["sha256"]) for entry in files),
        told.get("counts") or {},
        told.get("options") or {},
        told.get("read") or {},
    )


def _is_table(name: str, output: str = "") -> bool:
    """Whether a listed output holds rows that were handed on, and is no evidence beside them."""
    is_evidence = any(name == f"{kind}.jsonl" or name == f"{output}.{kind}.jsonl" for kind in EVIDENCE)
    return not is_evidence and "artifact/" not in name and has_format(name)


def _input_at(folder: Path, recorded: str) -> Path:
    """Where a file that was read lies now: where it was, or beside the manifest when both have moved."""
    beside = folder / Path(recorded).name
    return beside if beside.exists() and not Path(recorded).exists() else Path(recorded)


def _beside(output: Path) -> Mapping[str, Path]:
    return _present(Path(f"{output}.{kind}.jsonl") for kind in EVIDENCE)


def _present(paths: Iterable[Path]) -> Mapping[str, Path]:
    return {kind: path for kind, path in zip(EVIDENCE, paths, strict=True) if path.exists()}


def _in_order(steps: list[Step]) -> list[Step]:
    """Each step after those whose output it read; otherwise by title."""
    waiting = sorted(steps, key=lambda step: step.title)
    ordered: list[Step] = []
    while waiting:
        made = {sha for step in waiting for sha in step.left - step.came}
        ready = next((step for step in waiting if not (step.came - step.left) & made), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered
