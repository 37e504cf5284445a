"""Text that was decoded in another encoding than it was written in: `schÃ¶n` for `schön`."""

from difflib import SequenceMatcher

from tilth.curate.text_edits import Edit
from tilth.errors import MissingExtraError

_COMPARED = 2000  # characters of a line up to which the single damaged letters are told apart


def require_ftfy() -> None:
    """Raise `MissingExtraError` when ftfy is not installed."""
    try:
        import ftfy  # noqa: F401
    except ImportError as failure:
        raise MissingExtraError("the repair of mojibake", "quality") from failure


def mojibake_edits(text: str) -> list[Edit]:
    """What ftfy's `fix_encoding` changes, line by line (Speer, 2019). Quotes, ligatures and width stay as they are."""
    import ftfy

    edits, at = [], 0
    for line in text.split("\n") if not text.isascii() else ():
        if not line.isascii() and (fixed := ftfy.fix_encoding(line)) != line:
            edits += _differences(line, fixed, at)
        at += len(line) + 1
    return edits


def _differences(old: str, new: str, at: int) -> list[Edit]:
    """Small edits, so that the spans of other words do not grow."""
    if len(old) > _COMPARED:
        return [Edit(at, at + len(old), new)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Edit(at + start, at + end, new[first:last])
        for kind, start, end, first, last in matcher.get_opcodes()
        if kind != "equal"
    ]
