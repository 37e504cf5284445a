"""What a conversion would lose: gathered over a whole data set by name, and refused in one answer."""

from collections import Counter
from collections.abc import Collection

from tilth.errors import DataError
from tilth.formats.dataset import Dataset
from tilth.schemas import Dialect, Fields, LossError, dialects
from tilth.schemas.dialects import encode_allowing
from tilth.schemas.dialects.loss import is_allowed, loss_name

_SHOWN = 10
_ENVELOPE, _TYPE = "envelope", "type"


class Losses:
    """What the output cannot hold and nobody has allowed to be lost."""

    def __init__(self, allowed: Collection[str]) -> None:
        self.allowed = allowed
        self._rows: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._can_go: dict[str, bool] = {}
        self._types: dict[str, None] = {}
        self._refused_rows = 0

    def add(self, place: str, loss: LossError, wanted: Dialect, record: Fields) -> None:
        """Take note of a record that `wanted` cannot hold."""
        self._note(place, loss)
        if _TYPE in loss.names:
            self._types[str(record.get("type"))] = None
        if new := [name for name in loss.names if name not in self._can_go]:
            can_go = _can_go_without(wanted, record, {*self.allowed, *loss.names})
            self._can_go.update(dict.fromkeys(new, can_go))

    def check_envelope(self, source: Dataset, lost: Counter[str]) -> None:
        """What stands around the rows is lost where only the rows go on."""
        beside = list(source.envelope.beside) if source.envelope else []
        if not beside:
            return
        if is_allowed(_ENVELOPE, self.allowed):
            lost[_ENVELOPE] += 1
            return
        self._note(source.path, LossError("the output", [f"{_ENVELOPE} ({', '.join(beside)} beside the rows)"]))
        self._can_go[_ENVELOPE] = True

    def refuse(self) -> None:
        """Raise `DataError`, with everything that would be lost and what to do, when there is anything."""
        if not self._rows:
            return
        named = self._rows.most_common()
        lines = [f"{name}: {_many(rows)}, first at {self._first[name]}" for name, rows in named[:_SHOWN]]
        lines += [f"and {len(named) - _SHOWN} more names"] if len(named) > _SHOWN else []
        ways = [" ".join(f"--allow-loss {name}" for name, _ in named[:_SHOWN])] if all(self._can_go.values()) else []
        ways += [f"--to-dialect {' | '.join(able)}" for able in [self._able()] if able]
        if set(self._rows) != {_ENVELOPE}:
            ways.append("--on-error reject, to leave such rows out")
        what = f"{_many(self._refused_rows)} would lose something, so nothing was written:"
        raise DataError("\n  ".join([what, *lines]), fix="; or ".join(ways))

    def _note(self, place: str, loss: LossError) -> None:
        self._refused_rows += 1
        self._rows.update(loss.names)
        for entry in loss.lost:
            self._first.setdefault(loss_name(entry), f"{place}: {entry}")

    def _able(self) -> list[str]:
        """The dialects that can hold what was of the wrong type, when that is one type."""
        if len(self._types) != 1:
            return []
        (wanted,) = self._types
        return [name for name, each in dialects().items() if each.record_types and each.holds(wanted)]


def _can_go_without(wanted: Dialect, record: Fields, names: Collection[str]) -> bool:
    try:
        encode_allowing(wanted, record, names)
    except LossError:
        return False
    return True


def _many(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"
