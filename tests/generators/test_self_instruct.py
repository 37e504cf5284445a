"""Growing records from seeds: what is kept, what is set aside and why, and that a run can always be taken up again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.generators import gardener
from tests.generators.faultserver import PASSING, FaultServer
from tilth.errors import TilthError, UsageError
from tilth.formats import Dataset
from tilth.generators import Ledger, export_answers, rouge_l
from tilth.generators.self_instruct import self_instruct
from tilth.operation import Outcome

KEY = "sk-canary-52c8e1b07d94"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def grow(folder: Path, **given: Any) -> Outcome:
    return self_instruct.run(
        gardener.seeds(),
        self_instruct.options({"model": "gardener", "ledger": folder / "ledger.sqlite", "count": 12, **given}),
    )


def records(outcome: Outcome) -> list[dict[str, Any]]:
    return [dict(record) for batch in outcome.kept.batches() for record in batch.records]


def codes(outcome: Outcome) -> Counter[str]:
    return Counter(row.reason.code for row in outcome.set_aside)


def test_grown_records_have_answers_parents_and_their_maker(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        outcome = grow(folder, endpoint=server.url)
    made = records(outcome)
    ids = {identity for batch in gardener.seeds().batches() for identity in batch.ids}
    made_ids = {identity for batch in outcome.kept.batches() for identity in batch.ids}
    assert len(made) == 12
    for record in made:
        assert record["output"].startswith("Done in ")
        assert set(record["meta"]["parents"]) <= ids | made_ids
        assert record["meta"]["generator"]["name"] == "self-instruct"
        assert record["meta"]["generator"]["model"] == "gardener"
    assert any(set(record["meta"]["parents"]) & made_ids for record in made)  # made ones are shown in later rounds
    assert outcome.facts["stopped"] == "count" and outcome.facts["seeds"] == 9


def test_every_candidate_is_kept_or_has_its_code(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        outcome = grow(folder, endpoint=server.url, count=30)
    found = codes(outcome)
    assert {"too-short", "blacklisted", "too-similar", "no-output"} <= set(found)
    assert outcome.rows_in == outcome.rows_kept + len(outcome.set_aside)
    assert outcome.rows_in == sum(one["candidates"] for one in outcome.facts["rounds"])


def test_too_similar_names_the_witness_and_its_score(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        outcome = grow(folder, endpoint=server.url)
    texts = {i: r["instruction"] for b in gardener.seeds().batches() for i, r in zip(b.ids, b.records, strict=True)}
    texts |= {i: r["instruction"] for b in outcome.kept.batches() for i, r in zip(b.ids, b.records, strict=True)}
    texts |= {row.id: str(row.row["instruction"]) for row in outcome.set_aside}
    similar = [row for row in outcome.set_aside if row.reason.code == "too-similar"]
    assert similar
    for row in similar:
        assert row.reason.against is not None and row.reason.score is not None
        assert row.reason.score == rouge_l(str(row.row["instruction"]), texts[row.reason.against]) > 0.7


def test_no_two_kept_tasks_are_too_similar(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        made = [record["instruction"] for record in records(grow(folder, endpoint=server.url, count=30))]
    tasks = [task for task, _ in gardener.SEEDS] + made
    assert all(rouge_l(left, right) <= 0.7 for number, left in enumerate(tasks) for right in tasks[:number])


def test_classification_is_answered_output_first(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        made = records(grow(folder, endpoint=server.url, count=30))
    labelled = [record for record in made if record["meta"]["generator"]["is_classification"]]
    assert labelled and all(record["instruction"].startswith("Classify") and record["input"] for record in labelled)


def test_several_instances_of_a_task_never_pass_the_count(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        outcome = grow(folder, endpoint=server.url, count=7, instances_per_task=2, classification="never")
    made = records(outcome)
    assert len(made) == 7 and len({record["instruction"] for record in made}) == 4
    assert codes(outcome)["not-needed"] >= 1


@pytest.mark.parametrize("reply_format", ["json", "text"])
def test_both_reply_formats_grow_the_same_number(reply_format: str, folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        assert len(records(grow(folder, endpoint=server.url, reply_format=reply_format))) == 12


def test_result_does_not_depend_on_concurrency_or_passing_faults(folder: Path) -> None:
    def rule(digest: str, times: int) -> str | None:
        return PASSING[int(digest[:4], 16) % len(PASSING)] if times == 1 else None

    results = []
    for name, concurrency, faults in (("one", 1, None), ("eight", 8, None), ("faults", 4, rule)):
        server = FaultServer(answer=gardener.answer, rule=faults or (lambda *_: None), retry_after_s=0.1)
        with server:
            outcome = grow(folder / name, endpoint=server.url, timeout_s=0.4, concurrency=concurrency)
        results.append((records(outcome), [(row.id, row.reason) for row in outcome.set_aside]))
        with Ledger(folder / name / "ledger.sqlite") as ledger:
            assert ledger.attempts() == server.total
    assert results[0] == results[1] == results[2]


def test_second_run_sends_nothing_and_gives_the_same(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        first = grow(folder, endpoint=server.url)
        seen = server.total
        second = grow(folder, endpoint=server.url)
    assert server.total == seen and records(first) == records(second)
    assert second.facts["requests_sent"] == 0


def test_recorded_answers_replace_the_endpoint(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(answer=gardener.answer) as server:
        live = grow(folder, endpoint=server.url)
        assert export_answers(folder / "ledger.sqlite", folder / "answers.jsonl") == server.total
        # A variable in the environment must not turn a replay into a purchase.
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        seen = server.total
        replayed = grow(folder / "elsewhere", answers=folder / "answers.jsonl")
        assert server.total == seen
    assert records(replayed) == records(live)
    assert replayed.facts["answers_recorded"] > 0 and replayed.facts["requests_sent"] == 0
    assert not (folder / "elsewhere").exists()


def test_missing_recorded_answer_is_one_error_that_names_the_flag(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        grow(folder, endpoint=server.url)
        export_answers(folder / "ledger.sqlite", folder / "answers.jsonl")
    with pytest.raises(UsageError, match="--endpoint"):
        grow(folder, answers=folder / "answers.jsonl", seed=1)


def test_what_is_missing_from_recorded_answers_is_asked_of_a_named_endpoint(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        grow(folder, endpoint=server.url, count=6)
        export_answers(folder / "ledger.sqlite", folder / "answers.jsonl")
        seen = server.total
        outcome = grow(folder / "new", endpoint=server.url, answers=folder / "answers.jsonl", count=6)
        assert server.total == seen
        grow(folder / "new", endpoint=server.url, answers=folder / "answers.jsonl", count=6, seed=1)
        assert server.total > seen
    assert len(records(outcome)) == 6


def test_no_endpoint_and_no_answers_names_both_flags(folder: Path) -> None:
    with pytest.raises(UsageError, match="--answers") as caught:
        grow(folder)
    assert "--endpoint" in str(caught.value) and caught.value.exit_code == 2
    assert list(folder.iterdir()) == []


def test_data_without_instructions_says_so(folder: Path) -> None:
    data = Dataset.of([{"type": "text", "text": "a field"}])
    with pytest.raises(UsageError, match="no instruction record"):
        self_instruct.run(data, self_instruct.options({"model": "m", "endpoint": "http://127.0.0.1:1/v1"}))


def test_limit_stops_the_run_with_what_it_has(folder: Path) -> None:
    prices = {"prompt_price_usd": 1.0, "completion_price_usd": 10.0}
    with FaultServer(answer=gardener.answer, prompt_usd=1.0, completion_usd=10.0) as server:
        outcome = grow(folder, endpoint=server.url, max_cost=0.02, count=50, max_tokens=200, **prices)
    assert outcome.facts["stopped"] == "max-cost"
    assert "the spending limit came first" in outcome.facts["warnings"][0]
    assert 0 < len(records(outcome)) < 50
    assert server.billed_nano <= 20_000_000
    assert outcome.facts["cost_usd"] == server.billed_nano / 1e9


def test_limit_without_a_price_is_refused_before_anything_is_sent(folder: Path) -> None:
    with pytest.raises(UsageError, match="prices"):
        grow(folder, endpoint="https://api.example.com/v1", max_cost=1.0)


def test_unknown_provider_is_a_users_mistake(folder: Path) -> None:
    with pytest.raises(UsageError, match="no provider is called opneai"):
        grow(folder, endpoint="http://127.0.0.1:1/v1", provider="opneai")


def test_half_a_price_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="--completion-price-usd"):
        grow(folder, endpoint="https://api.example.com/v1", prompt_price_usd=1.0)


def test_model_that_repeats_itself_stops_the_run(folder: Path) -> None:
    tasks = json.dumps({"tasks": ["Name the best day to sow broad beans outside."]})

    def answer(request: dict[str, Any]) -> str:
        return tasks if "new tasks" in request["messages"][0]["content"] else gardener.answer(request)

    with FaultServer(answer=answer) as server:
        outcome = grow(folder, endpoint=server.url, requests_per_round=2)
    assert outcome.facts["stopped"] == "few-new-tasks"
    assert len(records(outcome)) == 1 and codes(outcome)["too-similar"] >= 3


def test_model_that_answers_nothing_is_one_error(folder: Path) -> None:
    with FaultServer(rule=lambda *_: "400") as server, pytest.raises(TilthError, match="http-400"):
        grow(folder, endpoint=server.url)


def test_reply_without_a_list_is_set_aside_as_it_is(folder: Path) -> None:
    with FaultServer(answer=lambda _: "Gladly! What shall I do?") as server:
        outcome = grow(folder, endpoint=server.url)
    assert set(codes(outcome)) == {"unreadable"}
    assert outcome.set_aside[0].row["instruction"] == "Gladly! What shall I do?"


def test_truncated_reply_loses_only_its_last_task(folder: Path) -> None:
    asked: Counter[str] = Counter()

    def rule(digest: str, _: int) -> str | None:
        asked[digest] += 1
        return "length" if len(asked) == 1 else None

    with FaultServer(answer=gardener.answer, rule=rule) as server:
        outcome = grow(folder, endpoint=server.url)
    assert codes(outcome)["truncated"] == 1 and len(records(outcome)) == 12


def test_estimate_sends_nothing_and_holds_the_real_run(folder: Path) -> None:
    with FaultServer(answer=gardener.answer) as server:
        options = self_instruct.options(
            {"model": "m", "endpoint": server.url, "count": 12, "prompt_price_usd": 1.0, "completion_price_usd": 2.0}
        )
        assert self_instruct.estimator is not None
        guess = self_instruct.estimator(gardener.seeds(), options)
        assert server.total == 0
        outcome = grow(folder, endpoint=server.url)
        low, high = guess["requests"]
        assert low <= outcome.facts["requests_sent"] <= high
    assert 0 < guess["cost_usd"][0] < guess["cost_usd"][1]


def test_key_is_nowhere(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def rule(digest: str, times: int) -> str | None:
        return ("500", None)[int(digest[:2], 16) % 2] if times == 1 else None

    with FaultServer(answer=gardener.answer, rule=rule) as server:
        outcome = grow(folder, endpoint=server.url)
        export_answers(folder / "ledger.sqlite", folder / "answers.jsonl")
    with FaultServer(rule=lambda *_: "401") as server, pytest.raises(TilthError) as caught:
        grow(folder, endpoint=server.url, seed=3)
    said = repr(records(outcome)) + repr(outcome.set_aside) + str(caught.value) + "".join(capfd.readouterr())
    assert KEY not in said
    assert all(KEY.encode() not in path.read_bytes() for path in folder.iterdir())


def test_ledger_is_readable_by_its_owner_only(folder: Path) -> None:
    old = os.umask(0)
    try:
        with FaultServer(answer=gardener.answer) as server:
            grow(folder / "new", endpoint=server.url, count=1)
    finally:
        os.umask(old)
    assert (folder / "new").stat().st_mode & 0o777 == 0o700
    assert (folder / "new" / "ledger.sqlite").stat().st_mode & 0o777 == 0o600


_RUN = """
import json, sys
from pathlib import Path
from tests.generators import gardener
from tilth.generators.self_instruct import self_instruct
folder, url = Path(sys.argv[1]), sys.argv[2]
given = {"model": "gardener", "endpoint": url, "ledger": folder / "ledger.sqlite", "count": 20, "concurrency": 4}
outcome = self_instruct.run(gardener.seeds(), self_instruct.options(given))
made = [record for batch in outcome.kept.batches() for record in batch.records]
aside = [[row.id, row.reason.code, row.reason.against] for row in outcome.set_aside]
(folder / "made.json").write_text(json.dumps([made, aside], sort_keys=True))
"""


def start(folder: Path, server: FaultServer) -> "subprocess.Popen[bytes]":
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, str(folder), server.url], env={**os.environ, "OMP_NUM_THREADS": "1"}
    )


def kill_until_done(folder: Path, server: FaultServer, signal_number: int, *, most: int) -> int:
    """Kill runs a little later each time until one gets through; how many were killed while at work."""
    kills = 0
    for turn in range(most):
        before, wanted = server.total, 1 + turn % 5
        run = start(folder, server)
        while run.poll() is None and server.total < before + wanted:
            time.sleep(0.001)
        time.sleep(0.0007 * (turn % 7))
        if run.poll() is None:
            run.send_signal(signal_number)
            kills += 1
        if run.wait(30) == 0:
            return kills
    assert start(folder, server).wait(60) == 0
    return kills


@pytest.mark.slow
@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT])
def test_killed_run_resumes_without_paying_twice_and_ends_the_same(signal_number: int, folder: Path) -> None:
    with FaultServer(answer=gardener.answer, delay_s=0.01) as server:
        assert start(folder / "whole", server).wait(60) == 0
        needed = dict(server.seen)
    with FaultServer(answer=gardener.answer, delay_s=0.01) as server:
        kills = kill_until_done(folder / "killed", server, signal_number, most=16)
        with Ledger(folder / "killed" / "ledger.sqlite") as ledger:
            committed, booked = list(ledger.answers()), ledger.attempts()
    assert kills >= 5
    assert (folder / "killed" / "made.json").read_bytes() == (folder / "whole" / "made.json").read_bytes()
    # No request has two committed answers; what was asked again was in flight at a kill, at most four each time.
    assert len({answer.request.key for answer in committed}) == len(committed) == len(needed)
    assert set(server.seen) == set(needed)
    assert server.total - len(needed) <= 4 * kills
    assert server.total <= booked <= server.total + 4 * kills


@pytest.mark.slow
def test_interrupt_ends_a_stalled_run_within_five_seconds(folder: Path) -> None:
    with FaultServer(answer=gardener.answer, rule=lambda *_: "stall") as server:
        run = start(folder / "stalled", server)
        while run.poll() is None and not server.total:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        begin = time.monotonic()
        assert run.wait(10) != 0 and time.monotonic() - begin < 5
    with Ledger(folder / "stalled" / "ledger.sqlite") as ledger:
        assert ledger.attempts() == server.total  # booked and open: they may have been billed
