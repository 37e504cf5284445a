"""The three questions of Self-Instruct as requests: which tasks, is it classification, what is the answer."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final, Literal

from tilth.generators.model_options import ModelOptions, sampling
from tilth.generators.request import Request
from tilth.generators.self_instruct.seeds import Task

ReplyFormat = Literal["json", "text"]

_LABEL_TOKENS = 8  # `Yes` or `No`, with room for a model that bows first
_TEXT: Final = {"type": "string"}
_FORMATS: Final = {
    "instructions": {
        "json": 'Answer with JSON only: {"tasks": ["...", "..."]}',
        "text": "Answer with a numbered list only, one task a line:\n1. ...\n2. ...",
    },
    "input_first": {
        "json": 'Answer with JSON only: {"instances": [{"input": "...", "output": "..."}]}',
        "text": "Answer in this form only:\nInput: ...\nOutput: ...",
    },
    "output_first": {
        "json": 'Answer with JSON only: {"instances": [{"output": "the label", "input": "..."}]}',
        "text": "Answer in this form only:\nOutput: the label\nInput: ...",
    },
}


def ask_instructions(
    options: ModelOptions, shown: Sequence[Task], *, wanted: int, about: str | None, reply_format: ReplyFormat
) -> Request:
    """Show some tasks and ask for new ones."""
    prompt = _fill(
        "instructions",
        shown="\n".join(f"{number}. {' '.join(task.instruction.split())}" for number, task in enumerate(shown, 1)),
        wanted=str(wanted),
        about=f" ({' '.join(about.split())})" if about else "",
        kind="",
        format=_FORMATS["instructions"][reply_format],
    )
    schema = _object(tasks={"type": "array", "items": _TEXT}) if reply_format == "json" else None
    return _request(options, prompt, sampling(options, temperature=options.temperature), schema)


def ask_is_classification(options: ModelOptions, instruction: str) -> Request:
    """Ask whether a task has its answers in a small, fixed set."""
    prompt = _fill("classification", instruction=instruction)
    params = {**sampling(options, temperature=0.0), "max_tokens": min(_LABEL_TOKENS, options.max_tokens)}
    return _request(options, prompt, params, None)


def ask_instances(
    options: ModelOptions,
    instruction: str,
    examples: Sequence[Task],
    *,
    is_classification: bool,
    wanted: int,
    reply_format: ReplyFormat,
) -> Request:
    """Ask for input and output of a task; for classification the output first, or every label would be the same."""
    name = "output_first" if is_classification else "input_first"
    prompt = _fill(
        name,
        instruction=instruction,
        examples="\n\n".join(_example(task) for task in examples),
        format=_FORMATS[name][reply_format] + (f"\nGive {wanted} different examples." if wanted > 1 else ""),
    )
    fields = ("output", "input") if is_classification else ("input", "output")
    instance = _object(**dict.fromkeys(fields, _TEXT))
    schema = _object(instances={"type": "array", "items": instance}) if reply_format == "json" else None
    return _request(options, prompt, sampling(options, temperature=0.0), schema)


def _request(options: ModelOptions, prompt: str, params: dict[str, Any], schema: dict[str, Any] | None) -> Request:
    return Request(options.model, ({"role": "user", "content": prompt},), params, schema)


def _example(task: Task) -> str:
    return f"Task: {task.instruction}\nInput: {task.input}\nOutput: {task.output}"


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _fill(name: str, **given: str) -> str:
    return _template(name).substitute(given)


@cache
def _template(name: str) -> Template:
    text = (files("tilth.generators.self_instruct") / "prompts" / f"{name}.txt").read_text("utf-8")
    return Template(text.removesuffix("\n"))
