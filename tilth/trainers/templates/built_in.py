"""The templates that come with Tilth, each to the letter what the models that are named in it were trained with."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tilth.trainers.templates.chat import ChatTemplate
from tilth.trainers.templates.placeholders import FieldTemplate
from tilth.trainers.templates.template import SpecialTokens, Template

_TEXTS = Path(__file__).with_name("texts")


@dataclass(frozen=True)
class BuiltIn:
    """A template by name, with the special tokens of the models that use it."""

    summary: str
    files: tuple[str, ...]
    """One Jinja file, or variants of plain text: the first without an empty place is used."""
    bos: str | None = None
    eos: str | None = None
    others: tuple[str, ...] = ()


BUILT_IN = {
    "alpaca": BuiltIn(
        "Stanford Alpaca's, with and without an input; the answer follows `### Response:` at once",
        ("alpaca.with-input.txt", "alpaca.txt"),
    ),
    "alpaca-lora": BuiltIn(
        "the same with the answer on a line of its own, as in Alpaca-LoRA and torchtune",
        ("alpaca-lora.with-input.txt", "alpaca-lora.txt"),
    ),
    "qa": BuiltIn("`### Question:` and `### Answer:`, as in Lamini's examples", ("qa.txt",)),
    "chatml": BuiltIn("OpenHermes', Qwen's and many others'", ("chatml.jinja",), None, "<|im_end|>", ("<|im_start|>",)),
    "gemma": BuiltIn("Gemma's and Gemma 2's", ("gemma.jinja",), "<bos>", "<eos>", ("<start_of_turn>", "<end_of_turn>")),
    "llama-3": BuiltIn(
        "Llama 3's",
        ("llama-3.jinja",),
        "<|begin_of_text|>",
        "<|eot_id|>",
        ("<|start_header_id|>", "<|end_header_id|>", "<|end_of_text|>"),
    ),
    "mistral": BuiltIn("Mistral 7B Instruct v0.2's", ("mistral.jinja",), "<s>", "</s>", ()),
    "phi-3": BuiltIn(
        "Phi-3's", ("phi-3.jinja",), "<s>", "<|endoftext|>", ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
    ),
    "vicuna": BuiltIn("Vicuna v1.1's to v1.5's", ("vicuna.jinja",), "<s>", "</s>", ()),
    "zephyr": BuiltIn("Zephyr's", ("zephyr.jinja",), "<s>", "</s>", ("<|system|>", "<|user|>", "<|assistant|>")),
}
"""By name."""


def built_in(name: str, special: SpecialTokens | None) -> Template:
    """The template of that name, for a tokenizer with these special tokens or else for those of its own models."""
    found = BUILT_IN[name]
    strings = tuple(token for token in (found.bos, found.eos, *found.others) if token)
    if special is None:
        named = {"bos_token": found.bos, "eos_token": found.eos}
        values = {key: token for key, token in named.items() if token}
        # What ends a plain text is another token in a base model than in its chat version: only a tokenizer tells.
        special = SpecialTokens(found.bos, None, strings, values)
    texts = [_text(file) for file in found.files]
    if found.files[0].endswith(".jinja"):
        template: Template = ChatTemplate(texts[0], special, name)
    else:
        template = FieldTemplate(texts, special, name)
    # To a tokenizer that does not know them they are plain text, which is no reason to let a record forge them.
    others = [token for token in strings if token not in template.control_strings]
    template.control_strings = (*template.control_strings, *others)
    return template


@cache
def _text(file: str) -> str:
    return (_TEXTS / file).read_text(encoding="utf-8")
