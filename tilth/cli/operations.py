"""A command from an operation: its options are the flags, and not one of them is written here."""

from collections.abc import Callable
from typing import Annotated

from cyclopts import Parameter

from tilth.cli.files import Building, Reading, Writing
from tilth.cli.wording import unwrapped
from tilth.operation import Operation, Options


def command(op: Operation[..., Options]) -> Callable[..., int]:
    """The function behind `tilth NAME`: cyclopts reads its flags from the operation's options class."""

    def run(source: str, /, *, options: Options, reading: Reading = Reading(), writing: Building = Writing()) -> int:
        from tilth.cli.perform import perform  # what runs an operation is not needed to describe it

        return perform(op, source, options, reading, writing)

    run.__annotations__["options"] = Annotated[op.options_type, Parameter(name="*", group="Options")]
    run.__annotations__["source"] = Annotated[str, Parameter(help="A file, a glob, a folder, or - for standard input.")]
    kind = Building if op.kind == "build" else Writing
    run.__annotations__["writing"] = kind
    run.__kwdefaults__ = {**(run.__kwdefaults__ or {}), "writing": kind()}
    if not any(field.is_required() for field in op.options_type.model_fields.values()):
        run.__kwdefaults__ = {**(run.__kwdefaults__ or {}), "options": op.options({})}
    run.__doc__ = unwrapped(op.__doc__ or "")
    return run
