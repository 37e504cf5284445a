"""Records as a set of token ids on disk: encoded, cut where that was asked for, filled up, and counted."""

from tilth.trainers.tokens.report import TokenReport
from tilth.trainers.tokens.tokenize import TokenizeOptions, tokenize
from tilth.trainers.tokens.writing import save_tokens

__all__ = ["TokenReport", "TokenizeOptions", "save_tokens", "tokenize"]
