"""How a classification is drawn: its label or labels, then the text."""

from tilth.operation import Fields
from tilth.tui.drawing.page import MARKED, Drawing, blocks, field, label, passage, stack


def draw_classification(record: Fields, limit: int | None) -> Drawing:
    """Labels first: they are what a person checks against the text."""
    labels = record.get("labels") if record.get("label") is None else [record["label"]]
    name = "labels" if record.get("label") is None else "label"
    shown = [passage(each, limit).stylize(MARKED[0]) for each in labels or []] or [passage("", limit)]
    return Drawing(blocks([stack([label(name), *shown]), field("text", record["text"], limit)]))
