"""How `-` for standard input and output gets past the parser of flags."""

STDIO = "stdio:"
"""What `-` on the command line is turned into: a lone dash reads as an unknown flag otherwise."""
