"""Every rule finds what it is for, at the right place, and leaves good records alone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.rows import BY_DIALECT, values
from tilth.schemas import dialect, record_type
from tilth.validators import ValidateOptions
from tilth.validators.rules import RULES, SCHEMA_CODES, codes

U = {"role": "user", "content": "Where is my parcel?"}
A = {"role": "assistant", "content": "In Oslo."}
S = {"role": "system", "content": "Be kind."}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": {"name": "f"}}]}
T = {"role": "tool", "content": "Oslo"}
OSLO = "Ada lives in Oslo."


def instruction(**fields: Any) -> dict[str, Any]:
    return {"type": "instruction", "instruction": "Name a prime.", "output": "7", **fields}


def chat(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "chat", "messages": list(messages), **fields}


def preference(**fields: Any) -> dict[str, Any]:
    return {"type": "preference", "prompt": "Name a prime.", "chosen": "7", "rejected": "9", **fields}


def judged(**fields: Any) -> dict[str, Any]:
    return {"type": "unpaired", "prompt": "Name a prime.", "completion": "7", "label": True, **fields}


def stepwise(**fields: Any) -> dict[str, Any]:
    given = {"prompt": "Name two primes.", "completions": ["7 is one.", "9 is one."], "labels": [True, False]}
    return {"type": "stepwise", **given, **fields}


def qa(**fields: Any) -> dict[str, Any]:
    answer = {"text": "Oslo", "start": 13}
    return {"type": "qa", "question": "Where?", "context": OSLO, "answers": [answer], **fields}


def ner(*spans: tuple[int, int, str], **fields: Any) -> dict[str, Any]:
    entities = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    return {"type": "ner", "text": OSLO, "entities": entities, **fields}


def labelled(**fields: Any) -> dict[str, Any]:
    return {"type": "classification", "text": "Where is it?", **fields}


GOOD: list[dict[str, Any]] = [
    instruction(),
    instruction(input="", system="Be brief."),
    instruction(instruction="Correct it.", input="It is fine.", output="It is fine."),
    instruction(output="def f():\n    return 1"),
    instruction(output="    x = 1\n    return x"),
    chat(U, A),
    chat(S, U, A, U, A),
    chat({**S, "role": "developer"}, U, CALL, T, T, A),
    chat(U, CALL, {**T, "role": "function"}, A, U, {**A, "weight": 0}),
    chat(U, {**CALL, "content": ""}, T, A),
    preference(),
    chat(U, {"role": "assistant", "content": None, "refusal": "I will not say."}),
    preference(prompt=[U], chosen=[A], rejected=[{**A, "content": "No idea."}]),
    qa(),
    qa(answers=[], is_impossible=True),
    qa(context=None, answers=[{"text": "Oslo"}]),
    qa(answers=[{"text": "oslo"}], extra={"choices": ["Rome", "Oslo"]}),
    qa(question="How many are there?", context=None, answers=[{"text": "a dozen"}]),
    qa(question="How long does it take?", context=None, answers=[{"text": "two days"}]),
    qa(question="When does it open?", context=None, answers=[{"text": "in the morning"}]),
    qa(question="Who won?", context=None, answers=[{"text": "Louis XIV"}]),
    ner((0, 3, "PERSON"), (13, 17, "PLACE")),
    ner((0, 2, "PLACE"), text="서울에서 왔다"),
    ner((0, 2, "PLACE"), text="東京都に住む"),
    ner((0, 3, "PERSON"), text="Ada's parcel"),
    labelled(label="delivery"),
    labelled(labels=[]),
    {"type": "text", "text": "Once upon a time."},
    # Trainers put a text and what goes on from it together: what stands between belongs to the text.
    preference(prompt="The sky is", chosen=" blue.", rejected=" green."),
    judged(prompt="The sky is", completion="\nblue."),
    judged(prompt=[U], completion=[A]),
    judged(completion="Name a prime.", label=False),
    stepwise(),
    {"type": "prompt", "prompt": [S, U]},
]

WRONG: list[tuple[dict[str, Any], str, str]] = [
    (instruction(output=""), "empty", "output"),
    (instruction(output=" \n\t "), "empty", "output"),
    (instruction(output="\u200b\u00a0\u2060"), "empty", "output"),
    (instruction(instruction=""), "empty", "instruction"),
    (instruction(output="name a  PRIME."), "answer-is-prompt", "output"),
    (instruction(instruction="Say", input="hi", output="Say hi"), "answer-is-prompt", "output"),
    (instruction(input="<noinput>"), "placeholder", "input"),
    (instruction(output=" 7"), "whitespace", "output"),
    (instruction(output="7 <|im_end|>"), "control-text", "output"),
    (instruction(system="[INST] forged [/INST]"), "control-text", "system"),
    (chat({**U, "role": "human"}, A), "unknown-role", "messages[0].role"),
    (chat({**U, "role": "moderator"}, A), "unknown-role", "messages[0].role"),
    (chat(U, {**A, "content": " "}), "empty", "messages[1].content"),
    (chat(U, {**A, "content": None}), "empty", "messages[1].content"),
    (chat({**U, "content": []}, A), "empty", "messages[0].content"),
    (chat(U, U, A), "turn-order", "messages[1].role"),
    (chat(U, A, A), "turn-order", "messages[2].role"),
    (chat(U, T, A), "turn-order", "messages[1].role"),
    (chat(T, A), "turn-order", "messages[0].role"),
    (chat(S, U), "no-assistant", "messages"),
    (chat(S, A), "no-user", "messages"),
    (chat(U, A, U), "ends-unanswered", "messages[2].role"),
    (chat(U, S, A), "late-system", "messages[1].role"),
    (chat(U, {**A, "weight": 0.5}), "weight", "messages[1].weight"),
    (chat({**U, "weight": 1}, A), "weight", "messages[0].weight"),
    (chat(U, {**A, "content": U["content"]}), "answer-is-prompt", "messages[1].content"),
    (chat(U, {**A, "content": "Oslo.\n"}), "whitespace", "messages[1].content"),
    (chat({**U, "content": "<|im_start|>system"}, A), "control-text", "messages[0].content"),
    (preference(chosen=" "), "empty", "chosen"),
    (preference(prompt=[]), "empty", "prompt"),
    (preference(rejected="7"), "chosen-is-rejected", "rejected"),
    (preference(rejected=" 7\n"), "chosen-is-rejected", "rejected"),
    (preference(prompt=[U], chosen=[A], rejected=[A]), "chosen-is-rejected", "rejected"),
    (preference(chosen="Name a prime."), "answer-is-prompt", "chosen"),
    (preference(chosen=[A], rejected=[{**A, "content": "?"}]), "mixed-shapes", "chosen"),
    (preference(prompt=[U], chosen=[U, A], rejected=[A]), "prompt-repeated", "chosen[0].role"),
    (preference(prompt=[{**U, "role": "x"}], chosen=[A], rejected=[U]), "unknown-role", "prompt[0].role"),
    (preference(prompt=[U, U], chosen=[A], rejected=[U]), "turn-order", "prompt[1].role"),
    (preference(prompt=" Name a prime."), "whitespace", "prompt"),
    (preference(rejected="</s>"), "control-text", "rejected"),
    (preference(prompt="The sky is", chosen=" blue.", rejected="green."), "whitespace", "chosen"),
    (preference(prompt="The sky is ", chosen=" blue.", rejected=" green."), "whitespace", "prompt"),
    (judged(completion=" 9\n"), "whitespace", "completion"),
    (judged(completion=" "), "empty", "completion"),
    (judged(prompt=[]), "empty", "prompt"),
    (judged(completion="Name a prime."), "answer-is-prompt", "completion"),
    (judged(prompt=[U]), "mixed-shapes", "completion"),
    (judged(prompt=[U], completion=[U, A]), "prompt-repeated", "completion[0].role"),
    (judged(prompt=[{**U, "role": "human"}], completion=[A]), "unknown-role", "prompt[0].role"),
    (judged(prompt=[U, U], completion=[A]), "turn-order", "prompt[1].role"),
    (judged(prompt="</s>"), "control-text", "prompt"),
    (stepwise(prompt=""), "empty", "prompt"),
    (stepwise(completions=[], labels=[]), "empty", "completions"),
    (stepwise(completions=["7", " "]), "empty", "completions[1]"),
    (stepwise(labels=[True]), "label-count", "labels"),
    (stepwise(completions=["7", "<|im_end|>"]), "control-text", "completions[1]"),
    ({"type": "prompt", "prompt": " "}, "empty", "prompt"),
    ({"type": "prompt", "prompt": [{**U, "role": "x"}]}, "unknown-role", "prompt[0].role"),
    ({"type": "prompt", "prompt": [U, U]}, "turn-order", "prompt[1].role"),
    ({"type": "prompt", "prompt": "Name a prime. "}, "whitespace", "prompt"),
    ({"type": "prompt", "prompt": "[INST]"}, "control-text", "prompt"),
    (qa(question=" "), "empty", "question"),
    (qa(answers=[{"text": "", "start": 0}]), "empty", "answers[0].text"),
    (qa(answers=[{"text": "Oslo", "start": 12}]), "answer-offset", "answers[0].start"),
    (qa(answers=[{"text": "Oslo", "start": -5}]), "answer-offset", "answers[0].start"),
    (qa(answers=[{"text": "Rome", "start": 0}]), "answer-offset", "answers[0].start"),
    (qa(context=None), "offset-without-context", "answers[0].start"),
    (qa(is_impossible=True), "impossible-answered", "answers"),
    (qa(answers=[]), "unanswered", "answers"),
    (qa(question="oslo"), "answer-is-prompt", "answers[0].text"),
    (qa(answers=[{"text": "Rome"}]), "answer-not-in-context", "answers[0].text"),
    (qa(question="How many are there?"), "answer-kind", "answers[0].text"),
    (qa(question="When was it built?"), "answer-kind", "answers[0].text"),
    (qa(question="Who was it?", context=None, answers=[{"text": "1912"}]), "answer-kind", "answers[0].text"),
    (qa(extra={"choices": ["Rome", "Bonn"]}), "answer-not-a-choice", "answers[0].text"),
    (qa(extra={"choices": ["Rome", "Oslo"]}, answers=2), "answer-not-a-choice", "answers"),
    (qa(extra={"choices": ["Oslo", "Rome", " rome"]}), "repeated-choice", "extra"),
    (qa(question="Where? "), "whitespace", "question"),
    (qa(question="<|endoftext|>"), "control-text", "question"),
    (ner(text="  "), "empty", "text"),
    (ner((0, 3, "")), "empty", "entities[0].label"),
    (ner((0, 99, "X")), "span-outside", "entities[0]"),
    (ner((3, 3, "X")), "span-outside", "entities[0]"),
    (ner((-3, 3, "X")), "span-outside", "entities[0]"),
    (ner((0, 3, "X"), relations=[{"head": 0, "tail": 1, "label": "knows"}]), "relation-outside", "relations[0].tail"),
    (ner(entities=[{"start": 0, "end": 3, "label": "X", "text": "Eva"}]), "span-text", "entities[0]"),
    (ner((3, 9, "X")), "span-whitespace", "entities[0].start"),
    (ner((3, 4, "X")), "span-whitespace", "entities[0]"),
    (ner((0, 2, "X")), "span-in-word", "entities[0].end"),
    (ner((5, 9, "X")), "span-in-word", "entities[0].start"),
    (ner((0, 9, "X"), (4, 9, "Y")), "span-overlap", "entities[1]"),
    (ner((0, 3, "X"), (0, 3, "Y")), "span-overlap", "entities[1]"),
    (ner((0, 3, "X"), (0, 3, "X")), "repeated-span", "entities"),
    (ner((0, 3, "NOWHERE")), "undeclared-label", "entities[0].label"),
    (labelled(label=" "), "empty", "label"),
    (labelled(labels=["delivery", ""]), "empty", "labels[1]"),
    (labelled(label="nowhere"), "undeclared-label", "label"),
    (labelled(labels=["delivery", "delivery"]), "repeated-label", "labels"),
    (labelled(label="delivery "), "whitespace", "label"),
    ({"type": "text", "text": ""}, "empty", "text"),
    ({"type": "text", "text": "a\n"}, "whitespace", "text"),
    ({"type": "text", "text": "<start_of_turn>"}, "control-text", "text"),
    (instruction(output=None), "wrong-type", "output"),
    ({"type": "instruction", "instruction": "a"}, "missing", "output"),
    ({"type": "classification", "text": "a"}, "schema", ""),
    ({"type": "nobody knows"}, "unknown-record-type", "type"),
    ({"text": "a"}, "unknown-record-type", "type"),
]
DECLARED = ("delivery", "billing", "PERSON", "PLACE", "X", "Y")


def found_in(fields: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    examiner = ValidateOptions(labels=DECLARED, **options).examiner()
    return [(finding.code, finding.field) for finding in examiner.findings(fields)]


@pytest.mark.parametrize("fields", GOOD)
def test_a_good_record_has_no_finding(fields: dict[str, Any]) -> None:
    assert found_in(fields) == []


@pytest.mark.parametrize(("fields", "code", "place"), WRONG)
def test_a_wrong_record_is_found_out_at_its_place(fields: dict[str, Any], code: str, place: str) -> None:
    assert (code, place) in found_in(fields)


@pytest.mark.parametrize(("fields", "code", "place"), WRONG)
def test_a_code_that_is_off_finds_nothing(fields: dict[str, Any], code: str, place: str) -> None:
    assert code not in [found for found, _ in found_in(fields, off=(code,))]


def test_every_code_is_shown_by_an_example():
    assert {code for _, code, _ in WRONG} == codes()


def test_every_rule_says_what_it_is_for():
    for name, rules in RULES.items():
        assert record_type(name)
        assert all(rule.summary.endswith(".") for rule in rules)
        assert len({rule.code for rule in rules}) == len(rules)
    assert all(SCHEMA_CODES.values())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(RULES)), st.data())
def test_no_record_makes_a_rule_fail(name, data):
    """Whatever a field holds, it is reported and never raised."""
    known = record_type(name).field_names()
    fields = data.draw(st.fixed_dictionaries({"type": st.just(name)}, optional=dict.fromkeys(known, values)))
    examiner = ValidateOptions(labels=DECLARED).examiner()
    for finding in examiner.findings(fields):
        assert str(finding) and finding.as_json()
    examiner.repaired(fields)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(BY_DIALECT)), st.data())
def test_a_repaired_record_needs_no_further_repair(name, data):
    fields = dialect(name).decode(data.draw(BY_DIALECT[name]))
    examiner = ValidateOptions(fix=True).examiner()
    better = examiner.repaired(fields)
    assert better is None or examiner.repaired(better) is None
    assert not [finding for finding in examiner.findings(better or fields) if finding.repair]


@pytest.mark.parametrize(
    ("fields", "place", "value"),
    [
        (instruction(output="\n\n 7 \n"), ("output",), "7"),
        (instruction(output="\n    a\n    b\n\n"), ("output",), "    a\n    b"),
        (chat({**U, "role": "human"}, {**A, "role": "GPT"}), ("messages", 1, "role"), "assistant"),
        (chat({**U, "role": "User "}, A), ("messages", 0, "role"), "user"),
        (qa(answers=[{"text": "Oslo", "start": 0}]), ("answers", 0, "start"), 13),
        (labelled(label="Delivery"), ("label",), "delivery"),
        (labelled(labels=["Billing", "billing "]), ("labels",), ["billing"]),
        (ner((12, 17, "place")), ("entities", 0), {"start": 13, "end": 17, "label": "PLACE"}),
        (ner((0, 3, "X"), (0, 3, "X")), ("entities",), [{"start": 0, "end": 3, "label": "X"}]),
    ],
)
def test_what_has_one_right_answer_gets_it(fields, place, value):
    from tilth.schemas.problem import value_at

    examiner = ValidateOptions(labels=DECLARED, fix=True).examiner()
    better = examiner.repaired(fields)
    assert value_at(better, place) == value
    assert examiner.findings(better) == []


@pytest.mark.parametrize(
    "fields",
    [
        instruction(output=""),
        instruction(output="Name a prime."),
        chat({**U, "role": "moderator"}, A),
        chat(U, U, A),
        qa(context="Oslo, Oslo", answers=[{"text": "Oslo", "start": 1}]),
        qa(answers=[{"text": "Rome", "start": 0}]),
        ner((0, 2, "X")),
        labelled(label="deliver"),
        preference(rejected="7"),
    ],
)
def test_what_has_several_answers_or_none_is_left_alone(fields):
    assert ValidateOptions(labels=DECLARED, fix=True).examiner().repaired(fields) is None


def test_a_repair_does_not_change_the_record_it_was_given():
    fields = chat({**U, "role": "human"}, A)
    ValidateOptions(fix=True).examiner().repaired(fields)
    assert fields == chat({**U, "role": "human"}, A)
