"""One entry of `dataset_info.json`: the names that a file has for LLaMA-Factory's columns and tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

COLUMNS = (
    "prompt",
    "query",
    "response",
    "history",
    "messages",
    "system",
    "tools",
    "images",
    "videos",
    "audios",
    "chosen",
    "rejected",
    "kto_tag",
)
"""What LLaMA-Factory asks a file for, in its own order."""
DEFAULT_COLUMNS = {"prompt": "instruction", "query": "input", "response": "output", "messages": "conversations"}
"""What it takes where an entry names no columns at all; a column that an entry leaves out is not looked at."""
DEFAULT_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}


@dataclass(frozen=True)
class Entry:
    """What an entry says of a file."""

    formatting: str
    columns: Mapping[str, str] = field(default_factory=dict)
    """The file's name for each column that it has."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The file's word for each tag."""
    is_ranking: bool = False

    @staticmethod
    def read(said: Any) -> "Entry | None":
        """The entry as LLaMA-Factory understands it; None when it is not one."""
        if not isinstance(said, dict):
            return None
        columns, tags = said.get("columns", DEFAULT_COLUMNS), said.get("tags", DEFAULT_TAGS)
        if not (isinstance(columns, dict) and isinstance(tags, dict)):
            return None
        formatting = said.get("formatting", "alpaca")
        return Entry(
            "sharegpt" if formatting == "openai" else str(formatting),
            {name: columns[name] for name in COLUMNS if isinstance(columns.get(name), str)},
            {name: tags[name] for name in DEFAULT_TAGS if isinstance(tags.get(name), str)},
            said.get("ranking") is True,
        )

    def usual_names(self) -> dict[str, str]:
        """The file's names by the usual ones, for the columns that it has."""
        return {DEFAULT_COLUMNS.get(column, column): name for column, name in self.columns.items()}


def exchanged(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A renaming that loses nothing: where a name is taken, the two change places.

    Of pairs of old and new names; what is renamed there and back is as it was.
    """
    places: dict[str, str] = {}
    for old, new in names:
        if old != new and old not in places and new not in places.values():
            places[old] = new
    # A new name that stays where it is would be there twice: it takes an old name that became free.
    free = [old for old in places if old not in places.values()]
    for new in [new for new in places.values() if new not in places]:
        places[new] = free.pop(0)
    return places
