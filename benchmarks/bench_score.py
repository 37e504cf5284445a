"""How well the quality score tells better answers from worse ones, beside length alone and gradient boosting.

Run:  python benchmarks/bench_score.py

Reads the public pairs in a folder `shared/data` beside the checkout, or in `$TILTH_SHARED_DATA`, and prints two tables.
AUC: a better answer of any pair scores above a worse one of any pair. Pair: the better answer of the same pair does;
ties count half. Similar length: the longer answer has at most a quarter more characters. What is fitted is fitted by
ten-fold cross-validation in which both answers of a pair are on the same side.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.features import feature_names, features
from tilth.curate.fitting import fit_weights, out_of_fold
from tilth.curate.score import score
from tilth.formats import Dataset

SHARED = Path(os.environ.get("TILTH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
_FOLDS, _SIMILAR = 10, 1.25


class Pairs(NamedTuple):
    """Instruction records, the worse answers first and then the better ones in the same order."""

    name: str
    worse: list[dict[str, Any]]
    better: list[dict[str, Any]]

    @property
    def similar(self) -> NDArray[np.bool_]:
        """Which pairs have answers of similar length."""
        lengths = np.array([[len(w["output"]), len(b["output"])] for w, b in zip(self.worse, self.better, strict=True)])
        return np.asarray(lengths.max(1) <= _SIMILAR * lengths.min(1), bool)


def asked(instruction: str, given: str, output: str) -> dict[str, Any]:
    """An instruction record."""
    return {"type": "instruction", "instruction": instruction, "input": given, "output": output}


def coachlm() -> Pairs:
    """Answers of Alpaca and what an expert made of them."""
    lines = (SHARED / "coachlm_share" / "expert_revision_first500.jsonl").read_text("utf-8").splitlines()
    sides = [
        [asked(*(row[f"{kind} {part}"] or "" for part in ("Instruction", "Input", "Response"))) for kind in _KINDS]
        for row in map(json.loads, lines)
    ]
    return Pairs("CoachLM, original and expert fix", [raw for raw, _ in sides], [fixed for _, fixed in sides])


_KINDS = ("Raw", "Revised")


def llmbar() -> Pairs:
    """Answers of which one objectively follows the instruction."""
    rows = json.loads((SHARED / "llmbar" / "natural.json").read_text("utf-8"))
    sides = [[asked(row["input"], "", row[f"output_{place}"]) for place in (1, 2)] for row in rows]
    labels = [int(row["label"]) for row in rows]
    better = [pair[label - 1] for pair, label in zip(sides, labels, strict=True)]
    worse = [pair[2 - label] for pair, label in zip(sides, labels, strict=True)]
    return Pairs("LLMBar, natural", worse, better)


def dpo() -> Pairs:
    """Preferences as a demo of LLaMA-Factory has them."""
    rows = json.loads((SHARED / "llama_factory_demo" / "dpo_en_demo.json").read_text("utf-8"))
    prompts = ["\n".join(turn["value"] for turn in row["conversations"]) for row in rows]
    worse, better = (
        [asked(prompt, "", row[side]["value"]) for prompt, row in zip(prompts, rows, strict=True)]
        for side in ("rejected", "chosen")
    )
    return Pairs("LLaMA-Factory DPO demo", worse, better)


def default_scores(records: list[dict[str, Any]]) -> NDArray[np.float64]:
    """The score without options."""
    kept = score(Dataset.of(records)).kept
    return np.array([one["meta"]["quality"]["score"] for batch in kept.batches() for one in batch.records])


def measured(records: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Shape (rows, features)."""
    return np.concatenate([features(batch, feature_names()) for batch in Dataset.of(records).batches()])


def boosted(values: NDArray[np.float64], good: NDArray[np.bool_], fold: NDArray[np.int64]) -> NDArray[np.float64]:
    """The same features by gradient boosting, out of fold."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    chances = np.empty(len(good))
    for held in np.unique(fold):
        out = fold == held
        model = HistGradientBoostingClassifier(max_iter=80, learning_rate=0.07, max_depth=3, random_state=0)
        chances[out] = model.fit(values[~out], good[~out]).predict_proba(values[out])[:, 1]
    return chances


def area(worse: NDArray[np.float64], better: NDArray[np.float64]) -> float:
    """Chance that any better answer is above any worse one."""
    return float((better[:, None] > worse[None]).mean() + 0.5 * (better[:, None] == worse[None]).mean())


def within(worse: NDArray[np.float64], better: NDArray[np.float64]) -> float:
    """Share of pairs in the right order."""
    return float((better > worse).mean() + 0.5 * (better == worse).mean())


def line(what: str, pairs: Pairs, worse: NDArray[np.float64], better: NDArray[np.float64]) -> str:
    """One row of a table."""
    near = pairs.similar
    cells = [area(worse, better), within(worse, better)]
    cells += [area(worse[near], better[near]), within(worse[near], better[near])] if near.any() else [float("nan")] * 2
    return f"| {what} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |"


def main() -> None:
    """Print the tables."""
    if not SHARED.is_dir():
        print(f"bench_score: skipped, there is no folder {SHARED} with the public pairs")
        return
    weights = None
    for pairs in (coachlm(), llmbar(), dpo()):
        count = len(pairs.worse)
        print(f"\n{pairs.name}: {count} pairs, {int(pairs.similar.sum())} of similar length\n")
        print("| | AUC | pair | AUC, similar length | pair, similar length |\n|---|---|---|---|---|")
        lengths = [np.array([float(len(one["output"])) for one in side]) for side in (pairs.worse, pairs.better)]
        print(line("length alone", pairs, *lengths))
        print(line("`tilth score`", pairs, default_scores(pairs.worse), default_scores(pairs.better)))
        values = np.concatenate([measured(pairs.worse), measured(pairs.better)])
        good = np.arange(2 * count) >= count
        pair = np.arange(2 * count) % count
        if weights is not None:
            chances = weights.chances(values_in(weights, values))
            print(line("`tilth score --weights`, fitted to CoachLM", pairs, chances[:count], chances[count:]))
        else:
            weights = fit_weights(values, good, [str(one) for one in pair], feature_names(), 0)
        fold = np.random.default_rng(0).permutation(count)[pair] % _FOLDS
        chances = out_of_fold(values, good, fold, feature_names())
        print(line("`tilth fit-score`, cross-validated", pairs, chances[:count], chances[count:]))
        chances = boosted(values, good, fold)
        print(line("gradient boosting on the same features, cross-validated", pairs, chances[:count], chances[count:]))


def values_in(weights: Any, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns in the order in which fitted weights want them."""
    names = feature_names()
    return values[:, [names.index(term.feature) for term in weights.terms]]


if __name__ == "__main__":
    main()
