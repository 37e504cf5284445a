"""Templates of strangers: what they render is what `transformers` renders, and what they try does no harm."""

import os
import resource
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.rows import chat
from tests.trainers.templates import FAMILIES, tokenizer_of
from tilth.errors import TilthError, UsageError
from tilth.trainers.templates import ChatTemplate, SpecialTokens
from tilth.trainers.templates.sandbox import Sandbox, TemplateRefusalError, TemplateStoppedError

TALK = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]
DOUBLING = "{% set n = namespace(t=BEGIN) %}{% for i in range(60) %}{% set n.t = n.t + n.t %}{% endfor %}"
STOPPED = {
    "a text of two billion letters": "{{ 'a' * 2000000000 }}",
    "the same, from a variable": "{% set n = 2000000000 %}{{ 'a' * n }}",
    "a number of 95 million digits": "{{ 9**99999999 }}",
    "such a number, from a variable": "{% set n = 99999999 %}{{ (9**n) > 1 }}",
    "a very wide number": "{{ '%999999999d' % 1 }}",
    "loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a text that doubles": DOUBLING.replace("BEGIN", "'x'"),
    "a list that doubles": DOUBLING.replace("BEGIN", "[1]"),
}
REFUSED = {
    "a call of itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "output without end": "{% for a in range(99999) %}{% for b in range(99999) %}more and more{% endfor %}{% endfor %}",
    "a range of a billion": "{% for a in range(999999999) %}{% endfor %}",
    "classes of the interpreter": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals of a function": "{{ lipsum.__globals__['os'].system('touch CANARY') }}",
    "globals of our own": "{{ raise_exception.__globals__.os }}",
    "globals of a class": "{{ cycler.__init__.__globals__.os.popen('touch CANARY').read() }}",
    "attributes by name": "{{ (messages|map(attribute='__class__')|first).__init__.__globals__ }}",
    "a file": "{% include '/etc/passwd' %}",
    "names with underscores": "{% set n = namespace(__class__=1) %}",
    "a change of what it was given": "{{ messages.append(1) }}",
    "no template": "{% if %}",
}


def outcome(source: str) -> Exception | str:
    try:
        return str(Sandbox(source, {}).ask(messages=TALK, tools=None, prompt=False)["text"])
    except TemplateRefusalError as failure:
        return failure


SLOW_TO_STOP = ("such a number, from a variable", "loops in loops")  # a second each, as the one beside them
CASES = [
    pytest.param(source, id=name, marks=[pytest.mark.slow] if name in SLOW_TO_STOP else [])
    for name, source in STOPPED.items()
]


