"""What the decoder says about a file that it does not decode."""

_LONGEST = 300


class Refusal(Exception):  # noqa: N818 its message is for people
    """Why a file is not decoded, in words that complete "FILE: "."""


class BrokenFile(Refusal):
    """The file is not what its first bytes promise; the message says what the reader found."""


def first_line(failure: BaseException) -> str:
    """What a library says about its failure, in one line of bounded length."""
    lines = str(failure).splitlines()
    return lines[0][:_LONGEST] if lines else type(failure).__name__
