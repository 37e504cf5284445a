import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tilth.cli.border import run as cli
from tilth.curate.pii import pii
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset
from tilth.operation import Fields

MAIL, CARD = "jane.doe@shop.example", "4111111111111111"
CHAT: Fields = {
    "type": "chat",
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": f"I am {MAIL}"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"function": {"name": "pay", "arguments": f'{{"card": {CARD}, "to": "{MAIL}"}}'}},
                {"function": {"name": "pay", "arguments": {"card": int(CARD), "who": {MAIL: 1, "bob@x.example": 2}}}},
            ],
        },
    ],
    "meta": {"author": MAIL},
    "extra": {"phoneNumber": "0151 23456789", "n": 4111},
}


def records(data: Any) -> list[Fields]:
    return [record for batch in data.batches() for record in batch.records]


def masked(*given: Fields, **options: Any) -> list[Fields]:
    return records(pii(Dataset.of(given), **options).kept)


def test_every_text_number_and_name_at_any_depth_is_masked() -> None:
    (found,) = masked(CHAT)
    calls = found["messages"][1]["tool_calls"]
    assert found["messages"][0]["content"][0]["text"] == "I am [EMAIL]"
    assert json.loads(calls[0]["function"]["arguments"]) == {"card": "[CREDIT_CARD]", "to": "[EMAIL]"}
    assert calls[1]["function"]["arguments"] == {"card": "[CREDIT_CARD]", "who": {"[EMAIL]": 1, "[EMAIL] 2": 2}}
    assert (found["meta"]["author"], found["extra"]) == ("[EMAIL]", {"phoneNumber": "[PHONE]", "n": 4111})
    assert MAIL not in json.dumps(found) and CARD not in json.dumps(found)


def test_masking_twice_changes_nothing_more() -> None:
    (once,) = masked(CHAT)
    assert masked(once) == [once]


def test_entities_and_answers_follow() -> None:
    ner: Fields = {
        "type": "ner",
        "text": f"{MAIL} is Jane in Oslo",
        "entities": [
            {"start": 0, "end": len(MAIL), "label": "MAIL"},
            {"start": 0, "end": 4, "label": "NAME"},
            {"start": len(MAIL) + 12, "end": len(MAIL) + 16, "label": "PLACE"},
        ],
    }
    qa: Fields = {
        "type": "qa",
        "question": "who?",
        "context": f"{MAIL} or Bob",
        "answers": [{"text": "Bob", "start": len(MAIL) + 4}],
    }
    first, second = masked(ner, qa)
    assert [first["text"][one["start"] : one["end"]] for one in first["entities"]] == ["[EMAIL]", "[EMAIL]", "Oslo"]
    answer = second["answers"][0]
    assert second["context"][answer["start"] :] == answer["text"] == "Bob"


def test_a_row_whose_spans_cannot_follow_is_never_handed_on_unmasked() -> None:
    outside: Fields = {"type": "ner", "text": MAIL, "entities": [{"start": 1, "end": 99, "label": "P"}]}
    outcome = pii(Dataset.of([outside]))
    assert [aside.reason.code for aside in outcome.set_aside] == ["offsets-cannot-follow"]


def test_an_answer_that_is_not_where_it_says_is_no_reason_to_lose_a_row() -> None:
    row: Fields = {"type": "qa", "question": "?", "context": "Bob did", "answers": [{"text": MAIL, "start": 3}]}
    (found,) = masked(row)
    assert found["answers"] == [{"text": "[EMAIL]", "start": 3}]


def test_a_row_is_set_aside_with_kinds_and_places_and_no_value() -> None:
    outcome = pii(Dataset.of([CHAT, {"type": "text", "text": "nothing here"}]), action="remove-row")
    (aside,) = outcome.set_aside
    assert aside.reason.code == "personal-data"
    assert aside.reason.detail.startswith("email in messages[0].content[0].text at 5-26")
    assert MAIL not in aside.reason.detail
    assert outcome.rows_kept == 1


def test_flagged_rows_say_what_and_where_and_are_otherwise_as_they_were() -> None:
    row: Fields = {"type": "text", "text": f"me: {MAIL}"}
    (found,) = masked(row, action="flag")
    place = {"kind": "email", "field": "text", "start": 4, "end": 4 + len(MAIL)}
    assert found == {**row, "meta": {"pii": [place]}}


