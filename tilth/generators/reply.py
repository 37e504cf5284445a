"""What came back from a model, and the one outcome that each reply ends in.

A 200 is not yet an answer: proxies send HTML with it, servers send `choices: []`. So every reply is read the same
way, and ends in exactly one of five outcomes:

    ok         text that can be used
    refused    the model declined
    filtered   the endpoint withheld the answer
    truncated  the answer ran into the token limit
    failed     no answer; the reason says what was wrong, and the request may be sent again

The first four are answers: they were paid for, and the same request gets the same one from the ledger. A failure is
never kept as an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from tilth.schemas.safe_text import safe_text

Status = Literal["ok", "refused", "filtered", "truncated", "failed"]

_SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class Usage:
    """Tokens that an endpoint says it has billed."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Outcome:
    """How a request ended. `text` is what the model wrote, as far as it got; `reason` explains what is not ok."""

    status: Status
    text: str = ""
    reason: str = ""
    usage: Usage | None = None

    @property
    def is_answer(self) -> bool:
        """True where the endpoint did its work, so that the request need not be paid again."""
        return self.status != "failed"


@dataclass(frozen=True)
class Reply:
    """One exchange with an endpoint as it happened, before anybody reads meaning into it."""

    status: int | None
    """The HTTP status; None where the exchange broke off."""
    body: bytes = b""
    retry_after_s: float | None = None
    """How long the endpoint asks us to stay away."""
    error: str = ""
    """What broke off the exchange: `connect`, `timeout`, `cut`, `too-large`, `undecodable`."""
    detail: str = ""
    """What the system says about it."""


def read_reply(reply: Reply) -> Outcome:
    """The one outcome of a reply. Never raises, whatever the bytes are."""
    if reply.error:
        detail = safe_text(reply.detail[:_SHOWN_CHARACTERS], one_line=True)
        return Outcome("failed", reason=f"{reply.error}: {detail}" if detail else reply.error)
    if reply.status != 200:
        message = said(reply.body)
        return Outcome("failed", reason=f"http-{reply.status}" + (f": {message}" if message else ""))
    return read_answer(reply.body)


def read_answer(body: bytes) -> Outcome:
    """The outcome that the body of a 200 spells."""
    try:
        answer = orjson.loads(body)
    except ValueError:
        return Outcome("failed", reason=f"not-json: {_shown(body)}" if body else "empty-body")
    if not isinstance(answer, dict):
        return Outcome("failed", reason="not-an-object")
    usage = _usage(answer.get("usage"))
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return Outcome("failed", reason="no-choices", usage=usage)
    message = choices[0].get("message")
    if not isinstance(message, dict):
        return Outcome("failed", reason="no-message", usage=usage)
    return _read_message(message, choices[0].get("finish_reason"), usage)


def said(body: bytes) -> str:
    """What an endpoint says is wrong, safe to show and short, from the shapes in which errors come."""
    try:
        answer = orjson.loads(body)
    except ValueError:
        return ""
    error = answer.get("error", answer) if isinstance(answer, dict) else None
    message = error.get("message", error.get("detail")) if isinstance(error, dict) else error
    return safe_text(message[:_SHOWN_CHARACTERS], one_line=True) if isinstance(message, str) else ""


def _read_message(message: Mapping[str, Any], finish: object, usage: Usage | None) -> Outcome:
    text = _content(message.get("content"))
    if isinstance(refusal := message.get("refusal"), str) and refusal:
        return Outcome("refused", text, refusal[:_SHOWN_CHARACTERS], usage)
    if finish == "content_filter":
        return Outcome("filtered", text, "finish_reason is content_filter", usage)
    if finish == "length":
        return Outcome("truncated", text, "finish_reason is length", usage)
    if not text.strip():
        return Outcome("failed", reason="no-content", usage=usage)
    return Outcome("ok", text, usage=usage)


def _content(content: object) -> str:
    if isinstance(content, list):  # some servers answer in parts, as prompts may be asked
        texts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def _usage(usage: object) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    counts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
    numbers = [count for count in counts if type(count) is int and count >= 0]
    return Usage(numbers[0], numbers[1]) if len(numbers) == 2 else None


def _shown(body: bytes) -> str:
    return safe_text(body[:_SHOWN_CHARACTERS].decode("utf-8", errors="replace"), one_line=True)[:80]
