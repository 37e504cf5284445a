"""Text in base64 or in hexadecimal digits that says what the other detectors look for."""

import re
from base64 import b64decode
from collections.abc import Iterator

from tilth.curate.hostile.chat_control import chat_controls
from tilth.curate.hostile.injection import injections
from tilth.curate.hostile.sign import Sign

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,8192}={0,2}(?![A-Za-z0-9+/=_-])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[ :]?){20,4096}(?![0-9A-Fa-f])")


def encoded(text: str) -> Iterator[Sign]:
    """Runs that decode to an order or to a control token; what decodes to anything else is somebody's data."""
    for pattern, decode in ((_BASE64, _from_base64), (_HEX, _from_hex)):
        for found in pattern.finditer(text):
            said = decode(found.group())
            inside = next((sign for sign in (*injections(said), *chat_controls(said))), None) if said else None
            if inside is not None:
                yield Sign(*found.span(), "encoded-order", f"decodes to {said[:80]!r}")


def _from_base64(blob: str) -> str:
    blob = blob.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(blob + "=" * (-len(blob) % 4)).decode("utf-8")
    except ValueError:
        return ""


def _from_hex(blob: str) -> str:
    try:
        return bytes.fromhex(re.sub("[ :]", "", blob)).decode("utf-8")
    except ValueError:
        return ""
