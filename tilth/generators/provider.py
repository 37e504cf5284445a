"""The way to a model: a `Provider` sends one request and reports what happened, no more.

Retries, limits, budgets and meaning live elsewhere, so that one call here is one request on the wire. The
OpenAI-compatible provider speaks over httpx2, the transport under the openai package, without the package: it
imports in a seventh of the time, sends nothing twice and follows no redirect (`benchmarks/bench_generation.py`).
"""

import base64
import re
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from tilth.errors import UsageError
from tilth.generators.endpoint import Endpoint, check_resolved
from tilth.generators.reply import Reply
from tilth.generators.request import Request

if TYPE_CHECKING:
    import httpx2

MAX_REPLY_BYTES = 16 * 1024 * 1024  # 100 times the longest answer that a token limit in use allows
_CONNECT_TIMEOUT_S = 10.0
_HIDDEN_KEY = b"[key]"
_SHORTEST_SECRET = 12  # `none` or `EMPTY`, as local servers are given, is no secret and may well be in an answer


class Provider(Protocol):
    """Something that answers requests."""

    def send(self, request: Request) -> Reply:
        """One exchange, from several threads at once. Never raises for what the other side does."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class OpensProvider(Protocol):
    """What the entry-point group `tilth.providers` holds under a name: a class or function that opens a provider."""

    def __call__(self, endpoint: Endpoint, *, key: str | None, timeout_s: float, connections: int) -> Provider:
        """A provider for a checked endpoint; `connections` is the most `send` calls at a time."""
        ...


class OpenAICompatible:
    """Chat completions over HTTP, as OpenAI, vLLM, llama.cpp, Ollama, LM Studio and many others serve them."""

    def __init__(
        self, endpoint: Endpoint, *, key: str | None = None, timeout_s: float = 120, connections: int = 8
    ) -> None:
        import httpx2

        check_resolved(endpoint)
        self._url, self._timeout_s, self._spellings = endpoint.completions_url, timeout_s, _spellings(key)
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx2.Client(
            headers=headers,
            follow_redirects=False,
            timeout=httpx2.Timeout(timeout_s, connect=min(_CONNECT_TIMEOUT_S, timeout_s)),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
            trust_env=not endpoint.is_loopback,  # a proxy for the outside world has no business with this machine
            verify=endpoint.url.startswith("https:"),  # reading the trusted certificates takes 80 ms that http can save
        )

    def send(self, request: Request) -> Reply:
        """Post the request once. The key never appears in what comes back, even where the endpoint echoes it."""
        import httpx2

        deadline = time.monotonic() + self._timeout_s
        try:
            with self._client.stream("POST", self._url, content=request.body()) as response:
                return self._read(response, deadline)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol) as failure:
            return Reply(None, error="connect", detail=str(failure))
        except httpx2.TimeoutException:
            return Reply(None, error="timeout")
        except httpx2.DecodingError:
            return Reply(None, error="undecodable")
        except httpx2.HTTPError as failure:
            return Reply(None, error="cut", detail=str(failure))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _read(self, response: "httpx2.Response", deadline: float) -> Reply:
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > MAX_REPLY_BYTES:
                return Reply(None, error="too-large")
            if time.monotonic() > deadline:  # the transport's own limit restarts with every byte that drips in
                return Reply(None, error="timeout")
            pieces.append(piece)
        body = _without_key(b"".join(pieces), self._spellings)
        return Reply(response.status_code, body, retry_after_s(response.headers.get("retry-after"), time.time()))


def check_key(key: str | None, variable: str) -> str | None:
    """The key as it can stand in a header. Raises `UsageError`, which never shows it, where it cannot."""
    if not key or not key.strip():
        return None
    if not all("!" <= character <= "~" for character in key.strip()):
        raise UsageError(f"the environment variable {variable} holds characters that no API key has")
    return key.strip()


def retry_after_s(header: str | None, now: float) -> float | None:
    """Seconds to wait according to a Retry-After header, which gives seconds or a date; None where it says neither."""
    if header is None:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}(\.[0-9]*)?\s*", header):
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _spellings(key: str | None) -> Sequence[bytes]:
    if key is None or len(key) < _SHORTEST_SECRET:
        return ()
    plain = key.encode("ascii")
    encoded = [base64.b64encode(plain), base64.urlsafe_b64encode(plain), quote(key, safe="").encode("ascii")]
    return sorted({plain, *encoded, *(spelling.rstrip(b"=") for spelling in encoded)}, key=len, reverse=True)


def _without_key(body: bytes, spellings: Sequence[bytes]) -> bytes:
    for spelling in spellings:
        body = body.replace(spelling, _HIDDEN_KEY)
    return body
