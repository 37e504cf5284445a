"""The task in a row of the alpaca formatting: instruction and input, and the turns before them."""

from collections.abc import Mapping
from typing import Any

from tilth.schemas.dialects.exchanges import exchange, exchanges_of
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import says_nothing

_INPUT, _INPUT_AT = "input", "input_at"

Prompt = str | list[dict[str, Any]]
"""A text, or messages where turns came before it."""


def prompt_of(row: Mapping[str, Any], history: list[list[str]]) -> tuple[Prompt, dict[str, Any]]:
    """The prompt of a row whose columns are texts, and a note of where its input was.

    With a history it is messages, the system prompt first.
    """
    task, given = row["instruction"], row.get(_INPUT)
    text = f"{task}\n{given}" if given else task
    note = {_INPUT_AT: len(task) + 1} if given else {_INPUT: given} if _INPUT in row else {}
    if not history:
        return text, note
    system = row.get("system")
    if "system" in row and not system:
        note = {**note, "system": system}
    messages = [{"role": "system", "content": system}] if system else []
    for user, assistant in history:
        messages += exchange(user, assistant)
    return [*messages, {"role": "user", "content": text}], note


def columns_of(dialect: str, prompt: Any, given: Mapping[str, Any], note: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a prompt makes, and the system prompt if one is given beside it.

    Raises `LossError` for messages that are not plain turns.
    """
    history: list[list[str]] = []
    system = {name: given[name] for name in ("system",) if name in given}
    if isinstance(prompt, list):
        head = [{"role": name, "content": value} for name, value in system.items() if not says_nothing(value)]
        said = _plain_turns(dialect, [*head, *prompt])
        *before, (user, _) = said.pairs
        history = [[one["content"], other["content"]] for one, other in before]
        prompt = user["content"]
        noted = {name: note[name] for name in ("system",) if name in note and not note[name]}
        system = noted if said.system is None else {"system": said.system}
    if not isinstance(prompt, str):
        raise LossError(dialect, ["prompt (neither text nor messages)"])
    columns: dict[str, Any] = {"instruction": prompt}
    place = note.get(_INPUT_AT)
    if type(place) is int and 0 < place < len(prompt) and prompt[place - 1] == "\n":
        columns = {"instruction": prompt[: place - 1], _INPUT: prompt[place:]}
    elif _INPUT in note and not note[_INPUT]:
        columns[_INPUT] = note[_INPUT]
    columns.update(system)
    if history:
        columns["history"] = history
    return columns


def history_of(value: Any) -> list[list[str]]:
    """The turns before the task, by twos; none where the column is empty or something else."""
    turns = value if isinstance(value, list) else []
    return turns if all(_is_turn(turn) for turn in turns) else []


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, list) and len(turn) == 2 and all(isinstance(text, str) for text in turn)


def _plain_turns(dialect: str, messages: list[Any]) -> Any:
    try:
        return exchanges_of(dialect, [*messages, {"role": "assistant", "content": ""}])
    except LossError as failure:
        raise LossError(dialect, ["prompt (other than plain turns of user and assistant)"]) from failure
