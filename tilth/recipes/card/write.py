"""The card: a header for machines, and prose with numbers for people, who add what only they know."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.curate.portrait import languages_of, sources_of
from tilth.curate.stats import Statistics, describe
from tilth.errors import MissingExtraError, TilthError, UsageError
from tilth.recipes.card.header import header
from tilth.recipes.lineage import file_lineage
from tilth.recipes.report.words import count_of
from tilth.schemas.safe_text import safe_text

if TYPE_CHECKING:
    from tilth.formats import Dataset

_LICENCES = ("licence", "license")
_SHOWN = 12


def dataset_card(data: "Dataset", name: str) -> str:
    """The card of a data set, as Markdown with a YAML header. Every number in it is counted from the data.

    How it was made is read from the manifests beside the data and beside what it was made from, where there are any.
    """
    found = describe(data)
    languages, language_note = _languages(data)
    licences, sources = _licences(data), sources_of(data)
    splits = _splits(data)
    chain = _made(Path(data.path))
    files = {split or "train": [Path(file).name if not data.parts else _below(data.path, file) for file in names]
             for split, (names, _) in splits.items()}  # fmt: skip
    sections = [
        header(name, found.rows, found.types, languages, licences, files),
        f"# {_line(name)}\n",
        "<!-- Say in two sentences what the data is for and who made it. -->\n",
        _summary(found),
        _section("Splits", _table(("split", "rows", "files"),
                                  [(split or "train", f"{rows:,}", ", ".join(map(_code, files[split or "train"])))
                                   for split, (_, rows) in splits.items()])),
        _section("Fields", _table(("field", "rows", "share"), _counted(found.fields, found.rows))),
        _section("Lengths", _table(("measure", "unit", "rows", "5%", "median", "95%", "longest"), _lengths(found))),
        _section("Labels", _labels(found)),
        _section("Languages", _languages_said(languages, language_note)),
        _section("Licences", _licences_said(licences, found.rows)),
        _section("Sources", _table(("source", "rows", "share"), _counted(sources.rows, found.rows))),
        _section("How it was made", "\n".join(_steps(chain))),
        _section("Known limits", "\n".join(_limits(found, data, languages))),
    ]  # fmt: skip
    return "\n".join(section for section in sections if section)


def _summary(found: Statistics) -> str:
    types = ", ".join(
        f"{rows:,} {'of no record type' if kind == 'none' else _line(kind)}" for kind, rows in found.types.items()
    )
    return f"{found.rows:,} rows ({types}), of which {found.distinct_records:,} say something different.\n"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body.rstrip()}\n" if body.strip() else ""


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *lines]) if lines else ""


def _counted(counts: Mapping[str, int], total: int) -> Iterator[tuple[str, str, str]]:
    for name, count in list(counts.items())[:_SHOWN]:
        yield _code(name), f"{count:,}", f"{count / max(total, 1):.1%}"
    if len(counts) > _SHOWN:
        rest = list(counts.values())[_SHOWN:]
        yield f"{len(rest):,} more", f"{sum(rest):,}", f"{sum(rest) / max(total, 1):.1%}"


def _lengths(found: Statistics) -> Iterator[tuple[str, ...]]:
    for name, spread in found.lengths.items():
        if spread.rows:
            shown = (f"{spread.quantiles[key]:,.0f}" for key in ("0.05", "0.5", "0.95", "1"))
            yield name.replace("_", " "), spread.unit, f"{spread.rows:,}", *shown


def _labels(found: Statistics) -> str:
    if not found.labels:
        return ""
    more = f"\n\n{found.distinct_labels:,} labels in all.\n" if found.distinct_labels > len(found.labels) else ""
    return _table(("label", "times", "share"), _counted(found.labels, found.all_labels)) + more


def _languages(data: "Dataset") -> tuple[Mapping[str, int], str]:
    try:
        return languages_of(data), ""
    except MissingExtraError as failure:
        return {}, failure.fix


def _languages_said(languages: Mapping[str, int], note: str) -> str:
    if not languages:
        return f"<!-- Not looked at; with `{note}` this section is filled in. -->" if note else ""
    told = sum(languages.values())
    listed = ", ".join(f"{code} {count / told:.1%}" for code, count in list(languages.items())[:_SHOWN])
    return f"{listed} (told from {told:,} rows; ? is a text too short to tell)."


def _licences(data: "Dataset") -> Counter[str]:
    found = Counter[str]()
    for batch in data.batches():
        for record in batch.records:
            places = (record.get("meta"), record.get("extra"))
            held = [place[key] for place in places if isinstance(place, dict) for key in _LICENCES if place.get(key)]
            found.update(str(each) for each in held[:1])
    return found


def _licences_said(licences: Counter[str], rows: int) -> str:
    if not licences:
        return "No row names a licence. <!-- Say under which terms the data may be used. -->"
    unsaid = rows - licences.total()
    tail = f"\n\n{unsaid:,} rows name none." if unsaid else ""
    return _table(("licence", "rows", "share"), _counted(dict(licences.most_common()), rows)) + tail


def _splits(data: "Dataset") -> dict[str, tuple[list[str], int]]:
    if not data.parts:
        return {"": (list(data.files), data.count())}
    return {split: (list(part.files), part.count()) for split, part in data.parts.items()}


def _below(folder: str, file: str) -> str:
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name


def _made(path: Path) -> list[Mapping[str, Any]]:
    """What made it, oldest first; nothing where nobody wrote that down."""
    try:
        return list(reversed(file_lineage(path)))
    except (TilthError, UsageError, OSError, KeyError):
        return []


def _steps(chain: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for number, step in enumerate(chain, start=1):
        counts = step.get("counts") or {}
        codes = ", ".join(f"{rows:,} {code}" for code, rows in (counts.get("by_code") or {}).items())
        aside = f"{counts.get('set_aside', 0):,} set aside" + (f" ({_line(codes)})" if codes else "")
        more = [f"{counts[key]:,} {key}" for key in ("made", "changed", "restored", "rejected") if counts.get(key)]
        said = ", ".join([f"{counts.get('in', 0):,} in", f"{counts.get('kept', 0):,} kept", aside, *more])
        yield f"{number}. **{_line(str(step.get('operation')))}**: {said}"
        if options := {key: value for key, value in (step.get("options") or {}).items() if value not in (None, "", [])}:
            yield f"   with {_code(json.dumps(options, ensure_ascii=False, default=str))}"
    if chain:
        yield "\nEvery row that was set aside is listed with its reason beside the file of that step."


def _limits(found: Statistics, data: "Dataset", languages: Mapping[str, int]) -> Iterator[str]:
    repeats = found.rows - found.distinct_records
    if repeats:
        yield f"- {count_of(repeats, 'exact repeat')} of an earlier row ({found.duplicate_share:.1%})."
    if found.empty_answers:
        yield f"- {count_of(found.empty_answers, 'empty answer')}."
    if len(data.rejects):
        yield f"- {count_of(len(data.rejects), 'row')} of the files cannot be read: not counted here."
    if languages.get("?"):
        yield f"- {count_of(languages['?'], 'text')} too short to tell the language."
    yield "- Token counts are estimated without a tokenizer. Near-duplicates are not counted here."
    yield "- <!-- Who or what is missing from this data? What should it not be used for? Is there personal data? -->"


def _line(text: str) -> str:
    """Text of the data inside a line of Markdown: nothing in it is markup."""
    shown = safe_text(text, one_line=True)
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in shown)


def _code(text: str) -> str:
    """The same as code. A backtick inside would end it."""
    return f"`{safe_text(text, one_line=True).replace('`', 'ˋ').replace('|', '¦')}`"
