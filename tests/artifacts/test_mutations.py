"""Damaged copies of good files end in an answer: never an error of ours, never a hang."""

import json
import pickle
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.artifacts.hostile import length_delimited, zipped
from tests.artifacts.made import CONFIG, TOKENIZER, write_safetensors
from tests.artifacts.test_configs import AXOLOTL, NOTEBOOK, STATE
from tests.artifacts.test_weights import write_gguf
from tilth.artifacts import recognise
from tilth.errors import TilthError

SLOWEST_SECONDS = 3.0


def write_arrow(path: Path) -> None:
    table = pa.table({"input_ids": [[1, 2], [3]]})
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)


def write_onnx(path: Path) -> None:
    tensor = b"\x08\x04\x10\x01" + length_delimited(8, b"w") + length_delimited(9, bytes(16))
    graph = length_delimited(1, length_delimited(4, b"Add")) + length_delimited(5, tensor) + length_delimited(2, b"g")
    path.write_bytes(b"\x08\x08" + length_delimited(7, graph) + length_delimited(8, b"\x10\x12"))


SEEDS: dict[str, Callable[[Path], object]] = {
    "a.gguf": lambda path: write_gguf(path),
    "a.safetensors": lambda path: write_safetensors(path, {"x": (3, 4), "y.lora_A.weight": (2, 2)}),
    "a.pkl": lambda path: path.write_bytes(pickle.dumps([{"input_ids": [1, 2]}, np.zeros(3)])),
    "a.pt": lambda path: path.write_bytes(zipped(a__data_pkl=pickle.dumps({"a": [1]}), a__data__0=b"x")),
    "a.npy": lambda path: np.save(path, np.zeros((3, 4))),
    "a.npz": lambda path: np.savez(path, a=np.zeros(3), b=np.array([None])),
    "a.arrow": write_arrow,
    "a.onnx": write_onnx,
    "a.model": lambda path: path.write_bytes(length_delimited(1, length_delimited(1, b"<unk>") + b"\x18\x02") * 20),
    "config.json": lambda path: path.write_text(json.dumps(CONFIG)),
    "tokenizer.json": lambda path: path.write_text(json.dumps(TOKENIZER)),
    "trainer_state.json": lambda path: path.write_text(json.dumps(STATE)),
    "a.ipynb": lambda path: path.write_text(json.dumps(NOTEBOOK)),
    "a.yaml": lambda path: path.write_text(AXOLOTL),
}


def damaged(whole: bytes, chance: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(min(len(content), 600)) if chance.random() < 0.8 else chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                content[at : at + 8] = chance.choice([b"\xff" * 8, bytes(8), b"\xff" * 7 + b"\x7f"])
            case 2:
                del content[at : at + chance.randint(1, 40)]
            case _:
                content[at:at] = content[at : at + chance.randint(1, 40)]
        if not content:
            return b"\x00"
    return bytes(content)


def check(name: str, times: int, tmp_path: Path) -> None:
    path, chance = tmp_path / name, random.Random(name)
    SEEDS[name](path)
    whole = path.read_bytes()
    for number in range(times):
        path.write_bytes(damaged(whole, chance))
        began = time.process_time()
        try:
            recognise(path)
        except TilthError:
            pass
        except Exception as failure:
            kept = tmp_path.parent / f"failed-{number}-{name}"
            kept.write_bytes(path.read_bytes())
            raise AssertionError(f"{kept}") from failure
        assert time.process_time() - began < SLOWEST_SECONDS


@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_copy_is_answered(name: str, tmp_path: Path) -> None:
    check(name, 60, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
def test_many_damaged_copies_are_answered(name: str, tmp_path: Path) -> None:
    check(name, 1_500, tmp_path)
