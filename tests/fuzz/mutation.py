"""Damaged copies of good files."""

import random

_TOKENS = [
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\r",
    b"\n",
    b"\r\n",
    b'"',
    b"'",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b";",
    b"\t",
    b"---\n",
    b"- ",
    b"? ",
    b"&a ",
    b"*a",
    b"!!python/object/apply:os.system [id]",
    b"<<: *a",
    b"|\n",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 400,
    b"-0.0",
    b"null",
    b"true",
    b"[" * 300,
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"PAR1",
    b"ARROW1",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x00\x00\x00\x00\x00\x00\x00\x80",
    b"00:00:01,000 --> 00:00:02,000",
    b"__label__",
    b"-DOCSTART-",
    b"# ",
    b"```",
]
_MOST_BYTES = 8192


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """A seed with one to six damages: bits flipped, pieces cut, doubled, moved, swapped for tokens or other seeds'."""
    content = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(content) + 1)
        length = min(len(content) - place, 1 << chance.randrange(9))
        kind = chance.randrange(8)
        if kind == 0 and place < len(content):
            content[place] ^= 1 << chance.randrange(8)
        elif kind == 1 and place < len(content):
            content[place] = chance.randrange(256)
        elif kind == 2:
            del content[place : place + length]
        elif kind == 3:
            content[place:place] = content[place : place + length] * chance.randint(1, 4)
        elif kind == 4:
            content[place:place] = chance.choice(_TOKENS)
        elif kind == 5:
            content[place : place + length] = chance.choice(_TOKENS)
        elif kind == 6:
            other = chance.choice(seeds)
            begin = chance.randrange(len(other) + 1)
            content[place:place] = other[begin : begin + length]
        else:
            del content[place:]
    return bytes(content[:_MOST_BYTES])
