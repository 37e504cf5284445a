"""Which template is meant by a word: one that comes with Tilth, one of a tokenizer's own, or a file."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tilth.errors import DataError, UsageError, nearest
from tilth.trainers.templates.built_in import BUILT_IN, built_in
from tilth.trainers.templates.chat import ChatTemplate
from tilth.trainers.templates.placeholders import FieldTemplate
from tilth.trainers.templates.template import SpecialTokens, Template

_MOST_BYTES = 4 * 1024 * 1024  # the longest chat template of the field has a hundred thousand
_DEFAULT = "default"
_LIKE_A_TOKEN = re.compile(r"<\|[\w/-]+\|>|</?s>|<(?:bos|eos|start_of_turn|end_of_turn)>|\[/?INST\]")


def find_template(
    word: str | None, own: Mapping[str, str] | None = None, special: SpecialTokens | None = None, where: str = ""
) -> Template:
    """The template that a user's word means.

    `own` are the chat templates of the tokenizer at `where`, by name, and `special` its special tokens. Without a
    word the tokenizer's own is meant. Raises `UsageError` when the word means nothing.
    """
    own = own or {}
    if word is None:
        return _own(own, special, where)
    if word in own:
        return ChatTemplate(own[word], special or SpecialTokens(), f"{where} ({word})")
    if word in BUILT_IN:
        return built_in(word, special)
    if Path(word).is_file():
        return _of_file(Path(word), special)
    if Path(word).is_dir():
        raise UsageError("a template is a file, and this is a folder", where=word, fix=f"--tokenizer {word}")
    raise UsageError(f"no template is called {word}, and no file", fix=nearest(word, [*BUILT_IN, *own]))


def _own(own: Mapping[str, str], special: SpecialTokens | None, where: str) -> Template:
    if special is None:
        raise UsageError("no template is named", fix=f"--template {_either(BUILT_IN)}, or --tokenizer FOLDER")
    if not own:
        raise UsageError(
            "the tokenizer has no chat template of its own", where=where, fix=f"--template {_either(BUILT_IN)}"
        )
    name = _DEFAULT if _DEFAULT in own else next(iter(own)) if len(own) == 1 else ""
    if not name:
        raise UsageError(
            "the tokenizer has several chat templates and none is its default",
            where=where,
            fix=f"--template {_either(own)}",
        )
    return ChatTemplate(own[name], special, where)


def _of_file(path: Path, special: SpecialTokens | None) -> Template:
    if path.stat().st_size > _MOST_BYTES:
        raise UsageError("this is too large for a template", where=str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except ValueError as failure:
        raise DataError(f"this is not UTF-8 text: {failure}", where=str(path)) from failure
    if path.suffix in (".jinja", ".jinja2", ".j2") or "{%" in text:
        if special is None:
            # Nobody says which of its words are tokens: those that look like it must not be forged either.
            special = SpecialTokens(strings=tuple(sorted(set(_LIKE_A_TOKEN.findall(text)))))
        return ChatTemplate(text, special, str(path))
    # An editor ends the last line of a file; the template has no such end, or every answer would be learned with one.
    return FieldTemplate([text.removesuffix("\n")], special or SpecialTokens(), str(path))


def _either(names: Iterable[str]) -> str:
    return " | ".join(names)
