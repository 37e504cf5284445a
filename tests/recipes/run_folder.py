"""A small finished run, laid out as `tilth run` leaves it: one row of everything that a report has to tell."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tilth.schemas import content_id

Row = dict[str, Any]
HOSTILE = "<script>alert('gone')</script> \x1b]52;c;aGk=\x07 \u202egnp.exe {{ 7 * 7 }} [INST]"

ANSWERS = (
    "Sixty days from the date on the slip, as long as it was never in the soil and the sleeve is still on the blade.",
    "Standard delivery is £4.90, and above forty-five pounds it costs nothing, however large the box turns out to be.",
    "Plants leave on Mondays, Tuesdays and Wednesdays, so that no box has to spend a weekend in a dark depot.",
    "Take two photographs within two days, send them along with the order number, and we replace what was crushed.",
    "Your balance stands at the top of the account page; a hundred points turn into a voucher of five pounds.",
    "Press Skip before the first of the month, and the next box simply comes four weeks later than it would have.",
)


def row_of(number: int, output: str | None = None, file: str = "faq.jsonl") -> Row:
    """One instruction record, as the reading step writes it."""
    fields: Row = {
        "type": "instruction",
        "instruction": f"Question number {number}: what should a customer of the shop know about it?",
        "output": output if output is not None else f"{ANSWERS[number % len(ANSWERS)]} This is answer number {number}.",
    }
    return identified({**fields, "meta": {"source": {"file": file, "line": number}}})


def identified(fields: Row) -> Row:
    return {"id": content_id(fields), **fields}


def pair_of(number: int) -> Row:
    return identified(
        {
            "type": "preference",
            "prompt": f"Which of the two is better for case {number}?",
            "chosen": f"The one that answers case {number} and says why it does so.",
            "rejected": "It depends.",
            "meta": {"source": {"file": "pairs.jsonl", "line": number}},
        }
    )


def write_run_folder(folder: Path, rows: Sequence[Row] | None = None, *, key: Path | None = None) -> Path:
    """Write the run and return its folder."""
    clean = list(rows or [row_of(number) for number in range(1, 13)])
    padded = row_of(20, "  Two blanks before the answer, and a line break behind it.\n")
    mended = identified({**{k: v for k, v in padded.items() if k != "id"}, "output": padded["output"].strip()})
    blank = row_of(22, "   ")
    blank = identified({**{k: v for k, v in blank.items() if k != "id"}, "instruction": HOSTILE})
    copy = row_of(23, clean[0]["output"].replace("This is", "Here is"))
    copy = identified({**{k: v for k, v in copy.items() if k != "id"}, "instruction": clean[0]["instruction"]})
    pairs = [pair_of(number) for number in range(1, 5)]
    read = [*clean, padded, blank, copy, *pairs]
    run = _Run(folder)
    run.step(
        "read",
        "read",
        read,
        came_in=len(read) + 1,
        rejects=[
            {
                "file": "faq.jsonl",
                "line": 24,
                "byte_offset": 900,
                "reason": "the line breaks off",
                "raw": f"{{{HOSTILE}",
            }
        ],
    )
    valid = [mended if row is padded else row for row in read if row is not blank]
    run.step(
        "validate",
        "rewrite",
        valid,
        aside=[_aside("validate", blank, "empty-answer", detail="output: only blanks")],
        changes=[{"id_before": padded["id"], "id_after": mended["id"], "before": padded, "after": mended}],
    )
    kept = [row for row in valid if row is not copy]
    near = _aside("dedup", copy, "near-duplicate", against=clean[0]["id"], score=0.91, detail="91% of its word triples")
    run.step("dedup", "judge", kept, aside=[near], options={"threshold": 0.8})
    grown = [
        _grown("Write a thank-you note to a customer who sent us a photograph.", "Thank you, it hangs in the hall.")
    ]
    grown_aside = [
        _aside("self-instruct", _grown("Draw a map.", ""), "blacklisted", detail="it contains 'map'", place=False),
        _aside(
            "self-instruct",
            _grown(clean[1]["instruction"], ""),
            "too-similar",
            against=clean[1]["id"],
            score=0.83,
            place=False,
        ),
    ]
    run.step(
        "self-instruct",
        "make",
        [*kept, *grown],
        made=3,
        aside=grown_aside,
        options={"seed": 7, "answers": "answers.jsonl", "endpoint": None},
        facts={
            "model": "written-by-hand",
            "answers_recorded": 5,
            "requests_sent": 0,
            "rounds": [{"round": 1, "candidates": 3, "kept": 1, "acceptance": 1 / 3}],
            "stopped": "count",
        },
    )
    final = [*kept, *grown]
    parts = {"train": final[:-4], "validation": final[-4:-2], "test": final[-2:]}
    run.step("split", "judge", parts, options={"seed": 3})
    _train(run, "sft", final, [3.9, 3.1, 2.4, 1.9, 1.5, 1.3], {})
    _train(run, "dpo", final, [0.69, 0.61, 0.52, 0.44], {"margin": [0.0, 0.2, 0.5, 0.9]})
    _evaluate(run, final, clean[2])
    run.finish(key)
    return folder


class _Run:
    def __init__(self, folder: Path) -> None:
        self.folder, self.summaries = folder, list[Row]()

    def step(
        self,
        name: str,
        kind: str,
        rows: Sequence[Row] | Mapping[str, Sequence[Row]],
        *,
        came_in: int | None = None,
        made: int = 0,
        aside: Sequence[Row] = (),
        changes: Sequence[Row] = (),
        rejects: Sequence[Row] = (),
        options: Row | None = None,
        facts: Row | None = None,
        artifact: Mapping[str, str] | None = None,
    ) -> None:
        number = len(self.summaries) + 1
        place = self.folder / "steps" / f"{number:02d}-{name}"
        place.mkdir(parents=True)
        tables = rows if isinstance(rows, Mapping) else {"": rows}
        for part, listed in tables.items() if kind != "build" else ():
            _write_lines(place / (f"data/{part}.jsonl" if part else "data.jsonl"), listed)
        for file, lines in (("set-aside", aside), ("changes", changes), ("rejects", rejects)):
            if lines:
                _write_lines(place / f"{file}.jsonl", lines)
        for file, text in (artifact or {}).items():
            (place / "artifact").mkdir(exist_ok=True)
            (place / "artifact" / file).write_text(text, encoding="utf-8")
        kept = sum(len(listed) for listed in tables.values())
        counts = {
            "in": came_in if came_in is not None else kept + len(aside) - made,
            "made": made,
            "kept": kept,
            "set_aside": len(aside),
            "rejected": len(rejects),
            "changed": len(changes),
            "by_code": dict(Counter(line["code"] for line in aside)),
            "parts": {part: len(listed) for part, listed in tables.items() if part},
        }
        summary = {
            "number": number, "step": name, "operation": name, "kind": kind, "key": "", "options": options or {},
            "inputs": self._inputs(), "outputs": _hashes(place), "counts": counts, "facts": facts or {},
            "seconds": 0.4 * number, "version": "0.1.0", "reused": False,
        }  # fmt: skip
        (place / "step.json").write_text(json.dumps(summary), encoding="utf-8")
        self.summaries.append(summary)

    def finish(self, key: Path | None) -> None:
        manifest = {
            "name": "desk", "title": "Support <desk>", "about": "A run that a test wrote.",
            "recipe": {"path": "recipe.yaml", "sha256": "0" * 64}, "key": None if key is None else str(key),
            "started": 1_790_000_000.0, "seconds": 93.0, "tilth": "0.1.0", "python": "3.11.7",
            "packages": {"pydantic": "2.14"}, "inputs": self._inputs(), "steps": self.summaries,
        }  # fmt: skip
        (self.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (self.folder / "recipe.yaml").write_text("name: desk\nsteps:\n- validate: {}\n", encoding="utf-8")

    def _inputs(self) -> list[Row]:
        return [
            {"path": "faq.jsonl", "sha256": "a" * 64, "rows": 16, "rejected": 1, "format": "jsonl", "dialect": "alpaca",
             "record_types": ["instruction"], "why": ["it has instruction and output"]},
            {"path": "pairs.jsonl", "sha256": "b" * 64, "rows": 4, "rejected": 0, "format": "jsonl",
             "dialect": "trl-preference", "record_types": ["preference"], "why": []},
        ]  # fmt: skip


def _aside(operation: str, row: Row, code: str, *, against: str | None = None, score: float | None = None,
           detail: str = "", place: bool = True) -> Row:  # fmt: skip
    source = row["meta"].get("source", {}) if place else {}
    where = {"file": source.get("file"), "line": source.get("line")}
    reason = {"code": code, "against": against, "score": score, "detail": detail}
    return {
        "id": row["id"],
        "operation": operation,
        **reason,
        **where,
        "row": {k: v for k, v in row.items() if k != "id"},
    }


def _grown(instruction: str, output: str) -> Row:
    generator = {"name": "self-instruct", "model": "written-by-hand", "round": 1}
    meta = {"parents": ["f" * 32], "generator": generator}
    return identified({"type": "instruction", "instruction": instruction, "output": output, "meta": meta})


def _train(
    run: _Run, name: str, rows: Sequence[Row], losses: Sequence[float], more: Mapping[str, Sequence[float]]
) -> None:
    log: list[Row] = []
    for step, loss in enumerate(losses, 1):
        log.append(
            {"step": step, "epoch": step / 3, "loss": loss, **{key: values[step - 1] for key, values in more.items()}}
        )
        log[-1]["seconds"] = step * 2.5
        if step % 2 == 0:
            log.append({"step": step, "epoch": step / 3, "eval_loss": loss + 0.2, "seconds": step * 2.5})
    facts = {
        "steps": len(losses),
        "first_loss": losses[0],
        "last_loss": losses[-1],
        "eval_loss": losses[-1] + 0.2,
        "seconds": 15.0,
    }
    record = {
        "operation": name, "start": {"model": "tiny"}, "method": "full", "options": {"learning_rate": 0.002},
        "computed_on": "cpu", "computed_in": "float32", "weights": {"all": 1_200_000, "trained": 1_200_000},
        "data": {"train": {"rows": 12}, "validation": {"rows": 2}}, "facts": facts,
    }  # fmt: skip
    text = "".join(json.dumps(line) + "\n" for line in log)
    run.step(
        name, "build", rows, options={"model": "tiny", "seed": 0}, facts=facts,
        artifact={"train_log.jsonl": text, "training.json": json.dumps(record)},
    )  # fmt: skip


def _evaluate(run: _Run, rows: Sequence[Row], asked: Row) -> None:
    result = {
        "part": "test",
        "base": {"model": "/somewhere/on/a/disk/base"},
        "tuned": {"model": "/somewhere/on/a/disk/model"},
        "answers": {
            "base": {"rows": 2, "tokens": 80, "loss": 7.1, "perplexity": 1212.0, "bits_per_byte": 3.1},
            "tuned": {"rows": 2, "tokens": 80, "loss": 2.2, "perplexity": 9.0, "bits_per_byte": 0.9},
        },
        "preferences": {
            "pairs": 2, "margin": 0.8, "accuracy": 1.0,
            "base": {"prefers_chosen": 0.5}, "tuned": {"prefers_chosen": 1.0},
        },
        "generations": [
            {
                "id": asked["id"], "file": "test.jsonl", "line": 3,
                "prompt": asked["instruction"], "expected": asked["output"],
                "base": {"text": "of of \x1b[2J the", "tokens": 40, "stopped": False},
                "tuned": {"text": "Plants leave on Mondays.", "tokens": 6, "stopped": True},
            }
        ],
    }  # fmt: skip
    run.step(
        "evaluate", "build", rows, options={"base": "step:sft/base", "tuned": "step:dpo"},
        artifact={"evaluation.json": json.dumps(result)},
    )  # fmt: skip


def _write_lines(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _hashes(place: Path) -> list[Row]:
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return [
        {
            "path": str(path.relative_to(place)),
            "sha256": sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in files
    ]
