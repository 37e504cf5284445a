"""How records look: one file per record type, each a function from a record to text that is safe to show."""

from tilth.tui.drawing.draw import draw, draw_row, problems_of, summary_line
from tilth.tui.drawing.page import SHOWN_CHARACTERS, Drawing

__all__ = ["SHOWN_CHARACTERS", "Drawing", "draw", "draw_row", "problems_of", "summary_line"]
