"""Supervised fine-tuning: teach a model the answers of a data set."""

from collections.abc import Iterator
from pathlib import Path

from tilth.judgement import Dataset, Judged
from tilth.operation import build
from tilth.trainers.objective import Imitation
from tilth.trainers.training import train
from tilth.trainers.training_options import TrainingOptions


class SftOptions(TrainingOptions):
    """How to fine-tune on answers."""


@build(SftOptions, command="train sft")
def sft(data: Dataset, options: SftOptions, folder: Path) -> Iterator[Judged]:
    """Fine-tune a model on the answers of instruction, chat and QA records (SFT).

    Only answers and the token that ends them are in the loss. A row that is too long, that the chat template
    refuses, that has no answer, or whose text holds a control string of the template is set aside, never cut.
    """
    yield from train(data, options, folder, Imitation())
