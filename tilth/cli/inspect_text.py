"""What was found by a look, as text for people: files, folders and rows, each in as few lines as it takes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tilth.cli.aligned import aligned, shortened

if TYPE_CHECKING:
    from tilth.artifacts import Artifact, Entry, Fact, Survey
    from tilth.cli.row_look import RowLook

_LISTED = 8
_LISTED_WIDTH = 160
_FIELDS_SHOWN = 24
_ENTRIES_SHOWN = 60
_HEADLINE = (
    "architecture", "parameters", "quantization", "method", "rank", "complete", "rows", "splits", "items", "vocabulary",
    "steps", "loss", "for", "type", "shape", "tokens", "models", "templates", "data_sets", "cells", "chat_template",
    "newest_whole", "shards", "starts_from", "operation", "of", "bytes",
)  # fmt: skip
"""The facts that say most about a thing in a list, first come first."""
_HEADLINE_FACTS = 2


def artifact_lines(path: str, artifact: "Artifact", width: int) -> Iterator[str]:
    """A file that is no rows, or a folder that is one thing."""
    yield from aligned([(_label(path), path), *_described(artifact)], width)


def survey_lines(survey: "Survey", width: int) -> Iterator[str]:
    """A folder: what it is as a whole, and a line for each thing in it."""
    path = f"{survey.path}/".replace("//", "/")
    if survey.whole is not None:
        yield from artifact_lines(path, survey.whole, width)
        yield ""
    else:
        yield f"folder  {path}"
    shown = survey.entries[:_ENTRIES_SHOWN]
    if not shown:
        yield "  empty"
    name = min(max((len(entry.path) for entry in shown), default=0), width // 2)
    for entry in shown:
        yield from _entry_lines(entry, name, width)
    if len(survey.entries) > len(shown):
        yield f"  and {len(survey.entries) - len(shown):,} more; --json lists them all"
    if survey.stopped:
        yield f"  {survey.stopped}"


def row_lines(look: "RowLook", width: int) -> Iterator[str]:
    """Rows."""
    yield from aligned(_of_rows(look), width)


def _described(artifact: "Artifact") -> Iterator[tuple[str, str]]:
    yield "kind", f"{artifact.kind}: {artifact.purpose}"
    for name, value in artifact.facts.items():
        yield name.replace("_", " "), fact_text(name, value)
    for label, reasons in (("missing", artifact.missing), ("broken", artifact.broken), ("unsafe", artifact.unsafe)):
        for position, reason in enumerate(reasons):
            yield ("" if position else label), reason
    if artifact.next:
        yield "next", f"`{artifact.next}`"


def fact_text(name: str, value: "Fact") -> str:
    """A fact as people write it: numbers in groups, sizes in their units, of a long list the beginning."""
    if name == "bytes" and isinstance(value, int):
        return size_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" + (f" ({value / 1e9:.2f} billion)" if name == "parameters" and value >= 10**8 else "")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {count:,}" for key, count in list(value.items())[:_LISTED])
    if isinstance(value, list):
        return _listed(value)
    return value


def size_text(count: int) -> str:
    """A number of bytes in the unit that suits it."""
    size, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{count:,} bytes" if units[0] == "bytes" else f"{size:.1f} {units[0]}"


def _listed(names: list[str]) -> str:
    shown: list[str] = []
    for name in names[:_LISTED]:
        if shown and sum(map(len, shown)) + len(name) > _LISTED_WIDTH:
            break
        shown.append(shortened(name, _LISTED_WIDTH))
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more


def _entry_lines(entry: "Entry", name_width: int, width: int) -> Iterator[str]:
    from tilth.schemas.safe_text import safe_text

    path, size = safe_text(entry.path, one_line=True), size_text(entry.bytes) if entry.bytes else ""
    what = safe_text(_headline(entry.artifact) if entry.artifact else entry.note, one_line=True)
    first = f"  {shortened(path, name_width):<{name_width}}  {size:>11}  "
    if len(first) + 20 > width:
        yield f"  {path}"
        yield shortened(f"    {what}" + (f", {size}" if size else ""), width)
    else:
        yield shortened(first + what, width).rstrip()
    if entry.artifact is not None:
        for label, reasons in (("broken", entry.artifact.broken), ("unsafe", entry.artifact.unsafe)):
            if reasons:
                more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
                yield shortened(f"    {label}: {safe_text(reasons[0], one_line=True)}{more}", width)
                break


def _headline(artifact: "Artifact") -> str:
    facts = [name for name in _HEADLINE if name in artifact.facts][:_HEADLINE_FACTS]
    told = [f"{name.replace('_', ' ')} {fact_text(name, artifact.facts[name])}" for name in facts]
    missing = [f"missing: {artifact.missing[0]}"] if artifact.missing else []
    return ", ".join([artifact.kind, *told, *missing])


def _label(path: str) -> str:
    return "folder" if path.endswith("/") else "file"


def _of_rows(look: "RowLook") -> Iterator[tuple[str, str]]:
    from tilth.cli.row_look import field_lines

    yield "file", look.source
    how_many = (
        f"{look.rows:,} row{'s' * (look.rows != 1)}"
        if look.is_whole
        else f"at least {look.rows:,} rows (--whole counts all)"
    )
    how_many = f"the first {how_many}" if look.is_limited else how_many
    rejected = f", {look.rejected:,} cannot be read" if look.rejected else ""
    wrapping = [word for word in (look.format, look.compression, look.encoding) if word]
    yield "container", f"{', '.join(wrapping)}; {how_many}{rejected}"
    for note in look.notes:
        yield "note", note
    yield "dialect", f"{look.dialect or 'none'}: {'; '.join(look.why)}"
    if look.holds_tokens:
        yield "tokens", "the rows are token ids: a tokenized set, for a trainer to take as it is"
    part = f" (of the first {look.examined:,} rows)" if look.examined < look.rows or not look.is_whole else ""
    if look.record_types:
        yield "records", ", ".join(f"{number:,} {kind}" for kind, number in look.record_types.most_common()) + part
    for name, counts in look.merged_from.items():
        sets = ", ".join(f"{each} {count:,}" for each, count in counts.most_common(_LISTED))
        yield "merged", f"from {len(counts)} sets, by {name}: {sets}"
    fields = list(field_lines(look.fields, look.examined))
    for position, (name, kinds) in enumerate(fields[:_FIELDS_SHOWN]):
        shown = name if name and name == name.strip() else repr(name)
        yield ("" if position else "fields"), f"{shown}: {kinds}"
    if len(fields) > _FIELDS_SHOWN:
        yield "", f"and {len(fields) - _FIELDS_SHOWN:,} more; --json lists them all"
    none = f"none found in the first {look.checked:,} rows" if look.checked < look.rows else "none found"
    for position, problem in enumerate(look.problems or ([none] if look.dialect else [])):
        here = problem.removeprefix(f"{look.source}:")
        yield ("" if position else "problems"), problem if here == problem else f"line {here}"
    yield "convert", f"`{look.convert}`"
