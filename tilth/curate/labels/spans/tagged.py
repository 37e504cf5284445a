"""Annotated texts as columns of tokens, gathered in one pass; imports numpy."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.operation import Dataset, Fields
from tilth.schemas.annotation.spans import is_span
from tilth.schemas.annotation.tokens import borders, without_tokens
from tilth.schemas.annotation.words import Borders
from tilth.schemas.dialects.token_tags import are_texts

OUTSIDE = 0
"""The class of a token that is in no span."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Tagged:
    """All tokens of all rows in file order."""

    texts: list[str]
    """The text of each row; empty where there is none."""
    names: list[str]
    """What the classes are called; the first, `OUTSIDE`, is no label."""
    words: list[str]
    """Every different token; the first, the empty one, stands before and behind each row."""
    row: Numbers
    """The row of each token."""
    word: Numbers
    """Which of the `words` each token is."""
    borders: NDArray[np.int64]
    """Where each token begins and ends in its text, shape (tokens, 2)."""
    given: Numbers
    """The class of each token."""
    span: Numbers
    """Number of the span that each token is in, -1 for none: spans of one label may touch."""
    unjudged: Counter[str]
    """Rows that cannot be judged, by reason."""
    left_out: Counter[str]
    """Spans that cannot be judged, by reason; their rows are judged without them."""


def gather(data: Dataset) -> Tagged:
    """One pass over the data: the tokens that the annotator saw where they are recorded, else words and signs."""
    texts: list[str] = []
    names: dict[str, int] = {"no label": OUTSIDE}
    words: dict[str, int] = {"": 0}
    columns: tuple[list[int], ...] = ([], [], [], [])
    places: list[Borders] = []
    unjudged, left_out = Counter[str](), Counter[str]()
    spans = 0
    for batch in data.batches():
        for record in map(_tags_as_spans, batch.records):
            text, entities = record.get("text"), record.get("entities")
            if not (isinstance(text, str) and isinstance(entities, list)):
                texts.append("")
                unjudged["no spans to read"] += 1
                continue
            texts.append(text)
            cuts = _spans(text, entities, left_out)
            found = borders(text, without_tokens(record)[0], {cut for one in cuts for cut in one[:2]})
            if not found:
                unjudged["no words"] += 1
            given, span = _tags(found, cuts, names, spans, left_out)
            spans += len(cuts)
            places.extend(found)
            text_words = (words.setdefault(text[start:end], len(words)) for start, end in found)
            for column, values in zip(columns, ([len(texts) - 1] * len(found), text_words, given, span), strict=True):
                column.extend(values)
    row, word, given_all, span_all = (np.array(column, np.int64) for column in columns)
    table = np.array(places, np.int64).reshape(-1, 2)
    return Tagged(texts, list(names), list(words), row, word, table, given_all, span_all, unjudged, left_out)


def is_spans(data: Dataset) -> bool:
    """Whether rows are texts with labelled spans, or tokens with a tag each: the first row tells."""
    first: Fields | None = next((record for batch in data.batches() for record in batch.records[:1]), None)
    return first is not None and (first.get("type") == "ner" or _are_tagged(first))


def _are_tagged(record: Fields) -> bool:
    """Whether a record is a list of tokens and a list of their tags, as of parts of speech."""
    tokens, tags = record.get("tokens") or [], record.get("tags") or []
    return are_texts(tokens) and are_texts(tags) and len(tokens) == len(tags) > 0


def _tags_as_spans(record: Fields) -> Fields:
    """The same with each tagged token as a span of its own; any other record as it is."""
    if not _are_tagged(record):
        return record
    places = list(accumulate((len(token) + 1 for token in record["tokens"]), initial=0))
    entities = [
        {"start": start, "end": start + len(token), "label": tag}
        for start, token, tag in zip(places, record["tokens"], record["tags"], strict=False)
    ]
    return {"text": " ".join(record["tokens"]), "entities": entities}


def _spans(text: str, entities: Sequence[Any], left_out: Counter[str]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for one in entities:
        start, end, label = _values(one)
        if is_span(start, end, label) and 0 <= start < end <= len(text):
            found.append((start, end, label))
        else:
            left_out["not in their text"] += 1
    return sorted(found, key=lambda one: (one[0], -one[1], one[2]))


def _values(entity: Any) -> list[Any]:
    return [entity.get(name) if isinstance(entity, dict) else None for name in ("start", "end", "label")]


def _tags(
    found: Sequence[Borders],
    spans: list[tuple[int, int, str]],
    names: dict[str, int],
    first: int,
    left_out: Counter[str],
) -> tuple[list[int], list[int]]:
    """The class and the span number of each token. Of spans that overlap, the one that begins first, and the longer."""
    given, span = [OUTSIDE] * len(found), [-1] * len(found)
    token = 0
    for number, (start, end, label) in enumerate(spans, first):
        while token < len(found) and found[token][1] <= start:
            token += 1
        last = token
        while last < len(found) and found[last][0] < end:
            last += 1
        if last == token or span[token] != -1:
            left_out["inside or across another" if last > token else "without a word"] += 1
            continue
        class_ = names.setdefault(label, len(names))
        given[token:last], span[token:last] = [class_] * (last - token), [number] * (last - token)
    return given, span
