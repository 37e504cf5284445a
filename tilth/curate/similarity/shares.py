"""Who accounts for the removals: single witnesses, and the files that rows came from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.evidence import Evidence

_WITNESS_SHARE = 0.1  # one kept row that explains a tenth of all removals deserves a look: a template, a greeting
_SOURCE_SHARE = 0.5
_SOURCE_EXCESS = 1.5  # times its share of the rows: a source of half the rows may well have half of the removals
_LEAST_ROWS = 20  # below this a share says nothing
_SHOWN = 10


def shares(witness: NDArray[np.int64], evidence: Evidence) -> dict[str, Any]:
    """The witnesses and sources with most removals, and a warning for each that has more than its share."""
    witnesses, sources = _witnesses(witness, evidence), _sources(evidence)
    found: dict[str, Any] = {"top_witnesses": witnesses}
    if len(sources) > 1:
        found["sources"] = sources[:_SHOWN]
    warnings = [
        f"{one['place']} alone is the reason for {one['rows']} removals, {one['share']:.0%} of all: look whether these "
        "rows are repeats or share a template"
        for one in witnesses
        if one["share"] > _WITNESS_SHARE and one["rows"] >= _LEAST_ROWS
    ]
    warnings += [
        f"{one['source']} has {one['share_of_rows']:.0%} of the rows and {one['share']:.0%} of the removals: look "
        "whether it is made of templates, or repeats the other sources"
        for one in sources
        if len(sources) > 1
        and one["share"] > max(_SOURCE_SHARE, _SOURCE_EXCESS * one["share_of_rows"])
        and one["set_aside"] >= _LEAST_ROWS
    ]
    return {**found, "warnings": warnings}


def _witnesses(witness: NDArray[np.int64], evidence: Evidence) -> list[dict[str, Any]]:
    """The kept rows that explain most removals: id, place, rows, and their share of all rows set aside."""
    rows, counts = np.unique(witness[witness >= 0], return_counts=True)
    ranked = np.lexsort((rows, -counts))[:_SHOWN]
    return [
        {
            "id": evidence.id(int(rows[one])),
            "place": str(evidence.origin(int(rows[one]))),
            "rows": int(counts[one]),
            "share": int(counts[one]) / int(counts.sum()),
        }
        for one in ranked.tolist()
    ]


def _sources(evidence: Evidence) -> list[dict[str, Any]]:
    """For each file that rows came from: rows, rows set aside, and its share of either; most removals first."""
    rows, gone = evidence.rows_from, evidence.gone_from
    return [
        {
            "source": source,
            "rows": rows[source],
            "set_aside": gone[source],
            "share_of_rows": rows[source] / rows.total(),
            "share": gone[source] / max(gone.total(), 1),
        }
        for source in sorted(rows, key=lambda source: (-gone[source], source))
    ]
