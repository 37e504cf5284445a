"""The operation `pii`: personal data and secrets, found, masked, or given a name that leads back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tilth.curate.personal.kinds import DETECTORS, Kind
from tilth.curate.personal.pseudonyms import Pseudonyms, load_pseudonyms
from tilth.curate.personal.redaction import Finding, Redaction, Replace, in_words, mask, without_values
from tilth.curate.record_edits import OffsetError, RecordEditor
from tilth.operation import Batch, Dataset, Fields, Judged, Options, Reason, State, rewrite


class PiiOptions(Options):
    """What counts as personal, where it is looked for, and what becomes of it."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = tuple(DETECTORS)
    """What is looked for."""
    action: Literal["mask", "pseudonym", "flag", "remove-row"] = "mask"
    """`mask` writes `[EMAIL]` in its place, `pseudonym` writes `[EMAIL-3]`, the same for the same value, `flag` lists
    kinds and places in `meta.pii` and changes nothing else, `remove-row` sets the row aside."""
    key: Annotated[Path | None, State()] = None
    """File that leads back from pseudonyms, for its owner alone (mode 0600); the numbers go on where it ends."""
    restore: Path | None = None
    """Put the values of this key file back in the place of their pseudonyms, and do nothing else."""
    allow: tuple[str, ...] = ()
    """Values that may stay: `support@shop.example`, `*@shop.example`."""
    leave: tuple[str, ...] = ()
    """Fields that are not looked at: `system`, `meta`, `extra.ticket`. Everything else of a row is, at any depth."""
    keep_before: bool = False
    """List changed rows in OUT.changes.jsonl as they were, too. `tilth undo` can then bring them back, and the file
    holds what was masked."""

    @model_validator(mode="after")
    def _leads_back(self) -> Self:
        if self.action == "pseudonym" and self.key is None and self.restore is None:
            raise PydanticCustomError("no_key", "a pseudonym needs a key file to lead back: --key FILE")
        return self


@rewrite(PiiOptions, suspicion="high", doubting={"action": "remove-row"})
def pii(data: Dataset, options: PiiOptions) -> Iterator[Judged]:
    """Find e-mail addresses, telephone numbers, cards, bank accounts, keys and the like, and mask them.

    Patterns with check digits, issuers' formats and the words around; names of people and places need a model and are
    not found. Every text and number of a row is looked at: messages, arguments of tool calls, unknown fields. Entities
    and answers with offsets move along; a row whose offsets cannot follow is set aside, never handed on unmasked.
    """
    if options.restore is not None:
        yield from _restored(data, load_pseudonyms(options.restore, must_exist=True))
        return
    pseudonyms = Pseudonyms() if options.key is None else load_pseudonyms(options.key, must_exist=False)
    known: dict[str, Replace] = {
        "mask": mask,
        "pseudonym": lambda kind, value, is_bare: pseudonyms.stand_in(kind, value, is_bare=is_bare),
    }
    redaction = _redaction(options, known.get(options.action))
    counted = _Counted()
    for batch in data.batches():
        yield _judged(batch, redaction, options, counted)
    if options.action == "pseudonym" and options.key is not None:
        pseudonyms.save(options.key)


@pii.estimate
def _estimate(data: Dataset, options: PiiOptions) -> Mapping[str, Any]:
    """What would be found: a dry run writes no key file."""
    redaction, counted = _redaction(options, None), _Counted()
    for batch in data.batches():
        for record in batch.records:
            counted.add(redaction.apply(record)[1])
    return {"rows": data.count(), **counted.facts()}


class _Counted:
    """What was found so far."""

    def __init__(self) -> None:
        self.rows = 0
        self.by_kind: Counter[str] = Counter()

    def add(self, findings: list[Finding]) -> None:
        self.rows += bool(findings)
        self.by_kind.update(finding.kind for finding in findings)

    def facts(self) -> dict[str, Any]:
        return {"rows_with_findings": self.rows, "found": dict(sorted(self.by_kind.items()))}


def _redaction(options: PiiOptions, replace: Replace | None) -> Redaction:
    is_reversible = options.action == "pseudonym"
    return Redaction(options.kinds, options.allow, options.leave, replace, keeps_stand_ins_apart=is_reversible)


def _judged(batch: Batch, redaction: Redaction, options: PiiOptions, counted: _Counted) -> Judged:
    reasons: list[Reason | None] = []
    records: list[Fields | None] = []
    details: list[str] = []
    for record in batch.records:
        reason, new, findings = None, None, list[Finding]()
        try:
            edited, findings = redaction.apply(record)
        except OffsetError:
            reason = Reason("offsets-cannot-follow", None, None, "its spans do not fit its text, or it holds tokens")
        else:
            new = edited if edited != record else None
        counted.add(findings)
        if findings and options.action == "remove-row":
            reason = Reason("personal-data", None, float(len(findings)), in_words(findings))
        if findings and options.action == "flag":
            new = {**record, "meta": {**(record.get("meta") or {}), "pii": list(without_values(findings))}}
        reasons.append(reason)
        records.append(new)
        details.append(in_words(findings))
    is_private = not options.keep_before
    return Judged(batch, reasons, records, facts=counted.facts(), details=details, is_private=is_private)


def _restored(data: Dataset, pseudonyms: Pseudonyms) -> Iterator[Judged]:
    def number(value: Any, _place: str) -> Any:
        back = pseudonyms.number_back(value) if isinstance(value, str) else None
        return value if back is None else back

    editor = RecordEditor(lambda text, _: [pseudonyms.edits_back(text)], deep=True, value=number)
    for batch in data.batches():
        reasons: list[Reason | None] = []
        records: list[Fields | None] = []
        for record in batch.records:
            try:
                back = editor.edited(record)
            except OffsetError:
                reasons.append(Reason("offsets-cannot-follow", None, None, "its spans do not fit its text"))
                records.append(None)
            else:
                reasons.append(None)
                records.append(back if back != record else None)
        yield Judged(batch, reasons, records, is_private=True)
