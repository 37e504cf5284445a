"""A loopback endpoint that speaks OpenAI's chat completions, counts every request, and misbehaves on command.

Answers are a function of the request alone, so that a run can be repeated. Faults are chosen by a rule, a function
from the request and how often it has been seen; a fault that passes makes way for the answer on the next attempt.
"""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Fault = str | None
Rule = Callable[[str, int], Fault]
"""(digest of the request body, how often it has come, from 1) -> the name of a fault, or None for the answer."""
Answer = Callable[[dict[str, Any]], str]

PASSING = (
    "429-seconds", "429-date", "429-bare", "500", "503", "529", "stall", "cut", "reset", "bad-json", "html", "empty",
    "choices-empty", "choices-null", "content-null", "array",
)  # fmt: skip
LASTING = ("refusal", "length", "content_filter", "400", "no-usage")
_HTML = b"<html><body>502 Bad Gateway</body></html>"


def say_ok(request: dict[str, Any]) -> str:
    """The simplest answer: a word and the digest of the prompt."""
    return f"answer {sha256(json.dumps(request['messages']).encode()).hexdigest()[:12]}"


@dataclass
class FaultServer:
    """Use as a context manager; `url` is the base URL."""

    rule: Rule = lambda digest, times: None
    answer: Answer = say_ok
    delay_s: float = 0.0
    redirect_to: str = ""
    retry_after_s: float = 1.0
    seen: Counter[str] = field(default_factory=Counter)
    """Requests by digest of their body."""
    answered: Counter[str] = field(default_factory=Counter)
    """Requests that got a full answer, by digest."""
    times: list[tuple[float, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    most_in_flight: int = 0
    billed_nano: int = 0
    prompt_usd: float = 0.0
    completion_usd: float = 0.0
    completion_tokens: int = 20

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._in_flight = 0
        self._released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body go out apart; Nagle would hold the body for 40 ms

            def do_POST(self) -> None:
                server.take(self)

            def log_message(self, format: str, *args: Any) -> None:
                return None

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                return None  # clients that are killed or lose patience are what this server is for

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def total(self) -> int:
        return sum(self.seen.values())

    def take(self, http: BaseHTTPRequestHandler) -> None:
        body = http.rfile.read(length := int(http.headers["Content-Length"]))
        if len(body) < length:
            return  # the client was killed while it spoke: this was no request
        digest = sha256(body).hexdigest()
        with self._lock:
            self.seen[digest] += 1
            times = self.seen[digest]
            self.times.append((time.monotonic(), digest))
            self.keys.add(http.headers.get("Authorization", ""))
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            self._released.wait(self.delay_s)
            self.respond(http, json.loads(body), self.rule(digest, times), digest)
        finally:
            with self._lock:
                self._in_flight -= 1

    def respond(self, http: BaseHTTPRequestHandler, request: dict[str, Any], fault: Fault, digest: str) -> None:
        key = http.headers.get("Authorization", "")
        match fault:
            case "429-seconds":
                send(http, 429, error("slow down"), {"Retry-After": str(self.retry_after_s)})
            case "429-date":
                send(http, 429, error("slow down"), {"Retry-After": formatdate(time.time() + 1, usegmt=True)})
            case "429-huge":
                send(http, 429, error("come back tomorrow"), {"Retry-After": "86400"})
            case "429-bare":
                send(http, 429, error("slow down"))
            case "400" | "401" | "402" | "403" | "404" | "500" | "503" | "529":
                send(http, int(fault), error(f"no, {key}"))
            case "stall":
                self.hold()
            case "cut":
                whole = json.dumps(completion("half an answer")).encode()
                http.send_response(200)
                http.send_header("Content-Length", str(len(whole)))
                http.end_headers()
                http.wfile.write(whole[: len(whole) // 2])
                http.wfile.flush()
                http.connection.shutdown(socket.SHUT_RDWR)
            case "reset":
                http.connection.shutdown(socket.SHUT_RDWR)
            case "bad-json":
                send(http, 200, b'{"choices": [{"message": {"content": "never clo')
            case "html":
                send(http, 200, _HTML, {"Content-Type": "text/html"})
            case "empty":
                send(http, 200, b"")
            case "array":
                send(http, 200, b"[]")
            case "huge":
                send(http, 200, b" " * (17 * 1024 * 1024))
            case "307":
                send(http, 307, b"", {"Location": self.redirect_to})
            case "choices-empty":
                send(http, 200, {**completion(""), "choices": []})
            case "choices-null":
                send(http, 200, {**completion(""), "choices": None})
            case "content-null":
                send(http, 200, completion(None))
            case "refusal":
                send(http, 200, completion(None, refusal="I cannot help with that."))
            case "length" | "content_filter":
                send(http, 200, completion("cut off", finish=fault))
            case "echo":
                send(http, 200, completion(f"your key is {key}"))
                self.bill(digest)
            case "no-usage":
                send(http, 200, {**completion(self.answer(request)), "usage": None})
                self.bill(digest)
            case None:
                send(http, 200, completion(self.answer(request), tokens=self.completion_tokens))
                self.bill(digest)
            case _:
                raise AssertionError(f"no such fault: {fault}")

    def hold(self) -> None:
        """Keep a client waiting. It may lose patience and come again, so it no longer counts as in flight."""
        with self._lock:
            self._in_flight -= 1
        self._released.wait(30)
        with self._lock:
            self._in_flight += 1

    def bill(self, digest: str) -> None:
        with self._lock:
            self.answered[digest] += 1
            self.billed_nano += round(1000 * (10 * self.prompt_usd + self.completion_tokens * self.completion_usd))


def completion(text: object, *, finish: str = "stop", refusal: str | None = None, tokens: int = 20) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": tokens, "total_tokens": 10 + tokens},
    }


def error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "fault"}}


def send(
    http: BaseHTTPRequestHandler, status: int, body: bytes | dict[str, Any], headers: dict[str, str] | None = None
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    http.send_response(status)
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        http.send_header(name, value)
    http.send_header("Content-Length", str(len(content)))
    http.end_headers()
    http.wfile.write(content)
