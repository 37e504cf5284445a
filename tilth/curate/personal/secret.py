"""Keys, tokens and passwords: known by how their issuer writes them, or by being assigned to a name that says so."""

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from tilth.curate.personal.edges import BEGIN
from tilth.curate.personal.span import Span

_ISSUED = re.compile(
    BEGIN + "(?:"
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"  # AWS
    r"|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,64}"  # GitHub, GitLab
    r"|sk-(?:[a-z]+[0-9]*-)*[A-Za-z0-9_-]{20,200}|gsk_[A-Za-z0-9]{40,64}"  # OpenAI, Anthropic, Groq
    r"|hf_[A-Za-z0-9]{30,64}|r8_[A-Za-z0-9]{37}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,255}"
    r"|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,255}|GOCSPX-[A-Za-z0-9_-]{20,40}"  # Google
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,255}|xapp-[A-Za-z0-9-]{20,255}"  # Slack
    r"|(?:sk|rk|pk|whsec)_(?:(?:live|test)_)?[A-Za-z0-9]{24,255}"  # Stripe
    r"|SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}|key-[0-9a-f]{32}|(?:AC|SK)[0-9a-f]{32}"  # and mail services
    r"|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}|sq0[a-z]{3}-[A-Za-z0-9_-]{22,43}|dop_v1_[a-f0-9]{64}|dapi[a-f0-9]{32}"
    r"|\d{8,10}:AA[A-Za-z0-9_-]{33}"  # Telegram
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"  # JSON Web Token, RFC 7519
    r")(?![A-Za-z0-9_])"
)
_HOOK = re.compile(r"https://hooks\.slack\.com/services/(?P<value>[A-Za-z0-9/]{20,80})")
_PEM = re.compile(
    r"-----BEGIN (?P<what>(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?)-----"
    r"(?:.*?-----END (?P=what)-----|(?:\s|\\[nr]|[A-Za-z0-9+/=:,-])*)",
    re.DOTALL,
)
_NAME = r"(?:api|access|auth|account|client|secret|private|encryption|signing|session|refresh|bearer|master|app)"
_ASSIGNED = re.compile(
    rf"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|{_NAME}[ _-]?(?:key|secret|token|id[_-]?token))"
    r"\\?[\"'`]?\s{0,3}(?:=>|:=|==?|:)\s{0,3}(?:(?:bearer|basic|token)\s)?\\?(?P<quote>[\"'`]?)"
    r"(?P<value>[^\s\"'`,;<>(){}\[\]\\]{8,256})(?P<after>.?)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9._~+/-]{20,2000}={0,2})", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"your|example|placeholder|change_?me|dummy|x{4,}|\*{3,}|\.{3}|environ|getenv|process\.env|\$\w|%\w+%|^https?:",
    re.IGNORECASE,
)
_LEAST_BITS = 2.9  # entropy of a character: words of letters and a few digits lie below, random tokens above


def secrets(text: str) -> Iterator[Span]:
    """Tokens of known issuers, private keys, JSON Web Tokens, and random-looking values that a name calls secret."""
    for found in _PEM.finditer(text):
        yield Span(*found.span())
    for found in _ISSUED.finditer(text):
        if looks_random(found.group(), least_bits=_LEAST_BITS):
            yield Span(*found.span())
    for found in _HOOK.finditer(text):
        yield Span(*found.span("value"))
    for found in (*_ASSIGNED.finditer(text), *_HEADER.finditer(text)):
        is_call = found.groupdict().get("after") in ("(", "[", "{") and not found.groupdict().get("quote")
        value = found["value"].rstrip(".!?:")
        if not is_call and looks_random(value, least_bits=_LEAST_BITS):
            yield Span(found.start("value"), found.start("value") + len(value))


def looks_random(value: str, *, least_bits: float) -> bool:
    """Whether a value is neither a word nor a stand-in: letters and digits, and much entropy for each character."""
    if len(value) < 8 or _PLACEHOLDER.search(value):
        return False
    counts = Counter(value)
    bits = -sum(count / len(value) * log2(count / len(value)) for count in counts.values())
    has_both = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return has_both and bits >= min(least_bits, log2(len(value)) - 0.4)
