"""How much texts surprise a language model from a local folder; imports torch and transformers."""

from collections.abc import Iterator, Sequence
from math import exp
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tilth.errors import UsageError

MAX_TOKENS = 512
_BATCH_TEXTS = 8
_SORTED_TEXTS = 256  # texts of like length go through the model together: less of a batch is padding


class CausalModel:
    """A causal language model and its tokenizer, on the processor, from files alone: no download, no code of theirs."""

    def __init__(self, folder: Path) -> None:
        """Raises `UsageError` when there is no model with weights in safetensors in the folder."""
        if not (folder / "config.json").is_file():
            raise UsageError(f"{folder} holds no model: there is no config.json in it", fix="--model FOLDER")
        offline: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), **offline)
            self._model: Any = AutoModelForCausalLM.from_pretrained(str(folder), use_safetensors=True, **offline)
        except (OSError, ValueError) as failure:
            reason = str(failure).strip().splitlines()[0]
            raise UsageError(f"the model cannot be loaded: {reason}", where=str(folder)) from failure
        self._model.train(False)
        positions = getattr(self._model.config, "max_position_embeddings", None) or MAX_TOKENS
        self._max_tokens = min(MAX_TOKENS, int(positions))

    def perplexities(self, texts: Sequence[str | None]) -> list[float | None]:
        """For each text the exponential of the mean negative log likelihood of its tokens after the first.

        None for a text of fewer than two tokens. A text has the same value whatever stands beside it, but for the
        rounding of sums (six digits are kept).
        """
        found: list[float | None] = [None] * len(texts)
        tokens = [self._tokens(text) if text else [] for text in texts]
        for rows in _like_lengths(tokens):
            for row, value in zip(rows, self._measured([tokens[row] for row in rows]), strict=True):
                found[row] = value
        return found

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        start = self._tokenizer.bos_token_id
        return ([start] if start is not None else [])[:1] + ids[: self._max_tokens - (start is not None)]

    def _measured(self, batch: list[list[int]]) -> Iterator[float]:
        width = max(map(len, batch))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in batch])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in batch])
        with torch.inference_mode():
            logits = self._model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
        losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
        kept = mask[:, 1:]
        means = (losses * kept).sum(1) / kept.sum(1)
        yield from (float(f"{exp(min(mean, 50.0)):.6g}") for mean in means.tolist())


def _like_lengths(tokens: list[list[int]]) -> Iterator[list[int]]:
    """Rows with at least two tokens, in batches of texts of like length."""
    rows = [row for row, ids in enumerate(tokens) if len(ids) > 1]
    for start in range(0, len(rows), _SORTED_TEXTS):
        near = sorted(rows[start : start + _SORTED_TEXTS], key=lambda row: len(tokens[row]))
        for first in range(0, len(near), _BATCH_TEXTS):
            yield near[first : first + _BATCH_TEXTS]
