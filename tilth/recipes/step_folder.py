"""The folder of one step: worked on under a hidden name, there under its own when it is complete, reused by its key."""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tilth
from tilth.recipes.fingerprint import sha256_of
from tilth.recipes.manifest import write_json
from tilth.recipes.tally import Tally

STEP_FILE = "step.json"
_KEY_FILE = ".key"


class StepFolder:
    """One step's place in a run, such as `03-dedup`."""

    def __init__(self, steps_folder: Path, number: int, name: str, kind: str) -> None:
        self.number, self.name, self.kind = number, name, kind
        self.title = f"{number:02d}-{name}"
        self.path = steps_folder / self.title
        self.part = steps_folder / f".{self.title}.part"
        """Where the step works until it is complete."""
        self._began = time.time()

    def reusable(self, key: str) -> dict[str, Any] | None:
        """The summary of an earlier result with the same key whose files are still what they were."""
        try:
            found: dict[str, Any] = json.loads((self.path / STEP_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if found.get("key") != key or not all(map(self._is_intact, found["outputs"])):
            return None
        return {**found, "reused": True}

    def begin(self, key: str) -> Path:
        """An empty working folder; that of a killed `build` step with the same key is kept, so that it can go on."""
        marker = self.part / _KEY_FILE
        goes_on = self.kind == "build" and marker.exists() and marker.read_text(encoding="utf-8") == key
        if self.part.exists() and not goes_on:
            shutil.rmtree(self.part)
        self.part.mkdir(exist_ok=True)
        marker.write_text(key, encoding="utf-8")
        self._began = time.time()
        return self.part

    def publish(
        self, key: str, options: Mapping[str, Any], inputs: Sequence[Mapping[str, Any]], tally: Tally
    ) -> dict[str, Any]:
        """Write the summary and give the folder its name; returns the summary."""
        summary = {
            "number": self.number,
            "step": self.name,
            "operation": self.name,
            "kind": self.kind,
            "key": key,
            "options": options,
            "inputs": inputs,
            "outputs": self._outputs(),
            "counts": tally.counts(),
            "facts": tally.facts,
            "seconds": round(time.time() - self._began, 3),
            "version": tilth.__version__,
            "reused": False,
        }
        write_json(self.part / STEP_FILE, summary)
        (self.part / _KEY_FILE).unlink()
        if self.path.exists():
            shutil.rmtree(self.path)
        self.part.replace(self.path)
        return summary

    def _is_intact(self, output: Mapping[str, Any]) -> bool:
        path = self.path / str(output["path"])
        return path.exists() and sha256_of(path) == str(output["sha256"])

    def _outputs(self) -> list[dict[str, Any]]:
        """Every file of the step with its hash, but for those of checkpoints that only a resume needs."""
        files = [path for path in sorted(self.part.rglob("*")) if path.is_file() and not path.name.startswith(".")]
        listed = [path for path in files if "checkpoints" not in path.parts and path.name != STEP_FILE]
        return [
            {"path": str(path.relative_to(self.part)), "sha256": sha256_of(path), "bytes": path.stat().st_size}
            for path in listed
        ]


def table_files(step_folder: Path) -> list[Path]:
    """The rows that a step handed on: one file, or one per split."""
    single = step_folder / "data.jsonl"
    return [single] if single.exists() else sorted((step_folder / "data").glob("*.jsonl"))
