"""The keys of the review screen: one list, from which the bindings, the line of hints and the help page are made."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content

from tilth.tui.drawing.page import LABEL


def _key(key: str, action: str, description: str, meaning: str, shown: str | None = None) -> Binding:
    # Priority, so that a key has done its work before the next one is looked at: of "n", "o", "k" typed in one burst
    # the last two belong to the note.
    return Binding(key, action, description, key_display=shown or key, tooltip=meaning, priority=True)


REVIEW_KEYS: Sequence[Binding] = (
    _key("a", "accept", "accept", "accept the record and go on"),
    _key("r", "reject", "reject", "reject the record and go on"),
    _key("e", "edit", "edit", "edit the record, a box per field"),
    _key("s", "skip", "skip", "skip: leave it undecided and go on"),
    _key("u", "undo", "undo", "undo your last decision, edit or note"),
    _key("n", "note", "note", "write a note (an empty one withdraws it)"),
    _key("question_mark", "help", "help", "this page", "?"),
    _key("slash", "search", "search", "search all text of the file, ignoring case", "/"),
    _key("f", "filter", "filter", "show only undecided, accepted, ... records"),
    _key("g", "jump", "go to", "go to a row number or a record id"),
    _key("x", "export", "export", "write the reviewed data to a file"),
    _key("q", "app.quit", "quit", "quit; everything is saved already"),
    _key("E", "edit_json", "edit JSON", "edit the whole record as JSON, meta and unknown fields too"),
    _key("full_stop", "next_match", "next match", "next match of the search", "."),
    _key("comma", "previous_match", "previous match", "previous match of the search", ","),
    _key("down,j", "move(1)", "down", "next row", "down, j"),
    _key("up,k", "move(-1)", "up", "row before", "up, k"),
    _key("o", "next_open", "next open", "next undecided row"),
    _key("home", "first", "first", "first row"),
    _key("end", "last", "last", "last row"),
    _key("pagedown,space", "scroll(1)", "scroll", "scroll the record down", "space"),
    _key("pageup,b", "scroll(-1)", "scroll back", "scroll the record up", "b"),
    _key("m", "provenance", "meta", "open or fold meta and unknown fields"),
    _key("w", "whole", "whole", "show long texts whole"),
    _key("l", "list", "list", "show or hide the list"),
    _key("t", "theme", "theme", "light or dark"),
)
_HINTED = "aresun?/fgxq"


def hints(width: int) -> Content:
    """As many keys, with their names, as fit in one line; `?` is always among them."""
    by_key = {binding.key_display: binding for binding in REVIEW_KEYS}
    wanted = [by_key[key] for key in _HINTED]
    while len(wanted) > 1 and sum(len(_hint(each)) + 2 for each in wanted) > width + 2:
        wanted.remove(next(each for each in reversed(wanted) if each.key_display != "?"))
    return Content("  ").join(
        [Content.assemble((str(binding.key_display), LABEL), f" {binding.description}") for binding in wanted]
    )


def _hint(binding: Binding) -> str:
    return f"{binding.key_display} {binding.description}"
