"""Files that lie, bite or have no end; each is written by a function of its name."""

import gzip
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

Write = Callable[[Path], None]
GB = 1 << 30


class Payload:
    """What an attacker pickles: loading it touches the canary."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self.canary}",)


def gguf(keys: int, tensors: int, body: bytes = b"", version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + body


def text(value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(value) if length is None else length) + value


def safetensors(header: bytes, numbers: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + numbers


def tensor(begin: int, end: int) -> dict[str, object]:
    return {"dtype": "U8", "shape": [end - begin], "data_offsets": [begin, end]}


def npy(header: bytes, body: bytes = b"", version: int = 1, length: int | None = None) -> bytes:
    size = struct.pack("<H" if version == 1 else "<I", len(header) if length is None else length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + body


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_pkl", ".pkl"), content)
    return file.getvalue()


def sparse(start: bytes, size: int) -> Write:
    def write(path: Path) -> None:
        path.write_bytes(start)
        os.truncate(path, size)

    return write


def nested_pickle(depth: int) -> bytes:
    return b"\x80\x04" + b"]" * depth + b"a" * (depth - 1) + b"."


def doubling_pickle(steps: int) -> bytes:
    """A list that holds the one before it twice, and so on: 2^steps items in a few bytes."""
    made = b"\x80\x04]\x94"
    for number in range(steps):
        made += b"]\x94" + (b"h" + bytes([number]) + b"a") * 2
    return made + b"."


def length_delimited(number: int, content: bytes) -> bytes:
    size, length = b"", len(content)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return bytes([number << 3 | 2]) + size + content


def nested_onnx(depth: int) -> bytes:
    graph = b""
    for _ in range(depth):
        graph = length_delimited(1, length_delimited(5, length_delimited(6, graph)))
    return b"\x08\x08" + length_delimited(7, graph)


def safetensors_of(content: object, numbers: bytes = b"") -> bytes:
    return safetensors(json.dumps(content).encode(), numbers)


def filled(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def hostile_files(canary: Path) -> dict[str, bytes | Write]:
    """Name to bytes, or to what writes the file; small enough for every run of the tests."""
    payload = pickle.dumps({"weights": Payload(canary)})
    return {
        "payload.pkl": payload,
        "payload-protocol-0.pkl": pickle.dumps(Payload(canary), protocol=0),
        "payload.bin": payload,
        "payload.pt": zipped(archive__data_pkl=payload, archive__version=b"3"),
        "training_args.bin": zipped(archive__data_pkl=payload),
        "payload.npy": npy(b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", payload),
        "payload.npz": zipped(**{"a.npy": npy(b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", payload)}),
        "payload-before-nonsense.pkl": payload[:-1] + b"\xff\xff",
        "bytes-of-2-to-62.pkl": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 62) + b"x",
        "cut.pt": zipped(archive__data_pkl=payload)[:-30],
        "directory-of-4-gb.pt": b"PK\x03\x04"
        + bytes(100)
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, 9, 9, 2**32 - 2, 4, 0),
        "cut.gguf": gguf(20, 0, text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama")),
        "keys-2-to-60.gguf": gguf(1 << 60, 0),
        "tensors-2-to-60.gguf": gguf(0, 1 << 60),
        "text-2-to-60.gguf": gguf(1, 0, text(b"", 1 << 60)),
        "texts-2-to-60.gguf": gguf(1, 0, text(b"a") + struct.pack("<IIQ", 9, 8, 1 << 60)),
        "version-9.gguf": gguf(0, 0, version=9),
        "overlapping.safetensors": safetensors_of({"a": tensor(0, 8), "b": tensor(4, 12)}, bytes(12)),
        "gap.safetensors": safetensors_of({"a": tensor(0, 8), "b": tensor(9, 12)}, bytes(12)),
        "cut.safetensors": safetensors_of({"a": tensor(0, 8)}, bytes(7)),
        "more.safetensors": safetensors_of({"a": tensor(0, 8)}, bytes(9)),
        "twice.safetensors": safetensors(b'{"a":%b,"a":%b}' % ((json.dumps(tensor(0, 1)).encode(),) * 2), b"1"),
        "header-2-to-63.safetensors": safetensors(b"{}", length=1 << 63),
        "header-no-json.safetensors": safetensors(b"{'a': 1}"),
        "header-deep.safetensors": safetensors(b'{"a":' + b"[" * 100_000),
        "header-100-mb.safetensors": sparse(safetensors(b'{"', length=99_999_999), 2 * GB),
        "negative.safetensors": safetensors_of({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]}}),
        "header-2-gb.npy": sparse(npy(b"{'descr'", version=2, length=2_000_000_000), 3 * GB),
        "header-code.npy": npy(b"__import__('os').system('touch %s')" % bytes(canary)),
        "larger-than-the-file.npy": npy(
            b"{'descr': '<f8', 'fortran_order': False, 'shape': (%d, 9), }\n" % (1 << 61), b"12345678"
        ),
        "nested.onnx": nested_onnx(300),
        "cut.onnx": nested_onnx(3)[:-4],
        "outside.onnx": b"\x08\x08"
        + length_delimited(
            7,
            length_delimited(
                5, length_delimited(13, length_delimited(1, b"location") + length_delimited(2, b"../../etc/passwd"))
            ),
        ),
        "fields-of-zeros.onnx": sparse(b"\x08\x08" + length_delimited(7, b""), 50 * GB),
        "100k-deep.json": b"[" * 100_000,
        "100k-deep-object.json": b'{"log_history":' * 100_000,
        "100k-deep.yaml": b"base_model: " + b"[" * 100_000,
        "aliases.yaml": b"base_model: x\nadapter: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"b%d: &b%d [%b]\n" % (n, n, b",".join([b"*b%d" % (n - 1) if n else b"*a"] * 9)) for n in range(20)),
        "python-tag.yaml": b"base_model: x\nadapter: !!python/object/apply:os.system ['touch %s']\n" % bytes(canary),
        "zeros.pt": sparse(b"PK\x03\x04", 50 * GB),
        "zeros.pkl": sparse(b"\x80\x04", 50 * GB),
        "zeros-as-texts.pkl": sparse(b"\x80\x04" + b"\x8d" + struct.pack("<Q", 40 * GB), 50 * GB),
        "zeros.safetensors": sparse(b"", 50 * GB),
        "zeros.jinja": sparse(b"{{ messages }}", 50 * GB),
        "zeros.model": sparse(length_delimited(1, length_delimited(1, b"<unk>")), 50 * GB),
        "front.md": b"---\n" + b"[" * 60_000 + b"\n---\n",
        "modelfile": b"FROM " + b"x" * 100_000 + b"\n" + b"PARAMETER a b\n" * 100_000,
        "escape.jinja": b"{{ messages.__class__.__mro__[1].__subclasses__() }}",
        "control\x1b]0;title\x07.pkl": payload,
    }


def bulky_files() -> dict[str, Write]:
    """Those that take more than a moment: to write, or to look at."""
    return {
        "deep.pkl": lambda path: filled(path, nested_pickle(300_000)),
        "doubling.pkl": lambda path: filled(path, doubling_pickle(200)),
        "bomb.pt": lambda path: filled(path, zipped(archive__data_pkl=b"\x80\x02" + b"N0" * (20 << 20) + b"N.")),
        "texts-of-zeros.gguf": sparse(gguf(1, 0, text(b"a") + struct.pack("<IIQ", 9, 8, 1 << 32)), 50 * GB),
        "keys-of-zeros.gguf": sparse(gguf(99_999, 99_999), 50 * GB),
        "header-of-lists.safetensors": lambda path: filled(path, safetensors(b'{"a":[' + b"[]," * 3_000_000 + b"[]]}")),
        "many.onnx": lambda path: filled(path, b"\x08\x08\x3a\xff\xff\xff\x01" + b"\x0a\x00" * 2_097_152),
        "million-keys.json": lambda path: filled(
            path,
            b'{"model_type":1,"transformers_version":2,' + b",".join(b'"%d":[]' % n for n in range(1_000_000)) + b"}",
        ),
        "lists.json": lambda path: filled(path, b'{"log_history":[' + b"[]," * 4_000_000 + b"[]]}"),
        "merges.json": lambda path: filled(
            path, b'{"added_tokens":[],"model":{"merges":[' + b'["a","b"],' * 600_000 + b'["a","b"]]}}'
        ),
        "long-line.jsonl": sparse(b'{"a": "', 3 * GB),
        "zeros.csv": sparse(b"", 50 * GB),
        "zeros.json": sparse(b"", 50 * GB),
        "zeros.parquet": sparse(b"PAR1", 50 * GB),
        "zeros.txt": sparse(b"{instruction}", 50 * GB),
        "endless.jsonl.gz": lambda path: filled(path, gzip.compress(b'{"a": 1}\n' * 3_000_000, 1) * 30),
        "one-line.jsonl.gz": lambda path: filled(path, gzip.compress(b"[" * (200 << 20), 1)),
        "zeros.json.gz": lambda path: filled(path, gzip.compress(bytes(200 << 20), 1)),
    }
