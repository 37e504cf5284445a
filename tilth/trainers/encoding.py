"""Records as tokens: which of them are given, which are learned, and why a record cannot be learned from.

Nothing is cut and nothing is guessed. The tokens before an answer are the very tokens that a model is given when it
is asked for that answer; the answer's tokens and the token that ends it are learned, and no others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tilth.judgement import Fields, Reason
from tilth.trainers.encoder import Encoder
from tilth.trainers.templates import Rendered
from tilth.trainers.templates.rendered import Span

IGNORED = -100
"""The label of a token that is not learned (PyTorch's convention)."""


@dataclass(frozen=True)
class Encoded:
    """One conversation: token ids, and for each the id to learn or `IGNORED`. `spans` are the answers, in tokens."""

    input_ids: list[int]
    labels: list[int]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class EncodedPair:
    """One prompt and its two answers, each ending in the stop token."""

    prompt_ids: list[int]
    chosen_ids: list[int]
    rejected_ids: list[int]


def encode_answers(fields: Fields, encoder: Encoder, max_length: int | None) -> Encoded | Reason:
    """Tokens of an instruction, chat or QA record, or the reason why it cannot be learned from."""
    rendered = encoder.template.render(fields)
    return rendered if isinstance(rendered, Reason) else encode_rendered(rendered, encoder, max_length)


def encode_pair(fields: Fields, encoder: Encoder, max_length: int | None) -> EncodedPair | Reason:
    """Tokens of a preference record, or the reason why it cannot be learned from."""
    sides = encoder.template.render_pair(fields)
    return sides if isinstance(sides, Reason) else encode_sides(*sides, encoder, max_length)


def encode_sides(
    left: Rendered, right: Rendered, encoder: Encoder, max_length: int | None = None
) -> EncodedPair | Reason:
    """Tokens of a rendered preference, the chosen side first, or the reason why it cannot be learned from."""
    chosen, rejected = (encode_rendered(side, encoder, max_length) for side in (left, right))
    if isinstance(chosen, Reason):
        return replace(chosen, detail=f"chosen: {chosen.detail}")
    if isinstance(rejected, Reason):
        return replace(rejected, detail=f"rejected: {rejected.detail}")
    (start, chosen_end), (_, rejected_end) = chosen.spans[0], rejected.spans[0]
    answers = chosen.input_ids[start:chosen_end], rejected.input_ids[start:rejected_end]
    if answers[0] == answers[1]:
        return Reason("equal-answers", detail="chosen and rejected are the same to the tokenizer")
    return EncodedPair(chosen.input_ids[:start], *answers)


def encode_rendered(rendered: Rendered, encoder: Encoder, max_length: int | None = None) -> Encoded | Reason:
    """Tokens of a rendered record, or the reason why it cannot be learned from."""
    if not rendered.answers:
        return Reason("no-answer", detail="the template has no place for an answer")
    encoded = _tokenize_whole(rendered, encoder) or _tokenize_in_pieces(rendered, encoder)
    if isinstance(encoded, Encoded) and max_length is not None and len(encoded.input_ids) > max_length:
        length = len(encoded.input_ids)
        return Reason("too-long", score=float(length), detail=f"{length} tokens, and {max_length} fit")
    return encoded


def _tokenize_whole(rendered: Rendered, encoder: Encoder) -> Encoded | Reason | None:
    """The whole text at once, as a template's author means it; None when a token straddles a prompt's end."""
    whole = encoder.tokenizer.tokens(rendered.text)
    ranges = []
    for start, end in rendered.answers:
        prompt_ids = encoder.tokenizer.ids(rendered.text[:start])
        if whole.ids[: len(prompt_ids)] != prompt_ids:
            return None
        at = len(prompt_ids)
        while at < len(whole.ids) and whole.offsets[at][0] < end:
            at += 1
        ranges.append((len(prompt_ids), at))
    mask = None if rendered.marks is None else _mask(rendered.marks, whole.offsets)
    return _labelled(rendered, encoder, whole.ids, ranges, mask)


def _tokenize_in_pieces(rendered: Rendered, encoder: Encoder) -> Encoded | Reason:
    """Prompt and answer apart, as inference does it: first the prompt's tokens, then whatever the model writes."""
    tokenizer, text = encoder.tokenizer, rendered.text
    ids: list[int] = []
    ranges = []
    for start, end in rendered.answers:
        prompt_ids = tokenizer.ids(text[:start])
        if prompt_ids[: len(ids)] != ids:
            return Reason("unstable-tokens", detail="an earlier answer has other tokens once more text follows it")
        ids = prompt_ids + tokenizer.ids(text[start:end])
        ranges.append((len(prompt_ids), len(ids)))
    ids = ids + tokenizer.ids(text[rendered.answers[-1][1] :])
    if rendered.marks is not None or tokenizer.decode(ids) != tokenizer.decode(tokenizer.ids(text)):
        return Reason("unstable-tokens", detail="the tokens of the prompt change once an answer follows it")
    return _labelled(rendered, encoder, ids, ranges, None)


def _mask(marks: Sequence[Span], offsets: Sequence[tuple[int, int]]) -> list[bool]:
    """Which tokens lie, at least with one character, inside one of the marked parts."""
    return [any(begin < last and end > first for first, last in marks) for begin, end in offsets]


def _labelled(
    rendered: Rendered, encoder: Encoder, ids: list[int], ranges: list[tuple[int, int]], mask: list[bool] | None
) -> Encoded | Reason:
    labels = [IGNORED] * len(ids)
    stop_id = encoder.stop_id
    spans = []
    for start, end in ranges:
        end = _past_stop(ids, start, end, stop_id)
        learned = [at for at in range(start, end) if mask is None or mask[at] or (at == end - 1 and ids[at] == stop_id)]
        if not any(ids[at] != stop_id for at in learned):
            return Reason("no-answer", detail="the template renders an answer without any token to learn")
        for at in learned:
            labels[at] = ids[at]
        spans.append((start, end))
    eos, bos = encoder.tokenizer.eos_id, encoder.tokenizer.bos_id
    if rendered.ends_open and eos is not None:
        # The template closes no answer. Nothing follows the last one, so the sequence itself can end there.
        start, end = spans[-1]
        ids, labels = [*ids[:end], eos], [*labels[:end], eos]
        spans[-1] = (start, end + 1)
    if bos is not None and bos != eos and ids.count(bos) > 1 and ids[:2] == [bos, bos]:
        return Reason("two-bos", detail="the sequence begins twice")
    return Encoded(ids, labels, tuple(spans))


def _past_stop(ids: list[int], start: int, end: int, stop_id: int | None) -> int:
    """Where an answer ends: right behind its stop token, as generation does. Layout after it is not learned."""
    for at in range(end - 1, start - 1, -1):
        if ids[at] == stop_id:
            return at + 1
    return end
