"""Nothing that lies in a folder runs code, fills memory, takes long or ends in a traceback."""

import os
import random
from pathlib import Path

import pytest

from tests.artifacts.hostile import bulky_files, hostile_files
from tests.artifacts.watched import CPU_SECONDS, MEMORY_MB, Answer, inspect_all
from tests.formats.bombs import arrow_bomb, nested_parquet, parquet_bomb

RUNS_IT = "loading it runs posix.system('touch"
SAID = {
    "payload.pkl": RUNS_IT,
    "payload-protocol-0.pkl": RUNS_IT,
    "payload.bin": RUNS_IT,
    "payload.pt": RUNS_IT,
    "training_args.bin": RUNS_IT,
    "payload.npy": RUNS_IT,
    "payload.npz": RUNS_IT,
    "payload-before-nonsense.pkl": RUNS_IT,
    "bytes-of-2-to-62.pkl": "cut short",
    "cut.pt": "cut short",
    "cut.gguf": "it claims 20 keys",
    "keys-2-to-60.gguf": "it claims 1,152,921,504,606,846,976 keys",
    "tensors-2-to-60.gguf": "it claims 1,152,921,504,606,846,976 tensors",
    "texts-2-to-60.gguf": "1,152,921,504,606,846,976 texts are claimed",
    "version-9.gguf": "version 9",
    "overlapping.safetensors": "the tensor b lies over another one",
    "gap.safetensors": "belong to no tensor",
    "cut.safetensors": "need 8 bytes, and 7 are there",
    "more.safetensors": "belong to nothing",
    "twice.safetensors": "the key a twice",
    "header-2-to-63.safetensors": "claims 9,223,372,036,854,775,808 bytes",
    "header-no-json.safetensors": "its header is no JSON",
    "header-deep.safetensors": "its header is no JSON",
    "header-100-mb.safetensors": "a header of 99,999,999 bytes",
    "header-2-gb.npy": "claims 2,000,000,000 bytes",
    "header-code.npy": "does not describe an array",
    "larger-than-the-file.npy": "and 8 are there",
    "cut.onnx": "cut short",
    "outside.onnx": "it reads ../../etc/passwd, which lies outside",
    "100k-deep-object.json": "depth limit exceeded",
    "100k-deep.yaml": "more than 128 deep",
    "python-tag.yaml": "python/object/apply:os.system",
    "lists.json": "more than 3,000,000 values",
    "long-line.jsonl": "longer than 67108864 bytes",
    "escape.jinja": "break out into Python",
}
BULKY = bulky_files()


def write(folder: Path, names: set[str]) -> list[Path]:
    files = {**hostile_files(folder / "canary"), **BULKY}
    for name in names:
        content = files[name]
        if callable(content):
            content(folder / name)
        else:
            (folder / name).write_bytes(content)
    return [folder / name for name in sorted(names)]


def all_is_well(answers: dict[str, Answer]) -> None:
    for name, answer in answers.items():
        assert answer.code in (0, 1, 2), (name, answer)
        assert "Traceback" not in answer.err, (name, answer)
        assert "\x1b" not in answer.out + answer.err, name
        assert answer.seconds <= CPU_SECONDS, (name, answer.seconds)
        assert answer.peak_mb <= MEMORY_MB, (name, answer.peak_mb)
        assert SAID.get(name, "") in answer.said, (name, answer.said)


def test_hostile_files_are_told_and_none_of_them_runs(tmp_path: Path) -> None:
    answers = inspect_all(write(tmp_path, set(hostile_files(tmp_path / "canary"))))
    all_is_well(answers)
    assert not (tmp_path / "canary").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", BULKY)
def test_a_bulky_hostile_file_takes_two_seconds_at_most(name: str, tmp_path: Path) -> None:
    all_is_well(inspect_all(write(tmp_path, {name})))


@pytest.mark.slow
@pytest.mark.parametrize("bomb", [parquet_bomb, arrow_bomb, lambda: nested_parquet(100_000)])
def test_a_columnar_bomb_is_answered_in_time(bomb, tmp_path: Path) -> None:
    suffix = "arrow" if bomb is arrow_bomb else "parquet"
    (tmp_path / f"bomb.{suffix}").write_bytes(bomb())
    all_is_well(inspect_all([tmp_path / f"bomb.{suffix}"]))


@pytest.mark.slow
def test_a_zstd_bomb_is_answered_in_time(tmp_path: Path) -> None:
    import pyarrow as pa

    for name, piece in (("zeros.jsonl.zst", bytes(1 << 20)), ("rows.jsonl.zst", b'{"a": "b"}\n' * 100_000)):
        with pa.CompressedOutputStream(str(tmp_path / name), "zstd") as file:
            for _ in range(2000):
                file.write(piece)
    assert (tmp_path / "zeros.jsonl.zst").stat().st_size < 1 << 20
    answers = inspect_all([tmp_path / "zeros.jsonl.zst", tmp_path / "rows.jsonl.zst"])
    all_is_well(answers)
    assert "at least" in answers["rows.jsonl.zst"].out


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    (tmp_path / "nowhere.pt").symlink_to("not-there")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "empty.safetensors").touch()
    names = ["pipe.gguf", "nowhere.pt", "circle", "empty.safetensors"]
    answers = inspect_all([*(tmp_path / name for name in names), Path("/dev/zero")])
    all_is_well(answers)
    assert {answers[name].code for name in names} == {1, 2}
    assert "a pipe" in answers["pipe.gguf"].said
    assert "empty" in answers["empty.safetensors"].said
    assert answers["zero"].code == 2


SUFFIXES = """
.gguf .ggml .safetensors .pt .pth .bin .pkl .onnx .npy .npz .arrow .parquet .model .json .jsonl .yaml .ipynb .jinja .txt
.csv .md .sh .index.json .jsonl.gz .jsonl.zst
""".split()  # noqa: SIM905 a column of quoted suffixes says no more


def test_random_bytes_are_refused_under_every_suffix(tmp_path: Path) -> None:
    chance = random.Random(7)
    for suffix in SUFFIXES:
        (tmp_path / f"noise{suffix}").write_bytes(chance.randbytes(3000))
    answers = inspect_all(sorted(tmp_path.iterdir()))
    all_is_well(answers)
    told = {name for name, answer in answers.items() if answer.code == 0 and "broken" not in answer.out}
    assert not told


def test_a_folder_of_traps_is_listed_and_no_loop_is_walked(tmp_path: Path) -> None:
    write(tmp_path, {"payload.pkl", "cut.gguf", "overlapping.safetensors"})
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    deep = tmp_path
    for _ in range(40):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (answer,) = inspect_all([tmp_path]).values()
    all_is_well({"folder": answer})
    assert answer.code == 0
    assert RUNS_IT in answer.said
    assert "a link to a folder" in answer.said
    assert "a pipe, a device or a socket" in answer.said
    assert not (tmp_path / "canary").exists()


@pytest.mark.slow
def test_a_folder_of_many_files_is_listed_in_time(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(12_000):
        (tmp_path / "many" / f"{number}.json").write_bytes(b'{"model_type": "x", "architectures": ["Y"]}')
    (answer,) = inspect_all([tmp_path]).values()
    all_is_well({"folder": answer})
    assert "more than" in answer.said
