"""The operation `dedup`: rows that repeat a row already kept are set aside, each naming that row."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from tilth.curate.normalize import Rule
from tilth.operation import Dataset, Judged, Options, Reason, judge

if TYPE_CHECKING:
    from tilth.curate.similarity.corpus import Corpus, Places
    from tilth.curate.similarity.repeats import Repeats

_WITNESS_SHARE = 0.1  # one kept row that explains a tenth of all removals deserves a look: a template, a greeting
_WITNESS_ROWS = 20  # below this a share says nothing
_TOP_WITNESSES = 10


class DedupOptions(Options):
    """What counts as a repeat, and which of two rows stays."""

    method: Literal["exact", "join", "minhash"] = "join"
    """How repeats are found. `exact`: equal texts only. `join`: near-duplicates too, none missed. `minhash`: as
    `join`, but pairs are looked up by MinHash-LSH, as most tools do; at most 0.1% of pairs are missed."""
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Jaccard similarity at or above which a row repeats a kept one: shared shingles over all distinct shingles."""
    by: str = "text"
    """What is compared: `prompt`, `answer`, `text` (all of a record) or a field such as `output` or `meta.licence`."""
    unit: Literal["word", "char"] = "word"
    """What a shingle is made of. `char` suits scripts that put no blanks between words."""
    size: Annotated[int, Field(ge=1, le=50)] = 3
    """Consecutive words or characters in a shingle. Shorter texts compare by their single words or characters."""
    permutations: Annotated[int, Field(ge=16, le=1024)] = 128
    """Length of a MinHash signature. Bands follow from it and the threshold. Used by `minhash` only."""
    normalize: tuple[Rule, ...] = ("unicode", "case", "space")
    """What does not count when texts are compared for equality: any of `unicode`, `case`, `space`, `punctuation`."""
    keep: Literal["first", "longest"] = "first"
    """Which row stays: rows are visited in file order, or the longest first."""


@judge(DedupOptions)
def dedup(data: Dataset, options: DedupOptions) -> Iterator[Judged]:
    """Set aside rows that repeat a row already kept.

    Rows are visited in the order of the keep rule. A row goes if and only if its true Jaccard similarity with a row
    already kept reaches the threshold; its reason names that row and the similarity. So no two kept rows are that
    similar, and a chain of small changes takes nothing along that does not itself resemble something kept. A row
    without the compared part (null) is never a repeat; texts without any word are compared as they stand.
    """
    from tilth.curate.similarity.corpus import gather
    from tilth.curate.similarity.repeats import find_repeats

    corpus = gather(
        data,
        options.by,
        options.normalize,
        options.unit,
        options.size,
        _sketch(options) if options.method == "minhash" else None,
        shingled=options.method != "exact",
    )
    repeats = find_repeats(corpus, options.keep, options.threshold)
    facts = _facts(corpus, repeats, options)
    row = 0
    for batch in data.batches():
        reasons = [_reason(one, repeats, corpus.places, options) for one in range(row, row + len(batch))]
        row += len(batch)
        yield Judged(batch, reasons, facts=facts)


def _sketch(options: DedupOptions) -> Any:
    from tilth.curate.similarity.minhash import band_keys, choose_cut

    cut = choose_cut(options.threshold, options.permutations)
    return lambda shingles: band_keys(shingles, cut)


def _reason(row: int, repeats: "Repeats", places: "Places", options: DedupOptions) -> Reason | None:
    witness = int(repeats.witness[row])
    if witness < 0:
        return None
    against, place, score = places.id(witness), places.origin(witness), float(repeats.score[row])
    if repeats.is_same_text[row]:
        return Reason("exact-duplicate", against, score, f"same {options.by} as {place}")
    shared = f"{score:.3f} of the {options.unit} {options.size}-shingles of {options.by} shared with {place}"
    return Reason("near-duplicate", against, score, shared)


def _facts(corpus: "Corpus", repeats: "Repeats", options: DedupOptions) -> dict[str, Any]:
    gone = repeats.witness >= 0
    facts = {
        "rows_compared": int((corpus.text_of >= 0).sum()),
        "rows_without_text": int((corpus.text_of < 0).sum()),
        "distinct_texts": corpus.text_count,
        "pairs_compared": repeats.pairs_compared,
        "exact_duplicates": int(repeats.is_same_text.sum()),
        "near_duplicates": int((gone & ~repeats.is_same_text).sum()),
        "top_witnesses": (top := _top_witnesses(corpus, repeats)),
        "warnings": _warnings(top),
    }
    return facts | (_band_facts(options) if options.method == "minhash" else {})


def _top_witnesses(corpus: "Corpus", repeats: "Repeats") -> list[dict[str, Any]]:
    """The kept rows that explain most removals: id, place, rows, and their share of all rows set aside."""
    from collections import Counter

    counts = Counter(repeats.witness[repeats.witness >= 0].tolist())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TOP_WITNESSES]
    return [
        {
            "id": corpus.places.id(row),
            "place": str(corpus.places.origin(row)),
            "rows": rows,
            "share": rows / counts.total(),
        }
        for row, rows in ranked
    ]


def _warnings(top: list[dict[str, Any]]) -> list[str]:
    return [
        f"{one['place']} alone is the reason for {one['rows']} removals, {one['share']:.0%} of all: look whether these "
        "rows are repeats or share a template"
        for one in top
        if one["share"] > _WITNESS_SHARE and one["rows"] >= _WITNESS_ROWS
    ]


def _band_facts(options: DedupOptions) -> dict[str, Any]:
    from tilth.curate.similarity.minhash import choose_cut

    cut = choose_cut(options.threshold, options.permutations)
    curve = {f"{step / 20:.2f}": cut.found_share(step / 20) for step in range(2, 21)}
    return {"bands": cut.bands, "band_rows": cut.rows, "s_curve": curve}
