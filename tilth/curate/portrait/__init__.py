"""What a picture of a data set shows beyond its counts: languages, repeats over sources, and a map of its texts."""

from tilth.curate.portrait.languages import languages_of
from tilth.curate.portrait.overlap import Overlap, Sources, sources_of
from tilth.curate.portrait.text_map import TextMap, text_map

__all__ = ["Overlap", "Sources", "TextMap", "languages_of", "sources_of", "text_map"]
