"""What the records teach: fine-tuning, preference optimisation, and the comparison of a model before and after."""

from tilth.trainers.dpo import DpoOptions, dpo
from tilth.trainers.evaluate import EvaluateOptions, evaluate
from tilth.trainers.sft import SftOptions, sft

__all__ = ["DpoOptions", "EvaluateOptions", "SftOptions", "dpo", "evaluate", "sft"]
