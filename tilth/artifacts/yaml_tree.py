"""The content of a small YAML file without tags, aliases and types: mappings, lists, and texts as they are written.

A config is read to be described, so `no` may stay "no"; what a tag or an alias would make is never made.
"""

from typing import Any

from tilth.artifacts.cursor import BrokenError

MAX_DEPTH = 32
"""Mappings and lists inside each other: no config for people is nested deeper."""
MAX_NODES = 50_000


def yaml_tree(text: bytes) -> tuple[Any, frozenset[str]]:
    """The first document of a text and the tags that are written in it.

    Raises `BrokenError` where it is no YAML, holds several documents, or more than a config does.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # Events, not nodes: composing nodes is recursive, and 100,000 brackets end it with a signal.
        return _Builder().built(yaml.parse(text, Loader=loader))
    except (yaml.YAMLError, UnicodeDecodeError) as failure:
        mark = getattr(failure, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark is not None else ""
        raise BrokenError(f"broken YAML{line}: {getattr(failure, 'problem', None) or 'no text'}") from failure


class _Builder:
    """Puts events together; `None` as a key means that one is awaited."""

    def __init__(self) -> None:
        self._open: list[tuple[Any, list[str]]] = []
        self._root: Any = None
        self._tags: set[str] = set()

    def built(self, events: Any) -> tuple[Any, frozenset[str]]:
        import yaml

        documents = 0
        for number, event in enumerate(events):
            if number > MAX_NODES:
                raise BrokenError(f"more than {MAX_NODES:,} values in one YAML")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise BrokenError("several YAML documents in one file")
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], event.tag)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._end()
            elif isinstance(event, yaml.ScalarEvent):
                self._note(event.tag)
                self._put(None if event.style is None and event.value in ("", "~", "null") else event.value)
            elif isinstance(event, yaml.AliasEvent):
                self._put(f"*{event.anchor}")
        return self._root, frozenset(self._tags)

    def _begin(self, container: Any, tag: str | None) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise BrokenError(f"more than {MAX_DEPTH} levels of YAML inside each other")
        self._note(tag)
        self._open.append((container, []))

    def _end(self) -> None:
        container, _ = self._open.pop()
        self._put(container)

    def _put(self, value: Any) -> None:
        if not self._open:
            self._root = value
            return
        container, key = self._open[-1]
        if isinstance(container, list):
            container.append(value)
        elif key:
            container[key.pop()] = value
        else:
            key.append(value if isinstance(value, str) else "")

    def _note(self, tag: str | None) -> None:
        if tag is not None:
            self._tags.add(tag)
