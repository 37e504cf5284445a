"""The reference pages, written from the declarations: every operation with its options, every command with its help."""

import io
import typing
from collections.abc import Iterator
from typing import Any

from cyclopts import App
from pydantic.fields import FieldInfo
from rich.console import Console

from tilth import operation, plugins
from tilth.cli.overview import overview_text
from tilth.cli.wording import unwrapped
from tilth.operation import Operation, Options

_WIDTH = 100
_KINDS = {
    "judge": "keeps rows or sets them aside",
    "rewrite": "keeps rows, changes some, or sets them aside",
    "make": "makes new records; the candidates that fail are set aside",
    "build": "hands rows on and builds a folder of results from them",
}


def operations_page() -> str:
    """`docs/reference/operations.md`: each operation with its command, kind and options."""
    pages = [operation_section(operation.load(name)) for name in plugins.installed("tilth.ops")]
    intro = (
        "# Operations\n\nWritten from the declarations by `make docs`; not to be edited.\n\n"
        "An operation has one name in Python (`tilth.dedup`), on the command line (`tilth dedup`) and in a recipe "
        "(`- dedup: {...}`), and the same options everywhere.\n"
    )
    return "\n".join([intro, *pages])


def operation_section(op: Operation[..., Options]) -> str:
    """The part of the page that describes one operation."""
    summary, _, body = unwrapped(op.__doc__ or "").partition("\n\n")
    lines = [f"## {op.name}", "", summary, "", f"`tilth {' '.join(op.command)}`: {_KINDS[op.kind]}.", ""]
    lines += [body, ""] if body else []
    lines += ["| option | type | default | meaning |", "|---|---|---|---|"]
    lines += [_option_row(name, field) for name, field in op.options_type.model_fields.items()]
    return "\n".join([*lines, ""])


def commands_page(app: App) -> str:
    """`docs/reference/commands.md`: the help of every command, as a terminal of 100 columns shows it."""
    sections = ["# Commands\n\nWritten by `make docs` from the commands themselves; not to be edited.\n"]
    sections.append(f"## tilth\n\n```console\n$ tilth --help\n{overview_text(_WIDTH).strip()}\n```\n")
    for words in _commands(app):
        title = " ".join(["tilth", *words])
        sections.append(f"## {title}\n\n```console\n$ {title} --help\n{_help(app, words)}\n```\n")
    return "\n".join(sections)


def _commands(app: App) -> Iterator[tuple[str, ...]]:
    for name in sorted(name for name in app if not name.startswith("-")):
        yield (name,)
        for below in sorted(below for below in app[name] if not below.startswith("-")):
            yield (name, below)


def _help(app: App, words: tuple[str, ...]) -> str:
    screen = io.StringIO()
    app.help_print(list(words), console=Console(file=screen, width=_WIDTH, no_color=True, legacy_windows=False))
    return "\n".join(line.rstrip() for line in screen.getvalue().strip().splitlines())


def _option_row(name: str, field: FieldInfo) -> str:
    default = "required" if field.is_required() else f"`{_default(field)}`"
    meaning = " ".join((field.description or "").split())
    cells = [f"`{name}`", f"`{_type_name(field.annotation)}`{_bounds(field)}", default, meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return "none" if value is None else str(value)


def _type_name(annotation: Any) -> str:
    if typing.get_origin(annotation) is typing.Literal:
        return " or ".join(str(choice) for choice in typing.get_args(annotation))
    if typing.get_origin(annotation) is typing.Annotated:
        return _type_name(
            typing.get_args(annotation)[0]
        )  # what is annotated prints its address, which is never the same
    if arguments := [part for part in typing.get_args(annotation) if part not in (type(None), ...)]:
        names = [_type_name(part) for part in arguments]
        origin = getattr(typing.get_origin(annotation), "__name__", "")
        return " or ".join(names) if origin in ("Union", "UnionType") else f"{origin} of {', '.join(names)}"
    name = str(getattr(annotation, "__name__", annotation))
    return {"str": "text", "Path": "path", "bool": "yes or no"}.get(name, name)


def _bounds(field: FieldInfo) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = [f"{signs[name]} {getattr(mark, name)}" for mark in field.metadata for name in signs if hasattr(mark, name)]
    return f" {', '.join(found)}" if found else ""
