"""SentencePiece models (`tokenizer.model`) and tiktoken vocabularies, which go by the same name."""

import re
from collections import Counter

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError, TooLongError
from tilth.artifacts.probe import Probe
from tilth.artifacts.protobuf import fields

_SENTENCEPIECE = Kind("sentencepiece", "a SentencePiece tokenizer", "named .model, Protocol Buffers with <unk> or <s>")
_TIKTOKEN = Kind("tiktoken", "a tokenizer as tiktoken has it: byte pairs by rank", "lines of base64 and a rank")

_MODEL_TYPES = {1: "Unigram", 2: "BPE", 3: "words", 4: "characters"}
_SPECIAL, _BYTES = (2, 3, 4), 6  # unknown, control, defined by the user; a single byte
_RANKED = re.compile(rb"(?:[A-Za-z0-9+/]+={0,2} \d+\r?\n){4}")
_SPECIAL_SHOWN = 50


class SentencePiece:
    """Recognises `tokenizer.model` in its two meanings."""

    kinds = (_SENTENCEPIECE, _TIKTOKEN)

    def match(self, probe: Probe) -> Artifact | None:
        """A message of pieces, or lines of base64 with their rank."""
        if _RANKED.match(probe.head):
            return _tiktoken(probe)
        # The first piece is <unk> or <pad> in all of them, and within the first bytes.
        if probe.head[:1] != b"\x0a" or not re.search(rb"<unk>|<pad>|<s>", probe.head[:64]):
            return None
        artifact = _SENTENCEPIECE.found()
        pieces = 0
        names: list[str] = []
        kinds: Counter[int] = Counter()
        about: dict[int, int] = {}
        try:
            cursor = probe.cursor()
            for field in fields(cursor, probe.size):
                if field.number == 1:
                    pieces += 1
                    piece, kind = _piece(cursor.take(field.end - field.begin))
                    kinds[kind] += 1
                    if kind in _SPECIAL and len(names) < _SPECIAL_SHOWN:
                        names.append(piece)
                elif field.number == 2:
                    about = {
                        inner.number: inner.integer for inner in fields(cursor, field.end) if inner.integer is not None
                    }
        except TooLongError as failure:
            artifact.tell("looked_at", str(failure))
        except BrokenError as failure:
            artifact.broken.append(str(failure))
        artifact.tell("type", _MODEL_TYPES.get(about.get(3, 1)))
        artifact.tell("vocabulary", pieces)
        artifact.tell("falls_back_to_bytes", "yes" if kinds[_BYTES] else "no")
        artifact.tell("special_tokens", names)
        artifact.missing += missing_template(probe)
        return artifact


def missing_template(probe: Probe) -> list[str]:
    """What a tokenizer without a chat template beside it lacks."""
    if probe.lies_beside("tokenizer_config.json", "chat_template.jinja", "chat_template.json"):
        return []
    return ["tokenizer_config.json: its chat template and special tokens"]


def _piece(message: bytes) -> tuple[str, int]:
    """Text and kind of a piece: a text field of up to 127 bytes, a float, and a number unless it is a normal piece.

    Read without a walk of its own: there are 256,000 of them.
    """
    if len(message) < 2 or message[0] != 0x0A or message[1] > 127:
        return "", 1
    length = message[1]
    rest = message[2 + length :]
    kind = rest[6] if len(rest) >= 7 and rest[5] == 0x18 else 1
    return message[2 : 2 + length].decode("utf-8", errors="replace")[:40], kind


def _tiktoken(probe: Probe) -> Artifact:
    artifact = _TIKTOKEN.found()
    stream, lines = probe.stream(), 0
    while piece := stream.read(1 << 20):
        lines += piece.count(b"\n")
        if stream.tell() > _MOST_RANKED_BYTES:
            break
    artifact.tell("vocabulary", lines)
    artifact.missing += missing_template(probe)
    return artifact


_MOST_RANKED_BYTES = 64 << 20
