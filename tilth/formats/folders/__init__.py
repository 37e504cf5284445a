"""Folders that are data sets: splits and shards by their names, the card of Hugging Face, and what it saves to disk."""

from tilth.formats.folders.find import configuration, layout_of
from tilth.formats.folders.layout import Layout

__all__ = ["Layout", "configuration", "layout_of"]
