"""A comparison drawn for a terminal, readable from 40 columns on."""

from collections.abc import Iterator
from shutil import get_terminal_size

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tilth.curate.diffs.difference import Difference, Example, LengthDrift, ShareDrift
from tilth.curate.diffs.fields import ABSENT, Change, words_changed
from tilth.schemas import dump_json
from tilth.schemas.safe_text import safe_text

_LISTED = 12
_TEXT_WIDTH = 400
_AROUND = 60  # characters of what did not change, on both sides of what did
_HOW = {"content": "equal", "row": "the same place", "prompt": "the same prompt", "answer": "the same answer"}


def draw(found: Difference, width: int | None = None, *, colour: bool = False) -> str:
    """Counts first, then fields, examples, and how the distributions moved; what says nothing is left out."""
    console = Console(
        width=width or get_terminal_size().columns,
        color_system="standard" if colour else None,
        force_terminal=colour,
        highlight=False,
    )
    with console.capture() as drawn:
        console.print(Group(*_parts(found, colour)))
    return "\n".join(line.rstrip() for line in drawn.get().splitlines())


def _parts(found: Difference, colour: bool) -> Iterator[RenderableType]:
    yield _sides(found)
    yield Text("")
    if found.is_all:
        yield Text("the two have no row in common")
    if found.is_empty:
        same = "the rows are the same" if found.unit == "rows" else "the records are the same"
        yield Text(f"{same}, {found.unchanged:,} of {found.rows[0]:,}")
    else:
        yield _counts(found)
    for table in (_fields(found), _lengths(found), _shares("type", found.types), _shares("label", found.labels)):
        if table is not None:
            yield Text("")
            yield table
    for example in found.examples:
        yield Text("")
        yield from _example(example, colour)


def _sides(found: Difference) -> RenderableType:
    lines = []
    for name, dialect, rows, repeats in zip(found.names, found.dialects, found.rows, found.repeats, strict=True):
        twice = f", {repeats:,} repeat an earlier one" if repeats else ""
        lines.append(f"{safe_text(name, one_line=True)}: {rows:,} row{'s' * (rows != 1)}, {dialect}{twice}")
    why = "as their files hold them" if found.unit == "rows" else "by what their records say, whatever the dialect"
    return Text("\n".join([*lines, f"rows are compared {why}"]))


def _counts(found: Difference) -> Table:
    table = _table("", "rows", "share", "")
    how = [f"{count:,} by {_HOW.get(way, way)}" for way, count in found.ways.items() if way != "content" and count]
    remarks = {"edited": ", ".join(how)}
    for name in ("unchanged", "edited", "removed", "added"):
        count, rows = getattr(found, name), found.rows[1 if name == "added" else 0]
        share = f"{count / rows:.1%}" if rows else ""
        table.add_row(Text(name), f"{count:,}", share, Text(safe_text(remarks.get(name, ""), one_line=True)))
    return table


def _fields(found: Difference) -> Table | None:
    if not found.fields:
        return None
    table = _table("field edited", "rows", "share")
    for name, count in list(found.fields.items())[:_LISTED]:
        table.add_row(Text(safe_text(name, one_line=True)), f"{count:,}", f"{count / found.edited:.1%}")
    return table


def _lengths(found: Difference) -> Table | None:
    moved = {name: each for name, each in found.lengths.items() if each.drift > 0}
    if not moved:
        return None
    table = _table("length", "mean", "median", "95%", "drift")
    for name, each in moved.items():
        label = name if name != "tokens" or found.exact_tokens else "tokens (estimate)"
        table.add_row(Text(label.replace("_", " ")), *_moves(each), f"{each.drift:.1%}")
    return table


def _moves(each: LengthDrift) -> Iterator[str]:
    for before, after in (each.mean, *(each.quantiles.get(name, (0.0, 0.0)) for name in ("0.5", "0.95"))):
        yield f"{before:,.0f} → {after:,.0f}" if round(before) != round(after) else f"{after:,.0f}"


def _shares(title: str, found: ShareDrift) -> Table | None:
    if not found.drift:
        return None
    table = _table(title, "before", "after", f"drift {found.drift:.3f}")
    for name, (before, after) in list(found.shares().items())[:_LISTED]:
        table.add_row(Text(safe_text(name, one_line=True)), f"{before:.1%}", f"{after:.1%}", f"{after - before:+.1%}")
    return table


def _example(example: Example, colour: bool) -> Iterator[RenderableType]:
    place = f"{example.before} → {example.after}" if example.kind == "edited" else example.before or example.after or ""
    yield Text(safe_text(f"{example.kind}  {place}", one_line=True), style="bold" if colour else "")
    if example.row is not None:
        text = safe_text(dump_json(example.row).decode(), one_line=True)
        yield Text(text if len(text) <= _TEXT_WIDTH else text[:_TEXT_WIDTH] + " …")
    for change in example.changes[:_LISTED]:
        yield Text(f"  {safe_text(change.path, one_line=True)}: ").append_text(_change(change, colour))


def _change(change: Change, colour: bool) -> Text:
    if isinstance(change.before, str) and isinstance(change.after, str):
        return _words(words_changed(change.before, change.after), colour)
    return _words([(_written(change.before), _written(change.after))], colour)


def _words(pieces: list[tuple[str, str]], colour: bool) -> Text:
    line = Text()
    for number, (before, after) in enumerate(pieces):
        if before == after:
            line.append(safe_text(_shortened(before, number == 0, number == len(pieces) - 1), one_line=True))
            continue
        for text, style, marks in ((before, "red", "[--]"), (after, "green", "{++}")):
            shown = safe_text(text if len(text) <= _TEXT_WIDTH else text[:_TEXT_WIDTH] + " …", one_line=True)
            if shown:
                line.append(shown if colour else f"{marks[:2]}{shown}{marks[2:]}", style if colour else "")
    return line


def _shortened(text: str, is_first: bool, is_last: bool) -> str:
    """Unchanged text, with what is far from any change left out."""
    before, after = (0 if is_first else _AROUND), (0 if is_last else _AROUND)
    if len(text) <= before + after + 3:
        return text
    return text[:before] + " … " + (text[-after:] if after else "")


def _written(value: object) -> str:
    return "(absent)" if value is ABSENT else dump_json(value).decode()


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for number, title in enumerate(titles):
        is_name = number == 0 or not title
        table.add_column(Text(title), justify="left" if is_name else "right", overflow="fold")
    return table
