"""Records to token ids with their labels, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from tilth.judgement import Batch, Dataset, Fields, Reason
from tilth.operation import Options
from tilth.trainers.conversation import PAIR_TYPES
from tilth.trainers.encoder import Encoder
from tilth.trainers.encoding import IGNORED, EncodedPair, encode_rendered, encode_sides
from tilth.trainers.templates.records import Renderer
from tilth.trainers.tokens.cutting import Side, cut
from tilth.trainers.tokens.report import TokenReport

ANSWER_COLUMNS, PAIR_COLUMNS = ("input_ids", "labels"), ("prompt_ids", "chosen_ids", "rejected_ids")

TokenRow = Mapping[str, list[int]]


class TokenizeOptions(Options):
    """How long rows may be, and how they are filled up."""

    max_length: Annotated[int, Field(ge=1)] | None = None
    """Tokens that a row may have. A longer one is set aside, unless --truncation-side says where to cut it."""
    truncation_side: Side | None = None
    """Cut rows that are too long at this side instead of setting them aside; pairs are never cut."""
    padding_side: Side = "right"
    """Where a shorter row is filled up."""
    pad_to: Literal["longest", "max", "none"] | None = None
    """Fill rows up to the longest of them, to --max-length, or not at all; the longest for safetensors, whose rows
    all have one length, and none for Arrow."""


def tokenize(
    data: Dataset, encoder: Encoder, options: TokenizeOptions, report: TokenReport, *, pairs: bool = False
) -> Iterator[tuple[Batch, Sequence[TokenRow | Reason]]]:
    """Each batch with its rows as tokens, or with the reason why a row is none; counted in `report`.

    With `pairs` the preferences are taken (`prompt_ids`, `chosen_ids`, `rejected_ids`), otherwise all other records
    (`input_ids`, and `labels` that are -100 wherever nothing is learned).
    """
    renderer = Renderer(encoder.template)
    for batch in data.batches():
        yield batch, [_row(fields, renderer, encoder, options, report, pairs=pairs) for fields in batch.records]


def _row(
    fields: Fields, renderer: Renderer, encoder: Encoder, options: TokenizeOptions, report: TokenReport, *, pairs: bool
) -> TokenRow | Reason:
    kind = fields.get("type")
    if (kind in PAIR_TYPES) != pairs:
        wanted = "preferences" if pairs else "answers"
        return Reason("other-type", detail=f"a set of {wanted} has no place for a {kind} record")
    rendered = renderer.render(fields)
    if isinstance(rendered, Reason):
        return rendered
    if pairs:
        pair = encode_sides(rendered[0], rendered[1], encoder, options.max_length)
        return pair if isinstance(pair, Reason) else _pair_row(pair, report)
    is_cut = options.truncation_side is not None
    encoded = encode_rendered(rendered[0], encoder, None if is_cut else options.max_length)
    if isinstance(encoded, Reason):
        return encoded
    if options.truncation_side is not None and options.max_length is not None:
        done = cut(encoded, options.max_length, options.truncation_side, encoder.tokenizer.bos_id)
        if isinstance(done, Reason):
            return done
        encoded = done.encoded
        report.add_cut(done.tokens, done.answers_lost, done.answers_cut)
    report.add(len(encoded.input_ids), sum(label != IGNORED for label in encoded.labels))
    if (unknown := encoder.tokenizer.unknown_id) is not None:
        report.unknown += encoded.input_ids.count(unknown)
    return {"input_ids": encoded.input_ids, "labels": encoded.labels}


def _pair_row(pair: EncodedPair, report: TokenReport) -> TokenRow:
    for answer in (pair.chosen_ids, pair.rejected_ids):
        report.add(len(pair.prompt_ids) + len(answer), len(answer))
    return {"prompt_ids": pair.prompt_ids, "chosen_ids": pair.chosen_ids, "rejected_ids": pair.rejected_ids}
