"""How fast calls may go to one server with one key, in this process and beside others.

Where the server states its limits, they are kept. Where it states none, nothing is held back until
it refuses a call for coming too fast; then the pace is halved, and grows with each success.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from pipeline.errors import ProviderRefused, StoreError
from pipeline.limits import WINDOW_SECONDS, Gauge, Sent, read_stated
from pipeline.paces import Pace, Shared

LIVES_SECONDS = 15.0
LONGEST_WAIT_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 3600.0
SLOWEST_PER_MINUTE = 6.0
_PAUSE_SECONDS = 1.0
_EXCHANGE_SECONDS = 1.0
_SHORTEST_LOOK_SECONDS = 0.001
_LONGEST_LOOK_SECONDS = 0.25
_GROWTH_PER_SUCCESS = 0.5


class _Call(NamedTuple):
    """What one call takes of both limits."""

    request: Sent
    tokens: Sent


def _going() -> None:
    """Wait on."""


class Pacer:
    """Says when a call may be sent; to be used in one event loop.

    `turn` is called before each call, retries too, then `heard` and, where the server was asked for
    too much, `slow_down`, all in one task: that is how an answer finds what was reserved for it.
    `now` returns seconds since 1970, and may go back.
    """

    def __init__(
        self,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        shared: Shared | None = None,
    ) -> None:
        self._now = now
        self._steady = _Steady(now)
        self._sleep = sleep
        self._shared = shared
        self._line = asyncio.Lock()
        self._requests = Gauge()
        self._tokens = Gauge()
        self._adapted = _Adapted()
        self._calls: WeakKeyDictionary[asyncio.Task[object], _Call] = WeakKeyDictionary()
        self._last = self._until = -math.inf
        self._exchange: asyncio.Task[None] | None = None
        self._exchange_at = -math.inf

    async def aclose(self) -> None:
        """Tell the others that this process sends nothing more, so that they share what it had."""
        if self._shared is not None and self._exchange is not None:
            await self._exchange
            with contextlib.suppress(StoreError):
                await self._shared.write(self._told(expires=0.0), self._now())

    async def turn(self, tokens: int, going: Callable[[], None] = _going) -> None:
        """Return when a request of at most so many tokens may be sent, in the order of asking.

        `going` ends the wait by raising.

        Raises:
            ProviderRefused: nobody may send for longer than a run waits.
        """
        async with self._line:
            going()
            while (wait := self._wait(tokens)) > 0:
                going()
                self._require_soon()
                # An answer, or another process, may end the wait sooner than it seems now.
                await self._sleep(max(_SHORTEST_LOOK_SECONDS, min(wait, _LONGEST_LOOK_SECONDS)))
            self._send(tokens)

    def _require_soon(self) -> None:
        """Refuse to wait for a pause that is as long as those that end a run.

        Raises:
            ProviderRefused: it is.
        """
        pause = self._until - self._steady()
        if pause > LONGEST_WAIT_SECONDS:
            minutes = math.ceil(pause / 60)
            raise ProviderRefused(f"the server asked for a pause of {minutes} min; run again later")

    def heard(self, headers: Mapping[str, str], *, tokens: int | None) -> None:
        """Take note of an answer, or, without headers, of a call that broke off.

        `tokens` is what the call used, stated or estimated. Where it is None the call was refused
        or broke off: it is no success, and what was reserved for it counts.
        """
        now, call = self._steady(), self._call()
        if call is not None:
            self._requests.answered(call.request, None, now)
            self._tokens.answered(call.tokens, tokens, now)
        self._requests.hear(read_stated(headers, "requests"), call and call.request, now)
        self._tokens.hear(read_stated(headers, "tokens"), call and call.tokens, now)
        if tokens is not None:
            self._adapted.grow()

    def slow_down(self, seconds: float | None) -> None:
        """Send nobody for so many seconds, at most an hour; None is where the server named none."""
        now = self._steady()
        if seconds is None or not math.isfinite(seconds):
            seconds = _PAUSE_SECONDS
        self._until = max(self._until, now + min(seconds, LONGEST_PAUSE_SECONDS))
        if not self._is_stated():
            call, requests = self._call(), self._requests
            number = call.request.number if call else requests.count
            seen = requests.per_minute(now) * requests.processes
            self._adapted.halve(number, requests.count, seen)
        self._keep_in_touch(now)

    def _wait(self, tokens: int) -> float:
        """Return the seconds after which the next call may be sent, as it looks now."""
        now = self._steady()
        self._keep_in_touch(now)
        pause = self._until - now
        if not self._is_stated():
            return max(pause, self._last + self._adapted.gap(self._requests.processes) - now)
        return max(pause, self._requests.wait(1, now), self._tokens.wait(tokens, now))

    def _is_stated(self) -> bool:
        return self._requests.limit is not None or self._tokens.limit is not None

    def _send(self, tokens: int) -> None:
        self._last = now = self._steady()
        call = _Call(self._requests.add(1, now), self._tokens.add(tokens, now))
        if (task := asyncio.current_task()) is not None:
            self._calls[task] = call

    def _call(self) -> _Call | None:
        task = asyncio.current_task()
        return None if task is None else self._calls.get(task)

    def _keep_in_touch(self, now: float) -> None:
        """Exchange paces with the other processes in the background, once a second at most."""
        if self._shared is None or now < self._exchange_at:
            return
        if self._exchange is None or self._exchange.done():
            self._exchange_at = now + _EXCHANGE_SECONDS
            self._exchange = asyncio.create_task(self._talk(self._shared))

    async def _talk(self, shared: Shared) -> None:
        with contextlib.suppress(StoreError):
            now = self._now()
            await shared.write(self._told(expires=now + LIVES_SECONDS), now)
            self._learn(await shared.read())

    def _told(self, expires: float) -> Pace:
        until = self._now() + self._until - self._steady()
        rate = self._adapted.rate
        return Pace(
            expires=expires,
            until=max(0.0, until),
            halvings=self._adapted.halvings,
            rate=rate if math.isfinite(rate) else None,
        )

    def _learn(self, others: Sequence[Pace]) -> None:
        """Take over what others told, as far as it can be true by this machine's clock."""
        now, steady = self._now(), self._steady()
        living = [pace for pace in others if 0 < pace.expires - now <= 2 * LIVES_SECONDS]
        self._requests.processes = self._tokens.processes = 1 + len(living)
        for pace in living:
            self._adapted.adopt(pace, self._requests.count)
        for pace in others:
            if pace.until - now <= LONGEST_PAUSE_SECONDS:
                self._until = max(self._until, steady + pace.until - now)


