"""`render`: records through a prompt template, with what would be learned told apart from what is given."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from tilth.cli.evidence import nothing_left
from tilth.cli.files import Building, Reading, input_paths
from tilth.cli.learned_text import drawn, has_colour, heading, legend
from tilth.cli.look import for_looking, rejected_rows
from tilth.cli.summary import report, say
from tilth.judgement import Fields, Origin, Reason
from tilth.trainers.templates.records import Renderer, Shape

if TYPE_CHECKING:
    from tilth.formats import Dataset
    from tilth.trainers.templates import Rendered, Template

_SHOWN = 3
_ROWS_AT_ONCE = 1024


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class RenderedRows(Building):
    """Where rendered rows are written."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File for the rendered rows; without it records are shown and nothing is written."""
    to: str | None = None
    """Container of the output, where its suffix does not say."""
    shape: Shape = "prompt-completion"
    """Columns: prompt and completion (or prompt, chosen, rejected), the text, or segments, each learned or not."""


_NOT_WRITTEN = RenderedRows()


def render(
    source: str,
    /,
    *,
    template: Annotated[str | None, Parameter(group="Options")] = None,
    tokenizer: Annotated[str | None, Parameter(group="Options")] = None,
    show: Annotated[
        int, Parameter(name=["--show", "-n"], group="Options", validator=validators.Number(gte=0))
    ] = _SHOWN,
    reading: Reading = Reading(),
    writing: RenderedRows = _NOT_WRITTEN,
) -> int:
    """Show records as a model would read them, through any prompt template; with -o write them so.

    What a model would learn of each is marked: answers and the token that ends them. A record that the template
    cannot say whole, or that would forge a role, is refused with the reason and never shown as something else.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    template
        alpaca, alpaca-lora, qa, chatml, gemma, llama-3, mistral, phi-3, vicuna or zephyr; a .jinja file; a text file
        with places such as {instruction} and {output}; or the name of one of the tokenizer's own templates.
    tokenizer
        Folder of a model, of a tokenizer or of a training run: its chat template and its special tokens.
    show
        How many records to show where nothing is written.
    """
    data = for_looking(source, reading) if writing.output is None else reading.open(source)
    renderer = Renderer(_template(data, template, tokenizer))
    if writing.output is None:
        return _show(data.first(show), renderer, writing)
    return _write(data, renderer, source, writing, reading.limit)


def _template(data: "Dataset", template: str | None, tokenizer: str | None) -> "Template":
    from tilth.trainers.templates import SpecialTokens, find_template
    from tilth.trainers.templates.records import plain_text
    from tilth.trainers.tokenizer_files import read_tokenizer_files

    files = None if tokenizer is None else read_tokenizer_files(tokenizer)
    special = None if files is None else files.special
    if template is None and set(data.record_types) == {"text"}:
        return plain_text(special or SpecialTokens())
    return find_template(template, files.templates if files else None, special, tokenizer or "")


def _records(data: "Dataset") -> Iterator[tuple[str, Origin, Fields, Any]]:
    for batch in data.batches():
        yield from zip(batch.ids, batch.origins, batch.records, batch.rows, strict=True)


def _show(data: "Dataset", renderer: Renderer, writing: RenderedRows) -> int:
    """Print the records."""
    from tilth.cli.evidence import Evidence

    counted, colour = Evidence("render", None, overwrite=False), has_colour()
    for id, origin, fields, row in _records(data):
        found = renderer.render(fields)
        if isinstance(found, Reason):
            counted.set_aside(id, origin, found, row)
        else:
            counted.keep()
        if not writing.json_:
            print(_drawn(origin, fields, found, renderer, colour), end="\n\n")
    tally, template = counted.tally, renderer.template
    if writing.json_:
        say({"operation": "render", "template": template.name, "output": None, **tally.counts()})
    elif not writing.quiet:
        refused = ", ".join(f"{number} {code}" for code, number in sorted(tally.by_code.items()))
        aside = f", {tally.set_aside} refused ({refused})" if refused else ""
        print(f"render: {tally.kept} shown{aside}, template {template.name}; {legend(colour)}", file=sys.stderr)
        if template.stop is None and template.special.eos is None:
            print("note: what ends an answer is the tokenizer's to say: --tokenizer FOLDER shows it", file=sys.stderr)
        rejected_rows("render", data)
    return 0


def _write(data: "Dataset", renderer: Renderer, source: str, writing: RenderedRows, limit: int | None) -> int:
    """Write every record that can be rendered, and lay the others aside with their reasons."""
    from tilth.cli.evidence import Evidence
    from tilth.formats import open_output
    from tilth.recipes.execute import row_block

    target, inputs = writing.target("render"), input_paths(source)
    path = target if isinstance(target, Path) and not writing.dry_run else None
    with Evidence("render", path, overwrite=writing.overwrite) as evidence, ExitStack() as stack:
        output = None
        if not writing.dry_run:
            output = stack.enter_context(
                open_output(
                    target,
                    format=writing.to,
                    overwrite=writing.overwrite,
                    inputs=inputs,
                    together=evidence.together,
                )
            )
        waiting: list[dict[str, Any]] = []
        for id, origin, fields, row in _records(data):
            found = renderer.render(fields)
            shaped = found if isinstance(found, Reason) else renderer.row(fields, found, writing.shape)
            if isinstance(shaped, Reason):
                evidence.set_aside(id, origin, shaped, row)
                continue
            evidence.keep()
            if output is not None:
                waiting.append(shaped)
            if output is not None and len(waiting) == _ROWS_AT_ONCE:
                output.write(row_block(waiting))
                waiting = []
        if output is not None:
            output.write(row_block(waiting))
        if not evidence.tally.kept:
            raise nothing_left("render", evidence.tally)
    warnings = renderer.warnings
    if several := evidence.tally.by_code["several-answers"]:
        warnings.append(f"{several} rows have several answers, and a completion holds one; --shape segments holds all")
    evidence.tally.facts = {"template": renderer.template.name, "warnings": warnings}
    evidence.complete([data], inputs, {"template": renderer.template.name, "shape": writing.shape}, limit)
    return report("render" if output else "render (dry run)", evidence.tally, writing, path)


def _drawn(origin: Origin, fields: Fields, found: "list[Rendered] | Reason", renderer: Renderer, colour: bool) -> str:
    kind = str(fields.get("type", "no type"))
    if isinstance(found, Reason):
        return heading([str(origin), kind, f"refused, {found.code}: {found.detail}"], colour)
    sides = ("chosen", "rejected") if len(found) > 1 else ("",)
    lines = []
    for side, rendered in zip(sides, found, strict=True):
        lines += [heading([str(origin), kind, side], colour), drawn(renderer.pieces(rendered), colour)]
    return "\n".join(lines)
