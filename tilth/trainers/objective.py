"""What a kind of training is: the records it learns from, their tokens, and the TRL trainer that learns them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar, Literal

from tilth.judgement import Fields, Reason
from tilth.trainers.conversation import ANSWER_TYPES, PAIR_TYPES
from tilth.trainers.encoder import Encoder
from tilth.trainers.encoding import IGNORED, encode_answers, encode_pair
from tilth.trainers.environment import library

LearningRates = Mapping[tuple[bool, Literal["full", "lora"]], float]


class Objective(ABC):
    """One kind of training. Stateless."""

    name: ClassVar[str]
    record_types: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]]
    """Of a tokenised row."""
    learning_rates: ClassVar[LearningRates]
    """The usual learning rate, by whether the model is `tiny` and by method."""

    @abstractmethod
    def encode(self, fields: Fields, encoder: Encoder, max_length: int) -> tuple[dict[str, list[int]], int] | Reason:
        """A row's tokens and how many of them are learned, or the reason why it cannot be learned from."""

    @abstractmethod
    def trainer(self, settings: dict[str, Any], pad_id: int, beta: float, parts: dict[str, Any]) -> Any:
        """The TRL trainer; `settings` are `transformers.TrainingArguments`, `parts` the trainer's own arguments."""


class Imitation(Objective):
    """Supervised fine-tuning: the answers are learned as they are."""

    name = "sft"
    record_types = ANSWER_TYPES
    columns = ("input_ids", "labels")
    learning_rates: ClassVar[LearningRates] = {
        (False, "full"): 2e-5,
        (False, "lora"): 2e-4,
        (True, "full"): 3e-3,
        (True, "lora"): 3e-3,
    }

    def encode(self, fields: Fields, encoder: Encoder, max_length: int) -> tuple[dict[str, list[int]], int] | Reason:
        """Input ids, and labels that are `IGNORED` outside the answers."""
        found = encode_answers(fields, encoder, max_length)
        if isinstance(found, Reason):
            return found
        learned = sum(label != IGNORED for label in found.labels)
        return {"input_ids": found.input_ids, "labels": found.labels}, learned

    def trainer(self, settings: dict[str, Any], pad_id: int, beta: float, parts: dict[str, Any]) -> Any:
        """TRL's `SFTTrainer` over rows that carry their labels."""
        from tilth.trainers._trainer import with_whole_checkpoints

        trl = library("trl")
        config = trl.SFTConfig(**settings, max_length=None, dataset_kwargs={"skip_prepare_dataset": True})
        collator = library("trl.trainer.sft_trainer").DataCollatorForLanguageModeling(pad_token_id=pad_id)
        return with_whole_checkpoints(trl.SFTTrainer)(args=_one_gpu(config), data_collator=collator, **parts)


class Preference(Objective):
    """Direct preference optimisation: the chosen answer becomes likelier than the rejected one."""

    name = "dpo"
    record_types = PAIR_TYPES
    columns = ("prompt_ids", "chosen_ids", "rejected_ids")
    learning_rates: ClassVar[LearningRates] = {
        (False, "full"): 1e-6,
        (False, "lora"): 1e-5,
        (True, "full"): 2e-4,
        (True, "lora"): 1e-3,
    }

    def encode(self, fields: Fields, encoder: Encoder, max_length: int) -> tuple[dict[str, list[int]], int] | Reason:
        """One prompt and two answers, each with one stop token at its end."""
        found = encode_pair(fields, encoder, max_length)
        if isinstance(found, Reason):
            return found
        row = {"prompt_ids": found.prompt_ids, "chosen_ids": found.chosen_ids, "rejected_ids": found.rejected_ids}
        return row, len(found.chosen_ids) + len(found.rejected_ids)

    def trainer(self, settings: dict[str, Any], pad_id: int, beta: float, parts: dict[str, Any]) -> Any:
        """TRL's `DPOTrainer`; the reference is the model as it starts."""
        from tilth.trainers._trainer import with_whole_checkpoints

        trl = library("trl")
        config = trl.DPOConfig(**settings, max_length=None, beta=beta)
        # With an adapter the reference is the model without it; TRL knows how to switch it off.
        reference = None if parts.get("peft_config") else deepcopy(parts["model"])
        collator = library("trl.trainer.dpo_trainer").DataCollatorForPreference(pad_token_id=pad_id)
        return with_whole_checkpoints(trl.DPOTrainer)(
            args=_one_gpu(config), ref_model=reference, data_collator=collator, **parts
        )


def _one_gpu(config: Any) -> Any:
    # Several visible GPUs in one process would mean nn.DataParallel, which TRL refuses.
    if config.n_gpu > 1:
        config._n_gpu = 1
    return config
