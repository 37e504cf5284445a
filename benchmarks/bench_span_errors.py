"""Wrong labels of texts, tokens and spans with known truth: how early Tilth's ranking and cleanlab's find them.

    python benchmarks/bench_span_errors.py

Nessie (UKP Lab) publishes a correct and a changed label for every text, token and span of three small made-up sets.
Rows are texts and sentences; a sentence is wrong where one of its tokens is. WikiGold (articles of an encyclopedia) and
WNUT17 (messages of strangers, rare names; nothing was chosen while looking at it), both labelled by hand, get errors
planted in 2, 5 and 10% of their spans: a third each gets another label, is left out, or loses or gains a word. Their
own errors count as false finds there. Average precision of Tilth's default stands beside
cleanlab's rankings on the same out-of-fold probabilities: `label_quality_scores` for texts, and for tokens
`token_classification.rank`, whose score of a sentence is that of its worst token.

The data is looked for in `../shared/data`, or where TILTH_SHARED_DATA says.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(os.environ.get("TILTH_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
SHARES = (0.02, 0.05, 0.1)
THRESHOLD = 0.5
SEED = 3
Sentence = list[list[str]]


def sentences(path: Path) -> list[Sentence]:
    """The cells of the tokens of each sentence."""
    blocks = path.read_text(encoding="utf-8").replace("\r", "").split("\n\n")
    found = [[line.split() for line in block.splitlines() if line.strip()] for block in blocks]
    return [one for one in found if one and not one[0][0].startswith("-DOCSTART-")]


def record(tokens: list[str], tags: list[str]) -> dict[str, Any]:
    """A record of tokens and tags: `B-` and `I-` are spans, any other tag but `O` is a span of its token alone."""
    text, entities = "", []
    for place, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
        start = len(text) + bool(text)
        text = f"{text} {token}".strip()
        label = tag[2:] if tag[:2] in ("B-", "I-") else tag
        if tag.startswith("I-") and place and tags[place - 1][2:] == label:
            entities[-1]["end"] = len(text)
        elif tag != "O":
            entities.append({"start": start, "end": len(text), "label": label})
    return {"type": "ner", "text": text, "entities": entities, "tokens": tokens}


def planted(rows: list[dict[str, Any]], share: float) -> list[dict[str, Any]]:
    """The rows with errors in some of their spans."""
    rng = random.Random(SEED)
    labels = sorted({one["label"] for row in rows for one in row["entities"]})
    return [
        {**row, "entities": [kept for one in row["entities"] for kept in _spoilt(one, row["text"], labels, share, rng)]}
        for row in rows
    ]


def _spoilt(span: dict[str, Any], text: str, labels: list[str], share: float, rng: random.Random) -> list[Any]:
    if rng.random() >= share:
        return [span]
    kind = rng.choice(["label", "gone", "boundary"])
    if kind == "gone":
        return []
    if kind == "label":
        return [{**span, "label": rng.choice([label for label in labels if label != span["label"]])}]
    inner = text.find(" ", span["start"], span["end"])
    if inner > 0:
        return [{**span, "start": inner + 1}]
    behind = text.find(" ", span["end"] + 1)
    return [{**span, "end": behind if behind > 0 else span["end"]}]


def own(rows: list[dict[str, Any]]) -> Any:
    """The suspicion that the operation gives each row; below all others where it could not be judged."""
    import tilth

    scores = np.full(len(rows), -1.0)
    for one in tilth.label_errors(tilth.Dataset.of(rows), threshold=0).set_aside:
        scores[one.origin.line - 1] = one.reason.score
    return scores


def by_tokens(rows: list[dict[str, Any]]) -> Callable[[str], Any]:
    """The rankings of sentences by cleanlab, on Tilth's out-of-fold probabilities of tokens."""
    from cleanlab.token_classification.rank import get_label_quality_scores

    import tilth
    from tilth.curate.labels.spans.likely import likely_classes
    from tilth.curate.labels.spans.tagged import gather

    tagged = gather(tilth.Dataset.of(rows))
    cuts = np.flatnonzero(np.diff(tagged.row)) + 1
    likely = np.split(np.exp(likely_classes(tagged, 5, 0)[0]), cuts)
    given = [part.tolist() for part in np.split(tagged.given, cuts)]
    return lambda method: -get_label_quality_scores(given, likely, token_score_method=method)[0]


def by_texts(texts: list[str], labels: list[str]) -> Callable[[str], Any]:
    """The rankings of texts by cleanlab, on Tilth's out-of-fold probabilities."""
    from cleanlab.rank import get_label_quality_scores

    from tilth.curate.labels.verdicts import likely_classes

    classes = np.unique(labels, return_inverse=True)[1]
    likely = np.exp(likely_classes(texts, classes, 5, 0)[0])
    return lambda method: -get_label_quality_scores(classes, likely, method=method)


def line(name: str, wrong: Any, rows: list[dict[str, Any]], peer: Callable[[str], Any]) -> None:
    """One line of the table."""
    from sklearn.metrics import average_precision_score

    scores = own(rows)
    cells = [f"**{average_precision_score(wrong, scores):.2f}**"]
    cells += [f"{average_precision_score(wrong, peer(one)):.2f}" for one in ("self_confidence", "normalized_margin")]
    aside = scores > THRESHOLD
    hits = (wrong & aside).sum()
    cells.append(f"{hits / max(1, aside.sum()):.2f} / {hits / wrong.sum():.2f}")
    print(f"| {name} | {len(rows):,} | {wrong.sum():,} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Print the table, or one line that says what is missing."""
    if not FOLDER.is_dir():
        print(f"the public data sets are not at {FOLDER}")
        return
    heads = "| set | rows | wrong | Tilth | cleanlab `self_confidence` | `normalized_margin` |"
    heads += " set aside: precision / recall |"
    print(heads + "\n" + "|---" * (heads.count("|") - 1) + "|")
    cells = [one.split("\t") for one in (FOLDER / "nessie" / "easy_text.tsv").read_text("utf-8").splitlines()]
    texts, true, given = (list(column) for column in zip(*cells, strict=True))
    rows = [{"type": "classification", "text": text, "label": label} for text, label in zip(texts, given, strict=True)]
    line("Nessie, texts", np.array(true) != np.array(given), rows, by_texts(texts, given))
    for name in ("token", "span"):
        read = sentences(FOLDER / "nessie" / f"easy_{name}.conll")
        wrong = np.array([any(token[1] != token[2] for token in one) for one in read])
        rows = [record([token[0] for token in one], [token[2] for token in one]) for one in read]
        line(f"Nessie, {name}s", wrong, rows, by_tokens(rows))
    for name, file in (
        ("WikiGold", "ner_open_share/wikigold/wikigold.conll.txt"),
        ("WNUT17", "wnut17_share/wnut17train.conll"),
    ):
        right = [record([token[0] for token in one], [token[1] for token in one]) for one in sentences(FOLDER / file)]
        for share in SHARES:
            rows = planted(right, share)
            wrong = np.array([one["entities"] != other["entities"] for one, other in zip(rows, right, strict=True)])
            line(f"{name}, errors in {share:.0%} of spans", wrong, rows, by_tokens(rows))


if __name__ == "__main__":
    main()
