"""How rows lie in files: containers, strict streaming readers, atomic writers."""

from tilth.formats.batch import DialectBatch
from tilth.formats.block import Block
from tilth.formats.container import Format, Reject
from tilth.formats.dataset import Dataset

__all__ = ["Block", "Dataset", "DialectBatch", "Format", "Reject"]
