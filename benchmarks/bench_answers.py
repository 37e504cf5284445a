"""Answers that do not fit, preferences the wrong way round, and errors that people found.

    python benchmarks/bench_answers.py

1. The answers of a pair are exchanged in 5, 10, 20% and none of the pairs: how early `preference-flips` finds these.
2. Every question gets the answers of another one: how often `answer-kind` says so, and how often without cause.
3. MMLU-Redux: how early the findings of `validate` and fitted plain features find what people call wrong.

The data is looked for in `../shared/data`, or where TILTH_SHARED_DATA says.
"""

import ast
import csv
import io
import json
import os
import random
import re
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(os.environ.get("TILTH_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
SEEDS = range(3)
THRESHOLD = 0.5
Pairs = list[tuple[str, str, str]]


def demo_pairs(name: str) -> Pairs:
    """Prompt, chosen and rejected of the preference demos of LLaMA-Factory."""
    from tilth.formats import Dataset
    from tilth.schemas.message import messages_text

    records = [one for batch in Dataset.open(FOLDER / "llama_factory_demo" / name).batches() for one in batch.records]
    said = [[messages_text(one[side]) or "" for side in ("prompt", "chosen", "rejected")] for one in records]
    return [(prompt, chosen, rejected) for prompt, chosen, rejected in said]


def llmbar() -> Pairs:
    """Pairs whose better answer is beyond dispute."""
    rows = json.loads((FOLDER / "llmbar" / "natural.json").read_text())
    return [(one["input"], one[f"output_{one['label']}"], one[f"output_{3 - one['label']}"]) for one in rows]


def flips() -> None:
    """A line for each set and share."""
    from sklearn.metrics import average_precision_score

    from tilth.curate.labels.preferred import Pair, suspicions

    print(
        "| set | pairs | flipped | Tilth | by length | any order | set aside by default, of them flipped |\n"
        + "|---" * 7
        + "|"
    )
    sets = {
        "LLaMA-Factory, English": demo_pairs("dpo_en_demo.json"),
        "LLaMA-Factory, Chinese": demo_pairs("dpo_zh_demo.json"),
        "LLMBar": llmbar(),
    }
    for name, pairs in sets.items():
        for share in (0.05, 0.1, 0.2, 0.0):
            figures = []
            for seed in SEEDS:
                wrong = np.zeros(len(pairs), bool)
                wrong[random.Random(seed).sample(range(len(pairs)), round(share * len(pairs)))] = True
                shown = [
                    (p, b, a) if is_flipped else (p, a, b) for (p, a, b), is_flipped in zip(pairs, wrong, strict=True)
                ]
                found = suspicions([Pair(row, *texts) for row, texts in enumerate(shown)], 5, seed)
                score = np.array([found.get(row, 0.0) for row in range(len(pairs))])
                longer = np.array([len(rejected) - len(chosen) for _, chosen, rejected in shown])
                early = [average_precision_score(wrong, order) if share else 0.0 for order in (score, longer)]
                figures.append([*early, (score > THRESHOLD).sum(), (wrong & (score > THRESHOLD)).sum()])
            own, length, said, hits = np.sum(figures, axis=0)
            cells = f"**{own / len(SEEDS):.2f}** | {length / len(SEEDS):.2f} | {share:.2f}" if share else " | | "
            print(f"| {name} | {len(pairs)} | {share:.0%} | {cells} | {said:.0f}, {hits:.0f} |", flush=True)


def swapped_answers() -> None:
    """How often a foreign answer is told by its kind, and how often a right one is doubted."""
    from tilth.formats import Dataset
    from tilth.validators.validate import ValidateOptions

    examiner = ValidateOptions().examiner()
    print("\n| set | questions | right answers doubted | answers of another question doubted |\n|---|---|---|---|")
    for name, file in (("XQuAD", "xquad_en/xquad.en.json"), ("NQ-open", "nq_open/NQ-open.dev.jsonl")):
        records = [one for batch in Dataset.open(FOLDER / file).batches() for one in batch.records]
        answers = [one["answers"] for one in records]
        random.Random(1).shuffle(answers)
        others = [{**one, "answers": other} for one, other in zip(records, answers, strict=True)]
        doubts = [
            sum(any(found.code == "answer-kind" for found in examiner.findings(one)) for one in rows)
            for rows in (records, others)
        ]
        right, foreign = (f"{found} ({found / len(records):.1%})" for found in doubts)
        print(f"| {name} | {len(records)} | {right} | {foreign} |", flush=True)


def redux() -> list[tuple[str, list[str], int, bool]]:
    """Question, choices, the place of the answer, and whether people call it wrong."""
    rows = []
    for file in sorted((FOLDER / "mmlu_redux_share").glob("*.csv")):
        text = file.read_bytes().decode("utf-8", "replace")
        for one in csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.split("\n")[0] else ","):
            try:
                choices = [str(choice) for choice in ast.literal_eval(one["choices"])]
                rows.append((one["question"], choices, int(one["answer"]), one["error_type"].strip().lower() != "ok"))
            except (ValueError, SyntaxError):
                continue
    return rows


def known_errors() -> None:
    """What plain features say of questions that people call wrong."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from tilth.validators.validate import ValidateOptions

    rows, examiner = redux(), ValidateOptions().examiner()
    wrong = np.array([is_wrong for *_, is_wrong in rows])
    records: list[dict[str, Any]] = [
        {"type": "qa", "question": q, "answers": [{"text": c[a]}], "extra": {"choices": c}} for q, c, a, _ in rows
    ]
    findings = np.array([len(list(examiner.findings(one))) for one in records], float)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    plain = np.array([portrait(q, c, a) for q, c, a, _ in rows])
    fitted = cross_val_predict(model, plain, wrong, cv=folds, method="predict_proba")[:, 1]
    print(f"\n{len(rows)} questions of MMLU-Redux; people call {wrong.sum()} of them wrong\n")
    print("| order | average precision |\n|---|---|")
    for name, score in (("findings of `validate`", findings), ("plain features, fitted out of fold", fitted)):
        print(f"| {name} | {average_precision_score(wrong, score):.2f} |")
    print(f"| any order | {wrong.mean():.2f} |")


def portrait(question: str, choices: list[str], answer: int) -> list[float]:
    """What can be seen of a question without knowing the answer."""
    lengths = [len(choice) for choice in choices]
    asked, told = (set(re.findall(r"\w+", text.lower())) for text in (question, choices[answer]))
    return [
        np.log1p(len(question)),
        float(question.strip().endswith("?")),
        float("___" in question),
        np.log1p(lengths[answer]) - np.log1p(np.mean(lengths)),
        len(asked & told) / max(1, len(told)),
        float(len({choice.strip().lower() for choice in choices}) < len(choices)),
        float(any(word in " ".join(choices).lower() for word in ("all of", "none of", "both"))),
    ]


def main() -> None:
    """Print the tables, or one line that says what is missing."""
    if not FOLDER.is_dir():
        print(f"the public data sets are not at {FOLDER}")
        return
    flips()
    swapped_answers()
    known_errors()


if __name__ == "__main__":
    main()
