"""A small server that speaks chat completions on loopback, and counts what reaches it.

It answers each prompt as `tests.well_behaved` does, after a fixed latency. By hand:
python -m tests.local_server --latency 0.2
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.request import urlopen

from tests.well_behaved import completion

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


class Stats(NamedTuple):
    """What the server saw."""

    requests: int
    most_in_flight: int


class LocalServer:
    """One server; `stats` are its own counts."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._requests = 0
        self._in_flight = 0
        self._most = 0

    async def serve(self, port: int = 0) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", port, backlog=1024)
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                reply = await self._reply(head, body)
                data = json.dumps(reply).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(data), data)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _reply(self, head: bytes, body: bytes) -> dict[str, Any]:
        if head.startswith(b"GET"):
            return {"requests": self._requests, "most_in_flight": self._most}
        self._requests += 1
        self._in_flight += 1
        self._most = max(self._most, self._in_flight)
        begun = asyncio.get_running_loop().time()
        reply = completion(json.loads(body))
        spent = asyncio.get_running_loop().time() - begun
        await asyncio.sleep(max(0.0, self._latency - spent))
        self._in_flight -= 1
        return reply


@contextmanager
def running(latency: float = 0.0) -> Iterator[str]:
    """Run the server in a process of its own; yields the base URL for clients."""
    command = [sys.executable, "-m", "tests.local_server", "--latency", str(latency)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.terminate()
        process.communicate()


def stats(base_url: str) -> Stats:
    """Ask a running server for its counts."""
    with urlopen(f"{base_url}/stats") as response:
        return Stats(**json.load(response))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds per reply")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    asyncio.run(LocalServer(arguments.latency).serve(arguments.port))


if __name__ == "__main__":
    main()
