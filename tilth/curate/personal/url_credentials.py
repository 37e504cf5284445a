"""Names and passwords inside of web addresses."""

import re
from collections.abc import Iterator

from tilth.curate.personal.span import Span

_WITH_PASSWORD = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<said>[^\s:/@?#\"'<>]{1,100}:[^\s/@?#\"'<>]{1,200})@[A-Za-z0-9\[]"
)
_STAND_INS = re.compile(r"user(?:name)?:pass(?:word|wd)?|[{<$%].*|login:pass(?:word)?|.*:\*+", re.IGNORECASE)


def url_credentials(text: str) -> Iterator[Span]:
    """The `name:password` of `scheme://name:password@host` (RFC 3986); not the one of a manual."""
    if "://" not in text:
        return
    for found in _WITH_PASSWORD.finditer(text):
        if not _STAND_INS.fullmatch(found["said"]):
            yield Span(*found.span("said"))
