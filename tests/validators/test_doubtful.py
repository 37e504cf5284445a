"""What is found among rows that leave out conversations that are surely good is what is found among all rows."""

import json
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tilth.formats import Dataset
from tilth.formats.bulk.conversations import SPELLINGS, sure_conversations
from tilth.validators import check
from tilth.validators.validate import ValidateOptions

NAMES = {"openai": ("messages", "role", "content"), "sharegpt": ("conversations", "from", "value")}
ROLES = {"openai": ("system", "user", "assistant"), "sharegpt": ("system", "human", "gpt")}
# Texts around everything that makes a text doubtful, and good ones of many scripts.
TEXTS = [
    "Hello",
    "hello",
    "HELLO there",
    "a  b",
    "a b",
    "",
    " ",
    " lead",
    "trail ",
    "tab\t",
    "\u00a0",
    "no\u00a0",
    "\u3000wide",
    "wide\u3000",
    "日本語。",
    "日本語!",
    "\u200bzero",
    "\u200b",
    "naïve é",
    "éa",
    "Straße",
    "STRASSE",
    "\u212aelvin",
    "kelvin",
    "한국어",
    "مرحبا",
    "\u061c",
    "👋",
    "👋🏽 hi",
    "\U000e0041",
    "\U0001d173",
    "<|im_start|>",
    "a < b",
    "[INST] x",
    "[1, 2]",
    "[{x}]",
    "</s>",
    "<\uff5cx\uff5c>",
    "[/TOOL_CALLS]",
    'say "hi"',
    '"quoted',
    "back\\",
    "\\back",
    "line\nline",
    "end\n",
    "\x7f",
    "/slash",
]
texts = st.sampled_from(TEXTS) | st.text(max_size=6) | st.text(alphabet=string.ascii_letters + " ", min_size=1)


@st.composite
def conversations(draw: st.DrawFn, shape: str) -> dict[str, Any]:
    """Mostly a good conversation; sometimes with one thing about it."""
    turns, speaker, text = NAMES[shape]
    system, user, assistant = ROLES[shape]
    said = [{speaker: system, text: draw(texts)}] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(0, 2))):
        said += [{speaker: user, text: draw(texts)}, {speaker: assistant, text: draw(texts)}]
    row: dict[str, Any] = {turns: said}
    if said and draw(st.integers(0, 3)) == 0:
        one = said[draw(st.integers(0, len(said) - 1))]
        changes = [
            {speaker: draw(st.sampled_from([system, user, assistant, "tool", "narrator", "", 1]))},
            {text: draw(st.sampled_from([None, 1, [], [{"type": "text", "text": "x"}]]))},
            {"weight": draw(st.sampled_from([0, 1, 2]))},
            {"name": "x"},
        ]
        one.update(draw(st.sampled_from(changes)))
    if draw(st.integers(0, 9)) == 0:
        row[draw(st.sampled_from(["id", "tools", turns[:-1]]))] = "x"
    return row


def same_findings(path: Path, shape: str) -> None:
    """Look at a file in both ways."""
    examiner = ValidateOptions().examiner()
    whole = Dataset.open(path, dialect=shape, on_error="reject")
    expected = [
        finding
        for batch in whole.batches()
        for record, origin, id in zip(batch.records, batch.origins, batch.ids, strict=True)
        for finding in examiner.findings(record, origin.file, origin.line, id)
    ]
    data = Dataset.open(path, dialect=shape, on_error="reject")
    assert list(check(data)) == expected
    assert list(data.rejects) == list(whole.rejects)
    assert data.count() == whole.count()


@pytest.mark.parametrize("shape", sorted(NAMES))
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_finding_is_left_out(tmp_path: Path, shape: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(conversations(shape), min_size=1, max_size=6))
    style = data.draw(st.sampled_from([{}, {"separators": (",", ":")}, {"ensure_ascii": False}, {"indent": 0}]))
    lines = [json.dumps(row, **style).replace("\n", "") for row in rows]
    content = bytearray("\n".join(lines).encode("utf-8", "surrogatepass") + b"\n" * data.draw(st.integers(0, 1)))
    if data.draw(st.integers(0, 3)) == 0:
        chance = data.draw(st.randoms(use_true_random=False))
        content[chance.randrange(len(content))] = chance.choice(b'"\\{}[],: x\n\r\t\x00\xff<')
    # A file of which no row at all can be read has no shape.
    content = bytearray(json.dumps({NAMES[shape][0]: []}).encode() + b"\n" + content)
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    same_findings(path, shape)


def every_pair(shape: str) -> Iterator[bytes]:
    turns, speaker, text = NAMES[shape]
    _, user, assistant = ROLES[shape]
    for one in TEXTS:
        for other in TEXTS:
            row = {turns: [{speaker: user, text: one}, {speaker: assistant, text: other}]}
            yield json.dumps(row, ensure_ascii=random.Random(one + other).random() < 0.5).encode() + b"\n"


@pytest.mark.parametrize("shape", sorted(NAMES))
def test_no_pair_of_texts_hides_what_is_wrong_with_it(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join(every_pair(shape)))
    same_findings(path, shape)


@pytest.mark.parametrize(
    "text", ["Hello", "日本語です。", "한국어!", "Привет", "naïve é", 'He said "no"', "line\nline", "👋 hi"]
)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_good_conversations_of_many_scripts_are_told_at_a_glance(text: str, ascii_only: bool) -> None:
    said = [("system", f"{text} 1"), ("user", f"{text} 2"), ("assistant", f"{text} 3")]
    row = {"messages": [{"role": role, "content": content} for role, content in said]}
    line = json.dumps(row, ensure_ascii=ascii_only).encode() + b"\n"
    if not (ascii_only and not text[0].isascii()):  # an escape at the very start may be whitespace
        assert sure_conversations(line * 3, SPELLINGS["openai"]).is_sure.tolist() == [True] * 3


@example('{"messages": [{"role": "user", "content": "Hi"}]}')
@example('{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"}], "id": 3}')
@example('{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"}]}}')
@given(st.just("{}"))
def test_what_is_anything_else_is_never_sure(line: str) -> None:
    assert not sure_conversations(f'{line}\n{{"messages": []}}\n'.encode(), SPELLINGS["openai"]).is_sure.any()
