"""What is asked of a model: one request, whole, and the key that names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from tilth.schemas.exact_json import canonical_json, dump_json

Message = Mapping[str, str]
"""One turn: `role` and `content`."""


@dataclass(frozen=True)
class Request:
    """One call to a model. Two requests with equal content have the same key, whoever asks, from wherever."""

    model: str
    messages: tuple[Message, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    """Sampling parameters as they go over the wire: `max_tokens`, `temperature`, ..."""
    schema: Mapping[str, Any] | None = None
    """JSON Schema that the answer shall follow, for endpoints that know how to hold a model to one."""
    sample: int = 0
    """Tells apart several answers wanted to the same question; never sent."""

    @cached_property
    def key(self) -> str:
        """The sha256 of the whole request: not of a path, a time or our version, so nothing else makes it anew."""
        return sha256(canonical_json(self.content())).hexdigest()

    def content(self) -> dict[str, Any]:
        """The request as plain data; `from_content` reads it back."""
        return {
            "model": self.model,
            "messages": [dict(message) for message in self.messages],
            "params": dict(self.params),
            "schema": None if self.schema is None else dict(self.schema),
            "sample": self.sample,
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "Request":
        """The request that `content` describes. Raises `KeyError` or `TypeError` where it describes none."""
        return cls(
            content["model"], tuple(content["messages"]), content["params"], content["schema"], content["sample"]
        )

    def body(self) -> bytes:
        """What is posted to `/chat/completions`."""
        body = {"model": self.model, "messages": [dict(message) for message in self.messages], **self.params}
        if self.schema is not None:
            wanted = {"name": "answer", "strict": True, "schema": dict(self.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        return dump_json(body)

    @property
    def max_completion_tokens(self) -> int:
        """The most tokens that the answer may cost."""
        limit = self.params.get("max_tokens", self.params.get("max_completion_tokens", 0))
        return int(limit)

    @property
    def max_prompt_tokens(self) -> int:
        """An upper bound of the prompt's length, without a tokenizer.

        A token of a byte-level vocabulary spells at least one byte, so the bytes bound the tokens; a chat template
        adds a few per message.
        """
        return len(self.body()) + _TEMPLATE_TOKENS * (len(self.messages) + 1)


_TEMPLATE_TOKENS = 16  # role names and turn marks: 4 to 8 in the templates in use
