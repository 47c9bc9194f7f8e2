"""A server on loopback that answers from a script, faults included, and keeps what it was sent."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel


class Seen(NamedTuple):
    """One request as it came in; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Reply(NamedTuple):
    """What to answer: a response, or what goes wrong instead."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    fault: Literal["hang", "drip", "reset", "cut", "garbage"] | None = None


def response(body: object, status: int = 200, **headers: str) -> Reply:
    """Return JSON; `retry_after="2"` becomes the header `retry-after: 2`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, {"content-type": "application/json", **named})


def error(status: int, code: str | None = None, message: str = "no", **headers: str) -> Reply:
    """Return an error as OpenAI words it."""
    return response({"error": {"message": message, "code": code}}, status, **headers)


def completion(content: BaseModel | str | None, **changes: Any) -> Reply:
    """Return a chat completion; `finish_reason`, `refusal` and any field can be changed."""
    text = content.model_dump_json() if isinstance(content, BaseModel) else content
    message = {"role": "assistant", "content": text, "refusal": changes.pop("refusal", None)}
    reason = changes.pop("finish_reason", "stop")
    choice = {"index": 0, "finish_reason": reason, "message": message}
    usage = {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020}
    body = {"id": "c", "object": "chat.completion", "created": 0, "model": "kettle-mini"}
    return response({**body, "choices": [choice], "usage": usage, **changes})


class FaultServer:
    """Answers requests by a script, one reply each; the last one is repeated."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self._script: deque[Reply] = deque()
        self._over = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The base URL for clients."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def script(self, *replies: Reply) -> None:
        """Say what is answered from now on."""
        self._script = deque(replies)

    def __enter__(self) -> FaultServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, seen: Seen) -> Reply:
        """Keep a request and return what it is answered with."""
        self.requests.append(seen)
        return self._script.popleft() if len(self._script) > 1 else self._script[0]

    def pause(self, seconds: float | None = None) -> bool:
        """Wait until the server ends, or for so many seconds; tell whether it ended."""
        return self._over.wait(seconds)


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024

    def __init__(self, script: FaultServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave are no fault of the server."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.script.answer(Seen(self.path, headers, json.loads(body)))
        if reply.fault is None:
            self._send(reply, len(reply.body))
            self.wfile.write(reply.body)
        else:
            getattr(self, f"_{reply.fault}")(reply)

    def _send(self, reply: Reply, length: int) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(length))
        self.end_headers()

    def _hang(self, _: Reply) -> None:
        self.server.script.pause()

    def _drip(self, reply: Reply) -> None:
        """Send a byte now and then, and never the last."""
        self._send(reply, 10**6)
        while not self.server.script.pause(0.02):
            self.wfile.write(b" ")

    def _reset(self, _: Reply) -> None:
        """Close the connection as if the machine had lost it."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _cut(self, reply: Reply) -> None:
        """Promise more bytes than are sent."""
        self._send(reply, len(reply.body) + 10)
        self.wfile.write(reply.body)

    def _garbage(self, _: Reply) -> None:
        self.wfile.write(b"This is no HTTP.\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""
