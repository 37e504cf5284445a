"""Four families of chat templates, each with a tokenizer of its kind, and the same layout written by hand in Python.

The layout is the independent check: it says which text of a conversation is an answer without asking Jinja, the
tokenizer's offsets or the code under test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Segments = list[tuple[str, bool]]
"""Consecutive text, and whether it is to be learned."""

TEXTS = [
    "The kettle stands in the kitchen and the ladder in the cellar.",
    "### Instruction: ### Response: user assistant system [INST] [/INST] Below is a question.",
    "Where is the lamp? Please tell me. Grüße aus dem Garten, 你好, naïve café 🙂\n\n1. first\n2. second\n",
]

CHATML = """\
{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' %}{% generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}
{%- else %}{{ message.content + '<|im_end|>' }}{% endif %}
{{- '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

LLAMA3 = """\
{{- bos_token }}
{%- for message in messages %}
{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"""

ALPACA = """\
{%- if messages[0].role == 'system' %}{{ messages[0].content + '\\n\\n' }}{% set rest = messages[1:] %}
{%- else %}{% set rest = messages %}{% endif %}
{%- for message in rest %}
{%- if message.role == 'user' %}{{ '### Instruction:\\n' + message.content + '\\n\\n' }}
{%- else %}{{ '### Response:\\n' + message.content + eos_token + '\\n\\n' }}{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '### Response:\\n' }}{% endif %}"""

MISTRAL = """\
{{- bos_token }}
{%- if messages[0].role == 'system' %}{% set system = messages[0].content %}{% set rest = messages[1:] %}
{%- else %}{% set system = '' %}{% set rest = messages %}{% endif %}
{%- for message in rest %}
{%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}
{%- if message.role == 'user' %}
{{- '[INST] ' + (system + '\\n\\n' if loop.first and system else '') + message.content + ' [/INST]' }}
{%- else %}{{ ' ' + message.content + eos_token }}{% endif %}
{%- endfor %}"""


def _chatml(messages: list[dict[str, Any]]) -> Segments:
    segments: Segments = []
    for message in messages:
        segments.append((f"<|im_start|>{message['role']}\n", False))
        segments.append((message["content"] + "<|im_end|>", message["role"] == "assistant"))
        segments.append(("\n", False))
    return segments


def _llama3(messages: list[dict[str, Any]]) -> Segments:
    segments: Segments = [("<|begin_of_text|>", False)]
    for message in messages:
        segments.append((f"<|start_header_id|>{message['role']}<|end_header_id|>\n\n", False))
        segments.append((message["content"].strip() + "<|eot_id|>", message["role"] == "assistant"))
    return segments


def _alpaca(messages: list[dict[str, Any]]) -> Segments:
    segments: Segments = [("<s>", False)]
    for message in messages:
        if message["role"] == "system":
            segments.append((message["content"] + "\n\n", False))
        elif message["role"] == "user":
            segments.append((f"### Instruction:\n{message['content']}\n\n", False))
        else:
            segments += [("### Response:\n", False), (message["content"] + "</s>", True), ("\n\n", False)]
    return segments


def _mistral(messages: list[dict[str, Any]]) -> Segments:
    segments: Segments = [("<s>", False)]
    system = ""
    for message in messages:
        if message["role"] == "system":
            system = message["content"] + "\n\n"
        elif message["role"] == "user":
            segments.append((f"[INST] {system}{message['content']} [/INST]", False))
            system = ""
        else:
            segments.append((f" {message['content']}</s>", True))
    return segments


@dataclass(frozen=True)
class Family:
    name: str
    template: str
    layout: Callable[[list[dict[str, Any]]], Segments]
    special: tuple[str, ...]
    bos: str | None
    eos: str
    adds_bos: bool = False
    """The tokenizer itself puts the first token in front of plain text, as Llama's does."""
    by_words: bool = False
    """Word pieces with a space in front (SentencePiece's way) instead of bytes."""


FAMILIES = {
    family.name: family
    for family in (
        Family("chatml", CHATML, _chatml, ("<|im_start|>", "<|im_end|>", "<|pad|>"), None, "<|im_end|>"),
        Family(
            "llama3",
            LLAMA3,
            _llama3,
            ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|pad|>"),
            "<|begin_of_text|>",
            "<|eot_id|>",
            adds_bos=True,
        ),
        Family("alpaca", ALPACA, _alpaca, ("<s>", "</s>", "<pad>"), "<s>", "</s>", adds_bos=True),
        Family("mistral", MISTRAL, _mistral, ("<s>", "</s>", "<pad>"), "<s>", "</s>", by_words=True),
    )
}


def tokenizer_of(family: Family) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    from tilth.trainers.environment import library

    if family.by_words:
        bpe = Tokenizer(models.BPE(byte_fallback=True, unk_token=None))
        bpe.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
        bpe.decoder = decoders.Metaspace(prepend_scheme="never")
        alphabet = [chr(code) for code in range(32, 127)] + ["\n", "ü", "ß", "é", "ï", "你", "好", "🙂"]
    else:
        bpe = Tokenizer(models.BPE())
        bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        bpe.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        TEXTS * 3,
        trainers.BpeTrainer(
            vocab_size=500, special_tokens=list(family.special), initial_alphabet=alphabet, show_progress=False
        ),
    )
    if family.adds_bos:
        assert family.bos is not None
        bpe.post_processor = processors.TemplateProcessing(
            single=f"{family.bos} $A", special_tokens=[(family.bos, bpe.token_to_id(family.bos))]
        )
    tokenizer = library("transformers").PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token=family.bos,
        eos_token=family.eos,
        pad_token=family.special[-1],
        additional_special_tokens=list(family.special),
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = family.template
    return tokenizer
