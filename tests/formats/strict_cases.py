"""What other JSON readers disagree about, and the one answer that Tilth gives to each; the docs show this table."""

TAKEN = "taken as it is"

CASES: list[tuple[str, bytes, str]] = [
    # what it is, the line, the answer: taken, or a part of the message that refuses it
    ("an integer past 64 bits", b'{"a": 123456789012345678901234567890}', TAKEN),
    ("`-0.0`", b'{"a": -0.0}', TAKEN),
    ("U+2028, U+0085 in a text", '{"a": "x\u2028y\u0085z"}'.encode(), TAKEN),
    ("an escaped NUL", b'{"a": "\\u0000"}', TAKEN),
    ("an escaped surrogate pair", b'{"a": "\\ud83c\\udf3e"}', TAKEN),
    ("a carriage return before the newline", b'{"a": 1}\r', TAKEN),
    ("128 objects and lists inside each other", b'{"a":' + b"[" * 127 + b"]" * 127 + b"}", TAKEN),
    ("an integer of more than 4300 digits", b'{"a": ' + b"1" * 5000 + b"}", "an integer of more than 4300 digits"),
    ("the same key twice", b'{"a": 1, "a": 2}', 'the key "a" is given twice'),
    ("the same key twice, spelt differently", b'{"a": 1, "\\u0061" : 2}', 'the key "a" is given twice'),
    ("the same key twice, further in", b'{"b": [{"x": 1, "x": 1}]}', 'the key "x" is given twice'),
    ("`NaN`", b'{"a": NaN}', "NaN is not JSON"),
    ("`Infinity`", b'{"a": -Infinity}', "Infinity is not JSON"),
    ("`1e999`", b'{"a": 1e999}', "the number 1e999 is larger than a float can be"),
    ("half of a surrogate pair", b'{"a": "\\ud800"}', "half of a surrogate pair, which is no character"),
    ("bytes that are not UTF-8", b'{"a": "caf\xe9"}', "byte 11 of the line, 0xe9, is not UTF-8"),
    ("an encoded surrogate", b'{"a": "\xed\xa0\x80"}', "is not UTF-8"),
    ("a raw control character in a text", b'{"a": "x\x00y"}', "broken JSON at column 9: invalid control character"),
    ("more than 128 inside each other", b'{"a":' + b"[" * 128 + b"]" * 128 + b"}", "more than 128 deep"),
    ("100,000 inside each other", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "more than 128 deep"),
    ("a comma too many", b'{"a": 1,}', "broken JSON at column 9"),
    ("single quotes", b"{'a': 1}", "broken JSON at column 2: expecting property name enclosed in double quotes"),
    ("two values on a line", b'{"a": 1} {"a": 2}', "broken JSON at column 10: extra data"),
    ("a line cut short", b'{"a": "x', "broken JSON at column 7: unterminated string"),
    ("a comment", b'// {"a": 1}', "broken JSON at column 1: expecting value"),
    ("a list", b"[1]", "found a list, expected an object"),
    ("a text", b'"a"', "found a text, expected an object"),
    ("a number", b"1", "found a number, expected an object"),
    ("`null`", b"null", "found null, expected an object"),
    ("a byte order mark within the file", b'\xef\xbb\xbf{"a": 1}', "broken JSON at column 1"),
]
