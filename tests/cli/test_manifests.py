"""The manifest beside an output: which files it tells of, and their hashes."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tilth.cli import border
from tilth.errors import UsageError
from tilth.recipes.fingerprint import HashedMeanwhile

ROWS = [{"instruction": f"What is {number} and {number}?", "output": str(2 * number)} for number in range(40)]


@pytest.mark.parametrize(
    "words",
    [
        "dedup in.jsonl -o out.jsonl",
        "dedup in.jsonl -o out.csv.gz",
        "dedup in.jsonl -o out.parquet",
        "dedup in.jsonl -o out-{shard}.jsonl --shard-rows 9",
        "clean in.jsonl -o out.yaml",
        "split in.jsonl -o parts",
        "convert in.jsonl -o out.arrow",
        "convert in.jsonl -o out.csv",
    ],
)
def test_a_manifest_tells_the_hashes_that_its_files_have(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    repeated = [*ROWS, ROWS[3]]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in repeated), encoding="utf-8")
    assert border.run([*words.split(), "--quiet"]) == 0
    (manifest,) = tmp_path.rglob("*manifest.json")
    told = json.loads(manifest.read_text(encoding="utf-8"))
    assert [entry["path"] for entry in told["inputs"]] == ["in.jsonl"]
    outputs = {entry["path"] for entry in told["outputs"]}
    written = {path for path in tmp_path.rglob("*") if path.is_file() and path != manifest}
    assert outputs == {str(path.relative_to(tmp_path)) for path in written} - {"in.jsonl"}
    for entry in (*told["inputs"], *told["outputs"]):
        assert entry["sha256"] == sha256(Path(entry["path"]).read_bytes()).hexdigest(), entry["path"]


def test_nobody_waits_for_the_hash_of_an_input_when_a_command_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(1 << 40)  # of which nothing is on the disk; it takes a quarter of an hour to hash
    with pytest.raises(UsageError), HashedMeanwhile() as hashes:
        hashes.begin([large])
        raise UsageError("the output exists")
