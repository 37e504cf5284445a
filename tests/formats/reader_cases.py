"""What readers of text disagree about, as files of each container; the docs show what Tilth answers to each."""

import gzip
from collections.abc import Callable

FORMATS = ("jsonl", "json", "csv", "yaml")
MAX_ROW_BYTES = 1 << 20
"""How long a row may be here: less than a reader takes, so that the cases stay small."""
Files = dict[str, bytes]
Case = tuple[str, Files]


def in_each(value: bytes) -> Files:
    """A row with this JSON value under the key `a`."""
    cell = value.replace(b'"', b'""')
    return {
        "jsonl": b'{"a": ' + value + b"}\n",
        "json": b'[{"a": ' + value + b"}]\n",
        "csv": b'a:json\n"' + cell + b'"\n',
        "yaml": b"- a: " + value + b"\n",
    }


def text_of(character: str) -> Files:
    """A row with a text in which this character stands as itself, in quotes where the container has them."""
    return in_each(b'"x' + character.encode() + b'y"') | {"csv": b'a\n"x' + character.encode() + b'y"\n'}


def rows_of(first: str, second: str) -> Files:
    """Two rows whose texts are given."""
    return {
        "jsonl": f'{{"a": "{first}"}}\n{{"a": "{second}"}}\n'.encode(),
        "json": f'[\n{{"a": "{first}"}},\n{{"a": "{second}"}}\n]\n'.encode(),
        "csv": f"a\n{first}\n{second}\n".encode(),
        "yaml": f"- a: {first}\n- a: {second}\n".encode(),
    }


def changed(files: Files, change: Callable[[bytes], bytes]) -> Files:
    """The same files, each changed."""
    return {name: change(content) for name, content in files.items()}


def recoded(encoding: str) -> Files:
    """Two rows with an accent, in another encoding."""
    return changed(rows_of("café", "tea"), lambda content: content.decode().encode(encoding))


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


