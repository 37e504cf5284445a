"""How what a record carries besides its content is drawn: `meta` and `extra`, folded or open."""

from textual.content import Content

from tilth.operation import Fields
from tilth.schemas.safe_text import safe_text
from tilth.tui.drawing.page import QUIET, blocks, field

_NAMES_SHOWN = 8


def draw_provenance(record: Fields, limit: int | None, *, is_open: bool) -> Content:
    """One quiet line with the names, or everything."""
    carried = {name: record[name] for name in ("meta", "extra") if record.get(name)}
    if is_open:
        return blocks(field(name, given, limit) for name, given in carried.items())
    lines = []
    for name, given in carried.items():
        inner = list(given) if isinstance(given, dict) else ["…"]
        names = ", ".join(safe_text(str(key), one_line=True)[:40] for key in inner[:_NAMES_SHOWN])
        more = f" and {len(inner) - _NAMES_SHOWN} more" if len(inner) > _NAMES_SHOWN else ""
        lines.append(Content.styled(f"▸ {name}: {names}{more}  (m opens)", QUIET))
    return Content("\n").join(lines)
