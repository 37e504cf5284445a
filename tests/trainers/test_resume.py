"""A run that is killed goes on as if it had never stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.rows import polite_or_not, split_data, where_is_it
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.trainers import dpo, sft, training
from tilth.trainers.checkpoints import complete_checkpoints
from tilth.trainers.train_log import read_train_log

pytestmark = pytest.mark.slow

RUN = """
import sys
from pathlib import Path
from tilth.formats import Dataset
from tilth.trainers import dpo, sft
import json
name, data, folder, options = sys.argv[1:]
operation = {"sft": sft, "dpo": dpo}[name]
operation.run(Dataset.open(data, dialect="tilth"), operation.options(json.loads(options)), Path(folder))
"""

# Seven steps an epoch and a checkpoint every four: resuming happens inside later epochs, too.
OPTIONS = {
    "sft": {
        "epochs": 4,
        "batch_size": 4,
        "gradient_accumulation": 2,
        "save_every_steps": 4,
        "device": "cpu",
        "seed": 3,
    },
    "dpo": {"epochs": 4, "batch_size": 4, "method": "lora", "save_every_steps": 4, "device": "cpu", "seed": 3},
}


def data_in(folder: Path) -> Dataset:
    return split_data(
        folder,
        train=[*where_is_it(52), *polite_or_not(28)],
        validation=[*where_is_it(60)[52:], *polite_or_not(36)[28:]],
    )


def untimed(folder: Path) -> list[dict[str, Any]]:
    return [{name: value for name, value in line.items() if name != "seconds"} for line in read_train_log(folder)]


def kill_after(step: int, command: list[str], folder: Path) -> None:
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        lines = read_train_log(folder)
        if lines and lines[-1]["step"] >= step:
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL, "the run was to be killed before it ended"
            return
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.002)
    raise AssertionError("the run did not get so far")


@pytest.mark.parametrize("name", ["sft", "dpo"])
def test_a_killed_run_resumes_with_the_losses_of_an_unbroken_one(name: str, tmp_path: Path) -> None:
    data = data_in(tmp_path / "data")
    operation: Any = {"sft": sft, "dpo": dpo}[name]
    unbroken = operation.run(data, operation.options(OPTIONS[name]), tmp_path / "unbroken")
    broken = tmp_path / "broken"
    command = [sys.executable, "-c", RUN, name, str(tmp_path / "data"), str(broken), json.dumps(OPTIONS[name])]
    kill_after(18, command, broken)
    found = complete_checkpoints(broken / "checkpoints")
    assert found and found[0].step >= 12, "at most one save interval is lost"
    resumed = operation.run(data, operation.options(OPTIONS[name]), broken)
    assert untimed(broken) == untimed(tmp_path / "unbroken"), "every loss, to the last bit"
    assert resumed.facts["last_loss"] == unbroken.facts["last_loss"]
    result = "adapter/adapter_model.safetensors" if name == "dpo" else "model/model.safetensors"
    assert (broken / result).read_bytes() == (tmp_path / "unbroken" / result).read_bytes()


def test_checkpoints_of_another_run_are_not_continued_by_accident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_in(tmp_path / "data")
    options = {**OPTIONS["sft"], "max_steps": 4}

    class StoppedError(Exception):
        pass

    def stop(*_: Any) -> None:
        raise StoppedError

    with monkeypatch.context() as patched, pytest.raises(StoppedError):
        patched.setattr(training, "save_outcome", stop)
        sft.run(data, sft.options(options), tmp_path / "run")
    with pytest.raises(UsageError, match=r"checkpoints of a run with other data, options or start\n  try  --no-resume"):
        sft.run(data, sft.options({**options, "seed": 4}), tmp_path / "run")
    over = sft.run(data, sft.options({**options, "seed": 4, "resume": False}), tmp_path / "run")
    assert over.facts["steps"] == 4
