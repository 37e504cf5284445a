"""`init` and `doctor`: begin a project, and see whether this machine has what it needs."""

import os
import platform
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

import tilth
from tilth.cli.summary import Json, say
from tilth.errors import UsageError

_EXTRAS = {"tokens": ("tokenizers",), "train": ("torch", "transformers", "trl", "peft", "accelerate", "datasets")}
_CORE = ("pydantic", "pyarrow", "numpy", "orjson", "PyYAML", "textual", "rich", "jinja2", "httpx2", "cyclopts")
_SMALL_DISK_GB = 2

_RECIPE = """\
# Run it with: tilth run {file}
# yaml-language-server: $schema=recipe.schema.json   (written by: tilth schema recipe > recipe.schema.json)
name: {name}
inputs:
{inputs}
steps:
  - validate: {{fix: true}}
  - clean
  - dedup: {{threshold: 0.8}}
  - outliers
  - score
  - split
"""


def init(*sources: Path, output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("recipe.yaml")) -> int:
    """Write a first recipe for the given files.

    Parameters
    ----------
    sources
        Data files; each is opened, so that a mistake shows now.
    output
        The recipe to write.
    """
    from tilth.formats import Dataset, replacing

    if not sources:
        raise UsageError("init writes a recipe for data files, and none is named", fix="tilth init data.jsonl")
    if output.exists():
        raise UsageError("the output exists", where=str(output), fix="-o ANOTHER.yaml")
    lines = []
    for source in sources:
        data = Dataset.open(source, on_error="reject")
        where = os.path.relpath(source, output.parent)
        lines.append(f"  - {{path: {_in_yaml(where)}, dialect: {data.dialect.name}}}")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", output.resolve().parent.name).strip("-._") or "run"
    with replacing(output) as temporary:
        content = _RECIPE.format(file=output, name=_in_yaml(name), inputs="\n".join(lines))
        temporary.write_text(content, encoding="utf-8")
    print(f"wrote {output}; try  tilth run {output}", file=sys.stderr)
    return 0


def _in_yaml(text: str) -> str:
    """The text as YAML, in quotes where it would be read as something else."""
    import yaml

    (line,) = yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=sys.maxsize).splitlines()
    return line.removeprefix("[").removesuffix("]")


def doctor(*, json_: Json = False) -> int:
    """Say what is installed, what is missing, and what on this machine could lose data.

    Parameters
    ----------
    json_
        Print it as one JSON object.
    """
    lines = dict(_facts())
    if json_:
        say(lines)
    else:
        for name, value in lines.items():
            print(f"{name:<10} {value}")
    return 0


def _facts() -> Iterator[tuple[str, str]]:
    yield "tilth", tilth.__version__
    yield "python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield "core", ", ".join(f"{name} {_version(name)}" for name in _CORE)
    for extra, names in _EXTRAS.items():
        missing = [name for name in names if _version(name) == "missing"]
        there = ", ".join(f"{name} {_version(name)}" for name in names)
        yield f"[{extra}]", f"missing {', '.join(missing)}; try  pip install 'tilth[{extra}]'" if missing else there
    yield (
        "sqlite",
        f"{sqlite3.sqlite_version} (decisions and paid calls use its rollback journal, safe in every version)",
    )
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    yield "disk", f"{free:.1f} GB free here" + (": little for models and runs" if free < _SMALL_DISK_GB else "")
    yield "endpoint", os.environ.get("OPENAI_BASE_URL", "none named; generate takes --endpoint or OPENAI_BASE_URL")
    yield (
        "terminal",
        f"{shutil.get_terminal_size().columns} columns, " + ("interactive" if sys.stdout.isatty() else "no terminal"),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
