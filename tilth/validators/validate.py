"""`validate`: set aside what is wrong, repair what has one right answer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol, runtime_checkable

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from tilth.errors import nearest
from tilth.operation import Batch, Dataset, Judged, Options, Reason, rewrite
from tilth.schemas import Fields
from tilth.validators.examine import Examiner
from tilth.validators.finding import Finding
from tilth.validators.providers import CODES, SERVICES, Service
from tilth.validators.rule import RuleContext
from tilth.validators.rules import codes

_DETAILED = 5  # findings of one row that its reason spells out; the rest is counted


class ValidateOptions(Options):
    """What counts as wrong, and what happens to it."""

    fix: bool = False
    """Repair what has one right answer: whitespace around a text, a QA offset, the name of a role, a label's case."""
    labels: tuple[str, ...] | None = None
    """The labels that may occur in classification and NER records; any, when none are given."""
    provider: Literal["openai", "azure", "together", "fireworks"] | None = None
    """Also find what this fine-tuning service would refuse in an upload."""
    off: tuple[str, ...] = ()
    """Codes of findings that do not count, such as `whitespace`."""
    warnings_as_errors: bool = False
    """Set rows with warnings aside too."""

    @field_validator("off")
    @classmethod
    def _are_codes(cls, off: tuple[str, ...]) -> tuple[str, ...]:
        for code in off:
            if code not in codes() | CODES:
                known = {"code": code, "nearest": nearest(code, codes() | CODES)}
                raise PydanticCustomError("unknown_code", "No finding has the code {code}; nearest: {nearest}", known)
        return off

    def examiner(self) -> Examiner:
        """What examines records under these options."""
        return Examiner(frozenset(self.off), RuleContext(frozenset(self.labels or ())), self.provider)


@rewrite(ValidateOptions, suspicion="high")
def validate(data: Dataset, options: ValidateOptions) -> Iterator[Judged]:
    """Set aside records that are wrong, each with the place and the reason."""
    examiner = options.examiner()
    counts: Counter[str] = Counter()
    fixed = 0
    for batch in data.batches():
        repaired = [examiner.repaired(record) for record in batch.records] if options.fix else [None] * len(batch)
        reasons: list[Reason | None] = []
        for findings in _findings(batch, repaired, examiner):
            counts.update(finding.code for finding in findings)
            reasons.append(_reason([finding for finding in findings if is_wrong(finding, options)]))
        fixed += sum(better is not None for better, reason in zip(repaired, reasons, strict=True) if reason is None)
        facts = {"findings": dict(sorted(counts.items())), "fixed": fixed}
        yield Judged(batch, reasons, repaired if options.fix else None, facts=facts)


def check(data: Dataset, options: ValidateOptions | None = None) -> Iterator[Finding]:
    """Every finding in a data set, in the order of its rows, without changing or setting aside anything.

    With `fix`, only what repairs leave over. Last comes what is wrong with the set as a whole.
    """
    options = options or ValidateOptions()
    examiner = options.examiner()
    rows = 0
    # A service has rules of its own, also about rows that nobody else finds anything wrong with.
    batches = data.doubtful() if options.provider is None and isinstance(data, _Doubting) else data.batches()
    for batch in batches:
        rows += len(batch)
        repaired = [examiner.repaired(record) for record in batch.records] if options.fix else [None] * len(batch)
        for findings in _findings(batch, repaired, examiner):
            yield from findings
    if options.provider is not None and "provider-rows" not in options.off:
        yield from _of_the_set(SERVICES[options.provider], rows)


@runtime_checkable
class _Doubting(Protocol):
    """A data set that can leave out rows with which nothing is wrong."""

    def doubtful(self) -> Iterator[Batch]:
        """All other rows."""
        ...


def _of_the_set(service: Service, rows: int) -> Iterator[Finding]:
    if rows not in service.rows:
        most = f" and {service.rows.stop - 1} at most" if service.rows.stop < 2**63 else ""
        expected = f"{service.rows.start} at least{most}"
        said = f"{service.name} does not train on so many rows"
        yield Finding("the set", 0, "", "", "provider-rows", "error", said, rows, expected, "")


def is_wrong(finding: Finding, options: ValidateOptions) -> bool:
    """Whether a finding makes its row wrong: every error, and every warning when warnings count as errors."""
    return finding.severity == "error" or options.warnings_as_errors


def _findings(batch: Batch, repaired: Sequence[Fields | None], examiner: Examiner) -> Iterator[list[Finding]]:
    rows: Iterable[tuple[Fields, Fields | None]] = zip(batch.records, repaired, strict=True)
    for (record, better), origin, id in zip(rows, batch.origins, batch.ids, strict=True):
        yield examiner.findings(better or record, origin.file, origin.line, id)


def _reason(wrong: list[Finding]) -> Reason | None:
    if not wrong:
        return None
    said = [finding.brief() for finding in wrong[:_DETAILED]]
    if len(wrong) > _DETAILED:
        said.append(f"and {len(wrong) - _DETAILED} more")
    return Reason(wrong[0].code, detail="; ".join(said))