VALUES: list[Case] = [
    ("an integer past 64 bits", in_each(b"123456789012345678901234567890")),
    ("an integer of 5,000 digits", in_each(b"1" * 5000)),
    ("`-0.0`", in_each(b"-0.0")),
    ("`1e999`", in_each(b"1e999")),
    ("`1e-999`", in_each(b"1e-999")),
    ("more digits than a double has", in_each(b"0.12345678901234567890123")),
    ("`NaN`", in_each(b"NaN") | {"yaml": b"- a: .nan\n"}),
    ("`-Infinity`", in_each(b"-Infinity") | {"yaml": b"- a: -.inf\n"}),
    ("`007`", in_each(b"007")),
    ("`no`", in_each(b"no")),
    ("an escaped NUL", in_each(b'"x\\u0000y"')),
    ("an escaped pair of surrogates", in_each(b'"\\ud83c\\udf3e"')),
    ("half of a pair, escaped", in_each(b'"\\ud83c"')),
    ("U+2028", text_of("\u2028")),
    ("U+0085", text_of("\x85")),
    ("a NUL as it is", text_of("\0")),
    ("a control character as it is", text_of("\x1b")),
    ("a tab as it is", text_of("\t")),
    ("a line break in a text as it is", text_of("\n")),
    ("127 lists inside each other", in_each(nested(127))),
    ("128 lists inside each other", in_each(nested(128))),
    ("100,000 lists inside each other", in_each(nested(100_000))),
]
ROWS: list[Case] = [
    (
        "a key given twice",
        in_each(b'1, "a": 2') | {"csv": b"a,a\n1,2\n", "yaml": b"- a: 1\n  a: 2\n"},
    ),
    (
        "a key given twice, further in",
        in_each(b'{"b": 1, "b": 2}'),
    ),
    ("a list where a row should be", {"jsonl": b"[1]\n", "json": b"[[1]]", "yaml": b"- [1]\n"}),
    ("a text where a row should be", {"jsonl": b'"a"\n', "json": b'["a"]', "yaml": b"- a\n"}),
    ("`null` where a row should be", {"jsonl": b"null\n", "json": b"[null]", "yaml": b"- null\n"}),
    (
        "20,000 keys",
        {
            "jsonl": b"{" + b",".join(b'"k%d":1' % number for number in range(20_000)) + b"}\n",
            "json": b"[{" + b",".join(b'"k%d":1' % number for number in range(20_000)) + b"}]",
            "csv": (b",".join(b"k%d" % number for number in range(20_000)) + b"\n") * 2,
            "yaml": b"".join(b"k%d: 1\n" % number for number in range(20_000)),
        },
    ),
    ("a row longer than is allowed", rows_of("x" * (2 << 20), "y")),
    ("a comma too many", {"jsonl": b'{"a": 1,}\n', "json": b'[{"a": 1},]', "csv": b"a\n1,\n", "yaml": b"- {a: 1,}\n"}),
    ("a quote that is not closed", {
        "jsonl": b'{"a": "x\n', "json": b'[{"a": "x}]', "csv": b'a\n"x\n', "yaml": b'- a: "x\n'}),
    ("a cell too few", {"csv": b"a,b\n1\n"}),
    ("a quote within a cell without quotes", {"csv": b'a,b\n1,so "called"\n'}),
    ("text behind a quoted cell", {"csv": b'a,b\n1,"so" called\n'}),
    ("a tag", {"yaml": b"- a: !!python/object/apply:os.system [id]\n"}),
    ("a merge key", {"yaml": b"- <<: {a: 1}\n"}),
    ("an alias of an anchor", {"yaml": b"- a: &x [1]\n  b: *x\n"}),
]  # fmt: skip
FILES: list[Case] = [
    ("nothing in it", dict.fromkeys(FORMATS, b"")),
    ("only white space", dict.fromkeys(FORMATS, b"\n  \n")),
    ("a byte order mark at its start", changed(rows_of("x", "y"), lambda text: b"\xef\xbb\xbf" + text)),
    ("a byte order mark before the second row", rows_of("x", "y") | {
        "jsonl": b'{"a": "x"}\n\xef\xbb\xbf{"a": "y"}\n', "json": b'[{"a": "x"},\xef\xbb\xbf{"a": "y"}]',
        "csv": b"a\nx\n\xef\xbb\xbfy\n", "yaml": b"- a: x\n- \xef\xbb\xbfa: y\n"}),
    ("lines that end in CR LF", changed(rows_of("x", "y"), lambda text: text.replace(b"\n", b"\r\n"))),
    ("lines that end in CR alone", changed(rows_of("x", "y"), lambda text: text.replace(b"\n", b"\r"))),
    ("no line end at its end", changed(rows_of("x", "y"), lambda text: text[:-1])),
    ("empty lines", changed(rows_of("x", "y"), lambda text: text.replace(b"\n", b"\n\n"))),
    ("UTF-16 with a mark", recoded("utf-16")),
    ("UTF-16 without one", recoded("utf-16-le")),
    ("UTF-32", recoded("utf-32")),
    ("Latin-1", recoded("latin-1")),
    ("Shift JIS", changed(rows_of("お茶をどうぞ", "x"), lambda text: text.decode().encode("shift_jis"))),
    ("a web page under this name", dict.fromkeys(FORMATS, b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n")),
    ("a Parquet file under this name", dict.fromkeys(FORMATS, b"PAR1\x15\x00\x15\x9a")),
    ("a gzip file under this name", changed(rows_of("x", "y"), lambda text: gzip.compress(text, mtime=0))),
    ("a gzip file cut short", changed(rows_of("x", "y"), lambda text: gzip.compress(text, mtime=0)[:-9])),
    ("a gzip bomb, 1:1000", changed(rows_of("x" * (2 << 20), "y"), lambda text: gzip.compress(text, mtime=0))),
    ("cut short", {"jsonl": b'{"a": "x"}\n{"a": "y', "json": b'[{"a": "x"},\n{"a": "y', "csv": b'a,b\nx,x\ny,"',
                   "yaml": b'- a: x\n- a: "y'}),
    ("another row after its end", {"json": b'[{"a": "x"}]\n{"a": "y"}\n'}),
    ("two documents", {"yaml": b"a: x\n---\na: y\n"}),
    ("a broken document between two", {"yaml": b"a: x\n---\na: [\n---\na: y\n"}),
    ("an alias bomb", {"yaml": b"- a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"  %c: &%c [%s]\n" % (each + 1, each + 1, b",".join([b"*%c" % each] * 10)) for each in b"abcdefghi")}),
]  # fmt: skip
SHAPES: list[Case] = [
    ("a list of objects", {"json": b'[{"a": 1}, {"a": 2}]'}),
    ("an empty list", {"json": b"[]"}),
    ("an object with one list of objects", {"json": b'{"version": "1.1", "data": [{"a": 1}, {"a": 2}]}'}),
    ("an object with two lists of objects", {"json": b'{"train": [{"a": 1}], "test": [{"a": 2}]}'}),
    ("an object with none", {"json": b'{"a": 1, "b": {"c": [{"d": 2}]}}'}),
    ("an object with an empty list", {"json": b'{"version": "1.1", "data": []}'}),
    ("one conversation", {"json": b'{"messages": [{"role": "user", "content": "Hi"}], "tools": [{"name": "f"}]}'}),
    ("columns as lists of one length", {"json": b'{"q": ["a", "b"], "answers": [{"text": "c"}, {"text": "d"}]}'}),
    ("columns as objects", {"json": b'{"q": {"0": "a", "1": "b"}, "r": {"0": "c", "1": "d"}}'}),
    ("JSON Lines", {"json": b'{"a": 1}\n{"a": 2}\n'}),
    ("objects one after another", {"json": b'{"a":\n1} {"a":\n2}'}),
    ("objects with commas between them", {"json": b'{"a": 1},\n{"a": 2}\n'}),
    ("a list of texts", {"json": b'["a", "b"]'}),
    ("a number", {"json": b"42"}),
    ("two lists", {"json": b'[{"a": 1}]\n[{"a": 2}]'}),
]
