"""The OASST dialect: conversation trees, read as one conversation for each way from the root to a leaf."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Numbered, Row, held, refuse_leftovers
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.oasst_tree import MESSAGE_ID, Regrowing, first_message, is_tree, node_id, threads
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import with_note, without_note

_NOTE = "oasst"
_ROLES = {"prompter": "user", "assistant": "assistant"}
_SPEAKERS = {role: speaker for speaker, role in _ROLES.items()}


class Oasst(Dialect):
    """Open Assistant's trees: a prompt with its replies, these with theirs, and so on.

        {"message_tree_id": "1", "prompt": {"message_id": "1", "role": "prompter", "text": "Is 9 a prime?",
         "replies": [{"message_id": "2", "role": "assistant", "text": "No.", "rank": 0}]}}

    Each way from the prompt to a last reply is a chat. What the tree says of its messages (language, ranks, labels)
    is noted in `meta`, so that the chats of a tree, written one after the other, grow together again.
    """

    name: ClassVar[str] = "oasst"
    summary: ClassVar[str] = "conversation trees with replies in replies (Open Assistant); one chat for each leaf"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = ("message_tree_id", "prompt")
    unfolds: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """A tree, or its root message alone."""
        return "every row is a tree of messages with their replies" if is_tree(row) else None

    def evidence(self, row: Row) -> frozenset[str]:
        """What a tree has, or its root message."""
        names = self.needs if isinstance(row.get("prompt"), dict) else (MESSAGE_ID, "text", "role", "replies")
        return frozenset(names).intersection(row)

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """Every way from the root to a leaf, in the order of the tree."""
        for line, row in rows:
            if first_message(row) is None:
                yield line, {"row": row}
            else:
                yield from ((line, thread) for thread in threads(row))

    def folding(self) -> Regrowing:
        """Puts ways that follow each other and begin alike into one tree again."""
        return Regrowing()

    def decode(self, row: Row) -> Fields:
        """The messages on the way, with what else the tree says of them noted."""
        path = row.get("path")
        if not isinstance(path, list):
            return {"type": "chat", "extra": dict(row)}
        note = {"tree": row["tree"], "nodes": [without_said(node) for node in path]}
        return with_note({"type": "chat", "messages": [read_message(node) for node in path]}, _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The way that the messages take. Raises `LossError` for what a message of a tree cannot say."""
        extra = fields.get("extra") or {}
        if fields.get("type") == "chat" and "messages" not in fields and ("row" in extra):
            return dict(extra)
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, {name: value for name, value in fields.items() if value}, ("messages",))
        lost = [name for name in ("meta",) if fields.get(name)] + [f"extra.{name}" for name in extra]
        messages: Any = fields.get("messages")
        lost += message_losses(messages)
        if lost:
            raise LossError(self.name, lost)
        nodes, tree = note.get("nodes"), note.get("tree")
        if not (isinstance(nodes, list) and len(nodes) == len(messages) and isinstance(tree, dict)):
            nodes = new_nodes(messages)
            tree = {"message_tree_id": nodes[0]["message_id"], "tree_state": "ready_for_export", "prompt": None}
        return {"tree": tree, "path": [said_by(node, each) for node, each in zip(nodes, messages, strict=True)]}


def read_message(node: Row) -> dict[str, Any]:
    """What a message of Open Assistant says, as a message of a chat."""
    return {"role": _ROLES.get(node["role"], node["role"]), "content": node["text"]}


def without_said(node: Row) -> dict[str, Any]:
    """What else there is in it. A null keeps the place of what it says itself."""
    return {name: None if name in ("role", "text") else value for name, value in node.items()}


def said_by(node: Row, message: Row) -> dict[str, Any]:
    """The message of Open Assistant again that says what a message of a chat says."""
    return {**node, "text": message["content"], "role": _SPEAKERS[message["role"]]}


def new_nodes(messages: list[Any]) -> list[dict[str, Any]]:
    """Ids for messages that come from elsewhere: the same for conversations that begin alike."""
    ids = [node_id(messages[: count + 1]) for count in range(len(messages))]
    return [
        {"message_id": own, **({} if place == 0 else {"parent_id": ids[place - 1]})} for place, own in enumerate(ids)
    ]


def message_losses(messages: Any) -> list[str]:
    """What of the messages of a chat Open Assistant has no place for."""
    if not isinstance(messages, list) or not messages:
        return ["messages (none)"]
    return [loss for index, message in enumerate(messages) for loss in _losses(index, message)]


def _losses(index: int, message: Any) -> list[str]:
    if not isinstance(message, dict) or message.get("role") not in [*_SPEAKERS]:
        return [f"messages[{index}] (a message of neither the user nor the assistant)"]
    if not isinstance(message.get("content"), str):
        return [f"messages[{index}].content (no text)"]
    others = {name for name, value in message.items() if value is not None} - {"role", "content"}
    return [f"messages[{index}].{name}" for name in sorted(others)]
