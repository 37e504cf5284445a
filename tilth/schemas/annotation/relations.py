"""Relations as tools list them, by ids of entities, and as records have them, by places among the entities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ID = "id"
_OWN = ("head", "tail", "label")


@dataclass(frozen=True)
class RelationNames:
    """What a tool calls the parts of a relation."""

    head: str = "from_id"
    tail: str = "to_id"
    label: str = "type"

    @property
    def usual(self) -> tuple[str, ...]:
        """The names that every relation has."""
        return (self.head, self.tail, self.label)


DOCCANO = RelationNames()


def without_ids(entities: Sequence[Any]) -> tuple[list[Any], list[Any] | None]:
    """The entities without their ids, and the ids; None when not all of them have one of their own."""
    ids = [found.get(_ID) if isinstance(found, dict) else None for found in entities]
    if not all(type(each) in (int, str) for each in ids) or len({repr(each) for each in ids}) < len(ids):
        return list(entities), None
    return [{name: value for name, value in found.items() if name != _ID} for found in entities], ids


def with_ids(entities: Sequence[Any], ids: Any) -> tuple[list[Any], list[Any]]:
    """The entities with ids: the noted ones if there are as many, else their places."""
    fitting = ids if isinstance(ids, list) and len(ids) == len(entities) else list(range(len(entities)))
    pairs = zip(entities, fitting, strict=True)
    return [{**found, _ID: each} if isinstance(found, dict) else found for found, each in pairs], fitting


def are_relations(items: Any, ids: Sequence[Any] | None, names: RelationNames = DOCCANO) -> bool:
    """Whether a value is a list of relations between entities of these ids."""
    if not (isinstance(items, list) and ids is not None):
        return False
    known = {repr(each) for each in ids}
    return all(
        isinstance(item, Mapping)
        and isinstance(item.get(names.label), str)
        and all(repr(item.get(name)) in known for name in (names.head, names.tail))
        for item in items
    )


def read_relations(items: Sequence[Mapping[str, Any]], ids: Sequence[Any], names: RelationNames = DOCCANO) -> list[Any]:
    """Relations by places among the entities; what else an item says stays behind its usual names."""
    place = {repr(each): position for position, each in enumerate(ids)}
    return [
        {
            "head": place[repr(item[names.head])],
            "tail": place[repr(item[names.tail])],
            "label": item[names.label],
            **{name: value for name, value in item.items() if name not in names.usual},
        }
        for item in items
    ]


def write_relations(
    relations: Sequence[Any], ids: Sequence[Any], keys: Any, names: RelationNames = DOCCANO
) -> list[Any] | None:
    """Relations by ids, with their names in the noted order; None when one leads to no entity."""
    items: list[Any] = []
    for found in relations:
        ends = [found.get(name) if isinstance(found, dict) else None for name in ("head", "tail")]
        if not all(type(end) is int and 0 <= end < len(ids) for end in ends):
            return None
        item = {names.head: ids[found["head"]], names.tail: ids[found["tail"]], names.label: found.get("label")}
        item |= {name: value for name, value in found.items() if name not in _OWN}
        order = [name for name in keys if name in item] if isinstance(keys, list) else []
        items.append({name: item[name] for name in (*order, *(name for name in item if name not in order))})
    return items
