"""How a preference is drawn: the prompt, and both answers beside each other."""

from tilth.operation import Fields
from tilth.tui.drawing.conversation import said
from tilth.tui.drawing.page import BAD, GOOD, Drawing, blocks, field, fields, label, stack


def draw_preference(record: Fields, limit: int | None) -> Drawing:
    """Prompt above, chosen left and rejected right, scores below."""
    prompt = stack([label("prompt"), said(record["prompt"], limit)])
    chosen = stack([label("✓ chosen", style=GOOD), said(record["chosen"], limit)])
    rejected = stack([label("✗ rejected", style=BAD), said(record["rejected"], limit)])
    above = blocks([*fields(record, ("system",), limit), prompt])
    below = blocks([field(name, record[name], limit) for name in ("margin", "ratings") if record.get(name) is not None])
    return Drawing(above, (chosen, rejected), below)
