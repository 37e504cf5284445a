"""Trees of messages as Open Assistant writes them: taken apart into ways from root to leaf, and grown together."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from tilth.schemas.dialects.base import Row
from tilth.schemas.exact_json import canonical_json

MESSAGE_ID = "message_id"
_REPLIES, _PROMPT = "replies", "prompt"


def is_tree(row: Row) -> bool:
    """Whether a row is a tree, or the root message of one."""
    return first_message(row) is not None and not is_lone_message(row)


def is_lone_message(row: Row) -> bool:
    """Whether a row is one message of a tree whose other messages are rows of their own."""
    is_linked = (
        MESSAGE_ID in row and "parent_id" in row and _REPLIES not in row and not isinstance(row.get(_PROMPT), dict)
    )
    return is_linked and isinstance(row.get("text"), str) and row.get("role") in ("prompter", "assistant")


def first_message(row: Row) -> dict[str, Any] | None:
    """The root of a tree, when it and all below it are messages with text and role."""
    root = row.get(_PROMPT) if isinstance(row.get(_PROMPT), dict) else row
    return dict(root) if isinstance(root, dict) and MESSAGE_ID in root and _are_messages(root) else None


def node_id(path: list[Any]) -> str:
    """An id for the last message of a path that has none: the same wherever the same path is written."""
    return str(UUID(bytes=sha256(canonical_json({"path": path})).digest()[:16]))


def threads(row: Row) -> Iterator[dict[str, Any]]:
    """The ways from the root to each leaf: `{"tree": what is around, "path": [messages without their replies]}`."""
    is_bare = row.get(_PROMPT) is None or not isinstance(row[_PROMPT], dict)
    root = dict(row) if is_bare else row[_PROMPT]
    # The root's place among the tree's own fields is kept by a null under its name; a bare root has no fields around.
    tree = {} if is_bare else {name: None if name == _PROMPT else value for name, value in row.items()}
    waiting: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [(root, [])]
    while waiting:
        node, above = waiting.pop()
        replies = node.get(_REPLIES)
        # Where `replies` stood, and that an empty list did, is kept by a null or by the empty list itself.
        message = {name: (None if value else value) if name == _REPLIES else value for name, value in node.items()}
        path = [*above, message]
        if replies:
            waiting.extend((reply, path) for reply in reversed(replies))
        else:
            yield {"tree": tree, "path": path}


class Regrowing:
    """Puts ways that follow each other and begin alike together into trees."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] | None = None
        self._root: dict[str, Any] = {}

    def add(self, row: Row) -> Iterable[Row]:
        """The next way; gives the tree before it when this one begins another."""
        if "row" in row:
            return [*self.close(), row["row"]]
        tree, path = row["tree"], row["path"]
        done: list[Row] = []
        if self._tree != tree or _message(self._root) != path[0]:
            done = list(self.close())
            self._tree, self._root = tree, _grown(path[0])
        node = self._root
        for message in path[1:]:
            last = node["below"][-1] if node["below"] else None
            if last is None or _message(last) != message:
                last = _grown(message)
                node["below"].append(last)
            node = last
        return done

    def close(self) -> Iterable[Row]:
        """The last tree."""
        if self._tree is None:
            return []
        root, tree = _with_replies(self._root), self._tree
        self._tree = None
        return [{name: root if name == _PROMPT else value for name, value in tree.items()} if tree else root]


def _are_messages(root: dict[str, Any]) -> bool:
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, dict) and isinstance(node.get("text"), str) and isinstance(node.get("role"), str)):
            return False
        replies = node.get(_REPLIES, [])
        if not isinstance(replies, list):
            return False
        waiting.extend(replies)
    return True


def _grown(message: dict[str, Any]) -> dict[str, Any]:
    return {"message": message, "below": []}


def _message(node: dict[str, Any]) -> Any:
    return node.get("message")


def _with_replies(root: dict[str, Any]) -> dict[str, Any]:
    """The message with its replies in it, theirs in them, and so on, however deep."""
    top: dict[str, Any] = {}
    waiting = [(root, top)]
    while waiting:
        node, written = waiting.pop()
        written.update(node["message"])
        if node["below"]:
            written[_REPLIES] = [{} for _ in node["below"]]
            waiting.extend(zip(node["below"], written[_REPLIES], strict=True))
    return top
