"""Text into token ids and back, by the library `tokenizers` alone: no model, no torch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tilth.errors import DataError, MissingExtraError, UsageError
from tilth.trainers.environment import library, quiet_stack, require_training_stack
from tilth.trainers.templates.template import SpecialTokens
from tilth.trainers.tokenizer_files import TokenizerFiles


@dataclass(frozen=True)
class Tokens:
    """A text as tokens."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    """The characters of the text that each token stands for."""


class Tokenizer:
    """A tokenizer and its special tokens."""

    def __init__(self, backend: Any, special: SpecialTokens, digest: str = "") -> None:
        """`backend` is a `tokenizers.Tokenizer`, `digest` the sha256 of its file where it comes from one."""
        # A file may say that every text is to be cut and filled up to some length; what is cut here, is told.
        backend.no_truncation()
        backend.no_padding()
        self._backend, self.special, self.digest = backend, special, digest

    def ids(self, text: str) -> list[int]:
        """Token ids of a text. Templates write all special tokens, so none is added."""
        return list(self._backend.encode(text, add_special_tokens=False).ids)

    def tokens(self, text: str) -> Tokens:
        """Token ids with their places in the text."""
        found = self._backend.encode(text, add_special_tokens=False)
        return Tokens(list(found.ids), list(found.offsets))

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some tokens, special ones included."""
        return str(self._backend.decode(list(ids), skip_special_tokens=False))

    def spelling(self, id: int) -> str:
        """A token as the vocabulary spells it."""
        return str(self._backend.id_to_token(id))

    def id_of(self, token: str | None) -> int | None:
        """The id of a token by its spelling."""
        found: int | None = None if token is None else self._backend.token_to_id(token)
        return found

    @property
    def bos_id(self) -> int | None:
        """The token that begins a sequence."""
        return self.id_of(self.special.bos)

    @property
    def eos_id(self) -> int | None:
        """The token that ends a sequence."""
        return self.id_of(self.special.eos)

    @property
    def unknown_id(self) -> int | None:
        """The token that stands for what cannot be written; None where it is also another (GPT-2 has one for all)."""
        own = self.special.values.get("unk_token")
        return None if own in (self.special.bos, self.special.eos) else self.id_of(own)

    @property
    def pad_id(self) -> int | None:
        """The token that fills up a row; the one that ends a sequence where there is none of its own.

        Labels and attention masks are written out, so it is never read as anything else.
        """
        own = self.id_of(self.special.values.get("pad_token"))
        return self.eos_id if own is None else own


def load_text_tokenizer(files: TokenizerFiles) -> Tokenizer:
    """The tokenizer that these files describe.

    Raises `MissingExtraError` when the library is not installed and `DataError` when it cannot read the file.
    """
    try:
        import tokenizers
    except ImportError as failure:
        raise MissingExtraError("turning texts into tokens", "tokens") from failure
    if files.file is None:
        return _converted(files)
    try:
        backend = tokenizers.Tokenizer.from_file(str(files.file))
    except Exception as failure:  # the library raises nothing more exact
        raise DataError(f"the tokenizer cannot be read: {failure}", where=str(files.file)) from failure
    return Tokenizer(backend, files.special, files.digest)


def _converted(files: TokenizerFiles) -> Tokenizer:
    """A tokenizer in an older form (a SentencePiece model, a vocabulary with merges), as `transformers` converts it."""
    require_training_stack()
    try:
        with quiet_stack():
            found = library("transformers").AutoTokenizer.from_pretrained(
                str(files.folder), local_files_only=True, trust_remote_code=False
            )
    except (OSError, ValueError) as failure:
        reason = str(failure).strip().splitlines()[0]
        raise DataError(f"the tokenizer cannot be read: {reason}", where=files.where) from failure
    if not found.is_fast:
        raise UsageError("the tokenizer has no fast version, which labels are made with", where=files.where)
    strings = tuple(sorted(token.content for token in found.added_tokens_decoder.values() if token.special))
    special = replace(files.special, bos=found.bos_token, eos=found.eos_token, strings=strings)
    return Tokenizer(found.backend_tokenizer, special)