class _Steady:
    """A clock that stands still where the one that it reads goes back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = now()
        self._behind = 0.0

    def __call__(self) -> float:
        found = self._now() + self._behind
        if found < self._last:
            self._behind += self._last - found
            return self._last
        self._last = found
        return found


class _Adapted:
    """The pace that is found by trying: `rate` requests per minute of all processes together.

    Of two processes the one that halved more often knows better.
    """

    def __init__(self) -> None:
        self.rate = math.inf
        self.halvings = 0
        self._known = -1

    def gap(self, processes: int) -> float:
        """Return the seconds between two calls of one process."""
        return WINDOW_SECONDS * processes / self.rate

    def halve(self, number: int, latest: int, seen: float) -> None:
        """Halve the rate that was seen, unless the refused call was sent before it was last halved.

        Calls that are under way together are refused together; they tell the same once.
        """
        if number > self._known:
            self.rate = max(min(self.rate, seen) / 2, SLOWEST_PER_MINUTE)
            self.halvings += 1
            self._known = latest

    def grow(self) -> None:
        """Let a little more through after a success."""
        self.rate += _GROWTH_PER_SUCCESS

    def adopt(self, pace: Pace, latest: int) -> None:
        """Take over the rate of another process where that knows better."""
        if pace.rate is None or (pace.halvings, pace.rate) <= (self.halvings, self.rate):
            return
        if pace.halvings > self.halvings:
            self._known = latest
        self.halvings, self.rate = pace.halvings, max(pace.rate, SLOWEST_PER_MINUTE)
