"""Wrong labels planted in public data sets, and real ones with people's verdicts: how early each ranking finds them.

    python benchmarks/bench_label_errors.py [--quick]

Labels of banking77 and clinc150 are changed at 1, 5 and 10%: to a random other class, or to the class that their own
class is most easily taken for (by a classifier that learned from the clean set); at 5% also to the class that each row
is most easily taken for. Then the seven intents of Snips with 5 and 20% changed at random (heavy noise in few classes),
and all of these sets as they come. Average precision of Tilth's default; of its ranking on the probabilities of what
most people use (TF-IDF words and logistic regression, five folds); and of cleanlab's two rankings on these. Beside what
is set aside by default stands what cleanlab's `find_label_issues` returns. Real errors of a set are false finds here.

The data is looked for in `../shared/data`, or where TILTH_SHARED_DATA says. `--quick` leaves out the classifier of the
peers and the mix-ups by class.
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
HEAVY_SHARES = (0.05, 0.2)
THRESHOLD = 0.5
SEED = 11
CLASS, ROW = "class its class is taken for", "class the row is taken for"


def banking77() -> list[tuple[str, str]]:
    """Texts and intents of its training set."""
    with (FOLDER / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def clinc150() -> list[tuple[str, str]]:
    """Texts and intents of the training set of its small variant."""
    with gzip.open(FOLDER / "clinc150_share" / "data_small.json.gz") as file:
        return [(text, label) for text, label in json.load(file)["train"]]


def snips() -> list[tuple[str, str]]:
    """Texts and intents of the small training and validation sets."""
    pairs = []
    for path in sorted((FOLDER / "snips_nlu").glob("*_*.json")):
        for intent, rows in json.loads(path.read_bytes().decode("utf-8", "replace")).items():
            if isinstance(rows, list) and not path.stem.endswith("metrics"):
                pairs += [("".join(part["text"] for part in row["data"]), intent) for row in rows]
    return pairs


def usual_probabilities(texts: list[str], classes: Any) -> Any:
    """Out-of-fold probabilities of TF-IDF words and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    model, matrix = LogisticRegression(max_iter=300, C=10, tol=1e-3), TfidfVectorizer().fit_transform(texts)
    return cross_val_predict(model, matrix, classes, cv=folds, method="predict_proba")


def own_scores(texts: list[str], classes: Any) -> Any:
    """Tilth's suspicion of every row."""
    from tilth.curate.labels.ranking import suspect
    from tilth.curate.labels.verdicts import likely_classes

    return suspect(likely_classes(texts, classes, 5, 0)[0], classes, "adaptive").score


def scores_of_given(table: Any, classes: Any) -> Any:
    """Tilth's suspicion of every row by the probabilities of another model alone."""
    from tilth.curate.labels.noise import calibrated_by_noise
    from tilth.curate.labels.ranking import suspect

    likely = calibrated_by_noise(np.log(np.maximum(table, 1e-12)), classes, np.ones(len(classes), bool))
    return suspect(likely, classes, "adaptive").score


def taken_for(texts: list[str], classes: Any) -> dict[str, Any]:
    """For each kind of mix-up the class that each row would be given."""
    others = usual_probabilities(texts, classes)
    others[np.arange(len(classes)), classes] = 0
    table = np.zeros((others.shape[1], others.shape[1]))
    np.add.at(table, classes, others)
    return {
        CLASS: table.argmax(axis=1)[classes],
        ROW: others.argmax(1),
    }


def planted(classes: Any, other: Any, share: float) -> Any:
    """The classes with some changed, at random where no other is named."""
    rng = np.random.default_rng(SEED)
    rows = rng.choice(len(classes), round(share * len(classes)), replace=False)
    changed, count = classes.copy(), int(classes.max()) + 1
    changed[rows] = (classes[rows] + rng.integers(1, count, len(rows))) % count if other is None else other[rows]
    return changed


def figures(wrong: Any, flagged: Any) -> str:
    """Precision and recall; how many where nothing was planted."""
    hits = (wrong & flagged).sum()
    if not wrong.any():
        return f"{flagged.sum()} rows"
    return f"{hits / max(1, flagged.sum()):.2f} / {hits / wrong.sum():.2f}"


def line(name: str, texts: list[str], given: Any, wrong: Any, *, quick: bool) -> None:
    """One line of the table."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores
    from sklearn.metrics import average_precision_score

    found = own_scores(texts, given)
    rankings, aside = [found], [figures(wrong, found > THRESHOLD)]
    if not quick:
        usual = usual_probabilities(texts, given)
        methods = ("self_confidence", "normalized_margin")
        rankings.append(scores_of_given(usual, given))
        rankings += [-get_label_quality_scores(given, usual, method=one) for one in methods]
        aside.append(figures(wrong, find_label_issues(given, usual)))
    cells = [f"{average_precision_score(wrong, one):.2f}" if wrong.any() else "" for one in rankings]
    print(f"| {name} | " + " | ".join([*cells, *aside]) + " |", flush=True)


def plant_and_find(name: str, pairs: list[tuple[str, str]], *, quick: bool) -> None:
    """A line for each kind and share, and one for the set as it comes."""
    texts = [text for text, _ in pairs]
    classes = np.unique([label for _, label in pairs], return_inverse=True)[1]
    kinds: dict[str, Any] = {"random": None}
    if classes.max() > 10:
        kinds |= taken_for(texts, classes)
    shares = SHARES if classes.max() > 10 else HEAVY_SHARES
    for kind, other in list(kinds.items())[:: 2 if quick else 1]:
        for share in shares[1:2] if kind == ROW else shares:
            given = planted(classes, other, share)
            line(f"{name} | {kind} | {share:.0%}", texts, given, given != classes, quick=quick)
    line(f"{name} | nothing | 0", texts, classes, np.zeros(len(classes), bool), quick=quick)


def verdicts_of_20news() -> None:
    """Five people's verdicts on 93 labels that cleanlab flagged, with the probabilities that it had."""
    from cleanlab.rank import get_label_quality_scores
    from sklearn.metrics import average_precision_score

    folder = FOLDER / "label_errors_20news"
    classes = np.load(folder / "20news_test_set_original_labels.npy").astype(np.int64)
    table = np.load(folder / "20news_test_set_pyx.npy")
    scores = {"Tilth": scores_of_given(table, classes)}
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
    peers = " Tilth on TF-IDF probabilities | cleanlab `self_confidence` | cleanlab `normalized_margin` |"
    heads = "| set | changed to | share | Tilth |" + ("" if quick else peers) + " set aside: precision / recall |"
    heads += "" if quick else " `find_label_issues` |"
    print(heads + "\n" + "|---" * (heads.count("|") - 1) + "|")
    for name, load in (("banking77", banking77), ("clinc150", clinc150), ("Snips", snips)):
        plant_and_find(name, load(), quick=quick)
    verdicts_of_20news()


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
