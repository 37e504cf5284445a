"""Weights, tokenizers and arrays as real libraries write them: told right, checked against the file, never loaded."""

import json
import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.artifacts.hostile import length_delimited, npy
from tests.artifacts.made import CHATML, CONFIG, seen, write_safetensors
from tilth.artifacts import recognise
from tilth.artifacts.ggml_types import FILE_TYPES, bytes_of, type_name

gguf = pytest.importorskip("gguf")


def write_gguf(path: Path, *, template: str | None = CHATML, tensors: bool = True) -> Path:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(2048)
    writer.add_block_count(2)
    writer.add_embedding_length(64)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([b"a", b"b" * 300, b"c"] * 1000)
    writer.add_token_scores([0.5] * 3000)
    if template:
        writer.add_chat_template(template)
    if tensors:
        writer.add_tensor("token_embd.weight", np.zeros((100, 64), dtype=np.float32))
        quantized = gguf.quantize(np.zeros((64, 64), dtype=np.float32), gguf.GGMLQuantizationType.Q8_0)
        writer.add_tensor("blk.0.attn_q.weight", quantized, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_gguf_model_is_told_by_its_metadata(tmp_path: Path) -> None:
    found = seen(write_gguf(tmp_path / "tiny.gguf"))
    assert found.kind == "gguf"
    assert not (found.broken or found.missing or found.unsafe)
    expected = {
        "name": "tiny",
        "architecture": "llama",
        "parameters": 100 * 64 + 64 * 64,
        "context_length": 2048,
        "quantization": "mostly Q8_0",
        "tensor_types": {"F32": 1, "Q8_0": 1},
        "vocabulary": 3000,
        "chat_template": "ChatML; generation prompt",
    }
    assert {name: found.facts[name] for name in expected} == expected


def test_a_gguf_that_is_cut_anywhere_is_broken_and_never_an_error(tmp_path: Path) -> None:
    whole = write_gguf(tmp_path / "a.gguf").read_bytes()
    for length in [*range(4, 400, 7), *range(400, len(whole), 4999), len(whole) - 1]:
        found = seen(tmp_path / "cut.gguf", whole[:length])
        assert found.broken, length


def test_a_gguf_without_tensors_or_template_says_so(tmp_path: Path) -> None:
    assert seen(write_gguf(tmp_path / "vocab.gguf", tensors=False)).kind == "gguf-vocabulary"
    assert "chat template" in seen(write_gguf(tmp_path / "b.gguf", template=None)).missing[0]
    dangerous = seen(write_gguf(tmp_path / "c.gguf", template="{{ ''.__class__ }}"))
    assert "__class__" in dangerous.unsafe[0]


def test_types_of_tensors_are_those_of_the_gguf_library() -> None:
    for kind in gguf.GGMLQuantizationType:
        assert type_name(kind.value) == kind.name
        assert (bytes_of(kind.value, gguf.GGML_QUANT_SIZES[kind][0])) == gguf.GGML_QUANT_SIZES[kind][1]
    known = {kind.value for kind in gguf.LlamaFileType} - {gguf.LlamaFileType.GUESSED.value}
    assert set(FILE_TYPES) == known


@pytest.mark.parametrize("word", ["ggml", "ggmf", "ggjt", "ggla"])
def test_models_of_before_gguf_are_told_by_their_word(word: str, tmp_path: Path) -> None:
    version = b"" if word == "ggml" else struct.pack("<I", 1)
    numbers = (32_000, 4096, 256, 32, 32, 128, 2) if word != "ggla" else (8, 16, 0, 0, 0, 0, 0)
    found = seen(tmp_path / "old.bin", word.encode()[::-1] + version + struct.pack("<7i", *numbers) + bytes(64))
    assert found.facts["format"] == word
    assert "GGUF" in found.unsafe[0]
    assert found.facts.get("vocabulary") == (None if word == "ggla" else 32_000)


def test_safetensors_of_the_library_are_told(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    arrays = {"embed": np.zeros((10, 4), np.float16), "norm": np.zeros(4, np.float32)}
    numpy.save_file(arrays, tmp_path / "model.safetensors", metadata={"format": "pt"})
    found = seen(tmp_path / "model.safetensors")
    assert found.facts["parameters"] == 44
    assert found.facts["dtypes"] == {"F16": 1, "F32": 1}
    assert found.facts["metadata format"] == "pt"
    assert not found.broken
    assert found.missing == ["config.json: the model that the weights belong to"]


def test_lora_weights_are_told_by_their_names(tmp_path: Path) -> None:
    shapes = {"l.q_proj.lora_A.weight": (8, 64), "l.q_proj.lora_B.weight": (64, 8)}
    write_safetensors(tmp_path / "x.safetensors", shapes)
    found = seen(tmp_path / "x.safetensors")
    assert (found.kind, found.facts["rank"], found.facts["layers"]) == ("lora-weights", "8", ["q_proj"])
    assert found.missing == ["adapter_config.json: which model it lies over, and how"]


def test_missing_shards_are_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    write_safetensors(tmp_path / "model-00002-of-00003.safetensors", {"a": (4,)})
    found = seen(tmp_path / "model-00002-of-00003.safetensors")
    assert found.missing == ["2 of 3 shards, the first is model-00001-of-00003.safetensors"]
    weights = {"a": "model-00002-of-00003.safetensors", "b": "model-00003-of-00003.safetensors", "c": "../x.bin"}
    index = seen(tmp_path / "model.safetensors.index.json", {"metadata": {"total_size": 16}, "weight_map": weights})
    assert index.missing == ["model-00003-of-00003.safetensors: 1 tensors"]
    assert "outside of its folder" in index.unsafe[0]
    assert "pickles" in index.unsafe[1]


def test_a_pointer_of_git_lfs_is_not_taken_for_weights(tmp_path: Path) -> None:
    content = "version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 4976698672\n"
    found = seen(tmp_path / "model.safetensors", content)
    assert (found.kind, found.facts["bytes"], found.next) == ("pointer", 4976698672, "git lfs pull")


def test_an_onnx_model_is_told_by_its_graph(tmp_path: Path) -> None:
    tensor = b"\x08\x04\x08\x05\x10\x01" + length_delimited(8, b"w") + length_delimited(9, bytes(80))
    outside = length_delimited(13, length_delimited(1, b"location") + length_delimited(2, b"model.onnx_data"))
    node = length_delimited(4, b"MatMul")
    graph = (
        length_delimited(1, node) * 3
        + length_delimited(2, b"main")
        + length_delimited(5, tensor)
        + length_delimited(5, b"\x08\x09\x10\x07" + outside)
        + length_delimited(11, length_delimited(1, b"input_ids"))
        + length_delimited(12, length_delimited(1, b"logits"))
    )
    opset = length_delimited(8, b"\x10\x12") + length_delimited(8, length_delimited(1, b"com.example") + b"\x10\x01")
    model = b"\x08\x08" + length_delimited(2, b"pytorch") + length_delimited(7, graph) + opset
    found = seen(tmp_path / "m.onnx", model)
    expected = {
        "producer": "pytorch",
        "graph": "main",
        "inputs": ["input_ids"],
        "outputs": ["logits"],
        "parameters": 29,
        "dtypes": {"F32": 1, "I64": 1},
        "operators": ["MatMul"],
        "opsets": {"ai.onnx": 18, "com.example": 1},
    }
    assert {name: found.facts[name] for name in expected} == expected
    assert found.missing == ["model.onnx_data: the numbers of 1 tensors"]
    assert "com.example" in found.unsafe[0]


def test_a_sentencepiece_tokenizer_is_told(tmp_path: Path) -> None:
    def piece(word: bytes, kind: int = 1) -> bytes:
        told = b"" if kind == 1 else b"\x18" + bytes([kind])
        return length_delimited(1, length_delimited(1, word) + b"\x15\x00\x00\x00\x00" + told)

    words = piece(b"<unk>", 2) + piece(b"<s>", 3) + piece(b"<0x0A>", 6) + b"".join(piece(b"w%d" % n) for n in range(97))
    found = seen(tmp_path / "tokenizer.model", words + length_delimited(2, b"\x18\x02"))
    assert (found.facts["vocabulary"], found.facts["type"]) == (100, "BPE")
    assert found.facts["special_tokens"] == ["<unk>", "<s>"]
    assert found.facts["falls_back_to_bytes"] == "yes"
    assert "chat template" in found.missing[0]


def test_a_tiktoken_vocabulary_of_the_same_name_is_told_apart(tmp_path: Path) -> None:
    found = seen(tmp_path / "tokenizer.model", "".join(f"YWE{n % 10}= {n}\n" for n in range(50)))
    assert (found.kind, found.facts["vocabulary"]) == ("tiktoken", 50)


def test_arrays_are_told_and_those_of_objects_are_pickles(tmp_path: Path) -> None:
    np.save(tmp_path / "ids.npy", np.zeros((3, 5), np.int32))
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "several.npz", input_ids=np.zeros(4, np.int64), odd=np.array([None]))
    found = seen(tmp_path / "ids.npy")
    assert (found.facts["dtype"], found.facts["shape"], found.facts["numbers"]) == ("<i4", "3 x 5", 15)
    assert not (found.unsafe or found.broken)
    assert seen(tmp_path / "objects.npy").kind == "numpy-objects"
    several = seen(tmp_path / "several.npz")
    assert several.facts["names"] == ["input_ids <i8 [4]", "odd |O [1]"]
    assert "odd.npy" in several.unsafe[0]
    cut = seen(tmp_path / "cut.npy", npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n", bytes(20)))
    assert cut.broken == ["its array needs 24 bytes, and 20 are there"]


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_tokenized_arrow_sets_are_told_and_others_are_left_to_the_readers_of_rows(kind: str, tmp_path: Path) -> None:
    table = pa.table({"input_ids": [[1, 2], [3]], "labels": [[1, 2], [3]]})
    for name, rows in (("tokens", table), ("rows", pa.table({"text": ["a", "b"]}))):
        open_ = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        with open_(str(tmp_path / f"{name}.arrow"), rows.schema) as writer:
            for _ in range(3):
                writer.write_table(rows)
    found = seen(tmp_path / "tokens.arrow")
    assert (found.facts["rows"], found.facts["columns"]) == (6, ["input_ids (list)", "labels (list)"])
    assert recognise(tmp_path / "rows.arrow") is None
