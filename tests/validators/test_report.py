"""Findings as lines: pasteable places, one line each, and nothing that a terminal or a parser would obey."""

import json
import unicodedata
from typing import Any

from hypothesis import given

from tests.schemas.rows import texts
from tilth.validators import Finding, ValidateOptions, render


def findings(fields: dict[str, Any], file: str = "a.jsonl") -> list[Finding]:
    return ValidateOptions().examiner().findings({"type": "instruction", **fields}, file, 17, "0" * 32)


def test_text_reads_like_a_compilers():
    lines = list(render(findings({"instruction": "Add. ", "output": ""})))
    assert lines == [
        "a.jsonl:17: output: empty: is empty (expected some text); write it, or leave the row out",
        'a.jsonl:17: instruction: whitespace: has whitespace around it (found "Add. ", expected none); '
        '--fix makes it "Add." [warning]',
    ]


def test_json_has_the_value_as_it_is_and_says_what_can_be_fixed():
    (line,) = render(findings({"instruction": "Add.", "output": "4\x1b "}), "json")
    found = json.loads(line)
    assert (found["file"], found["line"], found["field"], found["code"]) == ("a.jsonl", 17, "output", "whitespace")
    assert (found["found"], found["fixable"], found["severity"]) == ("4\x1b ", True, "warning")


def test_github_shows_it_beside_the_line():
    (line,) = render(findings({"instruction": "100% sure?", "output": 7}, "a,b:c.jsonl"), "github")
    assert line == (
        "::error file=a%2Cb%3Ac.jsonl,line=17,title=wrong-type output::"
        "output: wrong-type: is a number (found 7, expected text)"
    )


def test_a_long_text_is_cut():
    (line,) = render(findings({"instruction": "a" * 5000 + " ", "output": "b"}))
    assert len(line) < 300


HOSTILE = "\x1b]52;c;cGF5bG9hZA==\x07 [/b] \u202e \r\n::error::forged"


def test_no_record_text_reaches_the_terminal_as_a_command():
    fields = {"instruction": HOSTILE, "output": HOSTILE, HOSTILE: 1}
    for style in ("text", "github", "json"):
        for line in render(findings(fields), style):
            assert not set(line) & set("\x1b\x07\r\n\u202e")
            assert not line.startswith("::error::")


@given(texts, texts, texts)
def test_any_text_makes_one_line(instruction, output, name):
    for style in ("text", "github", "json"):
        for line in render(findings({"instruction": instruction, "output": output, name: 1}), style):
            assert not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") for character in line)
            assert len(line.splitlines()) == 1
