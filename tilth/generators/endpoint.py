"""Where requests may go: an address that the user named, reached safely, and nothing else.

A base URL can come out of a recipe that somebody else wrote. So it has to be https or this machine, it never points
at the addresses where clouds hand out credentials, and spellings that hide an address are refused.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from tilth.errors import UsageError
from tilth.schemas.safe_text import safe_text

_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data", "metadata.azure.internal"})
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in IPv6 clothes
# Beside the link-local ranges: where AWS (IPv6), Alibaba and Oracle answer questions about a machine's credentials.
_METADATA_ADDRESSES = frozenset(map(ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
# 2130706433, 0x7f.1, 0177.0.0.1, 127.1: a C library reads all of them as an address, a person none.
_NUMERIC_HOST = re.compile(r"(0[xX][0-9a-fA-F]*|[0-9]+)(\.(0[xX][0-9a-fA-F]*|[0-9]+))*\.?")


@dataclass(frozen=True)
class Endpoint:
    """A base URL that passed the checks, such as `http://localhost:8080/v1`."""

    url: str
    is_loopback: bool

    @property
    def completions_url(self) -> str:
        """Where chat completions are asked for."""
        return f"{self.url}/chat/completions"


def check_endpoint(url: str, *, allow_insecure: bool = False) -> Endpoint:
    """The endpoint that `url` names. Raises `UsageError` for one that may not be talked to; sends nothing."""
    shown = safe_text(url, one_line=True)
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as failure:
        raise UsageError(f"the endpoint {shown} is not a URL: {failure}", fix=_EXAMPLE) from failure
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\%\x00-\x1f]", url):
        raise UsageError(f"the endpoint {shown} is not an http or https URL", fix=_EXAMPLE)
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError("the endpoint holds a user name, a query or a fragment; a key is read from the environment",
                         fix=_EXAMPLE)  # fmt: skip
    address = _address(host, shown)
    if host in _METADATA_NAMES or (address is not None and is_forbidden(address)):
        raise UsageError(f"the endpoint {shown} is a link-local or metadata address", fix=_EXAMPLE)
    is_loopback = host == "localhost" or (address is not None and address.is_loopback)
    if parts.scheme == "http" and not is_loopback and not allow_insecure:
        raise UsageError(f"the endpoint {shown} is neither https nor this machine", fix="--allow-insecure")
    return Endpoint(url.rstrip("/"), is_loopback)


def check_resolved(endpoint: Endpoint) -> None:
    """Look the endpoint's name up once and raise `UsageError` when it leads to a forbidden address."""
    host = urlsplit(endpoint.url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # no such host: the first request says so, with its attempts in the ledger
    for *_, place in found:
        if is_forbidden(ip_address(str(place[0]).partition("%")[0])):
            raise UsageError(f"the endpoint {endpoint.url} leads to a link-local or metadata address", fix=_EXAMPLE)


def is_forbidden(address: IPv4Address | IPv6Address) -> bool:
    """True for an address that no model is served from: link-local, multicast, unspecified, metadata services."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            hidden = IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden is not None:
            return is_forbidden(hidden)
    is_no_server = address.is_link_local or address.is_multicast or address.is_unspecified
    return is_no_server or address in _METADATA_ADDRESSES


def _address(host: str, shown: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        if _NUMERIC_HOST.fullmatch(host):
            raise UsageError(f"the endpoint {shown} spells an address in an unusual way", fix=_EXAMPLE) from None
        return None
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.scope_id):
        raise UsageError(f"the endpoint {shown} spells an address in an unusual way", fix=_EXAMPLE)
    return address


_EXAMPLE = "--endpoint http://localhost:8080/v1"
