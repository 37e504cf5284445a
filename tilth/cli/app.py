"""The application: operations under their commands, grouped by room, and the verbs that are no operation."""

from collections.abc import Callable, Sequence
from importlib import import_module

from cyclopts import App, Parameter
from cyclopts.config import Env, Toml
from platformdirs import user_config_path

import tilth
from tilth import operation, plugins
from tilth.cli.operations import command

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
    "inspect": ("tilth.cli.look:inspect", _LOOK),
    "head": ("tilth.cli.look:head", _LOOK),
    "cat": ("tilth.cli.look:cat", _LOOK),
    "stats": ("tilth.cli.look:stats", _LOOK),
    "convert": ("tilth.cli.convert:convert", _SHAPE),
    "validate": ("tilth.cli.validate:validate", _SHAPE),
    "review": ("tilth.cli.review:review", "Review"),
    "ledger": ("tilth.cli.ledger:ledger", "Grow"),
    "run": ("tilth.cli.repeat:run", _REPEAT),
    "lineage": ("tilth.cli.repeat:lineage", _REPEAT),
    "schema": ("tilth.cli.repeat:schema", _REPEAT),
}


def application(words: Sequence[str] = ()) -> App:
    """The commands. With words, only what they need is imported; without, or for the general help, all of it."""
    app = App(
        name="tilth",
        help="From raw, messy or scarce text to a training set you can trust, and a model trained on it.",
        version=tilth.__version__,
        default_parameter=Parameter(negative=(), consume_multiple=True),
        config=[
            Env("TILTH_", show=False),
            Toml("tilth.toml", search_parents=True, allow_unknown=True),
            Toml("pyproject.toml", root_keys=("tool", "tilth"), search_parents=True, allow_unknown=True),
            Toml(user_config_path("tilth") / "tilth.toml", allow_unknown=True),
        ],
        help_format="plaintext",
        suppress_keyboard_interrupt=False,
    )
    first = words[0] if words else ""
    if first in _VERBS:
        target, panel = _VERBS[first]
        app.command(_imported(target), name=first, group=panel)
        return app
    families: dict[str, App] = {}
    for name in [first] if first in plugins.installed("tilth.ops") else plugins.installed("tilth.ops"):
        if name in _VERBS:
            continue
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
    if not first or first.startswith("-") or first not in {*plugins.installed("tilth.ops"), *families}:
        for verb, (target, panel) in _VERBS.items():
            app.command(_imported(target), name=verb, group=panel)
    return app


def _imported(target: str) -> Callable[..., object]:
    module, _, name = target.partition(":")
    found: Callable[..., object] = getattr(import_module(module), name)
    return found
