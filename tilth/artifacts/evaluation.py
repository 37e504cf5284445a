"""Results of evaluations: lm-eval, lighteval, Inspect, Hugging Face's `*_results.json`, and Tilth's own."""

import re

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_HARNESS = Kind("evaluation", "results of an evaluation, task by task", "JSON with results and configs or versions")
_TRAINER = Kind("trainer-results", "what a Hugging Face run measured at its end", "all_results.json and its kin")
_TILTH = Kind(
    "tilth-evaluation", "a comparison of a base and a tuned model by tilth evaluate", "JSON with base, tuned, answers"
)

_RESULTS_NAME = re.compile(r"(all|train|eval|test|predict)_results\.json")
_TASKS_TOLD = 20
_DEVIATION = ("stderr", "alias", "sample_len")


class Evaluation:
    """Recognises results of evaluations."""

    kinds = (_HARNESS, _TRAINER, _TILTH)

    def match(self, probe: Probe) -> Artifact | None:
        """The keys that each tool's results have."""
        if probe.has_keys("base", "tuned", "answers", "generations"):
            return probe.described(_TILTH, _tell_tilth)
        if probe.has_keys("results") and probe.keys & {
            "configs",
            "versions",
            "n-shot",
            "config_general",
            "eval",
            "group_subtasks",
        }:
            return probe.described(_HARNESS, _tell_harness)
        if _RESULTS_NAME.fullmatch(probe.name) and probe.keys:
            return probe.described(_TRAINER, _tell_trainer)
        return None


def _tell_harness(artifact: Artifact, content: Document) -> None:
    config, general = content.inner("config"), content.inner("config_general")
    artifact.tell("model", content.text("model_name") or config.shown("model_args") or general.text("model_name"))
    artifact.tell("model", content.inner("eval").text("model") or None)
    results = content.inner("results")
    for name in list(results)[:_TASKS_TOLD]:
        artifact.tell(str(name), _scores(results.inner(name)))
    artifact.tell("tasks", len(results) if len(results) > _TASKS_TOLD else None)
    artifact.tell("rows_limited_to", config.shown("limit"))
    artifact.tell("date", content.shown("date") or None)
    artifact.tell("status", content.text("status"))
    if content.text("status") == "error":
        artifact.broken.append("the evaluation ended in an error: its results are not whole")


def _scores(task: Document) -> str:
    """The first scores of a task, such as `acc 0.61, acc_norm 0.64`: deviations and names left out."""
    names = [name for name in task if task.number(name) is not None and not any(word in name for word in _DEVIATION)]
    return ", ".join(f"{name.partition(',')[0]} {_rounded(task.number(name))}" for name in names[:3])


def _tell_trainer(artifact: Artifact, content: Document) -> None:
    for name in content:
        if not name.endswith(("_per_second", "_runtime", "total_flos")) and len(artifact.facts) < _TASKS_TOLD:
            number = content.number(name)
            artifact.tell(name, None if number is None else _rounded(number))


def _tell_tilth(artifact: Artifact, content: Document) -> None:
    artifact.tell("base", content.inner("base").text("model"))
    artifact.tell("tuned", content.inner("tuned").text("model"))
    artifact.tell("part", content.text("part"))
    answers = content.inner("answers")
    for name in ("loss", "perplexity", "bits_per_byte"):
        before, after = answers.inner("base").number(name), answers.inner("tuned").number(name)
        artifact.tell(
            name, f"{_rounded(before)} -> {_rounded(after)}" if before is not None and after is not None else ""
        )
    artifact.tell("rows", answers.inner("tuned").number("rows"))
    preference = content.inner("preferences").number("accuracy")
    artifact.tell("prefers_chosen_more", None if preference is None else f"{preference:.0%} of pairs")
    artifact.tell("answers_side_by_side", len(content.items("generations")) or None)


def _rounded(number: int | float | None) -> str:
    return "" if number is None else f"{number:.4g}"
