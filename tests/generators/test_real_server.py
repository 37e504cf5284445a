"""The whole way against a real llama.cpp server, with a model that the test builds."""

import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.generators import gardener
from tests.generators.parrot import build_parrot
from tilth.generators import Ledger, export_answers, ledger_summary
from tilth.generators.client import Client
from tilth.generators.endpoint import check_endpoint
from tilth.generators.price import Price
from tilth.generators.provider import OpenAICompatible
from tilth.generators.request import Request
from tilth.generators.retry import RetryPolicy
from tilth.generators.self_instruct import self_instruct
from tilth.operation import Outcome

xllamacpp = pytest.importorskip("xllamacpp")
pytest.importorskip("gguf")

TASKS = (
    "1. Describe how bees find their way back home.\n",
    "2. Dig.\n",
    "3. Name a flower that opens only at night.\n",
    "4. Draw a rose with seven petals in ink.\n",
    "5. How long do tomato seeds keep?\n",
    "6. Is this sentence about the weather or about plants?\n",
    "7. Warn a neighbour politely about a wasp nest.\n",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with TemporaryDirectory() as name:
        model = Path(name) / "parrot.gguf"
        answers = {
            "new tasks": TASKS,
            "weather or about plants?\nAnswer:": ["Yes"],
            "classification task, one": ["No"],
            "First choose one of its possible": ["Output: weather\n", "Input: Rain all day."],
        }
        build_parrot(model, answers, ["Input: \n", "Output: Gently, and ", "with water."])
        params = xllamacpp.CommonParams()
        params.model.path, params.n_ctx, params.n_parallel = str(model), 16384, 4
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
        params.warmup = params.ui = False
        params.verbosity = 0
        params.endpoint_metrics = True
        server = xllamacpp.Server(params)
        yield f"{server.listening_address}/v1"


def grow(folder: Path, url: str, **given: Any) -> Outcome:
    options = {"model": "parrot", "endpoint": url, "ledger": folder / "ledger.sqlite", "reply_format": "text", **given}
    return self_instruct.run(gardener.seeds(), self_instruct.options(options))


def metric(url: str, name: str) -> int:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/metrics") as response:
        lines = response.read().decode().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"llamacpp:{name} ")))


def test_a_real_model_grows_records_with_reasons(folder: Path, url: str) -> None:
    outcome = grow(folder, url, count=4)
    made = [record for batch in outcome.kept.batches() for record in batch.records]
    assert [record["instruction"] for record in made] == [TASKS[number][3:].strip() for number in (0, 2, 5, 6)]
    assert [record["output"] for record in made] == ["Gently, and with water."] * 2 + ["weather"] + [
        "Gently, and with water."
    ]
    assert made[2]["input"] == "Rain all day." and made[2]["meta"]["generator"]["is_classification"]
    assert Counter(row.reason.code for row in outcome.set_aside) == {"too-short": 1, "blacklisted": 1, "too-similar": 1}


def test_ledger_and_server_count_the_same_tokens(folder: Path, url: str) -> None:
    names = ("prompt_tokens_total", "tokens_predicted_total")
    before = [metric(url, name) for name in names]
    grow(folder, url, count=4, prompt_price_usd=0.0, completion_price_usd=1.0)
    predicted = metric(url, names[1]) - before[1]
    assert ledger_summary(folder / "ledger.sqlite")["spent_usd"] == pytest.approx(predicted / 1e6)
    summary = ledger_summary(folder / "ledger.sqlite")
    assert summary["answered"] == {"ok": 9} and summary["completion_tokens"] == predicted


def test_resumed_and_replayed_runs_equal_the_first(folder: Path, url: str) -> None:
    def rows(outcome: Outcome) -> object:
        return [list(batch.records) for batch in outcome.kept.batches()], outcome.set_aside

    first = grow(folder, url, count=4)
    predicted = metric(url, "tokens_predicted_total")
    again = grow(folder, url, count=4)
    export_answers(folder / "ledger.sqlite", folder / "answers.jsonl")
    replayed = grow(folder / "none", url, endpoint=None, answers=folder / "answers.jsonl", count=4)
    assert metric(url, "tokens_predicted_total") == predicted
    assert rows(first) == rows(again) == rows(replayed)


def test_model_that_cannot_hold_a_schema_still_ends_every_request_once(folder: Path, url: str) -> None:
    schema = {"type": "object", "properties": {"tasks": {"type": "array", "items": {"type": "string"}}}}
    requests = [
        Request("parrot", ({"role": "user", "content": f"new tasks, {number}"},), {"max_tokens": 24}, schema)
        for number in range(12)
    ]
    provider, ledger = OpenAICompatible(check_endpoint(url)), Ledger(folder / "ledger.sqlite")
    with Client(provider, ledger, price=Price(), policy=RetryPolicy(attempts=2)) as client:
        outcomes = client.ask(requests)
        assert sum(client.tally.outcomes.values()) == len(requests) == len(outcomes)
        assert ledger.attempts() == client.tally.sent
        assert all(outcome.status in ("ok", "truncated") or outcome.reason for outcome in outcomes)
