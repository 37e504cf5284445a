"""A pickle followed with symbols: what it would import, what it would call, what it would put together.

The real machine looks names up and calls them. This one writes down that it was asked to, so a payload ends as a line
of text, and the tensors of a checkpoint can be told by name, type and shape.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tilth.artifacts.cursor import BrokenError, Cursor, TooLongError
from tilth.artifacts.pickles.opcodes import Argument, opcodes

MAX_NAMES = 10_000
_CALLS_TOLD = 3


@dataclass(frozen=True)
class Ref:
    """A class or function that loading would import."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass
class Call:
    """A call that loading would make: with what, and what would be added to its result afterwards."""

    function: Any
    arguments: Any
    pairs: list[tuple[Any, Any]] = field(default_factory=list)
    state: Any = None


@dataclass
class Pairs:
    """A dict: pairs in order, because here a key need not be hashable."""

    pairs: list[tuple[Any, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Stored:
    """Something kept outside of the pickle, as PyTorch keeps the numbers of tensors."""

    what: Any


@dataclass
class Told:
    """What a pickle is about to do, as far as it was followed."""

    root: Any = None
    """What it would put together: plain values, lists, `Pairs`, `Call`, `Ref`, `Stored`."""
    imports: dict[str, None] = field(default_factory=dict)
    """What it would import, in order, once each."""
    calls: list[Call] = field(default_factory=list)
    """The first calls of each function: the thousandth tensor is built like the first."""
    broken: str = ""
    """Why it could not be followed to its end: it is cut short, or no pickle."""
    stopped: str = ""
    """Why it was not followed to its end: it is longer than a look is worth."""


class _Mark:
    pass


def follow(cursor: Cursor) -> Told:
    """Follow the pickle that begins at the cursor. Never raises for what is in it: `broken` says where it ended."""
    machine = _Machine()
    try:
        for name, argument in opcodes(cursor):
            machine.step(name, argument)
    except TooLongError as failure:
        machine.told.stopped = str(failure)
    except BrokenError as failure:
        machine.told.broken = str(failure)
    except (IndexError, KeyError, TypeError, ValueError) as failure:
        machine.told.broken = (
            f"a step has nothing to work on before byte {cursor.position:,} ({type(failure).__name__})"
        )
    return machine.told


class _Machine:
    """A stack, a memo, and one method for each opcode that does more than push its argument."""

    def __init__(self) -> None:
        self.told = Told()
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.counts: dict[str, int] = {}

    def step(self, name: str, argument: Argument) -> None:
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name]())
        elif name in _STEPS:
            _STEPS[name](self, argument)
        elif name not in _SILENT:
            self.stack.append(argument)

    def stop(self, _: Argument) -> None:
        self.told.root = self.stack.pop()

    def pop(self, _: Argument) -> None:
        self.stack.pop()

    def pop_mark(self, _: Argument) -> None:
        self.above_mark()

    def duplicate(self, _: Argument) -> None:
        self.stack.append(self.stack[-1])

    def number(self, argument: Argument) -> None:
        text = str(argument).rstrip("L")
        self.stack.append(text == "01" if text in ("00", "01") else int(text[:100]))

    def text(self, argument: Argument) -> None:
        self.stack.append(str(argument).strip("'\""))

    def global_(self, names: Argument) -> None:
        self.import_(*str(names).split(" ", 1))

    def stack_global(self, _: Argument) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.import_(module, name)

    def extension(self, code: Argument) -> None:
        self.import_("copyreg", f"extension {code!r}")

    def reduce(self, _: Argument) -> None:
        arguments = self.stack.pop()
        self.call(self.stack.pop(), arguments)

    def new_with_keywords(self, _: Argument) -> None:
        self.stack.pop()  # the keywords, which say no more about what it would do
        self.reduce(_)

    def inst(self, names: Argument) -> None:
        arguments = tuple(self.above_mark())
        self.global_(names)
        self.call(self.stack.pop(), arguments)

    def obj(self, _: Argument) -> None:
        function, *arguments = self.above_mark()
        self.call(function, tuple(arguments))

    def build(self, _: Argument) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], Call):
            self.stack[-1].state = state

    def persistent(self, _: Argument) -> None:
        self.stack.append(Stored(self.stack.pop()))

    def append(self, _: Argument) -> None:
        item = self.stack.pop()
        self.extend([item])

    def appends(self, _: Argument) -> None:
        self.extend(self.above_mark())

    def set_item(self, _: Argument) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.update([key, value])

    def set_items(self, _: Argument) -> None:
        self.update(self.above_mark())

    def list_(self, _: Argument) -> None:
        self.stack.append(self.above_mark())

    def dict_(self, _: Argument) -> None:
        flat = self.above_mark()
        self.stack.append(Pairs())
        self.update(flat)

    def tuple_(self, _: Argument) -> None:
        self.stack.append(tuple(self.above_mark()))

    def tuple1(self, _: Argument) -> None:
        self.stack[-1:] = [(self.stack[-1],)]

    def tuple2(self, _: Argument) -> None:
        self.stack[-2:] = [(self.stack[-2], self.stack[-1])]

    def tuple3(self, _: Argument) -> None:
        self.stack[-3:] = [(self.stack[-3], self.stack[-2], self.stack[-1])]

    def put(self, key: Argument) -> None:
        self.memo[int(key or 0)] = self.stack[-1]

    def memoize(self, _: Argument) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def get(self, key: Argument) -> None:
        self.stack.append(self.memo[int(key or 0)])

    def above_mark(self) -> list[Any]:
        """Take everything above the last mark, and the mark."""
        at = next((at for at in reversed(range(len(self.stack))) if isinstance(self.stack[at], _Mark)), None)
        if at is None:
            raise IndexError
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def extend(self, items: list[Any]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(items)

    def update(self, flat: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, Pairs | Call):  # an OrderedDict is a call that gets its pairs afterwards
            target.pairs.extend(zip(flat[::2], flat[1::2], strict=True))

    def import_(self, module: Any, name: Any) -> None:
        known = isinstance(module, str) and isinstance(name, str)
        ref = Ref(module, name) if known else Ref("?", "a name put together while loading")
        if len(self.told.imports) < MAX_NAMES:
            self.told.imports[str(ref)] = None
        self.stack.append(ref)

    def call(self, function: Any, arguments: Any) -> None:
        made = Call(function, arguments)
        name = str(function) if isinstance(function, Ref) else "?"
        self.counts[name] = self.counts.get(name, 0) + 1
        if self.counts[name] <= _CALLS_TOLD and len(self.told.calls) < MAX_NAMES:
            self.told.calls.append(made)
        self.stack.append(made)


_SILENT = ("PROTO", "FRAME", "READONLY_BUFFER")
_CONSTANTS: dict[str, Callable[[], Any]] = {
    "MARK": _Mark,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "FLOAT": float,
    "EMPTY_LIST": list,
    "EMPTY_SET": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_DICT": Pairs,
    "NEXT_BUFFER": bytes,
}
_STEPS: dict[str, Callable[[_Machine, Argument], None]] = {
    "STOP": _Machine.stop,
    "POP": _Machine.pop,
    "POP_MARK": _Machine.pop_mark,
    "DUP": _Machine.duplicate,
    "INT": _Machine.number,
    "LONG": _Machine.number,
    "STRING": _Machine.text,
    "GLOBAL": _Machine.global_,
    "STACK_GLOBAL": _Machine.stack_global,
    "EXT1": _Machine.extension,
    "EXT2": _Machine.extension,
    "EXT4": _Machine.extension,
    "REDUCE": _Machine.reduce,
    "NEWOBJ": _Machine.reduce,
    "NEWOBJ_EX": _Machine.new_with_keywords,
    "INST": _Machine.inst,
    "OBJ": _Machine.obj,
    "BUILD": _Machine.build,
    "PERSID": lambda machine, name: machine.stack.append(Stored(name)),
    "BINPERSID": _Machine.persistent,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "ADDITEMS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "LIST": _Machine.list_,
    "FROZENSET": _Machine.list_,
    "DICT": _Machine.dict_,
    "TUPLE": _Machine.tuple_,
    "TUPLE1": _Machine.tuple1,
    "TUPLE2": _Machine.tuple2,
    "TUPLE3": _Machine.tuple3,
    "PUT": _Machine.put,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "GET": _Machine.get,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
}
