"""Wrong labels planted in public data sets, and real ones with people's verdicts: how early each ranking finds them.

    python benchmarks/bench_label_errors.py [--quick]

Labels of banking77 and clinc150 are changed at 1, 5 and 10%: to a random other class, or to the class that each row is
most easily taken for (the likeliest other one by a classifier that learned from the clean set). Average precision of
Tilth's default beside cleanlab's two rankings on the probabilities of what most people use (TF-IDF words and logistic
regression, five folds), then beside the same two rankings on Tilth's own probabilities. What is set aside by default
stands beside what cleanlab's `find_label_issues` returns. Real errors of these sets count as false finds here.

The data is looked for in `../shared/data`, or where TILTH_SHARED_DATA says. `--quick` leaves out the peers' classifier.
"""

import csv
import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(os.environ.get("TILTH_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
SHARES = (0.01, 0.05, 0.1)
SEED = 11


def banking77() -> list[tuple[str, str]]:
    """Texts and intents of its training set."""
    with (FOLDER / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def clinc150() -> list[tuple[str, str]]:
    """Texts and intents of the training set of its small variant."""
    with gzip.open(FOLDER / "clinc150_share" / "data_small.json.gz") as file:
        return [(text, label) for text, label in json.load(file)["train"]]


def usual_probabilities(texts: list[str], classes: Any) -> Any:
    """Out-of-fold probabilities of TF-IDF words and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    model, matrix = LogisticRegression(max_iter=300, C=10, tol=1e-3), TfidfVectorizer().fit_transform(texts)
    return cross_val_predict(model, matrix, classes, cv=folds, method="predict_proba")


def own_scores(texts: list[str], classes: Any) -> dict[str, Any]:
    """Tilth's suspicion of every row by its own ranking and by cleanlab's, all on its own probabilities."""
    from tilth.curate.labels.ranking import suspect
    from tilth.curate.labels.verdicts import likely_classes

    likely, _, _ = likely_classes(texts, classes, 5, 0)
    names = ("adaptive", "self-confidence", "normalized-margin")
    return {ranking: suspect(likely, classes, ranking).score for ranking in names}


def planted(classes: Any, neighbour: Any, kind: str, share: float) -> Any:
    """The classes with some changed."""
    rng = np.random.default_rng(SEED)
    rows = rng.choice(len(classes), round(share * len(classes)), replace=False)
    changed, count = classes.copy(), int(classes.max()) + 1
    changed[rows] = (classes[rows] + rng.integers(1, count, len(rows))) % count if kind == "random" else neighbour[rows]
    return changed


def figures(wrong: Any, flagged: Any) -> str:
    """Precision and recall."""
    hits = (wrong & flagged).sum()
    return f"{hits / max(1, flagged.sum()):.2f} / {hits / wrong.sum():.2f}"


def plant_and_find(name: str, pairs: list[tuple[str, str]], *, quick: bool) -> None:
    """One line for each kind and share."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores
    from sklearn.metrics import average_precision_score

    texts = [text for text, _ in pairs]
    classes = np.unique([label for _, label in pairs], return_inverse=True)[1]
    clean = usual_probabilities(texts, classes)
    clean[np.arange(len(classes)), classes] = -1
    neighbour = clean.argmax(axis=1)
    for kind in ("random", "confusable"):
        for share in SHARES:
            given = planted(classes, neighbour, kind, share)
            wrong = given != classes
            own = own_scores(texts, given)
            found = own["adaptive"]
            cells = [f"**{average_precision_score(wrong, found):.2f}**"]
            if not quick:
                usual = usual_probabilities(texts, given)
                for method in ("self_confidence", "normalized_margin"):
                    scores = get_label_quality_scores(given, usual, method=method)
                    cells.append(f"{average_precision_score(wrong, -scores):.2f}")
                for ranking in ("self-confidence", "normalized-margin"):
                    cells.append(f"{average_precision_score(wrong, own[ranking]):.2f}")
            cells.append(figures(wrong, found > 0.3))
            if not quick:
                cells.append(figures(wrong, find_label_issues(given, usual)))
            print(f"| {name} | {kind} | {share:.0%} | " + " | ".join(cells) + " |", flush=True)


def verdicts_of_20news() -> None:
    """Five people's verdicts on 93 labels that cleanlab flagged, with the probabilities that it had."""
    from cleanlab.rank import get_label_quality_scores
    from sklearn.metrics import average_precision_score

    from tilth.curate.labels.classifier import calibrated
    from tilth.curate.labels.ranking import suspect

    folder = FOLDER / "label_errors_20news"
    classes = np.load(folder / "20news_test_set_original_labels.npy").astype(np.int64)
    table = np.load(folder / "20news_test_set_pyx.npy")
    likely = calibrated(np.log(np.maximum(table, 1e-9)), classes, np.ones(len(classes), bool))
    scores = {"Tilth `adaptive`": suspect(likely, classes, "adaptive").score}
    scores["Tilth `exchange`"] = suspect(likely, classes, "exchange").score
    for method in ("self_confidence", "normalized_margin"):
        scores[f"cleanlab `{method}`"] = -get_label_quality_scores(classes, table, method=method)
    judged = json.loads((folder / "20news_mturk.json").read_text())
    rows = np.array([one["id"] for one in judged])
    wrong = np.array([one["mturk"]["given"] < 3 for one in judged])  # no majority of the five for the given label
    print(f"\n93 labels of 20news that cleanlab flagged; people do not stand by {wrong.sum()} of them\n")
    print("| ranking | average precision among them | of its first 30 of these, wrong |\n|---|---|---|")
    for name, found in scores.items():
        first = rows[np.argsort(-found[rows], kind="stable")[:30]]
        hits = int(wrong[np.isin(rows, first)].sum())
        print(f"| {name} | {average_precision_score(wrong, found[rows]):.2f} | {hits} |")
    print(f"| any order | {wrong.mean():.2f} | {30 * wrong.mean():.0f} |")


def main(*, quick: bool) -> None:
    """Print the tables, or one line that says what is missing."""
    if not FOLDER.is_dir():
        print(f"the public data sets are not at {FOLDER}")
        return
    peers = " cleanlab self_confidence | cleanlab normalized_margin | self-confidence, our probabilities |"
    peers += " normalized-margin, our probabilities |"
    heads = "| set | changed to | share | Tilth |" + ("" if quick else peers) + " set aside: precision / recall |"
    heads += "" if quick else " cleanlab find_label_issues |"
    print(heads + "\n" + "|---" * (heads.count("|") - 1) + "|")
    for name, load in (("banking77", banking77), ("clinc150", clinc150)):
        plant_and_find(name, load(), quick=quick)
    verdicts_of_20news()


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
