"""What fine-tuning services refuse is found before the upload."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.schemas.public_data import public_file
from tilth.cli import border
from tilth.formats import Dataset
from tilth.validators import ValidateOptions, check

USER, ASSISTANT = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}
SYSTEM = {"role": "system", "content": "Be brief."}


def codes(provider: str, *records: Mapping[str, Any]) -> list[str]:
    options = ValidateOptions.model_validate({"provider": provider, "off": ("provider-rows", "no-user", "late-system")})
    found = check(Dataset.of(dict(record) for record in records), options)
    return [finding.code for finding in found if finding.severity == "error"]


def chat(*messages: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "chat", "messages": [dict(message) for message in messages], **more}


def preference(chosen: Any, rejected: Any = None) -> dict[str, Any]:
    worse = [{**ASSISTANT, "content": "No."}] if rejected is None else rejected
    return {"type": "preference", "prompt": [USER], "chosen": chosen, "rejected": worse}


@pytest.mark.parametrize("provider", ["openai", "azure", "together", "fireworks"])
def test_a_plain_chat_and_a_plain_preference_pass_everywhere(provider: str) -> None:
    assert codes(provider, chat(SYSTEM, USER, ASSISTANT), preference([ASSISTANT])) == []


@pytest.mark.parametrize(
    ("provider", "record", "code"),
    [
        ("openai", chat({"role": "bot", "content": "x"}, ASSISTANT), "provider-message"),
        ("openai", chat(USER, {**ASSISTANT, "mood": "good"}), "provider-message"),
        ("openai", chat(USER, ASSISTANT, USER), "provider-turns"),
        ("openai", chat(USER, {**ASSISTANT, "weight": 0.5}), "provider-weight"),
        ("openai", preference([ASSISTANT, ASSISTANT]), "provider-output"),
        ("openai", preference([{"role": "tool", "content": "4"}]), "provider-output"),
        ("openai", {"type": "instruction", "instruction": "a", "output": "b"}, "provider-type"),
        ("together", chat(USER, {**USER, "content": "Ho"}, ASSISTANT), "provider-turns"),
        ("together", chat(ASSISTANT, USER), "provider-turns"),
        ("together", chat(USER, ASSISTANT, extra={"text": "Hi"}), "provider-shape"),
        ("fireworks", chat(USER, SYSTEM, ASSISTANT), "provider-turns"),
    ],
)
def test_what_a_service_refuses_has_a_code(provider: str, record: Mapping[str, Any], code: str) -> None:
    assert code in codes(provider, record)


def test_azure_takes_answers_of_several_messages() -> None:
    call = {"type": "function", "function": {"name": "add", "arguments": "{}"}}
    called = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "4"},
        {**ASSISTANT, "content": "So four."},
    ]
    record = preference(called)
    assert codes("azure", record) == []
    assert "provider-output" in codes("together", record)


@pytest.mark.parametrize(("provider", "fewest"), [("openai", 10), ("azure", 10), ("together", 1), ("fireworks", 3)])
def test_too_few_rows_are_a_finding_about_the_set(provider: str, fewest: int) -> None:
    options = ValidateOptions.model_validate({"provider": provider})
    for rows in (fewest - 1, fewest):
        data = Dataset.of([chat(USER, {**ASSISTANT, "content": f"{n}"}) for n in range(max(1, rows))])
        wrong = [finding.code for finding in check(data, options)]
        assert wrong == (["provider-rows"] if 1 <= rows < fewest else [])


def test_rows_in_another_shape_are_no_upload(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "chats.jsonl"
    turns = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]
    source.write_text((json.dumps({"conversations": turns}) + "\n") * 3)
    assert border.run(["validate", str(source), "--provider", "fireworks"]) == 4
    assert "fireworks takes rows of openai or openai-preference, and these are sharegpt" in capsys.readouterr().out


def test_the_cookbooks_own_file_has_no_format_error() -> None:
    data = Dataset.open(public_file("openai_chat_toy/toy_chat_fine_tuning.jsonl"))
    found = check(data, ValidateOptions(provider="openai", off=("provider-rows",)))
    assert [finding.code for finding in found if finding.code.startswith("provider-")] == []
