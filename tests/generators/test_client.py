"""Every request ends in exactly one outcome, and the ledger knows every attempt."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from tests.generators.faultserver import LASTING, PASSING, FaultServer, Rule
from tilth.errors import TilthError
from tilth.generators.client import Client
from tilth.generators.endpoint import check_endpoint
from tilth.generators.ledger import Ledger
from tilth.generators.price import Price, nano_usd
from tilth.generators.provider import OpenAICompatible
from tilth.generators.request import Request
from tilth.generators.retry import RetryPolicy

KEY = "sk-canary-7f3a91c2d4e5"


def request(number: int, **params: Any) -> Request:
    return Request("m", ({"role": "user", "content": f"question {number}"},), {"max_tokens": 50, **params})


def passing_after(times_failed: int, fault: str) -> Rule:
    return lambda _, times: fault if times <= times_failed else None


def client_of(server: FaultServer, ledger: Path, **given: Any) -> Client:
    timeout_s, concurrency = given.pop("timeout_s", 5.0), given.pop("concurrency", 8)
    provider = OpenAICompatible(check_endpoint(server.url), key=KEY, timeout_s=timeout_s, connections=concurrency)
    given = {"price": Price(), "policy": RetryPolicy(first_wait_s=0.05), **given}
    return Client(provider, Ledger(ledger), concurrency=concurrency, **given)


@pytest.fixture
def book(folder: Path) -> Path:
    return folder / "ledger.sqlite"


def attempts(book: Path) -> int:
    with Ledger(book) as ledger:
        return ledger.attempts()


@pytest.mark.parametrize("fault", PASSING)
def test_passing_fault_is_tried_again_and_then_answered(fault: str, book: Path) -> None:
    rule = passing_after(1, fault)
    with FaultServer(rule=rule) as server, client_of(server, book, timeout_s=1.0) as client:
        (outcome,) = client.ask([request(1)])
    assert (outcome.status, outcome.text[:7]) == ("ok", "answer ")
    assert server.total == attempts(book) == 2


@pytest.mark.parametrize("fault", PASSING)
def test_lasting_fault_ends_as_failed_and_is_no_answer(fault: str, book: Path) -> None:
    policy = RetryPolicy(attempts=2, first_wait_s=0.05)
    with FaultServer(rule=lambda *_: fault) as server, client_of(server, book, timeout_s=0.5, policy=policy) as client:
        (outcome,) = client.ask([request(1)])
        assert outcome.status == "failed" and outcome.reason
    with Ledger(book) as ledger:
        assert ledger.answer(request(1).key) is None
        assert ledger.attempts() == server.total == 2


@pytest.mark.parametrize(
    ("fault", "status"),
    [("refusal", "refused"), ("length", "truncated"), ("content_filter", "filtered"), ("no-usage", "ok")],
)
def test_answers_of_every_kind_are_paid_once(fault: str, status: str, book: Path) -> None:
    with FaultServer(rule=lambda *_: fault) as server:
        for _ in range(2):
            with client_of(server, book) as client:
                assert client.ask([request(1)])[0].status == status
    assert server.total == attempts(book) == 1


def test_hundreds_of_requests_under_all_faults_each_end_once(book: Path) -> None:
    faults = [*PASSING, *LASTING, None, None, None]

    def rule(digest: str, times: int) -> str | None:
        fault = faults[int(digest[:6], 16) % len(faults)]
        return fault if times == 1 or fault in LASTING else None

    requests = [request(number) for number in range(200)]
    server = FaultServer(rule=rule, retry_after_s=0.05)
    with server, client_of(server, book, timeout_s=0.6, concurrency=32) as client:
        outcomes = client.ask(requests)
        assert client.tally.sent == server.total
    assert len(outcomes) == len(requests)
    assert {outcome.status for outcome in outcomes} == {"ok", "refused", "truncated", "filtered", "failed"}
    assert sum(client.tally.outcomes.values()) == len(requests)
    assert server.total == attempts(book)
    assert max(server.answered.values()) == 1
    assert server.most_in_flight <= 32


def test_answers_come_in_the_order_of_the_requests_whatever_the_concurrency(folder: Path) -> None:
    requests = [request(number) for number in range(40)]
    with FaultServer() as server:
        texts = []
        for concurrency in (1, 2, 8):
            with client_of(server, folder / f"{concurrency}.sqlite", concurrency=concurrency) as client:
                texts.append([outcome.text for outcome in client.ask(requests)])
    assert texts[0] == texts[1] == texts[2]
    assert server.most_in_flight <= 8


def test_equal_requests_are_asked_once(book: Path) -> None:
    with FaultServer() as server, client_of(server, book) as client:
        outcomes = client.ask([request(1), request(2), request(1)])
    assert server.total == 2 and outcomes[0] == outcomes[2] != outcomes[1]


def test_retry_after_is_waited_out_by_all(book: Path) -> None:
    server = FaultServer(rule=passing_after(1, "429-seconds"), retry_after_s=0.7)
    with server, client_of(server, book, concurrency=2) as client:
        client.ask([request(number) for number in range(4)])
    by_digest: dict[str, list[float]] = {}
    for moment, digest in server.times:
        by_digest.setdefault(digest, []).append(moment)
    assert all(second - first >= 0.65 for first, second in by_digest.values())


def test_endpoint_that_asks_for_a_day_is_not_waited_for(book: Path) -> None:
    begin = time.monotonic()
    with FaultServer(rule=lambda *_: "429-huge") as server, client_of(server, book) as client:
        assert client.ask([request(1)])[0].status == "failed"
    assert server.total == 1 and time.monotonic() - begin < 5


@pytest.mark.parametrize("fault", ["401", "402", "403", "404"])
def test_hopeless_endpoint_stops_the_run_within_one_window(fault: str, book: Path) -> None:
    server = FaultServer(rule=lambda *_: fault, delay_s=0.02)
    with server, client_of(server, book, concurrency=4) as client, pytest.raises(TilthError, match=fault) as caught:
        client.ask([request(number) for number in range(100)])
    assert server.total <= 4 and attempts(book) == server.total
    assert KEY not in str(caught.value) and "\n" not in str(caught.value)


def test_redirect_is_not_followed(book: Path) -> None:
    other, server = FaultServer(), FaultServer(rule=lambda *_: "307")
    with other, server, client_of(server, book) as client, pytest.raises(TilthError, match="redirect"):
        server.redirect_to = other.url
        client.ask([request(1)])
    assert (server.total, other.total) == (1, 0)


def test_reply_beyond_the_cap_is_dropped(book: Path) -> None:
    with FaultServer(rule=lambda *_: "huge") as server, client_of(server, book) as client:
        assert client.ask([request(1)])[0].reason == "too-large"
    assert server.total == 1


def test_unreachable_endpoint_fails_and_costs_nothing(book: Path) -> None:
    with FaultServer() as server:
        pass
    price = Price(1000.0, 1000.0)
    with client_of(server, book, policy=RetryPolicy(attempts=2, first_wait_s=0.05), price=price) as client:
        assert client.ask([request(1)])[0].reason.startswith("connect: ")
        assert client.cost_usd == 0.0 and client.tally.sent == 2


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("limit_usd", [0.0, 0.0051, 0.02])
def test_spend_never_passes_the_limit(limit_usd: float, concurrency: int, book: Path) -> None:
    given: dict[str, Any] = {"price": Price(10.0, 30.0), "limit_nano": nano_usd(limit_usd), "concurrency": concurrency}
    server = FaultServer(prompt_usd=10.0, completion_usd=30.0, completion_tokens=50)
    with server, client_of(server, book, **given) as client:
        outcomes = client.ask([request(number) for number in range(40)])
        assert client.is_spent
    assert server.billed_nano <= nano_usd(limit_usd)
    with Ledger(book) as ledger:
        assert ledger.balance_nano() == server.billed_nano
    refused = [outcome.reason for outcome in outcomes if outcome.status == "failed"]
    assert set(refused) == {"max-cost"} and len(refused) == 40 - server.total


def test_what_is_sent_under_a_limit_does_not_depend_on_concurrency(folder: Path) -> None:
    sent = set()
    for concurrency in (1, 3, 16):
        with FaultServer(delay_s=0.002, completion_tokens=17) as server:
            book = folder / f"{concurrency}.sqlite"
            limit, price = nano_usd(0.02), Price(10.0, 30.0)
            with client_of(server, book, price=price, limit_nano=limit, concurrency=concurrency) as client:
                sent.add(tuple(outcome.status for outcome in client.ask([request(n) for n in range(40)])))
    assert len(sent) == 1


def test_retry_that_does_not_fit_waits_for_what_is_in_flight(folder: Path) -> None:
    sent = set()
    for concurrency in (1, 8):
        server = FaultServer(rule=passing_after(1, "500"), delay_s=0.005, completion_tokens=5)
        given: dict[str, Any] = {"price": Price(10.0, 30.0), "limit_nano": nano_usd(0.006), "concurrency": concurrency}
        with server, client_of(server, folder / f"{concurrency}.sqlite", **given) as client:
            outcomes = client.ask([request(number) for number in range(30)])
        assert all(outcome.status == "ok" or outcome.reason == "max-cost" for outcome in outcomes)
        sent.add(sum(outcome.status == "ok" for outcome in outcomes))
        assert attempts(folder / f"{concurrency}.sqlite") == server.total
    assert len(sent) == 1 and 0 < sent.pop() < 30


def test_key_is_in_no_file_and_no_message_even_when_the_endpoint_echoes_it(book: Path) -> None:
    def rule(digest: str, times: int) -> str:
        return ("echo", "400", "500")[int(digest[:4], 16) % 3]

    with (
        FaultServer(rule=rule) as server,
        client_of(server, book, policy=RetryPolicy(attempts=2, first_wait_s=0.05)) as client,
    ):
        outcomes = client.ask([request(number) for number in range(12)])
    assert server.keys == {f"Bearer {KEY}"}
    assert KEY not in repr(outcomes) and "[key]" in repr(outcomes)
    assert all(KEY.encode() not in path.read_bytes() for path in book.parent.iterdir())


def test_ledger_that_breaks_stops_the_run_with_its_name(book: Path) -> None:
    with FaultServer() as server, client_of(server, book) as client:
        other = sqlite3.connect(book)
        other.execute("DROP TABLE event")
        other.commit()
        with pytest.raises(TilthError, match="ledger"):
            client.ask([request(1)])
    assert server.total == 0
