"""The operation `defects`: instruction rows with a defect that is known from published sets are set aside."""

from collections import Counter
from collections.abc import Iterator

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from tilth.curate.flaws import FLAWS, Asked
from tilth.errors import nearest
from tilth.operation import Batch, Dataset, Judged, Options, Reason, judge

_ANSWERED = ("instruction", "chat", "preference")


class DefectsOptions(Options):
    """Which defects count."""

    codes: tuple[str, ...] = tuple(FLAWS)
    """The defects that are looked for, in this order; the first that is found names the row."""

    @field_validator("codes")
    @classmethod
    def _are_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code in codes:
            if code not in FLAWS:
                known = {"code": code, "nearest": nearest(code, FLAWS)}
                raise PydanticCustomError("unknown_code", "no defect has the code {code}; nearest: {nearest}", known)
        return codes


@judge(DefectsOptions, suspicion="high")
def defects(data: Dataset, options: DefectsOptions) -> Iterator[Judged]:
    """Set aside rows with a defect that cleaned instruction sets had to repair by hand.

    Answers that are empty, merged with another task or do not compute; tasks about a link, a picture, code or a text
    that is not there; pictures to draw; claims to have acted; signs spelled as escapes. The codes and how sure each is
    stand in the guide. The score is 1 for what was counted or computed, 0.7 for what words usually mean. Instructions,
    chats and preferences are looked at; the facts count the rows that were not.
    """
    counts: Counter[str] = Counter()
    skipped = 0
    for batch in data.batches():
        reasons: list[Reason | None] = []
        for asked in _asked(batch):
            skipped += asked is None
            reason = None if asked is None else _reason(asked, options.codes)
            counts.update([] if reason is None else [reason.code])
            reasons.append(reason)
        yield Judged(batch, reasons, facts={"defects": dict(sorted(counts.items())), "not_looked_at": skipped})


def _asked(batch: Batch) -> Iterator[Asked | None]:
    """Instruction, material and answer of each row; None for records that answer no instruction."""
    prompts, answers = (batch.column(name).to_pylist() for name in ("prompt", "answer"))
    for record, prompt, answer in zip(batch.records, prompts, answers, strict=True):
        if record.get("type") not in _ANSWERED:
            yield None
        elif record.get("type") == "instruction":
            instruction, given = (_text(record.get(name)) for name in ("instruction", "input"))
            yield Asked(instruction, given, answer or "")
        else:
            yield Asked(prompt or "", "", answer or "")


def _reason(asked: Asked, codes: tuple[str, ...]) -> Reason | None:
    for code in codes:
        if (found := FLAWS[code].find(asked)) is not None:
            return Reason(code, None, FLAWS[code].certainty, found)
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
