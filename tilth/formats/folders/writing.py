"""Data sets as folders of Hugging Face: `data/*.parquet` with a card for the hub, or what `load_from_disk` reads."""

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from tilth.errors import UsageError
from tilth.formats.arrow_ipc import ArrowStream
from tilth.formats.columnar import Columnar
from tilth.formats.folders.card import CARD
from tilth.formats.folders.card_writing import card
from tilth.formats.folders.configurations import configurations
from tilth.formats.folders.publishing import replacing_folder
from tilth.formats.folders.saved import INFO, SPLITS, STATE
from tilth.formats.folders.splits_writer import SplitsWriter, WrittenSplit
from tilth.formats.parquet import Parquet
from tilth.formats.sharding import SHARD, Sharding
from tilth.formats.shards import ShardFiles

_USUAL_SHARDS = Sharding(bytes=500_000_000)  # what Hugging Face cuts by, too
_SPLIT = re.compile(r"\w+(\.\w+)*")
_BESIDE = {"manifest.json", "set-aside.jsonl", "restored.jsonl", "changes.jsonl", "rejects.jsonl"}
_GIT = ".gitattributes"


class FolderFormat(ABC):
    """One way to lay a data set out in a folder."""

    name: ClassVar[str]
    """The name on the command line."""
    columns: ClassVar[Columnar]
    """The format of its files of rows."""

    @contextmanager
    def writer(
        self, path: Path, sharding: Sharding | None, *, is_split: bool, overwrite: bool
    ) -> Iterator[SplitsWriter]:
        """A writer of the folder, which appears whole when the block ends and the writer was closed."""
        self.check(path)
        with replacing_folder(path, overwrite=overwrite, is_known=self.is_known) as folder:

            def shards_of(split: str) -> ShardFiles:
                if not _SPLIT.fullmatch(split):
                    raise UsageError(f"a split cannot be called {split!r} in such a folder", where=str(path))
                inner = folder / self.place(split, is_split=is_split)
                inner.parent.mkdir(parents=True, exist_ok=True)
                return ShardFiles(inner.parent, inner.name)

            writer = SplitsWriter(self.columns, shards_of, sharding or _USUAL_SHARDS)
            yield writer
            self.complete(folder, path, writer, is_split=is_split)

    def check(self, target: Path) -> None:  # noqa: B027 there need not be anything to lose
        """Raise `UsageError` when something would be gone with what is at `target` now."""

    @abstractmethod
    def place(self, split: str, *, is_split: bool) -> Path:
        """Where in the folder the shards of a split lie."""

    @abstractmethod
    def complete(self, folder: Path, target: Path, writer: SplitsWriter, *, is_split: bool) -> None:
        """Write what stands beside the rows. What was at `target` before is still there."""

    @abstractmethod
    def is_known(self, file: Path) -> bool:
        """Whether a file, by its path in the folder, is one that such a folder holds."""


class Hub(FolderFormat):
    """The layout of data sets on the Hugging Face hub, for `load_dataset`."""

    name = "hf"
    columns = Parquet()

    def check(self, target: Path) -> None:
        """Refuse to replace other configurations than the one that is written."""
        others = [name for name in configurations(target) if name != "default"] if target.is_dir() else []
        if others:
            raise UsageError(
                f"its card names configurations that would be gone: {', '.join(others)}",
                where=str(target),
                fix="-o ANOTHER_FOLDER",
            )

    def place(self, split: str, *, is_split: bool) -> Path:
        """All in one folder, under the name of the split."""
        return Path("data", f"{split}-{SHARD}.parquet")

    def complete(self, folder: Path, target: Path, writer: SplitsWriter, *, is_split: bool) -> None:
        """Write the card, with what an earlier one said besides."""
        splits = list(writer.splits.values())
        text = card(target, target.resolve().name, splits, writer.schema)
        (folder / CARD).write_text(text, encoding="utf-8")
        if (target / _GIT).is_file():
            (folder / _GIT).write_bytes((target / _GIT).read_bytes())

    def is_known(self, file: Path) -> bool:
        """Shards, the card, and what Git keeps about large files."""
        if file.parent == Path("data"):
            return file.suffix == ".parquet"
        return file.parent == Path() and file.name in {CARD, _GIT, *_BESIDE}


class Saved(FolderFormat):
    """What `save_to_disk` of Hugging Face writes, for `load_from_disk`."""

    name = "save-to-disk"
    columns = ArrowStream()

    def place(self, split: str, *, is_split: bool) -> Path:
        """A folder for each split, of a set that is split."""
        return Path(split if is_split else "", f"data-{SHARD}.arrow")

    def complete(self, folder: Path, target: Path, writer: SplitsWriter, *, is_split: bool) -> None:
        """Write which files belong to which split."""
        for split in writer.splits.values():
            inner = split.files[0].parent
            _write_json(inner / STATE, _state(split))
            _write_json(inner / INFO, {"citation": "", "description": "", "homepage": "", "license": ""})
        if is_split:
            _write_json(folder / SPLITS, {"splits": list(writer.splits)})

    def is_known(self, file: Path) -> bool:
        """Streams and their descriptions, in the folder itself or in one for each split."""
        if file.parent == Path() and file.name in {SPLITS, *_BESIDE}:
            return True
        return len(file.parts) <= 2 and (file.name in {STATE, INFO} or file.suffix == ".arrow")


FOLDER_FORMATS: dict[str, FolderFormat] = {each.name: each for each in (Hub(), Saved())}
"""What a data set can be written as that is no file."""


def _state(split: WrittenSplit) -> dict[str, object]:
    return {
        "_data_files": [{"filename": file.name} for file in split.files],
        "_fingerprint": _fingerprint(split.files),
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": split.name,
    }


def _fingerprint(files: Sequence[Path]) -> str:
    """What `datasets` takes results from its cache by: another one for other rows."""
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as content:
            whole.update(hashlib.file_digest(content, "sha256").digest())
    return whole.hexdigest()[:16]


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
