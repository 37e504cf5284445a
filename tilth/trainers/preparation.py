"""Everything that is decided before the first step: where the model starts, the rows as tokens, who is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.errors import DataError, TilthError, UsageError
from tilth.judgement import Batch, Dataset, Reason
from tilth.trainers.conversation import texts_of
from tilth.trainers.encoder import ChatEncoder, encoder_of
from tilth.trainers.models import BASE_FOLDER, ModelSource, context_length, find_model, load_tokenizer
from tilth.trainers.objective import Objective
from tilth.trainers.run_identity import run_identity
from tilth.trainers.tiny import TINY, build_tiny
from tilth.trainers.token_store import TokenStore
from tilth.trainers.training_options import TrainingOptions

TOKENS_FOLDER = ".tokens"


@dataclass(frozen=True)
class Prepared:
    """A run that is ready to start."""

    start: ModelSource
    tokenizer: Any
    """As `transformers` loads it, with the chat template that the rows were written with."""
    encoder: ChatEncoder
    train: TokenStore
    validation: TokenStore
    refused: dict[str, Reason]
    """The rows that cannot be learned from, by id."""
    max_length: int
    """Tokens that fit: the option, or the model's own limit where that is lower."""
    identity: str
    """A hash of everything that decides what is learned: a checkpoint with another one is not of this run."""


def prepare(data: Dataset, options: TrainingOptions, folder: Path, objective: Objective, beta: float) -> Prepared:
    """Find or build the model, then tokenise the parts `train` and `validation`, judging every row in them."""
    start = _starting_model(data, options, folder)
    tokenizer = load_tokenizer(start, options.chat_template)
    encoder = encoder_of(tokenizer, start.name)
    max_length = fitting_length(start, options.max_length)
    refused: dict[str, Reason] = {}
    stores = []
    for part in ("train", "validation"):
        store = TokenStore(folder / TOKENS_FOLDER / f"{part}.arrow", objective.columns)
        for batch in _batches(data, part):
            for id, fields in zip(batch.ids, batch.records, strict=True):
                if fields.get("type") not in objective.record_types:
                    continue
                found = objective.encode(fields, encoder, max_length)
                if isinstance(found, Reason):
                    refused[id] = found
                else:
                    store.add(*found)
        stores.append(store)
    for store in stores:
        store.close()
    if not stores[0].rows:
        raise _nothing_to_learn(objective, refused)
    digests = [store.digest for store in stores]
    identity = run_identity(objective.name, options, beta, start, encoder.template.hash, digests)
    return Prepared(start, tokenizer, encoder, stores[0], stores[1], refused, max_length, identity)


def fitting_length(start: ModelSource, max_length: int) -> int:
    """The longest row that fits: beyond the model's own limit its positions mean nothing."""
    return min(max_length, context_length(start) or max_length)


def _batches(data: Dataset, part: str) -> Iterator[Batch]:
    try:
        rows = data.part(part)
    except UsageError:
        if part == "train":
            raise
        return  # nothing was kept apart to watch the loss on: training goes without
    yield from rows.batches()


def _starting_model(data: Dataset, options: TrainingOptions, folder: Path) -> ModelSource:
    if options.model != TINY:
        start = find_model(options.model)
        for place in (start.weights, start.adapter):
            if place is not None and not start.on_hub and Path(place).resolve().is_relative_to(folder.resolve()):
                raise UsageError("the model to start from lies in the folder of the results", where=str(folder))
        return start
    texts = (text for batch in data.part("train").batches() for fields in batch.records for text in texts_of(fields))
    build_tiny(texts, folder / BASE_FOLDER, options.seed)
    return ModelSource(TINY, str(folder / BASE_FOLDER), is_tiny=True)


def _nothing_to_learn(objective: Objective, refused: dict[str, Reason]) -> TilthError:
    types = ", ".join(sorted(objective.record_types))
    if not refused:
        return UsageError(f"{objective.name} finds no row to learn from in the train part: it takes {types} records")
    id, reason = next(iter(refused.items()))
    first = f"the first is {id}: {reason.code}, {reason.detail}"
    return DataError(f"{objective.name} can learn from none of {len(refused)} rows; {first}")
