"""What else lies in a project folder: models, adapters, tokenizers, configs, logs; recognised, never loaded."""

from tilth.artifacts.artifact import Artifact, Fact, Kind
from tilth.artifacts.probe import Probe
from tilth.artifacts.registry import RECOGNISERS, Recogniser, kinds, recognise

__all__ = ["RECOGNISERS", "Artifact", "Fact", "Kind", "Probe", "Recogniser", "kinds", "recognise"]
