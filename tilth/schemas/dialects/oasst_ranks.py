"""The replies of Open Assistant's trees as preferences: people ranked them."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Numbered, Row
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.oasst_tree import first_message, is_tree
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields

_ROLES = {"prompter": "user", "assistant": "assistant"}


class OasstRanks(Dialect):
    """Open Assistant's trees again: wherever replies are ranked, the best against each of the others.

        {"message_tree_id": "1", "prompt": {"message_id": "1", "role": "prompter", "text": "Is 9 a prime?", "replies":
         [{"message_id": "2", "role": "assistant", "text": "No.", "rank": 0},
          {"message_id": "3", "role": "assistant", "text": "Yes.", "rank": 1}]}}

    Read only, and by name: pairs do not make a tree.
    """

    name: ClassVar[str] = "oasst-ranks"
    summary: ClassVar[str] = "the ranked replies of conversation trees as preferences (Open Assistant; read only)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = ("message_tree_id", "prompt")
    unfolds: ClassVar[bool] = True
    is_detected: ClassVar[bool] = False

    def recognise(self, row: Row) -> str | None:
        """A tree of messages."""
        return "every row is a tree of messages with their replies" if is_tree(row) else None

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """The pairs of each tree."""
        for line, row in rows:
            root = first_message(row)
            if root is not None:
                yield from ((line, pair) for pair in _pairs(root))

    def decode(self, row: Row) -> Fields:
        """The path as the prompt; ids, ranks and language in `meta`."""
        best, other = row["chosen"], row["rejected"]
        ranks = {"chosen": best["rank"], "rejected": other["rank"]}
        ids = {"chosen": best.get("message_id"), "rejected": other.get("message_id")}
        return {
            "type": "preference",
            "prompt": [_message(node) for node in row["path"]],
            "chosen": [_message(best)],
            "rejected": [_message(other)],
            "meta": {"oasst": {"ranks": ranks, "message_ids": ids, "lang": best.get("lang")}},
        }

    def encode(self, fields: Fields) -> dict[str, Any]:
        """Nothing can be written: always raises `LossError`."""
        raise LossError(self.name, ["type (it is read only; --to-dialect trl-preference can be written)"])


def _pairs(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [(root, [root])]
    while waiting:
        node, path = waiting.pop()
        replies = node.get("replies") or []
        ranked = sorted((each for each in replies if type(each.get("rank")) is int), key=lambda each: int(each["rank"]))
        if ranked and node["role"] == "prompter":
            best = ranked[0]
            yield from (
                {"path": path, "chosen": best, "rejected": other}
                for other in ranked[1:]
                if other["rank"] > best["rank"]
            )
        waiting.extend((reply, [*path, reply]) for reply in reversed(replies))


def _message(node: dict[str, Any]) -> dict[str, Any]:
    return {"role": _ROLES.get(node["role"], node["role"]), "content": node["text"]}
