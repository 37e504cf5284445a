"""How likely a model finds given answers, and what it answers itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from tilth.trainers.encoding import IGNORED, Encoded, EncodedPair
from tilth.trainers.environment import library


@dataclass(frozen=True)
class Answer:
    """What a model wrote, and whether it ended by itself before it ran out of tokens."""

    text: str
    tokens: int
    stopped: bool


def answer_nll(model: Any, rows: Sequence[Encoded], pad_id: int, batch_size: int) -> tuple[float, int]:
    """Negative log likelihood of all answers together, in nats, and the number of their tokens."""
    total, tokens = 0.0, 0
    for chunk in _chunks(rows, batch_size):
        losses = _sequence_nll(model, [row.input_ids for row in chunk], [row.labels for row in chunk], pad_id)
        total += float(losses.double().sum())
        tokens += sum(label != IGNORED for row in chunk for label in row.labels[1:])
    return total, tokens


def pair_logps(model: Any, pairs: Sequence[EncodedPair], pad_id: int, batch_size: int) -> list[tuple[float, float]]:
    """Log probability of the chosen and of the rejected answer of each pair, in nats."""
    found: list[tuple[float, float]] = []
    for chunk in _chunks(pairs, batch_size):
        ids = [pair.prompt_ids + answer for pair in chunk for answer in (pair.chosen_ids, pair.rejected_ids)]
        labels = [
            [IGNORED] * len(pair.prompt_ids) + answer
            for pair in chunk
            for answer in (pair.chosen_ids, pair.rejected_ids)
        ]
        logps = (-_sequence_nll(model, ids, labels, pad_id)).tolist()
        found.extend(zip(logps[::2], logps[1::2], strict=True))
    return found


def greedy_answers(
    model: Any, tokenizer: Any, prompts: Sequence[list[int]], stop_ids: list[int], max_new_tokens: int, batch_size: int
) -> list[Answer]:
    """The likeliest token after the likeliest token, up to a stop token or `max_new_tokens`."""
    context = getattr(model.config, "max_position_embeddings", None)
    room = context - max(map(len, prompts)) if context and prompts else max_new_tokens
    settings = library("transformers").GenerationConfig(
        do_sample=False,
        num_beams=1,
        max_new_tokens=min(max_new_tokens, room),
        eos_token_id=stop_ids,
        pad_token_id=tokenizer.pad_token_id,
    )
    answers = []
    for chunk in _chunks(prompts, batch_size):
        width = max(map(len, chunk))
        # Padded on the left: what follows a prompt must follow its last token.
        ids = torch.tensor([[tokenizer.pad_token_id] * (width - len(prompt)) + prompt for prompt in chunk])
        mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in chunk])
        with torch.inference_mode():
            written = model.generate(
                input_ids=ids.to(model.device), attention_mask=mask.to(model.device), generation_config=settings
            )
        for row in written[:, width:].tolist():
            end = next((at for at, token in enumerate(row) if token in stop_ids), None)
            kept = row if end is None else row[:end]
            text = tokenizer.decode(kept, skip_special_tokens=True, clean_up_tokenization_spaces=False)
            answers.append(Answer(text, len(kept), end is not None))
    return answers


def _sequence_nll(model: Any, ids: Sequence[list[int]], labels: Sequence[list[int]], pad_id: int) -> torch.Tensor:
    """One number per sequence, in float32 whatever the model computes in."""
    width = max(map(len, ids))
    input_ids = torch.tensor([row + [pad_id] * (width - len(row)) for row in ids], device=model.device)
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids], device=model.device)
    targets = torch.tensor([row + [IGNORED] * (width - len(row)) for row in labels], device=model.device)
    with torch.inference_mode():
        logits = model(input_ids=input_ids, attention_mask=mask, use_cache=False).logits[:, :-1].float()
    losses = cross_entropy(logits.transpose(1, 2), targets[:, 1:], ignore_index=IGNORED, reduction="none")
    return losses.sum(dim=1)


def _chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
