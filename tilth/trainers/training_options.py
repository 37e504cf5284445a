"""The options that SFT and DPO share."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tilth.operation import Options
from tilth.trainers.models import Device, Dtype


class TrainingOptions(Options):
    """What to train, how long, how fast, and on what."""

    model: str = "tiny"
    """The model to start from: `tiny` (built in), a folder (also a run's own), or a name on the hub."""
    method: Literal["full", "lora"] = "full"
    """Train all weights, or a small LoRA adapter beside them."""
    lora_rank: Annotated[int, Field(ge=1)] = 16
    """LoRA: the rank of the adapter, which sets its size."""
    lora_alpha: Annotated[int, Field(ge=1)] = 32
    """LoRA: the adapter's weight; what it adds is scaled by alpha / rank."""
    lora_targets: tuple[str, ...] | None = None
    """LoRA: names of the layers that get an adapter, for example `q_proj`; all linear layers when not given."""
    epochs: Annotated[float, Field(gt=0)] = 3.0
    """How many times to go through the data."""
    max_steps: Annotated[int, Field(ge=1)] | None = None
    """Stop after so many optimizer steps, however many epochs that is."""
    learning_rate: Annotated[float, Field(gt=0)] | None = None
    """The highest learning rate; when not given, the usual one for this method (and a far higher one for `tiny`)."""
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """The share of all steps in which the learning rate rises; it falls to zero over the rest."""
    batch_size: Annotated[int, Field(ge=1)] = 8
    """Rows in one forward pass."""
    gradient_accumulation: Annotated[int, Field(ge=1)] = 1
    """Forward passes in one optimizer step; a step sees batch_size x gradient_accumulation rows."""
    max_length: Annotated[int, Field(ge=8)] = 1024
    """Tokens that a row may have; a longer row is set aside, never cut."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """Same data, options and seed on the same machine give the same model."""
    device: Device = "auto"
    """Where to compute; `auto` takes a CUDA device when there is one."""
    dtype: Dtype = "auto"
    """Number format to compute in; `auto` is bfloat16 where the device is made for it, else float32."""
    gradient_checkpointing: bool = False
    """Trade time for memory: recompute activations instead of keeping them."""
    eval_every_steps: Annotated[int, Field(ge=1)] | None = None
    """Measure the validation loss every so many steps; at the end of each epoch when not given."""
    save_every_steps: Annotated[int, Field(ge=1)] | None = 100
    """Write a checkpoint every so many steps; none when null."""
    resume: bool = True
    """Go on from the last complete checkpoint of the same run in the folder; otherwise start over."""
    chat_template: Path | None = None
    """A Jinja file to use instead of the model's own chat template; it is saved with the trained model."""
