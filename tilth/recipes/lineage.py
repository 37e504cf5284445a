"""How a file came to be: the manifests from an output back to the files that nobody made."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tilth.errors import UsageError
from tilth.recipes.evidence import load_json_file
from tilth.recipes.manifest import sidecar


def file_lineage(path: Path) -> list[Mapping[str, Any]]:
    """Manifests from an output back to the files that nobody made: newest first."""
    chain: list[Mapping[str, Any]] = []
    waiting, seen = [path], set[Path]()
    while waiting:
        current = waiting.pop(0)
        if current in seen or not sidecar(current).exists():
            continue
        seen.add(current)
        manifest = load_json_file(sidecar(current))
        chain.append({"output": str(current), **manifest})
        waiting.extend(Path(entry["path"]) for entry in manifest.get("inputs", ()))
    if not chain:
        raise UsageError(
            "nothing is known of how this file was made", where=str(path), fix="a file that has FILE.manifest.json"
        )
    return chain
