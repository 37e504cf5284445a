"""Self-Instruct as an operation: seeds in, new instruction records and set-aside candidates out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from tilth.generators.model_options import ModelOptions, open_model
from tilth.generators.self_instruct.estimate import estimate
from tilth.generators.self_instruct.growth import Growth
from tilth.generators.self_instruct.requests import ReplyFormat
from tilth.generators.self_instruct.seeds import read_seeds
from tilth.operation import Dataset, Made, make


class SelfInstructOptions(ModelOptions):
    """How many records are grown, how tasks are asked for, and which candidates pass."""

    count: Annotated[int, Field(ge=1)] = 100
    """New records wanted."""
    about: str | None = None
    """What the tasks are for, in a few words; it goes into the prompt."""
    in_context: Annotated[int, Field(ge=1, le=100)] = 8
    """Tasks shown in each prompt."""
    machine_in_context: Annotated[int, Field(ge=0, le=100)] = 2
    """How many of the tasks shown may be made ones; the rest are seeds."""
    tasks_per_request: Annotated[int, Field(ge=1, le=50)] = 8
    """New tasks asked for in one request."""
    requests_per_round: Annotated[int, Field(ge=1, le=100)] = 5
    """Most requests for new tasks before the pool is looked at again."""
    instances_per_task: Annotated[int, Field(ge=1, le=5)] = 1
    """Worked answers asked for each new task."""
    examples: Annotated[int, Field(ge=0, le=10)] = 3
    """Seeds with their answers that show the model how an answer looks."""
    classification: Literal["ask", "never"] = "ask"
    """Ask of each new task whether it is classification, whose output is then written before its input; or never."""
    reply_format: ReplyFormat = "json"
    """Shape asked for: json with a schema, or text for endpoints and small models that cannot hold one."""
    similarity: Annotated[float, Field(ge=0, le=1)] = 0.7
    """ROUGE-L above which a task is too similar to a seed or to an earlier task."""
    min_words: Annotated[int, Field(ge=1)] = 4
    """Shortest task that passes, in words."""
    max_words: Annotated[int, Field(ge=1)] = 150
    """Longest task that passes, in words."""
    blacklist: Path | None = None
    """File of words that a task must not have, one a line. Default: the published list."""
    min_acceptance: Annotated[float, Field(ge=0, le=1)] = 0.05
    """Growth stops when less than this share of candidates was kept in three rounds on end."""


@make(SelfInstructOptions, command="generate self-instruct")
def self_instruct(data: Dataset, options: SelfInstructOptions) -> Iterator[Made]:
    """Grow new instruction records from seeds.

    A model is shown some tasks and asked for new ones; each new task passes the filters and has to be unlike all
    tasks before it; then the model is asked to do it (Self-Instruct, arXiv 2212.10560). Every candidate is kept, or
    set aside with its reason. Calls go through the ledger: a run that stopped goes on where it was, and pays for
    no answer twice.
    """
    seeds = read_seeds(data)
    with open_model(options) as model:
        yield from Growth(seeds, options, model).rounds()


@self_instruct.estimate
def estimate_self_instruct(data: Dataset, options: SelfInstructOptions) -> Mapping[str, Any]:
    """Requests, tokens and cost of a run, each from a lucky to an unlucky guess. Sends nothing."""
    return estimate(read_seeds(data), options)
