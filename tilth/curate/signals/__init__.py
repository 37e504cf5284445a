"""Signals: one number per record, measured in batches. The declarations are the only list of them."""

from tilth.curate.signals import (  # noqa: F401  (each file declares its signals)
    characters,
    endings,
    language,
    length,
    neighbours,
    perplexity,
    phrases,
    readability,
    sentences,
    variety,
)
from tilth.curate.signals.registry import Signal, SignalName, SignalNames, signal, signal_named, signals

__all__ = ["Signal", "SignalName", "SignalNames", "signal", "signal_named", "signals"]
