"""Addresses of machines: IPv4, IPv6, and the hardware addresses of network cards (MAC)."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from tilth.curate.personal.edges import names_one_of
from tilth.curate.personal.span import Span

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(rf"(?:(?<![A-Za-z0-9_.\\])|(?<=\\[nrt])){_OCTET}(?:\.{_OCTET}){{3}}(?![A-Za-z0-9_]|\.\d)")
_IPV6 = re.compile(
    r"(?:(?<![A-Za-z0-9_:.\\])|(?<=\\[nrt]))"
    rf"[0-9A-Fa-f:]{{3,39}}(?:(?<=:){_OCTET}(?:\.{_OCTET}){{3}})?(?:%[A-Za-z0-9]{{1,15}})?(?![A-Za-z0-9_:])"
)
_MAC = re.compile(
    r"(?:(?<![A-Za-z0-9_:.\\-])|(?<=\\[nrt]))"
    r"(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})"
    r"(?![A-Za-z0-9_]|[:-][0-9A-Fa-f])"
)
_NUMBERING = r"\b(?:v|ver|version|release|section|chapter|clause|build|firmware|§)\.?\s*$"
_ADDRESS_WORDS = r"\bip\b|\baddress|\bhost|\bserver|\bdns\b"


def ip_addresses(text: str) -> Iterator[Span]:
    """Addresses of one machine, private networks too; not masks, loopback, or the numbers of versions and sections."""
    if text.count(".") >= 3:
        for found in _IPV4.finditer(text):
            if _is_machine(IPv4Address(found.group())) and not _is_numbering(text, found):
                yield Span(found.start(), found.end())
    if text.count(":") >= 2:
        for found in _IPV6.finditer(text):
            if _is_ipv6(found.group()):
                yield Span(found.start(), found.end())


def mac_addresses(text: str) -> Iterator[Span]:
    """Six pairs of hexadecimal digits with colons or dashes, or three groups of four with dots."""
    for found in _MAC.finditer(text):
        said = found.group().lower()
        is_one = len(set(said) - set(":-.")) > 1  # neither all zeros nor the broadcast address
        if is_one and ("." not in said or re.search("[a-f]", said)):
            yield Span(found.start(), found.end())


def _is_machine(address: IPv4Address | IPv6Address) -> bool:
    is_mask = isinstance(address, IPv4Address) and address.packed[0] == 255
    return not (address.is_loopback or address.is_unspecified or is_mask)


def _is_numbering(text: str, found: re.Match[str]) -> bool:
    """`version 2.4.1.0` is none, and `1.2.3.4` only where the text speaks of addresses."""
    if names_one_of(_NUMBERING, text, found.start(), 16):
        return True
    return len(found.group()) == len("1.2.3.4") and not names_one_of(_ADDRESS_WORDS, text, found.start())


def _is_ipv6(said: str) -> bool:
    """`f::add` is a path of a program: three groups, or a first one of four digits, make an address."""
    groups = [group for group in said.split(":") if group]
    if not any(map(str.isdigit, said)) or not (len(groups) >= 3 or (groups and len(groups[0]) == 4)):
        return False
    try:
        return _is_machine(IPv6Address(said))
    except ValueError:
        return False