def test_what_may_stay_and_what_is_not_looked_at_stays() -> None:
    row: Fields = {"type": "text", "text": "Help@Shop.example", "extra": {"a": MAIL, "b": MAIL}}
    (found,) = masked(row, allow=("*@shop.example",))
    assert found == row
    (found,) = masked(row, leave=("extra.a", "text"))
    assert found == {**row, "extra": {"a": MAIL, "b": "[EMAIL]"}}


def test_only_the_kinds_asked_for_are_found() -> None:
    assert (
        masked({"type": "text", "text": f"{MAIL} {CARD}"}, kinds=("credit-card",))[0]["text"] == f"{MAIL} [CREDIT_CARD]"
    )


TRICKS = [
    "[EMAIL-1]",
    "[EMAIL-",
    "-1]",
    "#]",
    '"',
    MAIL,
    "bob@x.example",
    " ",
    CARD,
    "[TEXT-2]",
    "{",
    "0151 5550123",
    "é",
]


@settings(max_examples=40, deadline=None)
@example([f"[EMAIL-{CARD}#]"])
@given(st.lists(st.lists(st.sampled_from(TRICKS), max_size=6).map("".join), max_size=4))
def test_pseudonyms_lead_back_exactly_whatever_the_text_holds(tmp_path_factory: Any, texts: list[str]) -> None:
    key = tmp_path_factory.mktemp("key") / "key.json"
    rows: list[Fields] = [{"type": "text", "text": text, "extra": {"n": int(CARD), "t": text}} for text in texts]
    given = pii(Dataset.of(rows), action="pseudonym", key=key)
    back = pii(given.kept, restore=key)
    assert records(back.kept) == records(Dataset.of(rows))


def test_the_same_value_has_the_same_pseudonym_in_every_set_of_one_key(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    texts = [f"{MAIL} and bob@x.example", f"bob@x.example, {MAIL}"]
    found = [masked({"type": "text", "text": text}, action="pseudonym", key=key)[0]["text"] for text in texts]
    assert found == ["[EMAIL-1] and [EMAIL-2]", "[EMAIL-2], [EMAIL-1]"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_results_do_not_depend_on_the_size_of_batches(tmp_path: Path, rebatched: Callable[..., Dataset]) -> None:
    rows: list[Fields] = [{"type": "text", "text": f"user{number % 7}@x.example"} for number in range(40)]
    texts = []
    for size in (1, 40):
        outcome = pii(rebatched(Dataset.of(rows), size), action="pseudonym", key=tmp_path / f"{size}.json")
        texts.append([record["text"] for record in records(outcome.kept)])
    assert texts[0] == texts[1]
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "40.json").read_bytes()


def test_a_pseudonym_without_a_key_file_is_refused() -> None:
    with pytest.raises(UsageError, match="--key FILE"):
        pii(Dataset.of([]), action="pseudonym")


@pytest.mark.parametrize("content", ["", "[]", '{"tilth": "pseudonyms", "version": 1, "values": {"EMAIL": [1]}}'])
def test_a_broken_key_file_is_one_line(tmp_path: Path, content: str) -> None:
    key = tmp_path / "key.json"
    key.write_text(content)
    with pytest.raises(DataError, match="key file"):
        pii(Dataset.of([CHAT]), restore=key)


def test_files_hold_nothing_that_was_masked_and_come_back_byte_by_byte(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"instruction": "Who?", "output": f"Größe: {MAIL}", "card": int(CARD)}, {"instruction": "a", "output": "b"}]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert cli(["pii", "in.jsonl", "-o", "masked.jsonl", "-q"]) == 0
    assert cli(["pii", "in.jsonl", "-o", "named.jsonl", "--action", "pseudonym", "--key", "key.json", "-q"]) == 0
    written = "".join(path.read_text() for path in tmp_path.glob("*d.jsonl*"))
    assert "[EMAIL-1]" in written and MAIL not in written and CARD not in written
    assert cli(["pii", "named.jsonl", "-o", "back.jsonl", "--restore", "key.json", "-q"]) == 0
    assert Path("back.jsonl").read_bytes() == Path("in.jsonl").read_bytes()


def test_a_dry_run_counts_and_writes_no_key(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text(json.dumps({"text": MAIL}) + "\n")
    assert cli(["pii", "in.jsonl", "-o", "o.jsonl", "--action", "pseudonym", "--key", "k.json", "--dry-run"]) == 0
    assert re.search(r"email.*1", capsys.readouterr().err)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_no_rows_and_empty_texts_are_no_problem() -> None:
    assert pii(Dataset.of([])).rows_in == 0
    assert masked({"type": "text", "text": ""}) == [{"type": "text", "text": ""}]
