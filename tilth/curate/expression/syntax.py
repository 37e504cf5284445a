"""What an expression is made of. A node knows which characters of the expression it was read from."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """Part of an expression."""

    start: int
    end: int

    def inner(self) -> "tuple[Node, ...]":
        """The nodes directly below this one."""
        return ()


@dataclass(frozen=True)
class Literal(Node):
    """A value that is written out."""

    value: str | int | float | bool | None


@dataclass(frozen=True)
class Name(Node):
    """A field, a part or a signal; or, inside of `any` and `all`, the item or what is in it."""

    path: tuple[str, ...]


@dataclass(frozen=True)
class ListOf(Node):
    """A list that is written out."""

    items: tuple[Node, ...]

    def inner(self) -> tuple[Node, ...]:
        """The items."""
        return self.items


@dataclass(frozen=True)
class Call(Node):
    """A function and what it is given."""

    function: str
    given: tuple[Node, ...]

    def inner(self) -> tuple[Node, ...]:
        """What it is given."""
        return self.given


@dataclass(frozen=True)
class Operator(Node):
    """Two values with a mark between them: a comparison, or arithmetic."""

    mark: str
    left: Node
    right: Node
    mark_start: int

    def inner(self) -> tuple[Node, ...]:
        """Both sides."""
        return self.left, self.right


@dataclass(frozen=True)
class Negative(Node):
    """A number with its sign turned."""

    value: Node

    def inner(self) -> tuple[Node, ...]:
        """The number."""
        return (self.value,)


@dataclass(frozen=True)
class Not(Node):
    """The opposite of a condition."""

    condition: Node

    def inner(self) -> tuple[Node, ...]:
        """The condition."""
        return (self.condition,)


@dataclass(frozen=True)
class Logic(Node):
    """Conditions of which all must hold (`and`), or one (`or`)."""

    word: str
    conditions: tuple[Node, ...]

    def inner(self) -> tuple[Node, ...]:
        """The conditions."""
        return self.conditions


@dataclass(frozen=True)
class IsNull(Node):
    """Whether a value is missing."""

    value: Node

    def inner(self) -> tuple[Node, ...]:
        """The value."""
        return (self.value,)


@dataclass(frozen=True)
class In(Node):
    """Whether a value is among others."""

    value: Node
    among: Node

    def inner(self) -> tuple[Node, ...]:
        """The value and the list."""
        return self.value, self.among


def measured(node: Node) -> Iterator[Node]:
    """The nodes whose values explain the outcome: what is compared, and not what it is compared with."""
    match node:
        case Name():
            yield node
        case Call(function="any" | "all"):
            yield node.given[0]
        case Call(function="contains" | "startswith" | "endswith" | "matches"):
            yield from measured(node.given[0])
        case Call() if any(isinstance(below, Name) for below in walk(node)):
            yield node
        case _:
            for below in node.inner():
                yield from measured(below)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for below in node.inner():
        yield from walk(below)
