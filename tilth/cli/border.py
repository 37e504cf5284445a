"""Where the command line begins and ends: words in, an exit code out, every mistake worded once."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from cyclopts import CycloptsError
from pydantic import ValidationError

from tilth.errors import TilthError

INTERRUPTED = 130
USAGE = 2
FAILED = 1


def main() -> None:
    """Run the words of the command line and leave with their exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run one command line; returns its exit code. A mistake of the user's is one clear message on stderr."""
    from tilth.cli.app import STDIO, application

    if words and words[-1] == "--debug" or "--debug" in words[:1]:
        return _run(application, [word for word in words if word != "--debug"], STDIO)
    try:
        return _run(application, words, STDIO)
    except TilthError as error:
        return _say(str(error), error.exit_code)
    except CycloptsError as error:
        cause = error.__cause__
        return _say(_usage_message(error, cause, words), USAGE)
    except KeyboardInterrupt:
        return _say("interrupted; nothing was left half written", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough. Nothing more may be written there, not even by the interpreter.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _say(f"{error.filename or 'the system'}: {error.strerror or error}", FAILED)


def _run(application: object, words: Sequence[str], stdio: str) -> int:
    assert callable(application)
    app = application(words)
    prepared = [stdio if word == "-" else word for word in words]
    result = app(prepared, exit_on_error=False, print_error=False, result_action="return_value")
    sys.stdout.flush()
    return result if isinstance(result, int) else 0


def _usage_message(error: CycloptsError, cause: BaseException | None, words: Sequence[str]) -> str:
    command = " ".join(["tilth", *[word for word in words if not word.startswith("-")][:1]])
    if isinstance(cause, ValidationError):
        problems = [
            f"--{'.'.join(map(str, problem['loc'])).replace('_', '-')} is {problem['input']!r}; "
            f"{problem['msg'][:1].lower()}{problem['msg'][1:]}"
            for problem in cause.errors()
        ]
        return "; ".join(problems) + f"\n  try  {command} --help"
    text = str(error).strip()
    return text if "Did you mean" in text else f"{text}\n  try  {command} --help"


def _say(message: str, code: int) -> int:
    from tilth.schemas.safe_text import safe_text

    print(f"error: {safe_text(message)}", file=sys.stderr)  # noqa: T201
    return code


def _terminated(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
