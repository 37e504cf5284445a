"""Regular expressions that no text can slow down: RE2, as Arrow has it."""

from tilth.curate.expression.rows import Values


def problem_of(pattern: str) -> str | None:
    """What is wrong with a pattern, in one line; None when it can be used."""
    from pyarrow.lib import ArrowInvalid

    try:
        found_in([""], pattern)
    except ArrowInvalid as failure:
        return str(failure).partition("\n")[0].removeprefix("Invalid regular expression: ")
    return None


def found_in(texts: Values, pattern: str) -> Values:
    """Whether the pattern is found anywhere in each text; None where there is no text."""
    import pyarrow.compute as pc

    from tilth.formats.bulk.arrays import as_texts

    found: Values = pc.match_substring_regex(as_texts(texts), pattern).to_pylist()
    return found
