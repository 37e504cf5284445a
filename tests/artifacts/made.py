"""Small real files, written as the tools of the field write them."""

import json
import struct
from pathlib import Path
from typing import Any

from tilth.artifacts import Artifact, recognise


def seen(path: Path, content: bytes | str | dict[str, Any] | None = None) -> Artifact:
    """What a file is, after it was given this content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content)
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = recognise(path)
    assert found is not None, path.name
    return found


def write_safetensors(path: Path, shapes: dict[str, tuple[int, ...]], dtype: str = "F32", width: int = 4) -> None:
    header, at = {}, 0
    for name, shape in shapes.items():
        size = width
        for each in shape:
            size *= each
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(at))


CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "max_position_embeddings": 4096,
    "vocab_size": 100,
    "dtype": "bfloat16",
}
TOKENIZER = {
    "version": "1.0",
    "added_tokens": [{"id": 0, "content": "<|end|>"}],
    "model": {"type": "BPE", "vocab": {"<|end|>": 0, "a": 1}, "merges": []},
}
TOKENIZER_CONFIG = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end|>", "pad_token": "<|end|>"}
CHATML = "{% for m in messages %}{{ '<|im_start|>' + m.role }}{% endfor %}{% if add_generation_prompt %}x{% endif %}"


def write_model(folder: Path, *, template: bool = True) -> Path:
    """A folder with everything that a model needs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZER_CONFIG))
    if template:
        (folder / "chat_template.jinja").write_text(CHATML)
    write_safetensors(folder / "model.safetensors", {"a": (10, 64), "b": (64,)})
    return folder


def write_checkpoint(folder: Path, step: int, of: int) -> Path:
    """A checkpoint as transformers writes it, but for the pickles, which are those of an empty dict."""
    write_model(folder)
    history = [{"step": 1, "loss": 3.0}, {"step": step, "loss": 2.0}]
    state = {"global_step": step, "max_steps": of, "epoch": 1.0, "num_train_epochs": 2, "log_history": history}
    (folder / "trainer_state.json").write_text(json.dumps(state))
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"):
        (folder / name).write_bytes(b"\x80\x04}\x94.")
    return folder
