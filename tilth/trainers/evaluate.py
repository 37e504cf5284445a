"""Base against tuned on rows that neither was trained on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from tilth.errors import UsageError
from tilth.judgement import Dataset, Judged
from tilth.operation import Options, build
from tilth.trainers.durable import write_durably
from tilth.trainers.environment import quiet_stack, require_training_stack
from tilth.trainers.evaluation import (
    common_length,
    likelihood,
    measure,
    preference,
    read_sides,
    side_by_side,
    spread,
    tokenizer_of,
)
from tilth.trainers.evaluation_page import evaluation_page
from tilth.trainers.models import TRAINING_FILE, Device, Dtype, base_of, computes_in_bfloat16, device_for, find_model


class EvaluateOptions(Options):
    """Which models to compare, on which rows."""

    tuned: str
    """The model to judge: a training folder, a model or adapter folder, or a name on the hub."""
    base: str | None = None
    """The model to compare it with; when not given, the one that `tuned` was trained from."""
    part: str = "test"
    """The split whose rows are used; rows that were trained on would flatter the model."""
    prompts: Annotated[int, Field(ge=0)] = 8
    """How many held-out prompts both models answer, side by side."""
    max_new_tokens: Annotated[int, Field(ge=1)] = 128
    """The longest answer a model may write, in tokens."""
    batch_size: Annotated[int, Field(ge=1)] = 8
    """Rows in one forward pass."""
    max_length: Annotated[int, Field(ge=8)] = 1024
    """Tokens that a row may have; a longer row is set aside, never cut."""
    device: Device = "auto"
    """Where to compute; `auto` takes a CUDA device when there is one."""
    dtype: Dtype = "auto"
    """Number format to compute in; `auto` is bfloat16 where the device is made for it, else float32."""
    chat_template: Path | None = None
    """A Jinja file to use instead of both models' own chat templates."""


@build(EvaluateOptions)
def evaluate(data: Dataset, options: EvaluateOptions, folder: Path) -> Iterator[Judged]:
    """Compare a tuned model with its base on held-out rows: loss, perplexity, preferences, answers side by side.

    Writes `evaluation.json` and the same for people as `evaluation.md`. A row that one of the models cannot read is
    set aside and counts for neither.
    """
    require_training_stack()
    with quiet_stack():
        sources = (_base(options), find_model(options.tuned))
        tokenizers, encoders = zip(*(tokenizer_of(source, options.chat_template) for source in sources), strict=True)
        sides = read_sides(data, options.part, (encoders[0], encoders[1]), common_length(sources, options.max_length))
        if not sides.held_out[1].answers and not sides.held_out[1].pairs:
            raise UsageError(
                f"evaluate finds no row that it can use in the part {options.part}", fix="--part validation"
            )
        asked = spread(sides.questions, options.prompts)
        device = device_for(options.device)
        base, tuned = (
            measure(
                source,
                tokenizer,
                encoder,
                held_out,
                asked,
                device=device,
                dtype="bfloat16" if computes_in_bfloat16(device, options.dtype) else "float32",
                batch_size=options.batch_size,
                max_new_tokens=options.max_new_tokens,
            )
            for source, tokenizer, encoder, held_out in zip(sources, tokenizers, encoders, sides.held_out, strict=True)
        )
    result: dict[str, Any] = {
        "part": options.part,
        "base": {"model": sources[0].name, "chat_template": encoders[0].template.hash},
        "tuned": {"model": sources[1].name, "chat_template": encoders[1].template.hash},
        "answers": None,
        "preferences": None,
        "generations": [
            side_by_side(question, *written)
            for question, *written in zip(asked, base["written"], tuned["written"], strict=True)
        ],
        "set_aside": len(sides.refused),
    }
    if sides.questions:
        rows, size = len(sides.questions), sides.answer_bytes
        result["answers"] = {"base": likelihood(base, rows, size), "tuned": likelihood(tuned, rows, size)}
    if sides.held_out[1].pairs:
        result["preferences"] = preference(base["logps"], tuned["logps"])
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(folder / "evaluation.md", evaluation_page(result))
    write_durably(folder / "evaluation.json", json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    facts = {name: result[name] for name in ("part", "base", "tuned", "answers", "preferences")}
    for batch in data.batches():
        yield Judged(batch, [sides.refused.get(id) for id in batch.ids], facts=facts)


def _base(options: EvaluateOptions) -> Any:
    if options.base is not None:
        return find_model(options.base)
    if (Path(options.tuned) / TRAINING_FILE).is_file():
        return base_of(Path(options.tuned))
    find_model(options.tuned)  # a model that is not there is the first thing to say
    raise UsageError(f"evaluate cannot tell which model {options.tuned} was trained from", fix="--base MODEL")
