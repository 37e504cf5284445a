"""The operation `clean`: the same text in one spelling, without what nobody sees."""

from collections.abc import Iterator
from typing import get_args

from tilth.curate.cleaning import Cleaner
from tilth.curate.repairs.mojibake import require_ftfy
from tilth.curate.text_edits import Rule
from tilth.operation import Dataset, Judged, Options, rewrite


class CleanOptions(Options):
    """Which rules are applied, until none changes anything more; what can cost meaning is off unless asked for."""

    line_ends: bool = True
    """CR LF, CR and NEL become LF."""
    invisible: bool = True
    """Control characters, zero-width spaces, soft hyphens, byte order marks and bidi overrides are removed; joiners,
    direction marks and variation selectors stay, because scripts and emoji need them."""
    unicode: bool = True
    """Letters and their accents are composed (NFC). Nothing is folded: `①` and `ﬁ` stay as they are."""
    mojibake: bool = False
    """Text decoded in a wrong encoding is repaired (`schÃ¶n` becomes `schön`), by ftfy."""
    html: bool = False
    """Tags that format text go, entities become characters. Not in a record whose words speak of markup, nor in a text
    with any tag that is not for formatting, such as `<script>`, `<T>` or `<think>`."""
    markdown: bool = False
    """Stray escapes (`snake\\_case`) lose their backslash and a code fence that nobody closed is closed. Not in a
    record that speaks of regular expressions, LaTeX, shells and the like."""
    blanks: bool = False
    """Runs of blanks become one, blanks at the ends of lines go (Markdown's line break of two blanks too), several
    empty lines become one. Never in code, in tables, or at the start of a line."""
    edges: bool = True
    """Blank lines at the start and blanks at the end are removed, and blanks at the start of a single line; the first
    line of several keeps its indent."""


@rewrite(CleanOptions)
def clean(data: Dataset, options: CleanOptions) -> Iterator[Judged]:
    """Spell the texts of every record in one way and remove characters that nobody sees.

    Only content is touched, never `meta` or `extra`. Offsets of entities and answers move with their text; a record
    whose offsets do not fit its text to begin with, or would not afterwards, is left as it is and counted.
    """
    if options.mojibake:
        require_ftfy()
    cleaner = Cleaner([rule for rule in get_args(Rule) if getattr(options, rule)])
    for batch in data.batches():
        cleaned = [(cleaner.clean(record), cleaner.done) for record in batch.records]
        records, details = [record for record, _ in cleaned], [done for _, done in cleaned]
        yield Judged(batch, [None] * len(batch), records, facts=cleaner.facts(), details=details)
