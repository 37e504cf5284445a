"""A 200 is not yet an answer: every reply ends in one outcome, whatever its bytes are."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.generators.faultserver import completion
from tilth.generators.provider import check_key, retry_after_s
from tilth.generators.reply import Reply, read_answer, read_reply
from tilth.generators.retry import RetryPolicy, hopeless, may_be_billed

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just([]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["choices", "message", "content", "finish_reason", "refusal", "usage", "error", "text", "prompt_tokens"]
    ), inner, max_size=4),
)  # fmt: skip


@given(st.none() | st.integers(100, 599), st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_reply_has_one_outcome(status: int | None, body: bytes) -> None:
    reply = Reply(status, body, error="" if status else "cut")
    outcome = read_reply(reply)
    assert outcome.status in ("ok", "refused", "filtered", "truncated", "failed")
    assert outcome.is_answer or outcome.reason
    assert not outcome.is_answer or status == 200
    assert hopeless(reply, outcome) is None or not outcome.is_answer
    assert may_be_billed(reply) in (True, False)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty-body"),
        (b"<html>", "not-json: <html>"),
        (b"[" * 100_000, "not-json: " + "[" * 80),
        (b"[]", "not-an-object"),
        (b"{}", "no-choices"),
        (b'{"choices": null}', "no-choices"),
        (b'{"choices": [null]}', "no-choices"),
        (b'{"choices": [{}]}', "no-message"),
        (b'{"choices": [{"message": {"content": null}}]}', "no-content"),
        (b'{"choices": [{"message": {"content": " \\n"}}]}', "no-content"),
        (b'{"choices": [{"message": {"content": "\\ud800"}}]}', "not-json"),
        (b'{"error": {"message": "overloaded"}}', "no-choices"),
    ],
)
def test_200_without_an_answer_is_a_failure(body: bytes, reason: str) -> None:
    outcome = read_answer(body)
    assert outcome.status == "failed" and outcome.reason.startswith(reason)


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        (completion("hello"), "ok", "hello"),
        (completion([{"type": "text", "text": "he"}, {"type": "text", "text": "llo"}]), "ok", "hello"),
        (completion("hel", finish="length"), "truncated", "hel"),
        (completion("", finish="content_filter"), "filtered", ""),
        (completion(None, refusal="No."), "refused", ""),
    ],
)
def test_answers_by_kind(answer: dict[str, Any], status: str, text: str) -> None:
    outcome = read_answer(json.dumps(answer).encode())
    assert (outcome.status, outcome.text) == (status, text)
    assert outcome.usage is not None and outcome.usage.completion_tokens == 20


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": -1, "completion_tokens": 2}, {"prompt_tokens": True}, 7])
def test_nonsense_usage_counts_as_none(usage: Any) -> None:
    assert read_answer(json.dumps({**completion("x"), "usage": usage}).encode()).usage is None


def test_what_an_endpoint_says_is_shown_safely_and_short() -> None:
    body = json.dumps({"error": {"message": "\x1b]52;c;boo\x07" + "x" * 10_000}}).encode()
    reason = read_reply(Reply(400, body)).reason
    assert reason.startswith("http-400: ␛]52;c;boo␇") and len(reason) < 300


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("3", 3.0), ("0.5", 0.5), (" 7 ", 7.0), ("soon", None), ("-1", None), ("", None),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20.0), ("Thu, 01 Jan 1970 00:00:10 GMT", 0.0), ("²", None),
        ("99999999999999999999", None),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, now=100.0) == seconds


def test_waits_grow_up_to_a_bound_and_end() -> None:
    policy = RetryPolicy(attempts=10)
    waits = [policy.wait_s(Reply(500), attempt, 1.0) for attempt in range(1, 11)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, None]
    assert policy.wait_s(Reply(429, retry_after_s=100.0), 1, 1.0) == 100.0
    assert policy.wait_s(Reply(429, retry_after_s=1000.0), 1, 1.0) is None
    assert policy.wait_s(Reply(400), 1, 1.0) is None


def test_key_that_fits_no_header_is_refused_without_showing_it() -> None:
    assert check_key(None, "K") is check_key(" ", "K") is None
    assert check_key(" sk-1\n", "K") == "sk-1"
    with pytest.raises(Exception, match="environment variable K") as caught:
        check_key("sk-\x00secret", "K")
    assert "secret" not in str(caught.value)
