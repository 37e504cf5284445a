"""Requests per second of the generation client, side by side with the openai package, against a 50 ms endpoint.

Run:  python benchmarks/bench_generation.py [REQUESTS] [CONCURRENCY]

Prints one JSON object for each client: requests per second, CPU milliseconds per request, peak memory, import time.
Each client runs in a process of its own; the endpoint is a small asyncio server in another.

    ledger      what Tilth does: every call booked and committed, on the disk of the working folder
    provider    Tilth's provider alone, in threads
    openai      the openai package's asynchronous client, retries off, where it is installed
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tilth.generators.request import Request

_DELAY_S = 0.05
_ANSWER = json.dumps(
    {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "stub",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "yes " * 50}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 50, "total_tokens": 70},
    }
).encode()


async def serve() -> None:
    """Answer everything after the delay; print the port first."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                )
                await reader.readexactly(length)
                await asyncio.sleep(_DELAY_S)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    % (len(_ANSWER), _ANSWER)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def requests(count: int) -> list[Request]:
    """Distinct small requests."""
    return [
        Request("stub", ({"role": "user", "content": f"Is {number} a number?"},), {"max_tokens": 50})
        for number in range(count)
    ]


def run_ledger(url: str, count: int, concurrency: int) -> tuple[float, float]:
    """The client through the ledger."""
    start = time.perf_counter()
    from tilth.generators.client import Client
    from tilth.generators.endpoint import check_endpoint
    from tilth.generators.ledger import Ledger
    from tilth.generators.price import Price
    from tilth.generators.provider import OpenAICompatible

    with tempfile.TemporaryDirectory(dir=".") as folder:
        provider = OpenAICompatible(check_endpoint(url), connections=concurrency)
        client = Client(provider, Ledger(Path(folder) / "l.sqlite"), price=Price(), concurrency=concurrency)
        with client:
            ready = time.perf_counter()
            assert all(outcome.status == "ok" for outcome in client.ask(requests(count)))
            return ready - start, time.perf_counter() - ready


def run_provider(url: str, count: int, concurrency: int) -> tuple[float, float]:
    """The provider alone."""
    start = time.perf_counter()
    from tilth.generators.endpoint import check_endpoint
    from tilth.generators.provider import OpenAICompatible
    from tilth.generators.reply import read_reply

    provider = OpenAICompatible(check_endpoint(url), connections=concurrency)
    ready = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        assert all(read_reply(reply).status == "ok" for reply in pool.map(provider.send, requests(count)))
    return ready - start, time.perf_counter() - ready


def run_openai(url: str, count: int, concurrency: int) -> tuple[float, float]:
    """The openai package."""
    start = time.perf_counter()
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    ready = time.perf_counter()

    async def ask() -> None:
        slots = asyncio.Semaphore(concurrency)

        async def one(request: Request) -> None:
            async with slots:
                answer = await client.chat.completions.create(
                    model="stub", messages=[dict(request.messages[0])], max_tokens=50
                )
                assert answer.choices[0].message.content

        await asyncio.gather(*(one(request) for request in requests(count)))

    asyncio.run(ask())
    return ready - start, time.perf_counter() - ready


def measure(name: str, url: str, count: int, concurrency: int) -> None:
    """Run one client here and print its figures."""
    cpu_before = time.process_time()
    ready_s, seconds = {"ledger": run_ledger, "provider": run_provider, "openai": run_openai}[name](
        url, count, concurrency
    )
    figures = {
        "client": name,
        "requests_per_s": round(count / seconds),
        "cpu_ms_per_request": round((time.process_time() - cpu_before) * 1000 / count, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "import_s": round(ready_s, 2),
    }
    print(json.dumps(figures), flush=True)


def main(words: list[str]) -> None:
    """Start the endpoint, then each client in a process of its own."""
    if words[:1] == ["serve"]:
        asyncio.run(serve())
    elif words[:1] == ["measure"]:
        measure(words[1], words[2], int(words[3]), int(words[4]))
    else:
        count, concurrency = [*words, *["1000", "64"][len(words) :]]
        with subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
            peers = ["openai"] if find_spec("openai") else []
            for name in ("ledger", "provider", *peers):
                subprocess.run([sys.executable, __file__, "measure", name, url, count, concurrency], check=True)
            server.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
