"""Where a tokenized set goes: a safetensors file, an Arrow file, or a folder that `datasets` loads."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from tilth.errors import UsageError
from tilth.trainers.encoder import Encoder
from tilth.trainers.token_store import TokenStore
from tilth.trainers.tokens.tokenize import TokenizeOptions

Container = Literal["safetensors", "arrow", "folder"]


def container_of(path: Path, options: TokenizeOptions) -> Container:
    """The container that a name means. Raises `UsageError` for a name that means none, or not with these options."""
    if path.suffix == ".safetensors" and options.pad_to == "none":
        raise UsageError(
            "safetensors holds rows of one length", where=str(path), fix="--pad-to longest, or -o OUT.arrow"
        )
    if options.pad_to == "max" and options.max_length is None:
        raise UsageError("--pad-to max fills rows up to --max-length, which is not given", fix="--max-length 1024")
    if options.truncation_side is not None and options.max_length is None:
        raise UsageError("--truncation-side cuts at --max-length, which is not given", fix="--max-length 1024")
    if path.suffix == ".safetensors":
        return "safetensors"
    if path.suffix == ".arrow":
        return "arrow"
    if path.suffix and not path.is_dir():
        raise UsageError(
            f"tokens are written as safetensors, as Arrow or as a folder, and not as {path.suffix}",
            where=str(path),
            fix=f"-o {path.with_suffix('.safetensors')}",
        )
    return "folder"


def save_tokens(
    stores: Mapping[str, TokenStore], path: Path, encoder: Encoder, options: TokenizeOptions, *, overwrite: bool
) -> dict[str, int]:
    """Write completed stores: one under the empty name, or splits by name into a folder each.

    Each file is there whole or not at all. Returns the length that each column was filled up to; splits are filled
    up to the same.
    """
    from tilth.trainers.tokens.arrow_file import write_arrow, write_folder, write_splits
    from tilth.trainers.tokens.padding import Padding
    from tilth.trainers.tokens.safetensors_file import write_safetensors

    container = container_of(path, options)
    widths = _widths(list(stores.values()), container, options)
    padding = Padding(options.padding_side, _pad_id(encoder), widths)
    write = {"safetensors": write_safetensors, "arrow": write_arrow, "folder": write_folder}[container]
    for name, store in stores.items():
        write(store, path / name, padding, described(encoder, options), overwrite=overwrite)
    if "" not in stores:
        write_splits(path, list(stores))
    return widths


def described(encoder: Encoder, options: TokenizeOptions) -> dict[str, str]:
    """What must be the same where the set is used; written into the file."""
    return {
        "tokenizer_sha256": encoder.tokenizer.digest,
        "template": encoder.template.name,
        "template_sha256": encoder.template.hash,
        "pad_id": str(_pad_id(encoder)),
        "padding_side": options.padding_side,
        "max_length": str(options.max_length or ""),
    }


def _pad_id(encoder: Encoder) -> int:
    """What rows are filled up with: an encoder has at least one token that can stand behind an answer."""
    own = encoder.tokenizer.pad_id
    return encoder.stop_ids[0] if own is None else own


def _widths(stores: Sequence[TokenStore], container: Container, options: TokenizeOptions) -> dict[str, int]:
    pad_to = options.pad_to or ("longest" if container == "safetensors" else "none")
    if pad_to == "none":
        return {}
    columns = stores[0].columns
    if pad_to == "max" and options.max_length is not None:
        # A pair's three parts fit together, so each of them does.
        return dict.fromkeys(columns, options.max_length)
    return {column: max(store.longest[column] for store in stores) for column in columns}
