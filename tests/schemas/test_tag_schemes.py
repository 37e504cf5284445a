"""Tags are read as their scheme means them, by the cases of seqeval, and written so that they are read alike."""

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.public_data import public_file
from tilth.errors import UsageError
from tilth.schemas.annotation.tag_scheme import (
    BILOU,
    IO,
    IOB1,
    IOB2,
    IOBES,
    IOE2,
    SCHEMES,
    Scheme,
    TokenSpan,
    parted_tag,
)
from tilth.schemas.annotation.told_scheme import told_scheme

BY_NAME = {scheme.name: scheme for scheme in SCHEMES}
tags = st.lists(
    st.tuples(st.sampled_from("OIBESLUX"), st.sampled_from(["PER", "LOC"])).map(lambda pair: "-".join(pair))
)


def cases(of: str) -> list[tuple[str, Any]]:
    lines = public_file("conlleval/seqeval_scheme_cases.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [(case["test"].split("_")[1], case["case"]) for case in found if of in case["test"]]


def test_every_sequence_of_seqeval_has_the_entities_that_seqeval_finds() -> None:
    sequences = cases("_tokens")
    assert len(sequences) == 242
    for name, (sequence, expected) in sequences:
        spans, _ = BY_NAME[name].read(sequence)
        assert [[span.label, span.first, span.end] for span in spans] == expected, (name, sequence)


def test_every_valid_sequence_of_seqeval_is_written_again() -> None:
    for name, (sequence, _) in cases("_tokens"):
        scheme = BY_NAME[name]
        spans, strays = scheme.read(sequence)
        if not strays:
            rewritten = scheme.write(spans, len(sequence))
            assert [parted_tag(tag) for tag in rewritten] == [parted_tag(tag) for tag in sequence]


def test_neighbours_begin_continue_and_end_entities_as_in_seqeval() -> None:
    neighbours = cases("_start_inside_end")
    assert len(neighbours) == 108
    for name, (before, tag, (begins, goes_on, has_ended)) in neighbours:
        scheme = BY_NAME[name]
        one, other = parted_tag(before), parted_tag(tag)
        pair = (one[0], other[0], "same" if one[1] == other[1] else "other")
        found = [pair in pairs for pairs in (scheme.begins, scheme.goes_on, scheme.has_ended)]
        assert found == [begins, goes_on, has_ended], (name, before, tag)


def test_tags_are_parted_into_prefix_and_label_as_in_seqeval() -> None:
    for _, case in cases("test_token_tag"):
        tag, is_suffix, label = case if isinstance(case, list) else ast.literal_eval(case)
        if not is_suffix and tag != "O":  # labels before prefixes (PER-B) are not read
            assert parted_tag(tag)[1] == label


def test_each_scheme_has_the_prefixes_that_seqeval_allows() -> None:
    for kind, is_allowed in (("test_valid_prefix", True), ("test_invalid_prefix", False)):
        for _, case in cases(kind):
            prefix, name = case.strip("()").replace("'", "").split(", ")
            assert (prefix in BY_NAME[name.lower()].prefixes) is is_allowed


def test_the_scheme_of_a_sequence_is_told_where_it_breaks_no_other() -> None:
    """Seqeval goes by prefixes alone; of its examples, those that are valid in their scheme are told by it."""
    for _, case in cases("test_valid_scheme"):
        sequences, name = case.strip("()").rsplit(", ", 1)
        scheme = BY_NAME[name.lower()]
        sequence = [tag if tag == "O" else f"{tag}-X" for tag in ast.literal_eval(sequences)[0]]
        if not scheme.read(sequence)[1]:
            assert told_scheme([sequence]) is scheme


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SCHEMES), tags)
def test_every_tag_is_in_one_entity_or_out_of_place(scheme: Scheme, sequence: list[str]) -> None:
    spans, strays = scheme.read(sequence)
    covered = [place for span in spans for place in range(span.first, span.end)]
    assert sorted(covered + [stray.place for stray in strays]) == [
        place for place, tag in enumerate(sequence) if parted_tag(tag)[0] != "O"
    ]
    assert all(stray.why for stray in strays)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([scheme for scheme in SCHEMES if scheme is not IO]), st.data())
def test_spans_are_read_as_they_were_written(scheme: Scheme, data: st.DataObject) -> None:
    spans, place = [], 0
    # In IOE1, as seqeval has it, a single token before another of its label has no mark.
    sizes = st.integers(2 if scheme.name == "ioe1" else 1, 3)
    for gap, size, label in data.draw(st.lists(st.tuples(st.integers(0, 2), sizes, st.sampled_from("XY")))):
        spans.append(TokenSpan(place + gap, place + gap + size, label))
        place += gap + size
    written = scheme.write(spans, place + 1)
    assert scheme.read(written) == (spans, [])
    assert told_scheme([written]) in (None, *SCHEMES)


def test_neighbours_of_one_label_are_kept_apart_where_the_scheme_can() -> None:
    spans = [TokenSpan(0, 2, "X"), TokenSpan(2, 3, "X")]
    assert IOB1.write(spans, 3) == ["I-X", "I-X", "B-X"]
    assert BY_NAME["ioe1"].write(spans, 3) == ["I-X", "E-X", "I-X"]
    assert IO.read(IO.write(spans, 3))[0] == [TokenSpan(0, 3, "X")]


@pytest.mark.parametrize(
    ("scheme", "sequence", "why"),
    [
        (IOB2, ["O", "I-X"], "in IOB2 it goes on in an entity that has to begin with B"),
        (IOB2, ["B-X", "I-Y"], "in IOB2 it goes on in an entity that has to begin with B"),
        (IOB2, ["S-X"], "IOB2 has only tags with O, I, B"),
        (IOB2, ["X"], "IOB2 has only tags with O, I, B"),
        (IOB1, ["B-X"], "in IOB1 it stands only next to another X"),
        (IOE2, ["I-X", "O"], "in IOE2 it begins or goes on in an entity that has to end with E"),
        (IOBES, ["B-X", "O"], "in IOBES it begins or goes on in an entity that has to end with E"),
        (BILOU, ["O", "L-X"], "in BILOU it goes on in an entity that has to begin with B"),
    ],
)
def test_a_tag_that_is_out_of_place_says_why(scheme: Scheme, sequence: list[str], why: str) -> None:
    assert next(stray.why for stray in scheme.read(sequence)[1]) == why


def test_a_few_broken_sentences_do_not_change_the_scheme() -> None:
    assert told_scheme([["B-X", "I-X"]] * 8 + [["I-X"]] * 2) is IOB2
    assert told_scheme([["O", "O"]]) is None
    assert told_scheme([["I-X", "I-X"], ["I-Y"]]) is IOB1


def test_tags_that_are_of_two_schemes_are_refused_with_both() -> None:
    with pytest.raises(UsageError, match="--dialect conll-iob1 or --dialect conll-ioe1"):
        told_scheme([["I-X"]] * 4 + [["I-X", "B-X"], ["I-X", "E-X", "I-X"]])


def test_tags_that_break_every_scheme_are_refused() -> None:
    with pytest.raises(UsageError, match="break every scheme in at least 1 of 2 sentences"):
        told_scheme([["B-X"], ["I-X"]])
