"""The scheme that tags are in, told by the tags themselves: the one that most sentences do not break."""

from collections.abc import Sequence

from tilth.errors import UsageError
from tilth.schemas.annotation.tag_scheme import IO, IOB1, SCHEMES, Scheme, TokenSpan

_SHOWN_TAGS = 8


def told_scheme(sentences: Sequence[Sequence[str]]) -> Scheme | None:
    """The scheme of sentences of tags; None when there is no entity in them to tell it by.

    Where two schemes read all of these sentences alike, it is the one that allows more: sentences with no other
    prefix than I- are IOB1, of which IO is a part. Raises `UsageError` when at least half of the sentences break every
    scheme, and when two schemes that read them differently are broken by equally many.
    """
    telling = [tags for tags in sentences if any(tag != "O" for tag in tags)]
    if not telling:
        return None
    read = {scheme: [scheme.read(tags) for tags in telling] for scheme in SCHEMES if scheme is not IO}
    broken = {scheme: sum(bool(strays) for _, strays in found) for scheme, found in read.items()}
    fewest = min(broken.values())
    if fewest * 2 >= len(telling):
        seen = list(dict.fromkeys(tag for tags in telling for tag in tags))[:_SHOWN_TAGS]
        raise UsageError(
            f"the tags break every scheme in at least {fewest} of {len(telling)} sentences: {', '.join(seen)}, ...",
            fix="--dialect conll-iob2, to see which sentences break that one",
        )
    best = [scheme for scheme, count in broken.items() if count == fewest]
    readings = {_spans([spans for spans, _ in read[scheme]]) for scheme in best}
    if len(readings) > 1:
        names = " and ".join(scheme.name.upper() for scheme in best)
        fix = " or ".join(f"--dialect conll-{scheme.name}" for scheme in best)
        raise UsageError(f"the tags can be {names}, which read them differently", fix=fix)
    return IOB1 if IOB1 in best else best[0]


def _spans(found: Sequence[Sequence[TokenSpan]]) -> tuple[tuple[TokenSpan, ...], ...]:
    return tuple(map(tuple, found))
