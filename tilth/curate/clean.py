"""The operation `clean`: the same text in one spelling, without what nobody sees."""

from collections.abc import Iterator
from typing import get_args

from tilth.curate.cleaning import Cleaner
from tilth.curate.text_edits import Rule
from tilth.operation import Dataset, Judged, Options, rewrite


class CleanOptions(Options):
    """Which rules are applied, in this order."""

    line_ends: bool = True
    """CR LF, CR and NEL become LF."""
    invisible: bool = True
    """Control characters, zero-width spaces, soft hyphens, byte order marks and bidi overrides are removed; joiners,
    direction marks and variation selectors stay, because scripts and emoji need them."""
    unicode: bool = True
    """Letters and their accents are composed (NFC). Nothing is folded: `①` and `ﬁ` stay as they are."""
    edges: bool = True
    """Blank lines at the start and blanks at the end are removed, and blanks at the start of a single line; the first
    line of several keeps its indent."""


@rewrite(CleanOptions)
def clean(data: Dataset, options: CleanOptions) -> Iterator[Judged]:
    """Spell the texts of every record in one way and remove characters that nobody sees.

    Only content is touched, never `meta` or `extra`. Offsets of entities and answers move with their text; a record
    whose offsets do not fit its text to begin with, or would not afterwards, is left as it is and counted.
    """
    cleaner = Cleaner([rule for rule in get_args(Rule) if getattr(options, rule)])
    for batch in data.batches():
        records = [cleaner.clean(record) for record in batch.records]
        yield Judged(batch, [None] * len(batch), records, facts=cleaner.facts())
