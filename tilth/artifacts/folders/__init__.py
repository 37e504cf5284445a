"""Folders that mean one thing: models, adapters, checkpoints, data sets, runs; and what lies in any other folder."""

from tilth.artifacts.folders.place import Place
from tilth.artifacts.folders.survey import Entry, FolderRecogniser, Survey, folder_kinds, survey

__all__ = ["Entry", "FolderRecogniser", "Place", "Survey", "folder_kinds", "survey"]
