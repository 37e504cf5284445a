"""The application: operations under their commands, grouped by room, and the verbs that are no operation."""

from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import getdoc

from cyclopts import App, Parameter
from cyclopts.config import Env, Toml
from platformdirs import user_config_path

from tilth import plugins
from tilth.cli.overview import operations_behind, unknown_command
from tilth.cli.wording import unwrapped

_START, _LOOK, _SHAPE, _REPEAT = "Start", "Look", "Shape", "Repeat"
_PANELS = {
    "tilth.validators": _SHAPE,
    "tilth.curate": "Curate",
    "tilth.generators": "Grow",
    "tilth.review": "Review",
    "tilth.trainers": "Teach",
}
_FAMILIES = {"generate": "Make new records from seeds.", "train": "Tune a model on the records."}
_VERBS: dict[str, tuple[str, str]] = {
    "init": ("tilth.cli.start:init", _START),
    "doctor": ("tilth.cli.start:doctor", _START),
    "inspect": ("tilth.cli.inspect:inspect", _LOOK),
    "head": ("tilth.cli.look:head", _LOOK),
    "tail": ("tilth.cli.look:tail", _LOOK),
    "cat": ("tilth.cli.look:cat", _LOOK),
    "sample": ("tilth.cli.sample:sample", _LOOK),
    "stats": ("tilth.cli.look:stats", _LOOK),
    "diff": ("tilth.cli.diff:diff", _LOOK),
    "render": ("tilth.cli.render:render", _LOOK),
    "tokenize": ("tilth.cli.tokenize:tokenize", _LOOK),
    "convert": ("tilth.cli.convert:convert", _SHAPE),
    "validate": ("tilth.cli.validate:validate", _SHAPE),
    "suspects": ("tilth.cli.suspects:suspects", "Explain"),
    "check": ("tilth.cli.check:check", "Explain"),
    "card": ("tilth.cli.card:card", "Explain"),
    "why": ("tilth.cli.why:why", "Explain"),
    "undo": ("tilth.cli.undo:undo", "Explain"),
    "restore": ("tilth.cli.why:restore", "Explain"),
    "mix": ("tilth.cli.mix:mix", _SHAPE),
    "review": ("tilth.cli.review:review", "Review"),
    "ledger": ("tilth.cli.ledger:ledger", "Grow"),
    "run": ("tilth.cli.repeat:run", _REPEAT),
    "lineage": ("tilth.cli.repeat:lineage", _REPEAT),
    "schema": ("tilth.cli.repeat:schema", _REPEAT),
}


def application(words: Sequence[str]) -> App:
    """The application with the command behind these words, importing only what it needs.

    Raises `UsageError`, with the nearest name, for a command that does not exist.
    """
    app, first = _empty(), words[0]
    if first in _VERBS:
        _add_verb(app, first)
    else:
        _add_operations(app, operations_behind(first))
        if first not in app:
            raise unknown_command(first)
    return app


def everything() -> App:
    """All commands, each with its function."""
    app = _empty()
    _add_operations(app, [name for name in plugins.installed("tilth.ops") if name not in _VERBS])
    for verb in _VERBS:
        _add_verb(app, verb)
    return app


def _empty() -> App:
    return App(
        name="tilth",
        # A word is what it says: one that begins with a bracket is a file name as good as any, and no JSON.
        default_parameter=Parameter(
            negative_iterable=(), negative_none=(), consume_multiple=True, json_list=False, json_dict=False
        ),
        config=[
            Env("TILTH_", show=False),
            Toml("tilth.toml", search_parents=True, allow_unknown=True),
            Toml("pyproject.toml", root_keys=("tool", "tilth"), search_parents=True, allow_unknown=True),
            Toml(user_config_path("tilth") / "tilth.toml", allow_unknown=True),
        ],
        help_format="plaintext",
        suppress_keyboard_interrupt=False,
    )


def _add_operations(app: App, names: Sequence[str]) -> None:
    from tilth import operation
    from tilth.cli.operations import command

    families: dict[str, App] = {}
    for name in names:
        loaded = operation.load(name)
        panel = _PANELS.get(".".join(loaded.body.__module__.split(".")[:2]), "Plugins")
        *family, last = loaded.command
        home = app
        if family:
            if family[0] not in families:
                families[family[0]] = App(name=family[0], help=_FAMILIES.get(family[0], ""), group=panel)
                app.command(families[family[0]])
            home = families[family[0]]
        home.command(command(loaded), name=last, group=panel if home is app else "Commands")


def _add_verb(app: App, verb: str) -> None:
    target, panel = _VERBS[verb]
    module, _, name = target.partition(":")
    function: Callable[..., object] = getattr(import_module(module), name)
    described = (getdoc(function) or "").partition("\n\nParameters\n")[0]
    app.command(function, name=verb, group=panel, help=unwrapped(described))