@pytest.mark.parametrize("source", CASES)
def test_a_template_that_takes_too_much_is_stopped_in_time(source: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, os.times()
    assert isinstance(outcome(source), TemplateStoppedError)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024, "kilobytes"
    # Computing time, as that does not depend on who else is using the machine.
    assert sum(os.times()[:4]) - sum(began[:4]) < 2


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_a_template_that_reaches_out_is_refused(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = outcome(source.replace("CANARY", str(tmp_path / "canary")))
    assert isinstance(found, TemplateRefusalError) and not isinstance(found, TemplateStoppedError)
    assert list(tmp_path.iterdir()) == []


def test_a_template_sees_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    sandbox = Sandbox("{{ messages }}", {})
    sandbox.ask(messages=TALK, tools=None, prompt=False)
    children = Path("/proc/self/task").glob("*/children")
    environments = [Path(f"/proc/{child}/environ") for path in children for child in path.read_text().split()]
    assert not [path for path in environments if b"sk-canary" in path.read_bytes()]


def test_a_stopped_template_answers_the_next_question_and_is_given_up_in_the_end() -> None:
    sandbox = Sandbox("{% if messages[0].content == 'loop' %}{{ 'a' * 2000000000 }}{% endif %}fine", {})
    loop = [{"role": "user", "content": "loop"}]
    for _ in range(3):
        with pytest.raises(TemplateStoppedError, match="512 MB"):
            sandbox.ask(messages=loop, tools=None, prompt=False)
        assert sandbox.ask(messages=TALK, tools=None, prompt=False)["text"] == "fine"
    with pytest.raises(TilthError, match="had to be stopped 4 times"):
        sandbox.ask(messages=loop, tools=None, prompt=False)


def test_a_hostile_template_is_a_users_mistake_and_no_traceback() -> None:
    for source, words in (("{{ 9**99999999 }}", "computes for more than 1 s"), ("{% if %}", "line 1: Expected")):
        with pytest.raises(UsageError, match=words):
            ChatTemplate(source, SpecialTokens(), "stranger.jinja")


def test_hostile_text_arrives_as_it_is() -> None:
    said = "\ud800 {{ 7*7 }} {% raw %} \x00 </s> \U0001f642 \u2028 12345678901234567890123"
    talk = [{"role": "user", "content": said, "n": 2**70, "f": 0.1}]
    sandbox = Sandbox("{{ messages[0].content }}|{{ messages[0].n }}|{{ messages[0].f }}", {})
    assert sandbox.ask(messages=talk, tools=None, prompt=False)["text"] == f"{said}|{2**70}|0.1"


def public_templates() -> list[Path]:
    spec = find_spec("trl")
    folders = (
        [] if spec is None else [Path(place) / "chat_templates" for place in spec.submodule_search_locations or ()]
    )
    return [path for folder in folders for path in sorted(folder.glob("*.jinja"))]


TOOLS = [{"type": "function", "function": {"name": "add", "description": "Adds", "parameters": {"type": "object"}}}]
CALL = [{"type": "function", "function": {"name": "add", "arguments": {"x": 1, "y": "<é>"}}}]
TALKS: list[dict[str, Any]] = [
    {"messages": TALK},
    {"messages": [{"role": "system", "content": "Be brief."}, *TALK, *TALK]},
    {"messages": [TALK[0], {**TALK[1], "reasoning_content": "A greeting."}]},
    {
        "tools": TOOLS,
        "messages": [
            TALK[0],
            {"role": "assistant", "content": "", "tool_calls": CALL},
            {"role": "tool", "name": "add", "content": "2"},
            TALK[1],
        ],
    },
]


@pytest.mark.slow
@pytest.mark.parametrize("path", public_templates(), ids=lambda path: path.stem)
def test_renders_as_transformers_does(path: Path) -> None:
    tokenizer = tokenizer_of(FAMILIES["llama3"])
    tokenizer.chat_template = path.read_text(encoding="utf-8")
    sandbox = Sandbox(tokenizer.chat_template, tokenizer.special_tokens_map)
    for talk in TALKS:
        for prompt in (False, True):
            try:
                theirs = tokenizer.apply_chat_template(
                    talk["messages"], tools=talk.get("tools"), tokenize=False, add_generation_prompt=prompt
                )
            except Exception:
                with pytest.raises(TemplateRefusalError):
                    sandbox.ask(messages=talk["messages"], tools=talk.get("tools"), prompt=prompt)
            else:
                ours = sandbox.ask(messages=talk["messages"], tools=talk.get("tools"), prompt=prompt)
                assert ours["text"] == theirs


def test_what_a_template_marks_as_generated_is_what_transformers_says() -> None:
    row = chat(("user", "Grüße 🙂"), ("assistant", "Hi"), ("user", "Bye"), ("assistant", "See you, 你好."))
    tokenizer = tokenizer_of(FAMILIES["chatml"])
    marked = tokenizer.apply_chat_template(row["messages"], return_dict=True, return_assistant_tokens_mask=True)
    found = Sandbox(tokenizer.chat_template, {}).ask(messages=row["messages"], tools=None, answers=[1, 3])
    kept = [id for id, mask in zip(marked["input_ids"], marked["assistant_masks"], strict=True) if mask]
    assert "".join(found["text"][start:end] for start, end in found["marks"]) == tokenizer.decode(kept)
