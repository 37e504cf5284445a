"""Files of a tokenizer: `tokenizer.json`, its config, vocabularies, merges, special tokens."""

import re

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.chat_templates import tell_template
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe
from tilth.artifacts.remote_code import tell_remote_code
from tilth.artifacts.sentencepiece import missing_template

_TOKENIZER = Kind("tokenizer", "a tokenizer: turns text into token ids and back", "JSON with model and added_tokens")
_CONFIG = Kind(
    "tokenizer-config",
    "settings of a tokenizer: special tokens, limits, chat template",
    "named tokenizer_config.json, or JSON with tokenizer_class",
)
_SPECIAL = Kind("special-tokens", "special tokens of a tokenizer by their role", "named special_tokens_map.json")
_ADDED = Kind("added-tokens", "tokens added to a vocabulary, with their ids", "named added_tokens.json")
_VOCABULARY = Kind("vocabulary", "a vocabulary: tokens with their ids", "named vocab.json or vocab.txt")
_MERGES = Kind("merges", "byte pairs in the order in which they are merged", "named merges.txt, or beginning #version")

_SPECIAL_ROLES = ("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token")
_MOST_TEXT = 32 << 20
_ENDLESS = 1_000_000  # transformers writes 10^30 for "no limit"


class TokenizerFiles:
    """Recognises everything that a tokenizer is saved as, but for SentencePiece's own format."""

    kinds = (_TOKENIZER, _CONFIG, _SPECIAL, _ADDED, _VOCABULARY, _MERGES)

    def match(self, probe: Probe) -> Artifact | None:
        """JSON with the keys of a tokenizer, or one of the usual names."""
        if probe.has_keys("model", "added_tokens"):
            artifact = probe.described(_TOKENIZER, _tell_tokenizer)
            artifact.missing += missing_template(probe)
            return artifact
        if probe.has_keys("tokenizer_class") or (probe.name == "tokenizer_config.json" and probe.keys):
            return probe.described(_CONFIG, lambda artifact, config: _tell_config(artifact, config, probe))
        if probe.name == "special_tokens_map.json" and probe.keys:
            return probe.described(_SPECIAL, _tell_special)
        if probe.name in ("added_tokens.json", "vocab.json") and probe.keys:
            kind = _VOCABULARY if probe.name == "vocab.json" else _ADDED
            artifact = probe.described(kind, lambda artifact, words: artifact.tell("tokens", len(words)))
            if kind is _VOCABULARY and not probe.lies_beside("merges.txt", "tokenizer.json"):
                artifact.missing.append("merges.txt: how its tokens are put together")
            return artifact
        return _text_file(probe)


def _text_file(probe: Probe) -> Artifact | None:
    if probe.name == "merges.txt" or re.match(rb"#version: 0\.\d", probe.head):
        artifact = _MERGES.found()
        artifact.tell("merges", sum(1 for line in probe.text(_MOST_TEXT).split("\n") if line and line[0] != "#"))
        if not probe.lies_beside("vocab.json", "tokenizer.json"):
            artifact.missing.append("vocab.json: the ids of its tokens")
        return artifact
    if probe.name == "vocab.txt" and re.search(rb"^\[(?:UNK|PAD|CLS)\]\r?$|^<unk>", probe.head, re.MULTILINE):
        artifact = _VOCABULARY.found()
        artifact.tell("tokens", len(probe.text(_MOST_TEXT).rstrip("\n").split("\n")))
        return artifact
    return None


def _tell_tokenizer(artifact: Artifact, content: Document) -> None:
    model, vocabulary = content.inner("model"), content.inner("model").content.get("vocab")
    artifact.tell("type", model.text("type"))
    artifact.tell("vocabulary", len(vocabulary) if isinstance(vocabulary, dict | list) else None)
    artifact.tell("merges", len(model.items("merges")) or None)
    added = content.mappings("added_tokens")
    artifact.tell("added_tokens", [token.text("content") for token in added])
    for name in ("normalizer", "pre_tokenizer", "decoder"):
        artifact.tell(name, _step(content.inner(name)))
    if len(content.inner("truncation")):
        artifact.tell("cuts_at", content.inner("truncation").number("max_length"))
    if not isinstance(vocabulary, dict | list) or not vocabulary:
        artifact.broken.append("it has no vocabulary")


def _step(step: Document) -> str:
    """A step by its type; a sequence of steps by theirs."""
    inner = [each for name in ("normalizers", "pretokenizers", "decoders") for each in step.mappings(name)]
    return ", ".join(each.text("type") for each in inner) or step.text("type")


def _tell_config(artifact: Artifact, config: Document, probe: Probe) -> None:
    artifact.tell("class", config.text("tokenizer_class"))
    _tell_special(artifact, config)
    limit = config.number("model_max_length")
    artifact.tell("context_length", limit if limit is not None and limit < _ENDLESS else None)
    artifact.tell("pads_on_the", config.text("padding_side"))
    template = config.content.get("chat_template")
    named = config.mappings("chat_template")
    tell_template(artifact, named[0].text("template") if named else template)
    if template is None and not probe.lies_beside("chat_template.jinja", "chat_template.json"):
        artifact.missing.append("its chat template (chat_template in it, or chat_template.jinja): chats have no layout")
    if not probe.lies_beside("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model"):
        artifact.missing.append("tokenizer.json: the tokenizer itself")
    if not _token(config.content.get("pad_token")) and _token(config.content.get("eos_token")):
        artifact.missing.append("a pad token: most trainers then pad with the end token, and may never learn to stop")
    tell_remote_code(artifact, config, probe)


def _tell_special(artifact: Artifact, config: Document) -> None:
    for role in _SPECIAL_ROLES:
        artifact.tell(role, _token(config.content.get(role)))


def _token(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""
