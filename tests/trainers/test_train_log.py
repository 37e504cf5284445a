"""The training log: what charts and comparisons read."""

from pathlib import Path

from tilth.trainers.train_log import TRAIN_LOG, TrainLog, read_train_log


def test_a_resumed_log_forgets_what_was_not_saved(tmp_path: Path) -> None:
    log = TrainLog(tmp_path)
    for step in range(1, 6):
        log.write(step, step / 10, {"loss": 1.0 / step, "learning_rate": 0.1})
    log.close()
    resumed = TrainLog(tmp_path, step=3)
    resumed.write(4, 0.4, {"loss": 9.0})
    resumed.close()
    lines = read_train_log(tmp_path)
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert lines[-1]["loss"] == 9.0
    assert lines[-1]["seconds"] >= lines[-2]["seconds"]


def test_a_last_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    (tmp_path / TRAIN_LOG).write_text('{"step": 1, "loss": 2.0, "seconds": 1.0}\n{"step": 2, "lo')
    assert [line["step"] for line in read_train_log(tmp_path)] == [1]
    TrainLog(tmp_path, step=1).close()
    assert (tmp_path / TRAIN_LOG).read_text().endswith("1.0}\n")


def test_margins_of_pairs_have_their_own_names(tmp_path: Path) -> None:
    log = TrainLog(tmp_path)
    log.write(1, 0.1, {"loss": 0.7, "rewards/margins": 0.25, "rewards/accuracies": 0.5, "entropy": 3.0})
    log.close()
    line = read_train_log(tmp_path)[0]
    assert (line["margin"], line["accuracy"]) == (0.25, 0.5)
    assert "entropy" not in line
