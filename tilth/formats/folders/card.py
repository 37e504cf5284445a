"""The card of a data set on Hugging Face: the YAML at the top of its README.md."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tilth.errors import DataError

CARD = "README.md"
_MOST_BYTES = 1 << 20  # a card is a page; a larger one is not read for its YAML
_FENCE = "---"


def card_text(folder: Path) -> str:
    """The README.md of a folder; empty when it has none that can be a card."""
    path = folder / CARD
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        return ""
    return path.read_bytes().decode("utf-8", errors="replace").removeprefix("\ufeff").replace("\r\n", "\n")


def front_matter(text: str) -> tuple[str, str]:
    """The YAML at the top of a card and what comes after it."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return "", text
    for place, line in enumerate(lines[1:], 1):
        if line.rstrip() == _FENCE:
            return "\n".join(lines[1:place]) + "\n", "\n".join(lines[place + 1 :])
    return "", text


def read_card(folder: Path) -> Mapping[str, Any]:
    """What a card says, as JSON values; nothing when there is no card. Raises `DataError` for broken YAML."""
    from tilth.formats.container import ReadSettings
    from tilth.formats.opening import format_named

    matter, _ = front_matter(card_text(folder))
    if not matter.strip():
        return {}
    name = str(folder / CARD)
    try:
        blocks = format_named("yaml").read(io.BytesIO(matter.encode("utf-8")), ReadSettings(name))
        return next((row for block in blocks for row in block.rows), {})
    except DataError as failure:
        raise DataError(f"the YAML at the top of the card: {failure.what}", where=failure.where or name) from failure
