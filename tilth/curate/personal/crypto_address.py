"""Addresses of cryptocurrencies."""

import re
from collections.abc import Iterator
from hashlib import sha256

from tilth.curate.personal.edges import BEGIN, END
from tilth.curate.personal.span import Span

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_OLD = re.compile(BEGIN + r"[13LDT][1-9A-HJ-NP-Za-km-z]{25,34}" + END)
_SEGWIT = re.compile(BEGIN + rf"(?:bc|ltc)1[{_BECH32}]{{11,71}}" + END)
_ETHEREUM = re.compile(BEGIN + r"0x[0-9A-Fa-f]{40}" + END)


def crypto_addresses(text: str) -> Iterator[Span]:
    """Bitcoin, Litecoin, Dogecoin and Tron (Base58Check, Bech32: their checksums are verified), and Ethereum."""
    for pattern, is_valid in ((_OLD, passes_base58), (_SEGWIT, passes_bech32), (_ETHEREUM, _is_no_filler)):
        for found in pattern.finditer(text):
            if is_valid(found.group()):
                yield Span(*found.span())


def passes_base58(address: str) -> bool:
    """Whether the last four bytes are the double sha256 of the others."""
    number = 0
    for character in address:
        number = number * 58 + _BASE58.index(character)
    content = number.to_bytes(max(25, (number.bit_length() + 7) // 8), "big")
    return len(content) == 25 and sha256(sha256(content[:-4]).digest()).digest()[:4] == content[-4:]


def passes_bech32(address: str) -> bool:
    """Whether the checksum of BIP 173, or of BIP 350, fits."""
    prefix, _, rest = address.partition("1")
    values = [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]
    check = 1
    for value in values + [_BECH32.index(character) for character in rest]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check in (1, 0x2BC830A3)


def _is_no_filler(address: str) -> bool:
    return len(set(address[2:].lower())) > 4
