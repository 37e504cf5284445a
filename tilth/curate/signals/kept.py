"""Values that were measured before and lie beside the record, in `meta.signals`, for as long as they are true.

    {"of": "4f0c...", "answer_words": 31, "language": "en", "language_confidence": 0.97}

`of` is the content id of the record when it was measured: an edit gives the record another id, and from then on
nothing that was kept counts. A signal whose definition changes gets another version, and so another key.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tilth.operation import Batch

OF = "of"


def kept_values(batch: "Batch", key: str) -> "NDArray[np.float64] | None":
    """One number per row: what is kept, NaN where that is "does not apply", infinity where nothing current is kept.

    None when no row keeps anything, so that nobody pays for identities.
    """
    import numpy as np

    kept = [_signals(record) for record in batch.records]
    if not any(key in one for one in kept):
        return None
    values = np.full(len(kept), np.inf)
    for row, (one, id) in enumerate(zip(kept, batch.ids, strict=True)):
        if key in one and one.get(OF) == id:
            number = one[key]
            values[row] = np.nan if not isinstance(number, int | float) or isinstance(number, bool) else number
    return values


def with_kept(record: Mapping[str, Any], id: str, measured: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record with these values beside what it keeps already and is still true; None when nothing changes."""
    meta = record.get("meta") or {}
    before = _signals(record)
    current = before if before.get(OF) == id else {}
    now = {OF: id, **current, **measured}
    return None if now == before else {**record, "meta": {**meta, "signals": now}}


def _signals(record: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = record.get("meta")
    signals = meta.get("signals") if isinstance(meta, dict) else None
    return signals if isinstance(signals, dict) else {}
