"""What a bulk reader raises when a block is not what it is good at."""


class Surprise(Exception):  # noqa: N818 nothing is wrong
    """Something in a block that only the loop over single rows can decide: broken, rare, or spelt unusually."""


class BrokenQuotes(Surprise):
    """A quote stands where none may, so that nobody knows where the rows behind it begin."""


def expect(is_usual: object) -> None:
    """Raise `Surprise` unless the block is as it is expected to be."""
    if not is_usual:
        raise Surprise
