"""SQLite databases, read only: the rows of one table or view, each value as it is stored."""

from tilth.formats.sqlite.format import Sqlite

__all__ = ["Sqlite"]
