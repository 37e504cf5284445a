"""The comparison of two models on the same held-out rows: losses, preferences, answers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tilth.judgement import Dataset, Fields, Origin, Reason
from tilth.trainers.conversation import ANSWER_TYPES, PAIR_TYPES, Conversation, answers_of
from tilth.trainers.encoder import ChatEncoder, encoder_of
from tilth.trainers.encoding import Encoded, EncodedPair, encode_answers, encode_pair
from tilth.trainers.models import ModelSource, load_model, load_tokenizer
from tilth.trainers.preparation import fitting_length


@dataclass
class HeldOut:
    """The rows of a part as one model's tokenizer and template see them."""

    answers: list[Encoded] = field(default_factory=list)
    pairs: list[EncodedPair] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """A held-out conversation up to its last answer."""

    id: str
    origin: Origin
    conversation: Conversation


@dataclass
class Sides:
    """Base and tuned over the rows that both can read, and who was refused."""

    held_out: tuple[HeldOut, HeldOut] = field(default_factory=lambda: (HeldOut(), HeldOut()))
    questions: list[Question] = field(default_factory=list)
    answer_bytes: int = 0
    refused: dict[str, Reason] = field(default_factory=dict)


def read_sides(data: Dataset, part: str, encoders: tuple[ChatEncoder, ChatEncoder], max_length: int) -> Sides:
    """Tokenise a part for both models. A row that one of them cannot read counts for neither and is set aside."""
    sides = Sides()
    for batch in data.part(part).batches():
        for id, origin, fields in zip(batch.ids, batch.origins, batch.records, strict=True):
            encode = _encoder(fields)
            if encode is None:
                continue
            found = [encode(fields, encoder, max_length) for encoder in encoders]
            refusal = next((item for item in found if isinstance(item, Reason)), None)
            if refusal is not None:
                sides.refused[id] = refusal
                continue
            for held_out, item in zip(sides.held_out, found, strict=True):
                (held_out.pairs if isinstance(item, EncodedPair) else held_out.answers).append(item)
            conversation = answers_of(fields) if fields.get("type") in ANSWER_TYPES else None
            if isinstance(conversation, Conversation):
                sides.questions.append(Question(id, origin, conversation))
                sides.answer_bytes += len(conversation.answer_text.encode())
    return sides


def measure(
    source: ModelSource,
    tokenizer: Any,
    encoder: ChatEncoder,
    held_out: HeldOut,
    questions: Sequence[Question],
    *,
    device: str,
    dtype: str,
    batch_size: int,
    max_new_tokens: int,
) -> dict[str, Any]:
    """Everything that one model has to say about the held-out rows."""
    from tilth.trainers._scoring import answer_nll, greedy_answers, pair_logps

    model = load_model(source, device, dtype).eval()
    nll, tokens = answer_nll(model, held_out.answers, tokenizer.pad_token_id, batch_size)
    prompts = [encoder.prompt_ids(asked.conversation.last_prompt, asked.conversation.tools) for asked in questions]
    return {
        "nll": nll,
        "tokens": tokens,
        "logps": pair_logps(model, held_out.pairs, tokenizer.pad_token_id, batch_size),
        "written": greedy_answers(model, tokenizer, prompts, encoder.stop_ids, max_new_tokens, batch_size),
    }


def spread(items: Sequence[Question], count: int) -> list[Question]:
    """So many items, evenly spread over the whole list: the same ones every time, and not only its beginning."""
    if count >= len(items):
        return list(items)
    return [items[index * len(items) // count] for index in range(count)]


def likelihood(measured: dict[str, Any], rows: int, answer_bytes: int) -> dict[str, Any]:
    """Loss and perplexity per token. Bits per byte compare models whose tokenizers differ."""
    loss = measured["nll"] / measured["tokens"]
    return {
        "rows": rows,
        "tokens": measured["tokens"],
        "loss": loss,
        "perplexity": math.exp(min(loss, 700.0)),  # beyond it a float overflows
        "bits_per_byte": measured["nll"] / math.log(2) / answer_bytes,
    }


def preference(base: Sequence[tuple[float, float]], tuned: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """How often each model finds the chosen answer likelier, and how far tuning moved the two apart.

    `margin` is DPO's: by how many nats the chosen answer gained on the rejected one, from base to tuned; `accuracy`
    is the share of pairs in which it gained.
    """
    gains = [(tc - bc) - (tr - br) for (bc, br), (tc, tr) in zip(base, tuned, strict=True)]
    return {
        "pairs": len(gains),
        "margin": sum(gains) / len(gains),
        "accuracy": sum(gain > 0 for gain in gains) / len(gains),
        "base": {"prefers_chosen": sum(chosen > rejected for chosen, rejected in base) / len(base)},
        "tuned": {"prefers_chosen": sum(chosen > rejected for chosen, rejected in tuned) / len(tuned)},
    }


def side_by_side(asked: Question, base: Any, tuned: Any) -> dict[str, Any]:
    """One question, the answer in the data, and what both models wrote."""
    conversation = asked.conversation
    return {
        "id": asked.id,
        "file": asked.origin.file,
        "line": asked.origin.line,
        "prompt": next((turn["content"] for turn in reversed(conversation.last_prompt) if turn["role"] == "user"), ""),
        "messages": conversation.last_prompt,
        "expected": conversation.messages[conversation.answers[-1]].get("content", ""),
        "base": asdict(base),
        "tuned": asdict(tuned),
    }


def tokenizer_of(source: ModelSource, chat_template: Path | None) -> tuple[Any, ChatEncoder]:
    """A model's tokenizer, and the encoder with its own chat template or with the one that is given."""
    tokenizer = load_tokenizer(source, chat_template)
    return tokenizer, encoder_of(tokenizer, source.name)


def common_length(sources: tuple[ModelSource, ModelSource], max_length: int) -> int:
    """The longest row that both models can read."""
    return min(fitting_length(source, max_length) for source in sources)


def _encoder(fields: Fields) -> Callable[[Fields, ChatEncoder, int], Any] | None:
    if fields.get("type") in ANSWER_TYPES:
        return encode_answers
    return encode_pair if fields.get("type") in PAIR_TYPES else None
