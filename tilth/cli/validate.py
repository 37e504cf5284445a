"""`validate`: findings like a compiler's; with an output, what is wrong is set aside there."""

import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from tilth.cli.files import Reading, Writing
from tilth.validators.validate import ValidateOptions

NOT_VALID = 4
"""Exit code when records are wrong."""

_UPLOADED = ("openai", "openai-preference")
_NO_OPTIONS = ValidateOptions()


def validate(
    source: str,
    /,
    *,
    options: Annotated[ValidateOptions, Parameter(name="*", group="Options")] = _NO_OPTIONS,
    report: Annotated[Literal["text", "json", "github"], Parameter(group="Options")] = "text",
    reading: Reading = Reading(),
    writing: Writing = Writing(),
) -> int:
    """Say what is wrong with records: file:line: field: code: message. Exit code 4 when something is.

    With -o the records that are right go to the output and the others beside it, each with its reason; with --fix
    what has one right answer is repaired on the way.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    report
        How findings are printed: for people, as JSON Lines, or as annotations for GitHub.
    """
    if writing.output is not None:
        from tilth import operation
        from tilth.cli.perform import perform

        return perform(operation.load("validate"), source, options, reading, writing)
    from tilth.validators import check, is_wrong, render

    data = reading.open(source)
    wrong = found = 0
    for finding in check(data, options):
        found += 1
        wrong += is_wrong(finding, options)
        print(*render([finding], report), sep="\n")
    shape = data.dialect.name
    if options.provider and shape not in _UPLOADED:
        wrong, found = wrong + 1, found + 1
        says = f"{options.provider} takes rows of openai or openai-preference, and these are {shape}"
        print(f"{source}: provider-dialect: {says}; tilth convert --to-dialect openai")
    rejected = len(data.rejects)
    if not writing.quiet:
        unread = f", {rejected} rows cannot be read" if rejected else ""
        print(f"validate: {data.count()} rows, {wrong} errors, {found - wrong} warnings{unread}", file=sys.stderr)
    return NOT_VALID if wrong or rejected else 0
