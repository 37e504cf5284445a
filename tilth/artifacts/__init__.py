"""What else lies in a project folder: models, adapters, tokenizers, configs, logs; recognised, never loaded."""

from tilth.artifacts.artifact import Artifact, Fact, Kind
from tilth.artifacts.folders import Entry, FolderRecogniser, Survey, folder_kinds, survey
from tilth.artifacts.probe import Probe
from tilth.artifacts.registry import RECOGNISERS, Recogniser, kinds, recognise

__all__ = [
    "RECOGNISERS",
    "Artifact",
    "Entry",
    "Fact",
    "FolderRecogniser",
    "Kind",
    "Probe",
    "Recogniser",
    "Survey",
    "folder_kinds",
    "kinds",
    "recognise",
    "survey",
]
