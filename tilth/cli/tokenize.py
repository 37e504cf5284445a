"""`tokenize`: records as the token ids that a model is trained on, with the labels that say what is learned."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from tilth.cli.evidence import Evidence, nothing_left
from tilth.cli.files import Building, Reading, input_paths
from tilth.cli.learned_text import drawn_tokens, has_colour, heading, legend
from tilth.cli.look import for_looking, rejected_rows
from tilth.cli.summary import report, say
from tilth.errors import UsageError
from tilth.judgement import Reason
from tilth.trainers.tokens.tokenize import TokenizeOptions

if TYPE_CHECKING:
    from tilth.formats import Dataset
    from tilth.trainers.encoder import Encoder
    from tilth.trainers.token_store import TokenStore
    from tilth.trainers.tokens import TokenReport

_SHOWN = 3
_NO_OPTIONS = TokenizeOptions()


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class TokenSet(Building):
    """Where tokens are written."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """OUT.safetensors (matrices), OUT.arrow (lists), or a folder for `load_from_disk`; records are shown without it."""


_NOT_WRITTEN = TokenSet()


def tokenize(
    source: str,
    /,
    *,
    tokenizer: Annotated[str, Parameter(group="Options")],
    template: Annotated[str | None, Parameter(group="Options")] = None,
    options: Annotated[TokenizeOptions, Parameter(name="*", group="Options")] = _NO_OPTIONS,
    show: Annotated[
        int, Parameter(name=["--show", "-n"], group="Options", validator=validators.Number(gte=0))
    ] = _SHOWN,
    reading: Reading = Reading(),
    writing: TokenSet = _NOT_WRITTEN,
) -> int:
    """Turn records into token ids and labels as training does, and say what is learned and what was cut.

    Without -o the first records are shown token by token with what carries loss: answers and the token that ends
    them, and nothing else. Every sequence begins with exactly one first token. A record that would teach something
    else than it says, or nothing, is set aside with the reason.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    tokenizer
        Folder of a model, of a tokenizer or of a training run, or a tokenizer.json.
    template
        Another template than the tokenizer's own; see `tilth render`.
    show
        How many records to show where nothing is written.
    """
    data = for_looking(source, reading) if writing.output is None else reading.open(source)
    encoder = _encoder(data, tokenizer, template)
    if writing.output is None:
        return _show(data.first(show), encoder, options, writing)
    return _write(data, encoder, options, source, writing, reading.limit)


def _encoder(data: "Dataset", tokenizer: str, template: str | None) -> "Encoder":
    from tilth.trainers.encoder import Encoder
    from tilth.trainers.templates import find_template
    from tilth.trainers.templates.records import plain_text
    from tilth.trainers.tokenizer import load_text_tokenizer
    from tilth.trainers.tokenizer_files import read_tokenizer_files

    files = read_tokenizer_files(tokenizer)
    loaded = load_text_tokenizer(files)
    if template is None and set(data.record_types) == {"text"}:
        return Encoder(plain_text(files.special), loaded)
    return Encoder(find_template(template, files.templates, files.special, tokenizer), loaded)


def _show(data: "Dataset", encoder: "Encoder", options: TokenizeOptions, writing: TokenSet) -> int:
    from tilth.trainers.tokens import TokenReport, tokenize
    from tilth.trainers.tokens.shown import sequences

    counted, colour, numbers = Evidence("tokenize", None, overwrite=False), has_colour(), TokenReport()
    for batch, rows in tokenize(data, encoder, options, numbers, pairs=_are_pairs(data)):
        for id, origin, fields, row, found in zip(
            batch.ids, batch.origins, batch.records, batch.rows, rows, strict=True
        ):
            place = [str(origin), str(fields.get("type", "no type"))]
            if isinstance(found, Reason):
                counted.set_aside(id, origin, found, row)
                if not writing.json_:
                    print(heading([*place, f"refused, {found.code}: {found.detail}"], colour), end="\n\n")
                continue
            counted.keep()
            if writing.json_:
                continue
            for side, shown in sequences(found, encoder.tokenizer):
                learned = sum(is_learned for _, is_learned in shown)
                print(heading([*place, side, f"{len(shown)} tokens, {learned} learned"], colour))
                print(drawn_tokens(shown, colour), end="\n\n")
    if writing.json_:
        say({"operation": "tokenize", "output": None, **counted.tally.counts(), "facts": numbers.as_json()})
    elif not writing.quiet:
        aside = f", {counted.tally.set_aside} refused" if counted.tally.set_aside else ""
        print(f"tokenize: {counted.tally.kept} shown{aside}; {legend(colour)}", file=sys.stderr)
        for warning in encoder.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        rejected_rows("tokenize", data)
    return 0


def _write(
    data: "Dataset",
    encoder: "Encoder",
    options: TokenizeOptions,
    source: str,
    writing: TokenSet,
    limit: int | None,
) -> int:
    from tilth.trainers.tokens import TokenReport
    from tilth.trainers.tokens.writing import container_of, described, save_tokens

    target = writing.target("tokenize")
    if not isinstance(target, Path):
        raise UsageError("tokens are not written to standard output", fix="-o OUT.arrow")
    is_folder = container_of(target, options) == "folder"
    parts = data.parts if is_folder and data.parts else {"": data}
    numbers, path = TokenReport(), None if writing.dry_run else target
    with (
        Evidence("tokenize", path, overwrite=writing.overwrite) as evidence,
        _folder(path if is_folder else None),
        TemporaryDirectory(prefix="tilth-") as scratch,
    ):
        stores = {
            name: _encoded(part, encoder, options, Path(scratch) / f"{name or 'all'}.arrow", evidence, numbers)
            for name, part in parts.items()
        }
        if not evidence.tally.kept:
            raise nothing_left("tokenize", evidence.tally)
        widths = {} if path is None else save_tokens(stores, path, encoder, options, overwrite=writing.overwrite)
    padded = {"padded_to": widths} if widths else {}
    warnings = encoder.warnings
    evidence.tally.facts = {**described(encoder, options), **numbers.as_json(), **padded, "warnings": warnings}
    evidence.complete(parts.values(), input_paths(source), options.model_dump(mode="json"), limit)
    code = report("tokenize" if path else "tokenize (dry run)", evidence.tally, writing, path)
    if not writing.quiet:
        print(*numbers.lines(widths.get("input_ids")), sep="\n", file=sys.stderr)
    return code


@contextmanager
def _folder(path: Path | None) -> Iterator[None]:
    """The folder of the results; one that was not there before is gone again when the block is left by an exception."""
    is_new = path is not None and not path.exists()
    if path is not None:
        path.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if path is not None and is_new:
            rmtree(path)
        raise


def _encoded(
    data: "Dataset",
    encoder: "Encoder",
    options: TokenizeOptions,
    place: Path,
    evidence: Evidence,
    numbers: "TokenReport",
) -> "TokenStore":
    from tilth.trainers.token_store import TokenStore
    from tilth.trainers.tokens.tokenize import ANSWER_COLUMNS, PAIR_COLUMNS, tokenize

    pairs = _are_pairs(data)
    store = TokenStore(place, PAIR_COLUMNS if pairs else ANSWER_COLUMNS)
    for batch, rows in tokenize(data, encoder, options, numbers, pairs=pairs):
        for id, origin, row, found in zip(batch.ids, batch.origins, batch.rows, rows, strict=True):
            if isinstance(found, Reason):
                evidence.set_aside(id, origin, found, row)
            else:
                evidence.keep()
                store.add(found, 0)
    store.close()
    return store


def _are_pairs(data: "Dataset") -> bool:
    return data.record_types[:1] == ("preference",)
