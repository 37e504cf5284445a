"""Damaged copies of good files.

A file full of places and lengths is refused at its first byte out of place, and whatever is read after that would never
be met: a third of the damages therefore leave every byte where it was, a third put one word for another, and archives
are also damaged part by part.
"""

import io
import random
import re
import zipfile

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
_WORD = re.compile(rb"[\w.:-]+")
_ODD_WORDS = [b"", b"0", b"-1", b"1", b"4294967296", b"1e400", b"0.5", b"../x", b"id", b"x" * 300]
_MOST_BYTES = 8192


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """A seed with one to six damages."""
    seed = chance.choice(seeds)
    if seed.startswith(b"PK") and chance.randrange(4):
        return _repacked(chance, seed)
    return _damaged(chance, seed, seeds)[:_MOST_BYTES]


def _damaged(chance: random.Random, seed: bytes, others: list[bytes]) -> bytes:
    content = bytearray(seed)
    damage = chance.choice([_in_place, _word_by_word, _anyhow])
    for _ in range(chance.choice([1, 1, 2, 3, 6])):
        damage(chance, content, others)
    return bytes(content)


def _repacked(chance: random.Random, archive: bytes) -> bytes:
    """The archive with one part damaged, and whole as an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = chance.choice(list(parts))
    parts[name] = _damaged(chance, parts[name], list(parts.values()))[:_MOST_BYTES]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return packed.getvalue()


def _in_place(chance: random.Random, content: bytearray, others: list[bytes]) -> None:
    """Bits flipped and pieces written over: nothing moves."""
    if not content:
        return
    place = chance.randrange(len(content))
    kind = chance.randrange(5)
    if kind == 0:
        content[place] ^= 1 << chance.randrange(8)
    elif kind == 1:
        content[place] = chance.randrange(256)
    elif kind == 2:
        content[place] = (content[place] + chance.choice([-1, 1])) % 256
    else:
        begin = chance.randrange(len(content))
        piece = chance.choice(_TOKENS) if kind == 3 else content[begin : begin + (1 << chance.randrange(6))]
        piece = piece[: len(content) - place]
        content[place : place + len(piece)] = piece


def _word_by_word(chance: random.Random, content: bytearray, others: list[bytes]) -> None:
    """A word in the place of another: what is well formed mostly stays so."""
    words = list(_WORD.finditer(content))
    if words:
        place = chance.choice(words).span()
        content[slice(*place)] = chance.choice(_ODD_WORDS) if chance.randrange(3) == 0 else chance.choice(words)[0]


def _anyhow(chance: random.Random, content: bytearray, others: list[bytes]) -> None:
    """Bits flipped; pieces cut, doubled, moved, swapped for tokens or for pieces of other seeds."""
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
        other = chance.choice(others)
        begin = chance.randrange(len(other) + 1)
        content[place:place] = other[begin : begin + length]
    else:
        del content[place:]
