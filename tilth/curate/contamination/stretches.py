"""Parts of a text that an item of a benchmark may be: runs of its sentences."""

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|[。！？]+[」』”）]*|\n\s*")
_LEAST = 30  # characters; less is said by chance


def stretches(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Where runs of 1, 2, 4, 8 sentences and so on stand in a text: characters from and up to.

    Each begins half a run after the one before, so that whatever stands in the text is mostly in one of them, with
    little beside it. A line is a sentence too. None is longer than `longest` characters, and none is all of the text.
    """
    ends = [match.end() for match in _END.finditer(text)]
    places = [0, *(end for end in ends if end < len(text)), len(text)]
    size = 1
    while size < len(places) - 1:
        is_any = False
        for at in range(0, len(places) - size, max(1, size // 2)):
            start, stop = places[at], places[at + size]
            if stop - start <= longest:
                is_any = True
                if stop - start >= _LEAST:
                    yield start, stop
        if not is_any:
            return
        size *= 2
