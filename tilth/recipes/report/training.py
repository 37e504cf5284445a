"""What the model learned: curves of each training step, and base against tuned on rows that neither has seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from tilth.recipes.evidence import Line, RunEvidence, StepEvidence, find_rows, read_lines
from tilth.recipes.report import charts
from tilth.recipes.report.removals import place_of
from tilth.recipes.report.words import count_of, duration, excerpt, number
from tilth.schemas.safe_text import safe_text

_ANSWER_CHARACTERS: Final = 320
_TINY: Final = (
    "The model is the built-in one, which starts from random weights and has read nothing but these rows: it shows "
    "that training works, not what a model of a useful size would say."
)
_TITLES: Final = {"sft": "Supervised fine-tuning", "dpo": "Preference tuning"}


@dataclass(frozen=True)
class Curve:
    """One chart and the words under it."""

    chart: Markup
    caption: str
    legend: list[tuple[str, str]]


@dataclass(frozen=True)
class Training:
    """One step that trained a model."""

    operation: str
    title: str
    sentence: str
    curves: list[Curve]
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class SideBySide:
    """One held-out prompt and what both models wrote."""

    place: str
    prompt: str
    expected: str
    base: str
    tuned: str


@dataclass(frozen=True)
class Evaluation:
    """One comparison of two models."""

    part: str
    base: str
    tuned: str
    figures: list[tuple[str, str, str]]
    """Name, base, tuned."""
    sentence: str
    answers: list[SideBySide]


def trainings(run: RunEvidence) -> list[Training]:
    """The steps that left a training log, in order."""
    found = []
    for step in run.kind("build"):
        log = list(read_lines(step.folder / "artifact" / "train_log.jsonl"))
        if log:
            found.append(_training(step, log))
    return found


def evaluations(run: RunEvidence) -> list[Evaluation]:
    """The steps that compared two models, in order."""
    results = ((step, step.artifact("evaluation.json")) for step in run.kind("build"))
    found = [(step, result) for step, result in results if result is not None]
    asked = find_rows(run.last.tables, {pair["id"] for _, result in found for pair in result.get("generations", ())})
    return [_evaluation(step, result, asked) for step, result in found]


def _training(step: StepEvidence, log: Sequence[Line]) -> Training:
    record = step.artifact("training.json") or {}
    facts = {**step.facts, **record.get("facts", {})}
    curves = [_curve(log, "loss", "loss", from_zero=False)]
    if any("margin" in line or "eval_margin" in line for line in log):
        curves.append(_curve(log, "margin", "margin between chosen and rejected, in nats", from_zero=True))
    return Training(
        step.name,
        _TITLES.get(step.name, step.name),
        _sentence(facts, starts_from_nothing=bool((record.get("start") or {}).get("is_tiny")) and step.name == "sft"),
        [curve for curve in curves if curve is not None],
        _facts(step, record, facts),
    )


def _curve(log: Sequence[Line], name: str, words: str, *, from_zero: bool) -> Curve:
    trained = [(float(line["step"]), float(line[name])) for line in log if name in line]
    held_out = [(float(line["step"]), float(line[f"eval_{name}"])) for line in log if f"eval_{name}" in line]
    curves, legend = [], []
    if trained:
        curves.append(charts.Line("training rows", "train", trained))
        legend.append(("train", f"training rows: {number(trained[0][1])} to {number(trained[-1][1])}"))
    if held_out:
        curves.append(charts.Line("held-out rows", "held-out", held_out, dots=True))
        legend.append(("held-out", f"held-out rows: {number(held_out[0][1])} to {number(held_out[-1][1])}"))
    label = f"{words} over {len(trained)} steps"
    return Curve(charts.lines(curves, label=label, x_unit="optimizer step", from_zero=from_zero), words, legend)


def _sentence(facts: Mapping[str, Any], *, starts_from_nothing: bool) -> str:
    parts = []
    if "first_loss" in facts and "last_loss" in facts:
        parts.append(f"The loss {_went(facts['first_loss'], facts['last_loss'])}")
    if "eval_loss" in facts:
        parts.append(f"on held-out rows it ended at {number(facts['eval_loss'])}")
    if "first_margin" in facts and "last_margin" in facts:
        parts.append(f"the margin {_went(facts['first_margin'], facts['last_margin'])} nats")
    told = [f"{'; '.join(parts)}."] if parts else []
    return " ".join([*told, _TINY] if starts_from_nothing else told)


def _went(start: float, end: float) -> str:
    verb = "fell" if end < start else "rose" if end > start else "stayed"
    return f"{verb} from {number(start)} to {number(end)}"


def _facts(step: StepEvidence, record: Mapping[str, Any], facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    weights, data = record.get("weights") or {}, record.get("data") or {}
    start = step.options.get("model") or (record.get("start") or {}).get("model")  # a name first, a folder last
    rows = {part: described["rows"] for part, described in data.items()} or facts.get("rows") or {}
    found = [
        ("start", str(start)),
        ("method", str(record.get("method") or step.options.get("method"))),
        ("rows", ", ".join(f"{number(count)} {part}" for part, count in rows.items())),
        ("weights", f"{number(weights['all'])}, {number(weights['trained'])} of them trained" if weights else ""),
        ("steps", number(facts["steps"]) if "steps" in facts else ""),
        ("learning rate", number((record.get("options") or step.options).get("learning_rate") or "")),
        ("computed on", f"{record['computed_on']}, {record['computed_in']}" if "computed_on" in record else ""),
        ("time", duration(facts["seconds"]) if "seconds" in facts else ""),
    ]
    return [(name, safe_text(value, one_line=True)) for name, value in found if value not in ("", "None")]


def _evaluation(step: StepEvidence, result: Line, asked: Mapping[str, Line]) -> Evaluation:
    answers, preferences = result.get("answers"), result.get("preferences")
    figures, sentences = [], []
    if answers:
        base, tuned = answers["base"], answers["tuned"]
        names = (("loss per token", "loss"), ("perplexity", "perplexity"), ("bits per byte", "bits_per_byte"))
        figures += [(name, number(base[key]), number(tuned[key])) for name, key in names]
        sentences.append(
            f"On {count_of(tuned['rows'], 'held-out row')} the model's perplexity over the right answers "
            f"{_went(base['perplexity'], tuned['perplexity'])}."
        )
    if preferences:
        before, after = (preferences[side]["prefers_chosen"] for side in ("base", "tuned"))
        figures.append(("finds the chosen answer the likelier one", f"{before:.0%}", f"{after:.0%}"))
        sentences.append(
            f"In {number(round(preferences['accuracy'] * preferences['pairs']))} of "
            f"{count_of(preferences['pairs'], 'held-out pair')} the chosen answer gained on the rejected one."
        )
    return Evaluation(
        str(result.get("part")),
        _model_name(step.options.get("base"), result["base"], "the model that training started from"),
        _model_name(step.options.get("tuned"), result["tuned"], "the tuned model"),
        figures,
        " ".join(sentences),
        [_side_by_side(pair, asked.get(pair["id"])) for pair in result.get("generations", ())],
    )


def _model_name(option: Any, described: Mapping[str, Any], otherwise: str) -> str:
    """The name in the recipe; never the folder, which is a place on somebody's machine."""
    if option:
        return safe_text(str(option), one_line=True)
    name = str(described.get("model") or "")
    return otherwise if name.startswith("/") or not name else safe_text(name, one_line=True)


def _side_by_side(pair: Line, row: Line | None) -> SideBySide:
    base, tuned = (
        excerpt(pair[side]["text"], _ANSWER_CHARACTERS) + ("" if pair[side].get("stopped", True) else " … (cut off)")
        for side in ("base", "tuned")
    )
    place = "" if row is None else place_of(row)
    return SideBySide(place, excerpt(pair["prompt"]), excerpt(pair["expected"]), base, tuned)
