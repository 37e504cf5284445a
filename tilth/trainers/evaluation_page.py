"""`evaluation.md`: the comparison as a page for people."""

import re
from typing import Any


def evaluation_page(result: dict[str, Any]) -> str:
    """The page. Texts of records and models stand in fenced blocks that they cannot close."""
    base, tuned = result["base"]["model"], result["tuned"]["model"]
    lines = [f"# Before and after, on the part `{result['part']}`", "", f"Base: `{base}`. Tuned: `{tuned}`.", ""]
    if result["answers"]:
        lines += _answers(result["answers"])
    if result["preferences"]:
        lines += _preferences(result["preferences"])
    if result["set_aside"]:
        lines += [f"{result['set_aside']} rows could not be read by both models and count for neither.", ""]
    if result["generations"]:
        lines += ["## Answers side by side", "", "Greedy: the likeliest token each time.", ""]
    for number, pair in enumerate(result["generations"], 1):
        lines += [f"### {number}. {pair['file']}:{pair['line']}", ""]
        lines += ["Asked:", *_fenced(pair["prompt"]), "In the data:", *_fenced(pair["expected"])]
        for side in ("base", "tuned"):
            answer = pair[side]
            end = "" if answer["stopped"] else f" (cut off after {answer['tokens']} tokens)"
            lines += [f"{side.capitalize()}{end}:", *_fenced(answer["text"])]
    return "\n".join(lines)


def _answers(measured: dict[str, Any]) -> list[str]:
    base, tuned = measured["base"], measured["tuned"]
    lines = [f"## How likely the answers in the data are ({tuned['rows']} rows)", ""]
    lines += ["| | base | tuned |", "|---|---:|---:|"]
    lines += [f"| {name} | {base[key]:.{digits}f} | {tuned[key]:.{digits}f} |" for name, key, digits in _MEASURES]
    lines += [f"| tokens of the answers | {base['tokens']} | {tuned['tokens']} |", ""]
    if base["tokens"] != tuned["tokens"]:
        lines += ["The two tokenizers differ: compare bits per byte, not loss or perplexity per token.", ""]
    return lines


_MEASURES = (("loss per token", "loss", 4), ("perplexity", "perplexity", 2), ("bits per byte", "bits_per_byte", 4))


def _preferences(measured: dict[str, Any]) -> list[str]:
    return [
        f"## Which answer is preferred ({measured['pairs']} pairs)",
        "",
        "| | base | tuned |",
        "|---|---:|---:|",
        f"| finds the chosen answer likelier | {measured['base']['prefers_chosen']:.1%} "
        f"| {measured['tuned']['prefers_chosen']:.1%} |",
        "",
        f"From base to tuned the chosen answer gained {measured['margin']:.3f} nats on the rejected one, on average; "
        f"it gained in {measured['accuracy']:.1%} of the pairs.",
        "",
    ]


def _fenced(text: str) -> list[str]:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return ["", fence + "text", visible(text), fence, ""]


def visible(text: str) -> str:
    """The text with control characters and invisible ones as marks."""
    from tilth.schemas.safe_text import safe_text

    return safe_text(text)
