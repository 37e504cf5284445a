"""What a fitted score looks at: every signal of single rows that needs no model, and the parts of the plain score."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tilth.curate.quality import PARTS, REPLIES
from tilth.curate.signals import signal_named, signals
from tilth.operation import Batch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LEFT_OUT = frozenset({"language_confidence"})  # needs an extra, and says little about answers in one language


def feature_names() -> tuple[str, ...]:
    """The names in the order of the columns."""
    plain = [
        name
        for name, one in signals().items()
        if not one.needs and name not in _LEFT_OUT and one.measure_texts.__module__.startswith("tilth.")
    ]
    return (*plain, *PARTS)


def is_log(name: str) -> bool:
    """Whether a feature is compared on a log scale."""
    return name not in PARTS and signal_named(name).is_skewed


def features(batch: Batch, names: Sequence[str]) -> "NDArray[np.float64]":
    """Shape (rows, names); NaN where a row does not have what a feature looks at."""
    import numpy as np

    columns = [_part(batch, name) if name in PARTS else signal_named(name).measure(batch) for name in names]
    return np.array(columns, np.float64).reshape(len(names), len(batch)).T


def _part(batch: Batch, name: str) -> "NDArray[np.float64]":
    import numpy as np

    types, prompts, answers, texts = (batch.column(one).to_pylist() for one in ("type", "prompt", "answer", "text"))
    judge = PARTS[name].value
    values = [
        judge(prompt or "", answer or "") if kind in REPLIES else judge("", text or "")
        for kind, prompt, answer, text in zip(types, prompts, answers, texts, strict=True)
    ]
    return np.array([np.nan if value is None else value for value in values], np.float64)
