"""Direct preference optimisation: teach a model which of two answers people prefer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tilth.judgement import Dataset, Judged
from tilth.operation import build
from tilth.trainers.objective import Preference
from tilth.trainers.training import train
from tilth.trainers.training_options import TrainingOptions


class DpoOptions(TrainingOptions):
    """How to learn from preferences."""

    beta: Annotated[float, Field(gt=0)] = 0.1
    """How strongly the model is held to where it started: the higher, the closer it stays."""


@build(DpoOptions, command="train dpo")
def dpo(data: Dataset, options: DpoOptions, folder: Path) -> Iterator[Judged]:
    """Teach a model to prefer the chosen answers of preference records over the rejected ones (DPO).

    Usually started from the folder of an `sft` run; the model as it starts is the reference. Pairs that cannot be
    learned from are set aside, never cut.
    """
    yield from train(data, options, folder, Preference(), options.beta)
