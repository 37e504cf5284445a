"""`docs/reference/signals.md`: every signal with its unit and its source, from the declarations."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tilth.curate.signals import Signal

_INTRO = """\
# Signals

Written from the declarations by `make docs`; not to be edited.

A signal is one number for each record. Every option that names signals (`tilth outliers --signals ...`, `tilth measure
--signals ...`) takes these names. *Looks at* says which part of a record counts: `answer, text` means the answer, or
the whole text of a record that has none; the answer of a preference is the chosen one. A record without the part has no
value. [The guide to signals](../guides/signals.md) shows how they are used and kept.
"""
_NEEDS = {"": "", "model": " Needs a model: `tilth measure --model FOLDER`.", "set": " Depends on the whole set."}


def signals_page() -> str:
    """The page: a table for each file of declarations, in order of their names."""
    from tilth.curate.signals import signals

    by_file = sorted(signals().values(), key=lambda one: one.measure_texts.__module__)
    sections = [_section(list(group)) for _, group in groupby(by_file, key=lambda one: one.measure_texts.__module__)]
    return "\n".join([_INTRO, *sections])


def _section(signals: "list[Signal]") -> str:
    module = signals[0].measure_texts.__module__.rpartition(".")[2]
    return "\n".join([f"## {module.capitalize()}", "", *_table(signals), ""])


def _table(signals: "Iterable[Signal]") -> list[str]:
    rows = [
        f"| `{one.name}` | {one.unit} | {', '.join(one.columns)} | {_cell(one.summary)}{_NEEDS[one.needs]} "
        f"| {_cell(one.source)} |"
        for one in signals
    ]
    return ["| signal | unit | looks at | what it says | source |", "|---|---|---|---|---|", *rows]


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")
