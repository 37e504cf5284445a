"""What a file plainly is by its first bytes, for telling people that it is not what its name says."""

import codecs
import re

from tilth.errors import UsageError

_STARTS = (
    (b"PAR1", "Parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PK\x03\x04", "a zip archive (or an .xlsx file)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.xls) or an encrypted one"),
    (b"%PDF", "PDF"),
    (b"ARROW1", "Arrow IPC"),
    (b"\xff\xff\xff\xff", "Arrow IPC"),
    (b"GGUF", "a GGUF model"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"\x80\x02", "a Python pickle"),
    (b"\x80\x04", "a Python pickle"),
)
_FIXES = {
    "Arrow IPC": "--from arrow",
    "Parquet": "--from parquet",
    # One compression is undone; what still begins like this was compressed twice.
    "gzip": "gunzip it once",
    "zstd": "unzstd it once",
    "bzip2": "bunzip2 it once",
    "xz": "unxz it once",
    "a zip archive (or an .xlsx file)": "--from xlsx, if it is a workbook",
    "an SQLite database": "--from sqlite",
    "an old Office file (.xls) or an encrypted one": "save it as .xlsx in a spreadsheet program, without a password",
    "a pointer of Git LFS to a file that was never fetched": "git lfs pull",
}
_PAGES = (b"<!doctype html", b"<html")
_LFS = b"version https://git-lfs.github.com/spec/"
_JSON_LINE = re.compile(rb'\s*\{\s*"[^\n]*(\}\s*(\n|$)|$)')
SNIFFED_BYTES = 512


def container_of(start: bytes) -> str | None:
    """The container that the first bytes belong to without doubt, in words; None for anything that may be text."""
    if not _is_text(start):
        for magic, name in _STARTS:
            if start.startswith(magic):
                return name
    if start.startswith(_LFS):
        return "a pointer of Git LFS to a file that was never fetched"
    page = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "an HTML page" if page.startswith(_PAGES) else None


def is_json_document(start: bytes) -> bool:
    """Whether text begins as one JSON document of several lines, or as a list: no JSON Lines."""
    line = start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].strip()
    return line == b"{" or line.startswith(b"[")


def is_json_lines(start: bytes) -> bool:
    """Whether the first line is a JSON object: no header of a table, whose quotes would be doubled within quotes."""
    return _JSON_LINE.match(start.removeprefix(b"\xef\xbb\xbf")) is not None


def refuse_other_text(start: bytes) -> None:
    """Raise `UsageError` for text that is piped in without a word about its format, and is no JSON."""
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not first or first[:1] in (b"{", b"[") or not _is_text(start) or container_of(start) is not None:
        return
    line = first.partition(b"\n")[0]
    is_yaml = line.startswith((b"- ", b"---")) or (b": " in line and b"," not in line)
    like = (
        "tsv"
        if b"\t" in line
        else "yaml"
        if is_yaml
        else "csv"
        if any(each in line for each in (b",", b";", b"|"))
        else ""
    )
    what = "what is piped in is no JSON Lines, and nothing says what it is"
    raise UsageError(what, where="<stdin>", fix=f"--from {like}" if like else "--from csv | yaml | txt | ...")


def _is_text(start: bytes) -> bool:
    """A CSV file may well begin with the letters PAR1."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # the last character may have been cut
    except UnicodeDecodeError:
        return False
    return b"\x00" not in start


def fix_for(container: str) -> str:
    """What to type for a file that turns out to be `container`; empty when nothing is left but another file."""
    return _FIXES.get(container, "")
