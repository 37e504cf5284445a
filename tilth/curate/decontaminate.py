"""The operation `decontaminate`: rows that hold items of a benchmark are set aside, each naming item and place."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from tilth.operation import Dataset, Judged, Options, judge

if TYPE_CHECKING:
    from tilth.curate.contamination.items import Items
    from tilth.curate.contamination.search import Method

_LIKE = 0.8  # cosine; for the n-gram methods a single n-gram is enough


class DecontaminateOptions(Options):
    """Which benchmarks must not come up, and what counts as coming up."""

    against: Annotated[tuple[Path, ...], Field(min_length=1)]
    """The benchmarks: files in any format and dialect that Tilth reads. They are held in memory, the data is not."""
    method: Literal["word", "char", "semantic"] = "word"
    """What is compared. `word`: n-grams of words, as for GPT-3. `char`: runs of letters and digits, as for GPT-4; for
    scripts without blanks, and for code. `semantic`: texts and runs of their sentences, by embedding."""
    n: Annotated[int, Field(ge=2, le=200)] | None = None
    """Words or characters in an n-gram; 13 words or 50 characters when not given. Not used by `semantic`."""
    threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    """How much of an item's text must come up. For n-grams the share of its words or characters; one n-gram is enough
    when not given. For `semantic` the cosine similarity, 0.8 when not given."""
    by: Annotated[tuple[str, ...], Field(min_length=1)] = ("text",)
    """Where rows are looked through: `prompt`, `answer`, `text` (all of a record) or fields such as `output`."""
    items: Annotated[tuple[str, ...], Field(min_length=1)] = ("prompt", "answer")
    """What of a benchmark's items is looked for: parts or fields. A file in a shape of its own gives all its texts."""
    common: Annotated[int, Field(ge=1)] = 10
    """An n-gram in more than so many different texts of the benchmarks is their template and is not looked for."""
    embedder: Path | None = None
    """For `semantic`: a folder with a model2vec or sentence-transformers model; hashed n-grams when not given."""


@judge(DecontaminateOptions, suspicion="high")
def decontaminate(data: Dataset, options: DecontaminateOptions) -> Iterator[Judged]:
    """Set aside rows in which an item of a benchmark comes up.

    The reason names the item (file and line), the share of its text that came up, and where in the row the longest
    stretch of it stands, in characters. Case and punctuation do not count. An item shorter than 13 words is looked for
    as a whole; a question of fewer than 8 words must be a line of its own, since so few words are said by chance;
    answers of fewer than 8 words and questions of fewer than 3 are not looked for, and the facts count items of which
    nothing is. (For `char`: 50, 30 and 10 letters and digits.) The facts also tell for each benchmark how many of its
    items came up and which.

    Sources: word n-grams, Brown et al. 2020 (arXiv:2005.14165, appendix C); share of an item, Touvron et al. 2023
    (arXiv:2307.09288, A.6) and Lambert et al. 2024 (arXiv:2411.15124); characters, OpenAI 2023 (arXiv:2303.08774,
    appendix C).
    """
    from tilth.curate.contamination.items import read_items
    from tilth.curate.contamination.search import Search

    items = read_items(options.against, options.items)
    least_share = options.threshold or (_LIKE if options.method == "semantic" else 0.0)
    search = Search(items, _method(data, options, items), least_share)
    for batch in data.batches():
        reasons = search.verdicts({field: batch.column(field).to_pylist() for field in options.by})
        yield Judged(batch, reasons, facts=search.facts())


def _method(data: Dataset, options: DecontaminateOptions, items: "Items") -> "Method":
    texts = [one.text for one in items.texts]
    is_question = [one.is_question for one in items.texts]
    if options.method == "semantic":
        return _likeness(data, options, texts, is_question)
    from tilth.curate.contamination.grams import Grams
    from tilth.curate.contamination.overlap import Ngrams
    from tilth.curate.contamination.units import Characters, Words

    unit = Words() if options.method == "word" else Characters()
    return Ngrams(Grams(texts, is_question, unit, options.n or unit.size, options.common))


def _likeness(
    data: Dataset, options: DecontaminateOptions, texts: Sequence[str], is_question: Sequence[bool]
) -> "Method":
    from tilth.curate.contamination.likeness import Likeness
    from tilth.curate.semantic.embedder import embedder

    made_by = embedder(options.embedder)
    made_by.learn(texts)
    for batch in data.batches():
        for field in options.by:
            made_by.learn([text or "" for text in batch.column(field).to_pylist()])
    return Likeness(made_by, texts, is_question)
