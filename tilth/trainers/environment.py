"""Whether the training stack is installed, and how it behaves once it is: quiet, and silent towards the network."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tilth.errors import MissingExtraError

TRAINING_PACKAGES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "safetensors", "tokenizers")
SILENCE = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Set before the first import: the hub client reads its settings once, while it is imported."""


def require_training_stack() -> None:
    """Check that the extra `train` is installed and silence it; cheap, and to be called before a row is read.

    Raises `MissingExtraError` (exit code 5) when a package is missing.
    """
    if any(find_spec(package) is None for package in TRAINING_PACKAGES):
        raise MissingExtraError("training", "train")
    for name, value in SILENCE.items():
        os.environ.setdefault(name, value)


def library(name: str) -> Any:
    """A package of the training stack, imported now. Untyped, as most of these packages are."""
    return import_module(name)


@contextmanager
def quiet_stack() -> Iterator[None]:
    """Training libraries without their banners, bars and advice; errors still come through as exceptions."""
    # Another library may have imported the hub client before the environment above was set.
    library("huggingface_hub.constants").HF_HUB_DISABLE_TELEMETRY = True
    logging = library("transformers").logging
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    library("datasets").disable_progress_bars()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
