"""How an instruction is drawn: system prompt, instruction, input, output."""

from tilth.operation import Fields
from tilth.tui.drawing.page import Drawing, blocks, fields


def draw_instruction(record: Fields, limit: int | None) -> Drawing:
    """The fields in the order in which a model meets them."""
    return Drawing(blocks(fields(record, ("system", "instruction", "input", "output"), limit)))
