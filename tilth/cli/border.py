"""Where the command line begins and ends: words in, an exit code out, every mistake worded once."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import tilth
from tilth.cli.overview import overview_text
from tilth.cli.stdio import STDIO
from tilth.errors import TilthError, UsageError

if TYPE_CHECKING:
    from cyclopts import CycloptsError, MissingArgumentError

FAILED, INTERRUPTED = 1, 130

_READS_ONLY = ("inspect", "head", "tail", "cat", "stats")
"""Commands without an output to name."""


def run(words: Sequence[str]) -> int:
    """Run one command line; returns its exit code.

    A mistake of the user's is one clear message on stderr; a bug of ours is a traceback. With `--debug` first, a
    mistake is a traceback too.
    """
    if words and words[0] == "--debug":
        return _execute(words[1:])
    try:
        return _execute(words)
    except TilthError as error:
        return _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _say("interrupted; what was complete is on disk, and nothing is half written", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough. Nothing more may be written there, not even by the interpreter.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _say(f"{error.filename or 'the system'}: {error.strerror or error}", FAILED)


def _execute(words: Sequence[str]) -> int:
    if not words or words[0] in ("--help", "-h"):
        print(overview_text(), end="")
        return 0
    if words[0] == "--version":
        print(tilth.__version__)
        return 0
    from cyclopts import CycloptsError

    from tilth.cli.app import application  # with the parser of flags, which the general help does without

    app = application(words)
    prepared = [STDIO if word == "-" else word for word in words]
    try:
        result = app(prepared, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        raise _explained(error, words) from error
    sys.stdout.flush()
    return result if isinstance(result, int) else 0


def _explained(error: "CycloptsError", words: Sequence[str]) -> UsageError:
    """What the parser of flags found, in the words that a recipe's mistake gets too."""
    named = error.command_chain or [word for word in words if not word.startswith("-")][:1]
    fix = " ".join(["tilth", *named, "--help"])
    from cyclopts import MissingArgumentError, UnusedCliTokensError
    from pydantic import ValidationError

    from tilth.operation import problems_of, wrong_value

    if isinstance(error.__cause__, ValidationError):
        words_of = []
        for problem in problems_of(error.__cause__):
            flag = "--" + str(problem["loc"][0]).replace("_", "-") if problem["loc"] else ""
            said = "is missing" if problem["type"] == "missing" else wrong_value(problem)
            # What several options together get wrong has no place, and its words say all.
            words_of.append(f"{flag} {said}" if flag else problem["msg"])
        return UsageError("; ".join(words_of), fix=fix)
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return _one_too_many(error.unused_tokens[0], named, words)
    if isinstance(error, MissingArgumentError) and "Did you mean" not in str(error):
        is_input = error.argument is not None and not error.argument.name.startswith("-")
        is_after = is_input and any(word.startswith("-") for word in words)
        first = f"tilth {' '.join(named)} FILE, with the options behind it" if is_after else fix
        return UsageError(_missing(error, " ".join(named)), fix=first)
    text = " ".join(str(error).split())
    return UsageError(text, fix="" if "Did you mean" in text else fix)


def _missing(error: "MissingArgumentError", command: str) -> str:
    """Which input or option is not there, and what would be."""
    if error.argument is None or error.app is None:
        return " ".join(str(error).split())
    described = error.app.assemble_argument_collection(parse_docstring=True)
    told = next((each.parameter.help for each in described if each.name == error.argument.name), None)
    said = error.keyword or next((token.keyword for token in error.argument.tokens if token.keyword), None)
    what, _, _ = " ".join((told or "").split()).partition(". ")
    needs = f"{said} has no value" if said else f"{command} needs {error.argument.name}"
    return f"{needs}: {what[:1].lower()}{what[1:].rstrip('.')}" if what else needs


def _one_too_many(word: str, named: Sequence[str], words: Sequence[str]) -> UsageError:
    command = " ".join(named)
    counts = [each.removeprefix("-") for each in words if each == word or each.startswith("-")]
    if command in ("head", "tail", "sample") and (number := next(filter(str.isdecimal, counts), "")):
        return UsageError(f"{command} takes a number of rows behind -n", fix=f"tilth {command} -n {number} FILE")
    if "." in word or "/" in word:
        fix = f"-o {word}, to write it" if command not in _READS_ONLY else f"tilth {command} {word}"
        inputs = "two inputs" if command == "diff" else "one input"
        return UsageError(f"{command} takes {inputs}, and {word} is one too many", fix=fix)
    return UsageError(f"{command} has no use for {word}", fix=f"tilth {command} --help")


def _say(message: str, code: int) -> int:
    from tilth.schemas.safe_text import safe_text

    print(f"error: {safe_text(message)}", file=sys.stderr)
    return code
