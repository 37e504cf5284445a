"""A file's dialect is told from evidence, with the reason, and never guessed between two."""

import shlex

import pytest

from tilth.errors import DataError, UsageError
from tilth.schemas import NoDialectError, detect, dialect

ALPACA = {"instruction": "Add 2 and 2.", "input": "", "output": "4"}
CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
SHAREGPT = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}
SQUAD = {"question": "Who?", "context": "Ada.", "answers": {"text": ["Ada"], "answer_start": [0]}}
PAIR = {"prompt": "Name a prime.", "chosen": "7", "rejected": "9"}


@pytest.mark.parametrize(
    ("row", "name", "record_type"),
    [
        (ALPACA, "alpaca", "instruction"),
        (CHAT, "openai", "chat"),
        (SHAREGPT, "sharegpt", "chat"),
        (SQUAD, "squad", "qa"),
        (PAIR, "trl-preference", "preference"),
        ({"prompt": "2+2=", "completion": "4"}, "trl-prompt-completion", "instruction"),
        ({"prompt": CHAT["messages"][:1], "completion": CHAT["messages"][1:]}, "trl-prompt-completion", "chat"),
        ({"type": "ner", "text": "a", "entities": []}, "tilth", "ner"),
        ({"text": "Late again", "label": "delivery"}, "tilth", "classification"),
        ({"text": "Late again", "labels": ["delivery"]}, "tilth", "classification"),
        ({"text": "Ada", "entities": []}, "spacy", "ner"),
        ({"text": "Once upon a time"}, "tilth", "text"),
        ({**ALPACA, "text": "Below is an instruction ..."}, "alpaca", "instruction"),
    ],
)
def test_each_shape_is_recognised_and_says_why(row, name, record_type):
    found = detect([row])
    assert (found.dialect.name, found.record_types) == (name, (record_type,))
    assert found.why[0].startswith("every row")


def test_broken_rows_do_not_change_what_a_file_is():
    found = detect([{"instruction": "no answer"}, ALPACA, {"output": "no task"}, ALPACA])
    assert found.dialect.name == "alpaca"
    assert found.why == ("2 of 4 rows looked at has instruction and output",)


def test_only_the_first_hundred_rows_are_looked_at():
    def rows():
        yield from [ALPACA] * 100
        raise AssertionError("row 101 was read")

    assert detect(rows()).dialect.name == "alpaca"


def test_two_dialects_that_fit_are_not_guessed_between():
    with pytest.raises(UsageError, match="the rows fit alpaca and openai") as failure:
        detect([{**ALPACA, **CHAT}])
    assert failure.value.fix == "--dialect alpaca or --dialect openai"


def test_naming_the_record_type_decides_between_two():
    assert detect([{**ALPACA, **CHAT}], record_type="chat").dialect.name == "openai"


def test_naming_the_dialect_is_obeyed():
    found = detect([{**ALPACA, **CHAT}], dialect="alpaca")
    assert (found.dialect.name, found.why) == ("alpaca", ("named by --dialect",))


def test_bare_rows_that_can_be_two_types_are_not_guessed_between():
    row = {"text": "a", "label": "b", "question": "c", "answers": "d"}
    with pytest.raises(UsageError, match="the rows can be classification and qa records"):
        detect([row])
    assert detect([row], record_type="classification").record_types == ("classification",)


def test_a_shape_that_nobody_knows_names_its_fields_and_the_nearest_dialect():
    with pytest.raises(UsageError) as failure:
        detect([{"instruction": "a", "steps": ["b"]}])
    assert failure.value.what == (
        "no dialect fits rows with the fields instruction and steps; nearest is alpaca, which also needs output"
    )
    assert failure.value.fix == "--dialect alpaca"


@pytest.mark.parametrize(
    ("row", "fix"),
    [
        ({"instruction": "a", "solution": "b"}, "--map output=solution"),
        ({"prompt": "a", "response": "b", "score": 1}, "--map instruction=prompt output=response"),
        ({"Raw Prompt": "a", "botReply": "b"}, "--map 'instruction=Raw Prompt' output=botReply"),
        ({"q": "a", "background": "c", "a": "b"}, "--map instruction=q input=background output=a"),
        ({"body": "a", "intent": "b"}, "--map text=body label=intent"),
        ({"content": "a", "src": "b"}, "--map text=content"),
    ],
)
def test_columns_whose_names_say_what_they_are_get_the_flags_that_read_them(row, fix):
    with pytest.raises(UsageError) as failure:
        detect([row])
    assert failure.value.fix == fix
    mapping = dict(word.split("=") for word in shlex.split(fix)[1:])
    assert detect([row], mapping=mapping).record_types


def test_a_field_name_cannot_send_an_escape_to_the_terminal():
    with pytest.raises(UsageError) as failure:
        detect([{"\x1b]52;c;x\x07": 1}])
    assert "\x1b" not in str(failure.value)


@pytest.mark.parametrize("row", [{**CHAT, "label": False}, {**SHAREGPT, "label": True}])
def test_answers_marked_as_bad_are_not_taken_for_answers_to_learn(row):
    with pytest.raises(DataError, match="call their answers good or bad") as failure:
        detect([row])
    assert detect([row], dialect=failure.value.fix.removeprefix("--dialect ")).record_types


def test_a_type_that_is_not_known_here_is_named():
    with pytest.raises(DataError, match="the rows are ticket records, and no such record type is known here"):
        detect([{"id": "0" * 32, "type": "ticket", "subject": "Late"}])


def test_a_named_type_against_rows_that_say_another_is_refused():
    with pytest.raises(UsageError, match="the rows say that they are text records, not chat"):
        detect([{"type": "text", "text": "a"}], record_type="chat")


def test_no_rows_are_no_evidence():
    with pytest.raises(DataError, match="no rows"):
        detect([])
    assert detect([], dialect="alpaca").dialect.name == "alpaca"


def test_rivals_are_named():
    assert detect([ALPACA, ALPACA, CHAT]).rivals == ("openai",)


def test_rows_of_which_another_dialect_knows_more_are_told_of() -> None:
    plain = {"instruction": "And 7?", "output": "Yes."}
    found = detect([{**plain, "history": [["Is 9 a prime?", "No."]]}, *[plain] * 4])
    assert found.dialect.name == "alpaca"
    assert found.notes == (
        "1 of 5 rows looked at has history, instruction and output; --dialect llama-factory-alpaca reads all rows so",
    )
    assert detect([plain] * 5).notes == ()


def test_a_history_that_is_empty_in_most_rows_is_a_history() -> None:
    rows = [{"instruction": "And 7?", "output": "Yes.", "history": history} for history in ([], [], [["a", "b"]], [])]
    found = detect(rows)
    assert found.dialect.name == "llama-factory-alpaca"
    assert [found.dialect.decode(row)["type"] for row in rows] == ["instruction", "instruction", "chat", "instruction"]


def test_records_of_which_nothing_could_be_read_are_own_records_all_the_same() -> None:
    row = dialect("tilth").encode({"type": "preference", "extra": {"data": {"prompt": "p"}}})
    assert detect([row]).dialect.name == "tilth"
    with pytest.raises(NoDialectError):
        detect([{"type": "preference", "extra": {}}])  # without an id a type may be anybody's
