"""What a server says it allows per minute, and what was sent of that.

Two rules hold together: in any 60 seconds no more is sent than the stated limit, and never more at
once than the server said was left, which fills up again as time passes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

WINDOW_SECONDS = 60.0
# A rate over a shorter time than this would say more about the start than about the pace.
_SHORTEST_SPAN_SECONDS = 10.0
_ROUNDING = 1e-6
_COUNT = re.compile(r"[0-9]{1,12}")
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|[dhms])")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class Stated(NamedTuple):
    """What one answer says of one kind; None where it says nothing, or nothing that makes sense.

    `limit` is per minute and above 0, `remaining` at least 0, `reset` the seconds until all of the
    limit is free again, above 0.
    """

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None


def read_stated(headers: Mapping[str, str], kind: Literal["requests", "tokens"]) -> Stated:
    """Read the headers of an answer that speak of one kind."""
    limit, remaining, reset = (
        headers.get(f"x-ratelimit-{what}-{kind}", "") for what in Stated._fields
    )
    return Stated(_count(limit) or None, _count(remaining), _seconds(reset) or None)


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _seconds(text: str) -> float | None:
    """Read a duration such as `6m0s`, `1s` or `120ms`."""
    if not _DURATION.fullmatch(text):
        return None
    return sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(text))


@dataclass(slots=True)
class Sent:
    """What one call takes of a limit; `open` until it is answered or older than a minute."""

    number: int
    at: float
    weight: int
    open: bool = True


@dataclass(slots=True)
class _Left:
    """What the server said is left of a limit, filling up by `refill` a second."""

    limit: int
    amount: float
    at: float
    refill: float

    def by(self, now: float) -> float:
        return min(self.limit, self.amount + self.refill * (now - self.at))

    def add(self, weight: float, now: float) -> None:
        self.amount, self.at = self.by(now) + weight, now


class Gauge:
    """What the server allows of one kind, requests or tokens, and what was sent of it.

    Times are seconds that never go back. `limit` is per minute, None while the server stated none;
    `count` numbers the calls; `processes` share the limit, this one included.
    """

    def __init__(self) -> None:
        self.limit: int | None = None
        self.processes = 1
        self.count = 0
        self._sent: deque[Sent] = deque()
        self._used = 0
        self._open = 0
        self._left: _Left | None = None
        self._newest = 0

    def add(self, weight: int, now: float) -> Sent:
        """Count what is sent now."""
        self._forget(now)
        self.count += 1
        sent = Sent(self.count, now, weight)
        self._sent.append(sent)
        self._used += weight
        self._open += weight
        if self._left is not None:
            self._left.add(-self._for_all(weight), now)
        return sent

    def answered(self, sent: Sent, used: int | None, now: float) -> None:
        """Take note that a call was answered, and of what it really used where that is known."""
        if not sent.open:
            return
        self._close(sent, now)
        if used is not None:
            self._used += used - sent.weight
            sent.weight = used

    def hear(self, stated: Stated, sent: Sent | None, now: float) -> None:
        """Take over what an answer says is left, unless the answer to a later call said it before.

        `sent` is the call that was answered, None where it is not known.
        """
        self.limit = stated.limit or self.limit
        number = sent.number if sent else self.count
        if self.limit is None or stated.remaining is None or number < self._newest:
            return
        remaining = min(stated.remaining, self.limit)
        refill = self.limit / WINDOW_SECONDS
        if stated.reset and remaining < self.limit:
            # Some limits are per day: they fill up more slowly than within a minute.
            refill = min(refill, (self.limit - remaining) / stated.reset)
        # The server may not have counted yet what is still open.
        left = remaining - self._open * self.processes
        self._left, self._newest = _Left(self.limit, left, now, refill), number

    def wait(self, weight: int, now: float) -> float:
        """Return the seconds after which so much may be sent; 0 for now.

        What is more than the share of a whole minute waits until it has that minute to itself.
        """
        if self.limit is None:
            return 0.0
        self._forget(now)
        share = self.limit / self.processes
        in_window = self._wait_for_window(share - min(weight, share), now)
        return max(in_window, self._wait_for_server(weight, now))

    def per_minute(self, now: float) -> float:
        """Return how many calls were sent per minute of late."""
        self._forget(now)
        if not self._sent:
            return 0.0
        span = max(now - self._sent[0].at, _SHORTEST_SPAN_SECONDS)
        return len(self._sent) * WINDOW_SECONDS / span

    def _wait_for_window(self, most: float, now: float) -> float:
        """Return the seconds until what was sent within a minute is no more than `most`."""
        wait, used = 0.0, self._used
        for sent in self._sent:
            if used <= most:
                break
            used -= sent.weight
            wait = sent.at + WINDOW_SECONDS - now
        return wait

    def _wait_for_server(self, weight: int, now: float) -> float:
        """Return the seconds until the server has enough left."""
        if self._left is None:
            return 0.0
        lacking = self._for_all(weight) - self._left.by(now)
        return lacking / self._left.refill if lacking > _ROUNDING else 0.0

    def _for_all(self, weight: int) -> float:
        """Return what is gone of the limit where each process sends so much."""
        return min(weight * self.processes, self.limit or 0)

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0].at + WINDOW_SECONDS <= now:
            sent = self._sent.popleft()
            if sent.open:
                self._close(sent, now)
            self._used -= sent.weight

    def _close(self, sent: Sent, now: float) -> None:
        sent.open = False
        self._open -= sent.weight
        if self._left is not None and sent.number < self._newest:
            # It was counted by the server after all.
            self._left.add(self._for_all(sent.weight), now)
