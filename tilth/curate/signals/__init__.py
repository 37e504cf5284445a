"""Signals: one number per record, measured in batches. The declarations are the only list of them."""

from tilth.curate.signals import characters, length, variety  # noqa: F401  (each file declares its signals)
from tilth.curate.signals.registry import Signal, SignalName, SignalNames, signal, signal_named, signals

__all__ = ["Signal", "SignalName", "SignalNames", "signal", "signal_named", "signals"]
