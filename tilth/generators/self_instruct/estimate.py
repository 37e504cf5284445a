"""What a run of Self-Instruct would ask and cost, before anything is sent."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tilth.generators.model_options import find_endpoint, find_price
from tilth.generators.price import Price, usd
from tilth.generators.self_instruct.requests import ask_instances, ask_instructions, ask_is_classification
from tilth.generators.self_instruct.seeds import Task

if TYPE_CHECKING:
    from tilth.generators.self_instruct.operation import SelfInstructOptions

# From a lucky run, where all but one candidate in ten pass, to one where three in ten do.
_ACCEPTANCE = (0.9, 0.3)
# English text has about 4.5 bytes to a token, dense scripts and code under 3.
_BYTES_PER_TOKEN = (4.5, 2.5)
_TOKENS_PER_TASK = (20, 40)
_TOKENS_PER_LABEL = 2
_TOKENS_PER_ANSWER = (60, 300)


def estimate(seeds: Sequence[Task], options: "SelfInstructOptions") -> Mapping[str, Any]:
    """Requests, tokens and dollars, each as `[lucky, unlucky]`; the cost is None where no price is known."""
    endpoint = find_endpoint(options)
    price = find_price(options, endpoint)
    lucky, unlucky = (_one(seeds, options, case, price) for case in (0, 1))
    facts: dict[str, Any] = {name: [lucky[name], unlucky[name]] for name in lucky}
    if endpoint is None or price is None:
        facts["cost_usd"] = [0.0, 0.0] if endpoint is None else None
    return {
        "endpoint": endpoint.url if endpoint else None,
        "model": options.model,
        "seeds": len(seeds),
        "records_wanted": options.count,
        "max_cost": options.max_cost,
        **facts,
    }


def _one(seeds: Sequence[Task], options: "SelfInstructOptions", case: int, price: Price | None) -> Mapping[str, Any]:
    tasks = -(-options.count // options.instances_per_task)
    candidates = tasks / _ACCEPTANCE[case]
    proposals = max(1, round(candidates / options.tasks_per_request + 0.5))
    labels = tasks if options.classification == "ask" else 0
    # An average prompt stands for all: the first tasks and examples of the data are as good as any.
    shown, examples = seeds[: options.in_context], seeds[: options.examples]
    text = shown[0].instruction
    proposal = ask_instructions(
        options, shown, wanted=options.tasks_per_request, about=options.about, reply_format=options.reply_format
    )
    answer = ask_instances(
        options,
        text,
        examples,
        is_classification=False,
        wanted=options.instances_per_task,
        reply_format=options.reply_format,
    )
    asked = [(proposal, proposals), (ask_is_classification(options, text), labels), (answer, tasks)]
    prompt_tokens = round(sum(len(ask.body()) * times for ask, times in asked) / _BYTES_PER_TOKEN[case])
    answer_tokens = min(options.max_tokens, _TOKENS_PER_ANSWER[case] * options.instances_per_task)
    completion_tokens = (
        proposals * min(options.max_tokens, _TOKENS_PER_TASK[case] * options.tasks_per_request)
        + labels * _TOKENS_PER_LABEL
        + tasks * answer_tokens
    )
    return {
        "requests": proposals + labels + tasks,
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "cost_usd": usd((price or Price()).tokens_nano(prompt_tokens, completion_tokens)),
    }
