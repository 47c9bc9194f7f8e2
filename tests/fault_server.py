"""A server on loopback that answers from a script, or by itself with faults among its answers.

By itself it answers each prompt as `tests.well_behaved` does; which calls go wrong, and how, is
drawn by the question and how often it was asked, so that the order of calls does not matter.
By hand: python -m tests.fault_server --faults 0.2 --seed 1 --latency 0.05 [--only reset,drip]
"""

from __future__ import annotations

import argparse
import json
import math
import select
import signal
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from types import TracebackType
from typing import NamedTuple

from pipeline.prices import Price
from tests.fault_replies import Reply, Seen, completion, error, response
from tests.faults import FAULTS, PASSING, fine

__all__ = ["Chance", "Counts", "FaultServer", "Reply", "Seen", "completion", "error", "response"]

PRICE = Price(input=1.0, output=2.0, cached_input=0.5)
_SHORT_WAIT = {"retry-after-ms": "20"}
_PLENTY = {"x-ratelimit-limit-requests": "1000000"}


class Chance(NamedTuple):
    """A share of calls that go wrong, in one of some ways."""

    share: float
    seed: int = 1
    names: Sequence[str] = PASSING


class Counts:
    """What the server saw, and what it charges in USD.

    `arrived_usd` is for replies that it sent whole, usable or not, `lost_usd` for those that it
    did not. `whole` counts the valid replies that it sent completely, by question, `stated_usd` is
    the part of `arrived_usd` whose usage the client was told.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.most_in_flight = 0
        self.faults: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()
        self.arrived_usd: list[float] = []
        self.unstated_usd: list[float] = []
        self.lost_usd: list[float] = []

    @property
    def lossy(self) -> int:
        """The calls whose replies did not arrive."""
        return sum(count for name, count in self.faults.items() if FAULTS[name].lossy)

    @property
    def billed_usd(self) -> float:
        """All that the server charges."""
        return math.fsum([*self.arrived_usd, *self.lost_usd])

    def __str__(self) -> str:
        drawn = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return (
            f"{self.requests} calls, at most {self.most_in_flight} at once; "
            f"{self.faults.total()} faults ({drawn or 'none'}); "
            f"{self.billed_usd:.6f} USD, of which {math.fsum(self.lost_usd):.6f} for lost replies"
        )


class FaultServer:
    """Answers requests by a script, one reply each, the last one repeated; else by itself.

    A script may name faults, and `fine`. A server that is in a `hurry` names short waits, and high
    limits, so that nobody slows down.
    """

    def __init__(
        self,
        chance: Chance | None = None,
        *,
        latency: float = 0.0,
        hurry: bool = False,
        price: Price = PRICE,
        port: int = 0,
    ) -> None:
        self.requests: list[Seen] = []
        self.counts = Counts()
        self.latency = latency
        self.chance = chance
        self._hurry = hurry
        self._price = price
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()
        self._under_way: set[socket.socket] = set()
        self._script: deque[Reply | str] = deque()
        self._over = threading.Event()
        self._server = _Server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The base URL for clients."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def script(self, *replies: Reply | str) -> None:
        """Say what is answered from now on; nothing leaves it to the server."""
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

    def answer(self, seen: Seen, connection: socket.socket) -> Reply:
        """Keep a request and return what it is answered with."""
        with self._lock:
            self.requests.append(seen)
            self.counts.requests += 1
            self._under_way = {one for one in self._under_way if not _is_gone(one)}
            self._under_way.add(connection)
            in_flight = len(self._under_way)
            self.counts.most_in_flight = max(self.counts.most_in_flight, in_flight)
            chosen = self._chosen(seen)
            if isinstance(chosen, str) and chosen != "fine":
                self.counts.faults[chosen] += 1
        reply = _reply(chosen, seen)
        if self._hurry:
            short = reply.status >= 400 and "3600" not in reply.headers.values()
            waits = _SHORT_WAIT if short else {}
            reply = reply._replace(headers={**reply.headers, **waits, **_PLENTY})
        return reply

    def _chosen(self, seen: Seen) -> Reply | str:
        if self._script:
            return self._script.popleft() if len(self._script) > 1 else self._script[0]
        question = seen.question
        self._asked[question] += 1
        if self.chance is None:
            return "fine"
        # Drawn anew for each asking, and the same whatever the order in which calls come in.
        draw = Random(f"{self.chance.seed}:{question}:{self._asked[question]}")
        return draw.choice(self.chance.names) if draw.random() < self.chance.share else "fine"

    def leaving(self, connection: socket.socket) -> None:
        """Take note that an answer is about to leave."""
        with self._lock:
            self._under_way.discard(connection)

    def sent(self, seen: Seen, reply: Reply) -> None:
        """Charge a reply; one with a fault has not arrived."""
        with self._lock:
            if reply.bill is not None:
                cost = self._price.cost(reply.bill.input, reply.bill.output, reply.bill.cached)
                lost = reply.fault is not None
                (self.counts.lost_usd if lost else self.counts.arrived_usd).append(cost)
                if not lost and b'"usage": null' in reply.body:
                    self.counts.unstated_usd.append(cost)
            if reply.whole:
                self.counts.whole[seen.question] += 1

    def missed(self, seen: Seen, reply: Reply) -> None:
        """Take note that the client had gone before all of a reply had left."""
        with self._lock:
            self.counts.whole[seen.question] -= reply.whole

    def pause(self, seconds: float | None = None) -> bool:
        """Wait until the server ends, or for so many seconds; tell whether it ended."""
        return self._over.wait(seconds)


def _reply(chosen: Reply | str, seen: Seen) -> Reply:
    if isinstance(chosen, Reply):
        return chosen
    return fine(seen) if chosen == "fine" else FAULTS[chosen].reply(seen)


def _is_gone(connection: socket.socket) -> bool:
    """Tell whether a client has closed a connection on which it waits for an answer."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
    except (OSError, ValueError):
        return True


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024

    def __init__(self, script: FaultServer, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script = script

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave are no fault of the server."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        script = self.server.script
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.path, headers, json.loads(body))
        reply = script.answer(seen, self.connection)
        if reply.fault is None:
            if script.latency:
                script.pause(script.latency)
            self._send(reply, len(reply.body))
            self.wfile.write(reply.body)
            script.leaving(self.connection)
            script.sent(seen, reply)  # before the client can look at the counts
            try:
                self.wfile.flush()
            except OSError:
                script.missed(seen, reply)
                raise
        else:
            self.close_connection = True
            script.sent(seen, reply)
            getattr(self, f"_{reply.fault}")(reply)
            script.leaving(self.connection)

    def _send(self, reply: Reply, length: int) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(length))
        self.end_headers()

    def _hang(self, _: Reply) -> None:
        while not _is_gone(self.connection) and not self.server.script.pause(0.05):
            pass

    def _drip(self, reply: Reply) -> None:
        """Send a byte now and then, and never the last."""
        self._send(reply, 10**6)
        while not self.server.script.pause(0.02):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _reset(self, _: Reply) -> None:
        """Close the connection as if the machine had lost it."""
        self.server.script.leaving(self.connection)
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _cut(self, reply: Reply) -> None:
        """Promise more bytes than are sent."""
        self.server.script.leaving(self.connection)
        self._send(reply, len(reply.body) + 10)
        self.wfile.write(reply.body)

    def _garbage(self, _: Reply) -> None:
        self.server.script.leaving(self.connection)
        self.wfile.write(b"This is no HTTP.\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", type=float, default=0.2, help="share of calls that go wrong")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds per reply")
    parser.add_argument("--only", default=",".join(PASSING), help="names of faults, with commas")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="list the faults by name")
    given = parser.parse_args()
    if given.list:
        for name, fault in FAULTS.items():
            print(f"{fault.number} {name}: {fault.means}{' (ends a run)' * fault.stops}")
        return
    names = given.only.split(",")
    if unknown := sorted(set(names) - FAULTS.keys()):
        parser.error(f"no such fault: {', '.join(unknown)}; --list names them")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chance = Chance(given.faults, given.seed, names)
    with FaultServer(chance, latency=given.latency, port=given.port) as server:
        print(server.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(server.counts, flush=True)


if __name__ == "__main__":
    main()
