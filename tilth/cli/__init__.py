"""The command line: commands made from the declarations of operations, and the verbs that are no operation."""

from tilth.cli.border import main

__all__ = ["main"]
