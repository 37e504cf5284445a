"""Manifests: which files went in and came out, with their hashes, options, versions and counts."""

import glob
import json
import platform
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tilth
from tilth.formats import replacing
from tilth.formats.sharding import SHARD, unsharded
from tilth.formats.shards import shards_named
from tilth.recipes.fingerprint import code_version, sha256_of
from tilth.recipes.tally import Tally

if TYPE_CHECKING:
    from tilth.operation import Operation, Options

_PACKAGES = ("pydantic", "pyarrow", "numpy", "orjson", "openai", "torch", "transformers", "trl", "peft", "tokenizers")


def environment() -> dict[str, Any]:
    """Versions that can change a result."""
    return {"tilth": tilth.__version__, "python": platform.python_version(), "packages": _versions(_PACKAGES)}


def sidecar(output: Path) -> Path:
    """The manifest beside an output file."""
    return output / "manifest.json" if output.is_dir() else Path(f"{unsharded(output)}.manifest.json")


def write_sidecar(
    output: Path,
    operation: "Operation[..., Options] | str",
    options: Mapping[str, Any],
    inputs: Iterable[Path],
    tally: Tally,
    sha256: Callable[[Path], str] = sha256_of,
    *,
    limit: int | None = None,
) -> None:
    """Write beside `output` what made it.

    `sha256` tells the hash of a file where the tally does not; `limit` is how many rows were to be read at most, where
    that was said.
    """

    def described(path: Path) -> dict[str, Any]:
        return {"path": str(path), "sha256": tally.hashes.get(path) or sha256(path)}

    name = operation if isinstance(operation, str) else operation.name
    content = {
        "operation": name,
        "code": "" if isinstance(operation, str) else code_version(operation),
        "options": options,
        **environment(),
        "inputs": [described(path) for path in inputs if path.exists()],
        "outputs": [described(path) for path in _files(output)],
        "read": {"rows": tally.read, "limit": limit},
        "counts": tally.counts(),
        "facts": tally.facts,
    }
    write_json(sidecar(output), content)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write indented JSON, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def _files(output: Path) -> list[Path]:
    if output.is_dir():
        rows = [path for suffix in ("parquet", "arrow") for path in output.glob(f"*/*.{suffix}")]
        return sorted(path for path in (*output.iterdir(), *rows) if path.is_file() and path != sidecar(output))
    files = shards_named(output) if SHARD in output.name else [output]
    return [*files, *sorted(output.parent.glob(f"{glob.escape(unsharded(output).name)}.*.jsonl"))]


def _versions(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
