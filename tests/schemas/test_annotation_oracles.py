"""What other tools made of the same annotations, and the numbers that they published."""

from collections import Counter
from typing import Any

import pytest

from tests.schemas.public_data import json_rows, public_file
from tilth.formats import Dataset
from tilth.schemas import Fields, dialect
from tilth.schemas.annotation.tag_scheme import IOB1, IOB2, parted_tag
from tilth.schemas.dialects import encode_allowing


def records_of(name: str, **how: Any) -> list[Fields]:
    return [record for batch in Dataset.open(public_file(name), **how).batches() for record in batch.records]


def surface(record: Fields) -> list[tuple[str, str]]:
    """The words of each entity with its label: what stays the same whatever stands between words."""
    text = record["text"]
    return [(" ".join(text[one["start"] : one["end"]].split()), one["label"]) for one in record["entities"]]


def chunks(tags: list[str]) -> set[tuple[int, int, str]]:
    """Phrases as conlleval counts them, which takes a tag for the beginning of a phrase whenever it can be one."""
    found, first = set(), 0
    parted = [*map(parted_tag, tags), ("O", "")]
    for place in range(1, len(parted)):
        (before, old), (now, new) = parted[place - 1], parted[place]
        if before != "O" and (now in ("O", "B") or old != new):
            found.add((first, place, old))
        if now != "O" and (now == "B" or before == "O" or old != new):
            first = place
    return found


def test_conllevals_own_numbers_come_out_of_its_file() -> None:
    expected = public_file("conlleval/expected_result.txt").read_text()
    rows = [
        row
        for batch in Dataset.open(public_file("conlleval/output.txt"), format="conll", dialect="tilth").batches()
        for row in batch.rows
    ]
    gold = [chunks(row["column_3"]) for row in rows]
    said = [chunks(row["tags"]) for row in rows]
    phrases, found = sum(map(len, gold)), sum(map(len, said))
    correct = sum(len(one & other) for one, other in zip(gold, said, strict=True))
    precision, recall = correct / found, correct / phrases
    f1 = 2 * precision * recall / (precision + recall)
    tokens = sum(len(row["tokens"]) for row in rows)
    assert f"processed {tokens} tokens with {phrases} phrases; found: {found} phrases; correct: {correct}." in expected
    numbers = f"precision:  {100 * precision:.2f}%; recall:  {100 * recall:.2f}%; FB1:  {100 * f1:.2f}"
    assert numbers in expected
    assert f"{100 * f1:.2f}" == "74.35"


def test_the_phrases_of_conllevals_gold_column_are_those_of_its_scheme() -> None:
    """Read strictly, where every phrase of the gold column is valid."""
    rows = [
        row
        for batch in Dataset.open(public_file("conlleval/output.txt"), format="conll", dialect="tilth").batches()
        for row in batch.rows
    ]
    gold = [row["column_3"] for row in rows]
    scheme = min((IOB1, IOB2), key=lambda each: sum(len(each.read(tags)[1]) for tags in gold))
    strict = [{(span.first, span.end, span.label) for span in scheme.read(tags)[0]} for tags in gold]
    valid = [not scheme.read(tags)[1] for tags in gold]
    assert [one for one, is_valid in zip(strict, valid, strict=True) if is_valid] == [
        chunks(tags) for tags, is_valid in zip(gold, valid, strict=True) if is_valid
    ]


@pytest.mark.parametrize(
    ("source", "user", "expected"),
    [
        ("labeling.jsonl", 1, "labeling.{}.user1"),
        ("labeling.jsonl", 2, "labeling.{}.user2"),
        ("labeling_text_label.jsonl", None, "labeling_text_label.{}.user0"),
    ],
)
def test_doccanos_own_conversions_say_the_same(source: str, user: int | None, expected: str) -> None:
    """Its spaCy files to the offset, its CoNLL files to the tag: there a document is a sentence for each line."""
    folder = "doccano_transformer/labeling/"
    records = records_of(folder + source)
    mine = [record for record in records if record.get("meta", {}).get("annotator") == user]
    assert mine
    spacy = records_of(folder + expected.format("spacy"), format="json")
    assert [(one["text"], one["entities"]) for one in mine] == [(one["text"], one["entities"]) for one in spacy]
    rows = [encode_allowing(dialect("conll"), one, ("spaces", "extra", "meta"))[0] for one in mine]
    conll = records_of(folder + expected.format("conll2003"), format="conll")
    pairs = [pair for row in rows for pair in zip(row["tokens"], row["tags"], strict=True)]
    written = [dialect("conll").encode({**one, "extra": {}}) for one in conll]
    assert pairs == [pair for row in written for pair in zip(row["tokens"], row["tags"], strict=True)]


@pytest.mark.parametrize(
    "name", ["ner-sent-per-line", "ner-token-per-line", "ner-token-per-line-conll2003", "ner-token-per-line-with-pos"]
)
def test_spacys_own_conversions_say_the_same(name: str) -> None:
    """The `.json` beside each `.iob` has the same tokens, with tags in BILOU."""
    folder = "spacy_example_data/ner_example_data/"
    tokens = [token for one in json_rows(f"{folder}{name}.json") for token in _tokens(one)]
    rows = [dialect("conll-bilou").encode({**one, "extra": {}}) for one in records_of(f"{folder}{name}.iob")]
    assert [pair for row in rows for pair in zip(row["tokens"], row["tags"], strict=True)] == [
        (token["orth"], token["ner"]) for token in tokens
    ]


def _tokens(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        token
        for paragraph in document["paragraphs"]
        for sentence in paragraph["sentences"]
        for token in sentence["tokens"]
    ]


@pytest.mark.parametrize("place", range(9))
def test_label_studios_cases_of_tokens_and_tags(place: int) -> None:
    """Its spans begin or end inside words: whole words are tagged, as it does, when that is allowed.

    It cuts words by the rules of a treebank, so that the tags are compared by the words that they are on.
    """
    case = json_rows("label_studio_converter/conll_tokens_tags_cases.json")[place]
    expected = {key: value for key, value in case.items() if key.startswith("expected")}
    tokens, tags = (list(each.values()) if isinstance(each, dict) else each for each in expected.values())
    # The ends of its spans are those of an older version: the last character itself, or the one behind it.
    entities = [
        {"start": one["start"], "end": min(one["end"], len(case["text"])), "label": one["labels"][0]}
        for one in case["spans"]
        if case["text"][one["start"] : one["end"]].strip()
    ]
    record = {"type": "ner", "text": case["text"], "entities": entities}
    row, _ = encode_allowing(dialect("conll"), record, ("spaces", "borders", "overlaps"))
    wanted = Counter((token, tag) for token, tag in zip(tokens, tags, strict=False) if tag != "O")
    found = Counter((token, tag) for token, tag in zip(row["tokens"], row["tags"], strict=True) if tag != "O")
    assert wanted == found if isinstance(expected["expected_tags"], list) else not wanted - found
