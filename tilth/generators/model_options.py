"""The options of every generator that asks a model, and the way from them to something that answers."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import Field

from tilth import plugins
from tilth.errors import UsageError
from tilth.generators.answering import Answering
from tilth.generators.answers import Replay, read_answers
from tilth.generators.client import Client
from tilth.generators.endpoint import Endpoint, check_endpoint
from tilth.generators.ledger import Ledger
from tilth.generators.price import Price, nano_usd
from tilth.generators.provider import OpensProvider, check_key
from tilth.generators.retry import RetryPolicy
from tilth.operation import Options, State


class ModelOptions(Options):
    """Which model is asked, where, and for how much at most."""

    model: Annotated[str, Field(min_length=1)]
    """Name of the model, as the endpoint knows it."""
    endpoint: str | None = None
    """Base URL of an OpenAI-compatible endpoint, such as http://localhost:8080/v1. Default: OPENAI_BASE_URL."""
    answers: Path | None = None
    """File of recorded answers, played back instead of asking. With an endpoint, only what is missing is asked."""
    ledger: Annotated[Path, State()] = Path(".tilth/ledger.sqlite")
    """Account book of paid calls. An answer that it holds is never paid again."""
    max_cost: Annotated[float, Field(ge=0)] | None = None
    """Most that the ledger may hold, in dollars, over all runs that share it. Nothing is sent that could pass it."""
    prompt_price_usd: Annotated[float, Field(ge=0)] | None = None
    """Price of a million prompt tokens, in dollars. Default: free on this machine, else unknown."""
    completion_price_usd: Annotated[float, Field(ge=0)] | None = None
    """Price of a million completion tokens, in dollars. Default: free on this machine, else unknown."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    """Randomness of the sampling where variety is wanted; where one right answer is wanted, it is 0."""
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the probability that is sampled from."""
    sampling: Literal["ours", "endpoint"] = "ours"
    """Who sets temperature and top_p: these options, or the endpoint, for models that refuse to be told."""
    max_tokens: Annotated[int, Field(ge=1)] = 1024
    """Longest answer in tokens; an answer that runs into it is set aside as truncated."""
    concurrency: Annotated[int, Field(ge=1, le=256)] = 8
    """Most requests in flight at a time. The result does not depend on it."""
    attempts: Annotated[int, Field(ge=1, le=20)] = 5
    """Most times that a request is sent when it fails for a passing reason."""
    timeout_s: Annotated[float, Field(gt=0)] = 120.0
    """Longest time for one answer, in seconds."""
    key_variable: str = "OPENAI_API_KEY"
    """Environment variable that holds the API key. The key itself is never an option."""
    provider: str = "openai"
    """Installed provider that speaks to the endpoint."""
    allow_insecure: bool = False
    """Allow plain http to another machine: prompts, answers and the key can be read on the way."""
    seed: int = 0
    """Everything that is drawn is drawn from this."""


def open_model(options: ModelOptions) -> Answering:
    """Something that answers, as the options say. Raises `UsageError` where they name neither endpoint nor answers."""
    endpoint = find_endpoint(options)
    recorded = read_answers(options.answers) if options.answers is not None else {}
    if endpoint is None:
        return Replay(recorded, cast(Path, options.answers))
    price, limit_nano = find_price(options, endpoint), None
    if options.max_cost is not None:
        limit_nano = nano_usd(options.max_cost)
        if price is None:
            raise UsageError(
                f"a spending limit needs the prices of {options.model}",
                fix="--prompt-price-usd 0.15 --completion-price-usd 0.60 (dollars for a million tokens)",
            )
    opens = cast(OpensProvider, plugins.load("tilth.providers", options.provider))
    key = check_key(os.environ.get(options.key_variable), options.key_variable)
    provider = opens(endpoint, key=key, timeout_s=options.timeout_s, connections=options.concurrency)
    return Client(
        provider,
        Ledger(options.ledger),
        price=price,
        limit_nano=limit_nano,
        policy=RetryPolicy(options.attempts),
        concurrency=options.concurrency,
        recorded=recorded,
    )


def find_endpoint(options: ModelOptions) -> Endpoint | None:
    """The checked endpoint; None where recorded answers alone are played back.

    With recorded answers, an endpoint has to be named outright: a variable in the environment must not turn a
    replay into a purchase.
    """
    url = options.endpoint or (None if options.answers else os.environ.get("OPENAI_BASE_URL"))
    if url:
        return check_endpoint(url, allow_insecure=options.allow_insecure)
    if options.answers is None:
        raise UsageError(
            "there is no model to ask: name an endpoint, or a file of recorded answers",
            fix="--endpoint http://localhost:8080/v1, or --answers answers.jsonl",
        )
    return None


def find_price(options: ModelOptions, endpoint: Endpoint | None) -> Price | None:
    """The price of the model; None where nobody said what it is. Raises `UsageError` for half a price."""
    prompt, completion = options.prompt_price_usd, options.completion_price_usd
    if prompt is None and completion is None:
        return Price() if endpoint is None or endpoint.is_loopback else None
    if prompt is None or completion is None:
        other = "--prompt-price-usd" if prompt is None else "--completion-price-usd"
        raise UsageError("a price has two parts, for prompt and for completion tokens", fix=f"{other} 0")
    return Price(prompt, completion)


def sampling(options: ModelOptions, *, temperature: float) -> dict[str, Any]:
    """Sampling parameters of a request at a temperature, or only the token limit where the endpoint sets the rest."""
    limit = {"max_tokens": options.max_tokens}
    return limit if options.sampling == "endpoint" else {**limit, "temperature": temperature, "top_p": options.top_p}
