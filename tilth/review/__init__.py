"""What people said about records: the decision journal, the sitting over a file, and the decisions applied."""

from tilth.review.event import Action, Event, RecordKey
from tilth.review.journal import Journal, journal_path
from tilth.review.reviewed import ReviewedOptions, reviewed
from tilth.review.standing import Standing, Standings, Status

__all__ = [
    "Action",
    "Event",
    "Journal",
    "RecordKey",
    "ReviewedOptions",
    "Standing",
    "Standings",
    "Status",
    "journal_path",
    "reviewed",
]
