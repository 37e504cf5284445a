"""Records as tokens: which of them are given, which are learned, and why a record cannot be learned from.

Nothing is cut and nothing is guessed. The tokens before an answer are the very tokens that a model is given when it
is asked for that answer; the answer's tokens and the token that ends it are learned, and no others.
"""

from dataclasses import dataclass, replace

from tilth.judgement import Fields, Reason
from tilth.trainers.chat_template import ChatTemplate, TemplateRefusalError
from tilth.trainers.conversation import Conversation, answers_of, pair_of

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


def encode_answers(fields: Fields, template: ChatTemplate, max_length: int) -> Encoded | Reason:
    """Tokens of an instruction, chat or QA record, or the reason why it cannot be learned from."""
    conversation = answers_of(fields)
    if isinstance(conversation, Reason):
        return conversation
    return encode_conversation(conversation, template, max_length)


def encode_pair(fields: Fields, template: ChatTemplate, max_length: int) -> EncodedPair | Reason:
    """Tokens of a preference record, or the reason why it cannot be learned from."""
    sides = pair_of(fields)
    if isinstance(sides, Reason):
        return sides
    chosen, rejected = (encode_conversation(side, template, max_length) for side in sides)
    if isinstance(chosen, Reason):
        return replace(chosen, detail=f"chosen: {chosen.detail}")
    if isinstance(rejected, Reason):
        return replace(rejected, detail=f"rejected: {rejected.detail}")
    (start, chosen_end), (_, rejected_end) = chosen.spans[0], rejected.spans[0]
    answers = chosen.input_ids[start:chosen_end], rejected.input_ids[start:rejected_end]
    if answers[0] == answers[1]:
        return Reason("equal-answers", detail="chosen and rejected are the same to the tokenizer")
    return EncodedPair(chosen.input_ids[:start], *answers)


def encode_conversation(conversation: Conversation, template: ChatTemplate, max_length: int) -> Encoded | Reason:
    """Tokens of a conversation, or the reason why it cannot be learned from."""
    if forged := template.forged_control(conversation):
        return forged
    try:
        encoded = _encode(conversation, template)
    except TemplateRefusalError as refusal:
        return Reason("template-refuses", detail=f"the chat template cannot render it: {refusal}")
    if isinstance(encoded, Encoded) and len(encoded.input_ids) > max_length:
        length = len(encoded.input_ids)
        return Reason("too-long", score=float(length), detail=f"{length} tokens, and {max_length} fit")
    return encoded


def _encode(conversation: Conversation, template: ChatTemplate) -> Encoded | Reason:
    messages, tools = conversation.messages, conversation.tools
    text = template.render(messages, tools)
    spans = []
    for index in conversation.answers:
        prompt = template.render(messages[:index], tools, prompt=True)
        answered = template.render(messages[: index + 1], tools)
        if not answered.startswith(prompt) or not text.startswith(answered):
            return Reason(
                "unstable-template", detail=f"the template writes what precedes message {index + 1} in two ways"
            )
        spans.append((prompt, answered))
    return _tokenize_whole(conversation, template, text, spans) or _tokenize_in_pieces(
        conversation, template, text, spans
    )


def _tokenize_whole(
    conversation: Conversation, template: ChatTemplate, text: str, spans: list[tuple[str, str]]
) -> Encoded | Reason | None:
    """The whole text at once, as a template's author means it; None when a token straddles a prompt's end."""
    whole = template.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = list(whole["input_ids"]), whole["offset_mapping"]
    ranges = []
    for prompt, answered in spans:
        prompt_ids = template.tokens(prompt)
        if ids[: len(prompt_ids)] != prompt_ids:
            return None
        end = len(prompt_ids)
        while end < len(ids) and offsets[end][0] < len(answered):
            end += 1
        ranges.append((len(prompt_ids), end))
    return _labelled(conversation, template, ids, ranges, template.answer_mask(conversation))


def _tokenize_in_pieces(
    conversation: Conversation, template: ChatTemplate, text: str, spans: list[tuple[str, str]]
) -> Encoded | Reason:
    """Prompt and answer apart, as inference does it: first the prompt's tokens, then whatever the model writes."""
    ids: list[int] = []
    ranges = []
    for prompt, answered in spans:
        prompt_ids = template.tokens(prompt)
        if prompt_ids[: len(ids)] != ids:
            return Reason("unstable-tokens", detail="an earlier answer has other tokens once more text follows it")
        ids = prompt_ids + template.tokens(answered[len(prompt) :])
        ranges.append((len(prompt_ids), len(ids)))
    ids = ids + template.tokens(text[len(spans[-1][1]) :])
    if template.marks_answers or template.tokenizer.decode(ids) != template.tokenizer.decode(template.tokens(text)):
        return Reason("unstable-tokens", detail="the tokens of the prompt change once an answer follows it")
    return _labelled(conversation, template, ids, ranges, None)


def _labelled(
    conversation: Conversation,
    template: ChatTemplate,
    ids: list[int],
    ranges: list[tuple[int, int]],
    mask: list[int] | None,
) -> Encoded | Reason:
    labels = [IGNORED] * len(ids)
    spans = []
    for start, end in ranges:
        end = _past_stop(ids, start, end, template.stop_id)
        learned = [
            at
            for at in range(start, end)
            if mask is None or mask[at] or (at == end - 1 and ids[at] == template.stop_id)
        ]
        if not any(ids[at] != template.stop_id for at in learned):
            return Reason("no-answer", detail="the template renders an answer without any token to learn")
        for at in learned:
            labels[at] = ids[at]
        spans.append((start, end))
    if template.stop_id is None and conversation.answers[-1] == len(conversation.messages) - 1:
        # The template closes no answer. Nothing follows the last one, so the sequence itself can end there.
        eos = template.tokenizer.eos_token_id
        start, end = spans[-1]
        ids, labels = [*ids[:end], eos], [*labels[:end], eos]
        spans[-1] = (start, end + 1)
    bos = template.tokenizer.bos_token_id
    if bos is not None and bos != template.tokenizer.eos_token_id and ids.count(bos) > 1 and ids[:2] == [bos, bos]:
        return Reason("two-bos", detail="the sequence begins twice")
    return Encoded(ids, labels, tuple(spans))


def _past_stop(ids: list[int], start: int, end: int, stop_id: int | None) -> int:
    """Where an answer ends: right behind its stop token, as generation does. Layout after it is not learned."""
    for at in range(end - 1, start - 1, -1):
        if ids[at] == stop_id:
            return at + 1
    return end
