from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.database import open_store
from pipeline.errors import ProviderRefused, StoreError
from pipeline.limits import Stated, read_stated
from pipeline.paces import Pace, StorePaces
from pipeline.pacing import LIVES_SECONDS, SLOWEST_PER_MINUTE, Pacer
from pipeline.store import Store
from tests.simulated import START, clock, simulate


class Arrival(NamedTuple):
    """A request as a server counts it."""

    at: float
    tokens: int
    refused: bool


class Server:
    """Counts what arrives; states its limits as OpenAI does, or refuses what is too fast."""

    def __init__(
        self,
        *,
        requests: int | None = None,
        tokens: int | None = None,
        stated: bool = True,
        seconds: float = 0.5,
    ) -> None:
        self.arrivals: list[Arrival] = []
        self.seconds = seconds
        self._limits = {"requests": requests, "tokens": tokens}
        self._stated = stated
        self._left = {kind: float(limit) for kind, limit in self._limits.items() if limit}
        self._at = START

    def arrive(self, tokens: int) -> tuple[bool, dict[str, str]]:
        """Return whether a request is taken, and the headers of its answer."""
        now, weights = clock(), {"requests": 1, "tokens": tokens}
        for kind, left in self._left.items():
            limit = self._limits[kind] or 0
            self._left[kind] = min(limit, left + limit / 60 * (now - self._at))
        self._at = now
        taken = all(left > weights[kind] - 0.01 for kind, left in self._left.items())
        if taken:
            self._left = {kind: left - weights[kind] for kind, left in self._left.items()}
        self.arrivals.append(Arrival(now, tokens, not taken))
        return taken, self._headers() if self._stated else {}

    def refused(self) -> list[float]:
        return [one.at for one in self.arrivals if one.refused]

    def _headers(self) -> dict[str, str]:
        found = {}
        for kind, left in self._left.items():
            limit = self._limits[kind] or 0
            found[f"x-ratelimit-limit-{kind}"] = str(limit)
            found[f"x-ratelimit-remaining-{kind}"] = str(int(left))
            found[f"x-ratelimit-reset-{kind}"] = f"{(limit - left) / limit * 60:.3f}s"
        return found


def limits(**stated: object) -> dict[str, str]:
    """Return headers: `limit_requests=60` is `x-ratelimit-limit-requests: 60`."""
    return {f"x-ratelimit-{k.replace('_', '-')}": str(v) for k, v in stated.items()}


async def call(pacer: Pacer, server: Server, tokens: int = 1000, used: int | None = None) -> bool:
    """Make one call, as a provider does; return whether it was taken."""
    await pacer.turn(tokens)
    taken, headers = server.arrive(tokens if used is None else used)
    await asyncio.sleep(server.seconds)
    pacer.heard(headers, tokens=(tokens if used is None else used) if taken else None)
    if not taken:
        pacer.slow_down(None)
    return taken


async def work(pacer: Pacer, server: Server, until: float, *sizes: int) -> None:
    """Call one after the other until so many seconds after the start."""
    number = 0
    while clock() < START + until:
        await call(pacer, server, sizes[number % len(sizes)] if sizes else 1000)
        number += 1


async def at_once(many: int, pacer: Pacer, server: Server, until: float, *sizes: int) -> None:
    await asyncio.gather(*(work(pacer, server, until, *sizes) for _ in range(many)))


def most_in_a_minute(weights: Sequence[tuple[float, int]]) -> int:
    """Return the most that was sent in any 60 seconds."""
    most = used = first = 0
    for at, weight in weights:
        used += weight
        while weights[first][0] + 60 <= at:
            used -= weights[first][1]
            first += 1
        most = max(most, used)
    return most


def sent_between(server: Server, start: float, end: float) -> int:
    return sum(START + start <= one.at < START + end for one in server.arrivals)


class Board:
    """Paces in memory, told by any number of pacers."""

    def __init__(self) -> None:
        self.told: dict[str, Pace] = {}
        self.exchanges: list[float] = []


class Seat:
    """One pacer's place at a board."""

    def __init__(self, board: Board, owner: str) -> None:
        self._board = board
        self._owner = owner

    async def read(self) -> list[Pace]:
        return [pace for owner, pace in self._board.told.items() if owner != self._owner]

    async def write(self, pace: Pace, now: float) -> None:
        self._board.told[self._owner] = pace
        self._board.exchanges.append(now)


class Broken:
    """A store that cannot be used."""

    async def read(self) -> list[Pace]:
        raise StoreError("the store cannot be read")

    async def write(self, pace: Pace, now: float) -> None:
        raise StoreError("the store cannot be written")


# --- What a server states --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("1s", 1.0),
        ("120ms", 0.12),
        ("6m0s", 360.0),
        ("1h2m3.5s", 3723.5),
        ("1d", 86400.0),
        ("7.66s", 7.66),
        *(("", None), ("0s", None), ("12", None), ("s", None), ("-1s", None), ("1s later", None)),
        *(("nan", None), ("infs", None), ("1" * 40 + "s", None), ("١s", None)),
    ],
)
def test_durations_are_read_as_openai_writes_them(reset: str, seconds: float | None) -> None:
    assert read_stated(limits(reset_tokens=reset), "tokens") == Stated(reset=seconds)


@pytest.mark.parametrize("odd", ["", "0", "-1", "unlimited", "1e3", "1_000", "60, 60", "9" * 30])
def test_a_limit_that_makes_no_sense_is_passed_over(odd: str) -> None:
    async def main() -> float:
        pacer = Pacer(clock)
        pacer.heard(limits(limit_requests=odd, limit_tokens=odd), tokens=None)
        for _ in range(1000):
            await pacer.turn(10**9)
        return clock() - START

    assert simulate(main()) == 0


@given(
    st.dictionaries(
        st.sampled_from(list(limits(limit_tokens=1, remaining_tokens=1, reset_tokens=1))), st.text()
    )
)
def test_any_header_can_be_read(headers: dict[str, str]) -> None:
    read_stated(headers, "tokens")


# --- Stated limits are kept ------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3, 16, 64])
@pytest.mark.parametrize("seconds", [0.1, 4.0])
def test_stated_limits_are_kept_in_any_minute(many: int, seconds: float) -> None:
    async def main() -> Server:
        server = Server(requests=120, tokens=90_000, seconds=seconds)
        await at_once(many, Pacer(clock), server, 600, 1000, 200, 1500)
        return server

    server = simulate(main())
    assert most_in_a_minute([(one.at, 1) for one in server.arrivals]) <= 120
    assert most_in_a_minute([(one.at, one.tokens) for one in server.arrivals]) <= 90_000
    assert server.refused() == []
    # What one call after the other can reach, or the limit of tokens (90,000 by 900 each).
    possible = min(100, many * 60 / seconds)
    assert len(server.arrivals) / 10 > 0.85 * possible


@settings(deadline=None, max_examples=40)
@given(
    requests=st.integers(1, 200),
    tokens=st.integers(1500, 60_000),
    many=st.integers(1, 40),
    seconds=st.sampled_from([0.05, 1.0, 7.0, 70.0]),
    sizes=st.lists(st.integers(0, 1500), min_size=1, max_size=5),
)
def test_whatever_the_limits_they_are_kept_once_they_are_known(
    requests: int, tokens: int, many: int, seconds: float, sizes: list[int]
) -> None:
    async def main() -> Server:
        server = Server(requests=requests, tokens=tokens, seconds=seconds)
        pacer = Pacer(clock)
        pacer.heard(server._headers(), tokens=None)
        await at_once(many, pacer, server, 200, *sizes)
        return server

    server = simulate(main())
    assert most_in_a_minute([(one.at, 1) for one in server.arrivals]) <= requests
    assert most_in_a_minute([(one.at, one.tokens) for one in server.arrivals]) <= tokens
    assert server.refused() == []


def test_what_was_sent_before_the_first_answer_counts() -> None:
    async def main() -> Server:
        server = Server(requests=50, seconds=2.0)
        await at_once(40, Pacer(clock), server, 100)
        return server

    server = simulate(main())
    assert sent_between(server, 0, 2) == 40
    assert most_in_a_minute([(one.at, 1) for one in server.arrivals]) <= 50
    assert server.refused() == []


async def _sent_at_once(pacer: Pacer, tokens: int = 10) -> int:
    """Return how many of 200 calls may be sent without waiting."""
    turns = [asyncio.create_task(pacer.turn(tokens)) for _ in range(200)]
    await asyncio.sleep(0.0005)
    for one in turns:
        one.cancel()
    results = await asyncio.gather(*turns, return_exceptions=True)
    return results.count(None)


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        (limits(limit_requests=100, remaining_requests=7), 7),
        (limits(limit_requests=100, remaining_requests=0), 0),
        (limits(limit_requests=100), 100),
        (limits(limit_requests=100, remaining_requests="many"), 100),
        (limits(limit_requests=100, remaining_requests=900), 100),
        (limits(limit_tokens=1000, remaining_tokens=55), 5),
        (limits(limit_tokens=1000, remaining_tokens=55, remaining_requests=2), 5),
        (limits(limit_tokens=1000, remaining_tokens=55, limit_requests=3), 3),
    ],
)
def test_no_burst_is_larger_than_what_remains(headers: Mapping[str, str], sent: int) -> None:
    async def main() -> int:
        pacer = Pacer(clock)
        pacer.heard(headers, tokens=None)
        return await _sent_at_once(pacer)

    assert simulate(main()) == sent


def test_an_answer_that_was_overtaken_says_nothing_about_what_remains() -> None:
    async def main() -> int:
        pacer = Pacer(clock)

        async def slow() -> None:
            await pacer.turn(10)
            await asyncio.sleep(2)
            pacer.heard(limits(limit_requests=100, remaining_requests=99), tokens=10)

        first = asyncio.create_task(slow())
        await asyncio.sleep(1)
        await pacer.turn(10)
        pacer.heard(limits(limit_requests=100, remaining_requests=3, reset_requests="1h"), tokens=9)
        await first
        return await _sent_at_once(pacer)

    assert simulate(main()) == 3


def test_a_call_that_broke_off_was_counted_by_the_server() -> None:
    async def main() -> int:
        pacer = Pacer(clock)
        pacer.heard(limits(limit_requests=100, remaining_requests=5), tokens=None)
        for _ in range(2):
            await pacer.turn(10)
            pacer.heard({}, tokens=None)
        return await _sent_at_once(pacer)

    assert simulate(main()) == 3


def test_a_limit_per_day_fills_up_as_slowly_as_it_says() -> None:
    async def main() -> float:
        pacer = Pacer(clock)
        left = limits(limit_requests=200, remaining_requests=0, reset_requests="24h")
        pacer.heard(left, tokens=None)
        await pacer.turn(10)
        return clock() - START

    assert simulate(main()) == pytest.approx(86400 / 200, abs=1)


def test_tokens_that_were_reserved_and_not_used_are_free_again() -> None:
    async def main() -> tuple[int, int]:
        pacer = Pacer(clock)
        pacer.heard(limits(limit_tokens=10_000), tokens=None)
        for _ in range(9):
            await pacer.turn(1000)
            pacer.heard({}, tokens=100)
        await pacer.turn(1000)
        pacer.heard({}, tokens=None)
        free = await _sent_at_once(pacer, 1000)
        return free, round(clock() - START)

    assert simulate(main()) == (8, 0)


def test_a_call_larger_than_a_minute_has_that_minute_to_itself() -> None:
    async def main() -> list[int]:
        pacer = Pacer(clock)
        pacer.heard(limits(limit_tokens=1000, remaining_tokens=1000), tokens=None)
        times = []
        for tokens in (400, 5000, 400):
            await pacer.turn(tokens)
            pacer.heard({}, tokens=tokens)
            times.append(round(clock() - START))
        return times

    found = simulate(main())
    assert found[:2] == [0, 60]
    assert found[2] >= 120


# --- Fair, and safe to cancel ----------------------------------------------------------------


def test_turns_come_in_the_order_of_asking() -> None:
    async def main() -> list[int]:
        pacer = Pacer(clock)
        pacer.heard(limits(limit_requests=30, limit_tokens=20_000), tokens=None)
        order: list[int] = []

        async def ask(number: int) -> None:
            await pacer.turn(3000 if number % 7 == 0 else 10)
            order.append(number)

        await asyncio.gather(*(ask(number) for number in range(100)))
        return order

    assert simulate(main()) == list(range(100))


def test_a_large_call_is_not_starved_by_small_ones() -> None:
    async def main() -> float:
        server = Server(tokens=10_000, seconds=0.2)
        pacer = Pacer(clock)
        others = asyncio.create_task(at_once(20, pacer, server, 300, 100))
        await asyncio.sleep(30)
        asked = clock()
        await call(pacer, server, 9000)
        waited = clock() - asked
        await others
        return waited

    assert simulate(main()) < 130


def test_who_is_cancelled_while_waiting_takes_nothing() -> None:
    async def main() -> list[float]:
        pacer = Pacer(clock)
        pacer.heard(limits(limit_requests=1), tokens=None)
        await pacer.turn(1)
        times: list[float] = []

        async def ask() -> None:
            await pacer.turn(1)
            times.append(clock() - START)

        waiting = [asyncio.create_task(ask()) for _ in range(6)]
        await asyncio.sleep(10)
        for one in (waiting[0], waiting[1], waiting[3]):
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return times

    assert simulate(main()) == pytest.approx([60, 120, 180], abs=0.3)


# --- A server that refuses -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (30.0, 30.0),
        (0.0, 0.0),
        (-5.0, 0.0),
        (None, 1.0),
        (float("nan"), 1.0),
        (float("inf"), 1.0),
    ],
)
@pytest.mark.parametrize("stated", [True, False])
def test_nobody_is_sent_before_the_pause_is_over(
    asked: float | None, waited: float, stated: bool
) -> None:
    async def main() -> float:
        pacer = Pacer(clock)
        if stated:
            pacer.heard(limits(limit_requests=1000), tokens=None)
        pacer.slow_down(asked)
        await pacer.turn(1)
        return clock() - START

    assert simulate(main()) == pytest.approx(waited, abs=0.01)


@pytest.mark.parametrize("asked", [61.0, 1e12])
def test_nobody_waits_for_a_pause_that_is_longer_than_a_run_waits(asked: float) -> None:
    async def main() -> None:
        pacer = Pacer(clock)
        pacer.slow_down(asked)
        with pytest.raises(ProviderRefused, match="a pause of"):
            await pacer.turn(1)

    simulate(main())


def test_a_stop_reaches_those_who_wait_for_their_turn() -> None:
    async def main() -> float:
        pacer, stopped = Pacer(clock), list[Exception]()

        def going() -> None:
            if stopped:
                raise stopped[0]

        pacer.slow_down(50.0)
        waiting = [asyncio.create_task(pacer.turn(1, going)) for _ in range(5)]
        await asyncio.sleep(0.5)
        stopped.append(ProviderRefused("the key"))
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(one, ProviderRefused) for one in done)
        return clock() - START

    assert simulate(main()) < 1.0


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    async def main() -> float:
        pacer = Pacer(clock)
        pacer.slow_down(20.0)
        pacer.slow_down(2.0)
        await pacer.turn(1)
        return clock() - START

    assert simulate(main()) == pytest.approx(20, abs=0.01)


def test_calls_that_are_refused_together_halve_the_pace_once() -> None:
    async def main() -> list[float]:
        pacer = Pacer(clock)

        async def refused() -> None:
            await pacer.turn(1)
            await asyncio.sleep(1)
            pacer.heard({}, tokens=None)
            pacer.slow_down(None)

        await asyncio.gather(*(refused() for _ in range(20)))
        times = []
        for _ in range(4):
            await pacer.turn(1)
            times.append(clock())
        return [b - a for a, b in pairwise(times)]

    # 20 calls within less than ten seconds are 120 a minute; half of that is one in a second.
    assert simulate(main()) == pytest.approx([1.0, 1.0, 1.0], abs=0.01)


def test_the_pace_never_falls_below_one_call_in_ten_seconds() -> None:
    async def main() -> float:
        pacer = Pacer(clock)
        for _ in range(50):
            await pacer.turn(1)
            pacer.slow_down(None)
        start = clock()
        await pacer.turn(1)
        return clock() - start

    assert simulate(main()) == pytest.approx(60 / SLOWEST_PER_MINUTE, abs=0.01)


def test_without_stated_limits_the_pace_finds_that_of_the_server() -> None:
    async def main() -> Server:
        server = Server(requests=120, stated=False, seconds=1.0)
        await at_once(32, Pacer(clock), server, 3600)
        return server

    server = simulate(main())
    taken = [one for one in server.arrivals if not one.refused]
    assert len(taken) / 60 > 0.7 * 120
    assert len(server.refused()) < 0.05 * len(taken)


def test_the_pace_grows_again_with_each_success() -> None:
    async def main() -> tuple[int, int]:
        server = Server(seconds=0.1)
        pacer = Pacer(clock)
        for _ in range(6):
            await pacer.turn(1)
            pacer.slow_down(None)
        await at_once(4, pacer, server, 1200)
        return sent_between(server, 200, 260), sent_between(server, 1100, 1160)

    early, late = simulate(main())
    assert late > 3 * early


# --- Beside other processes ------------------------------------------------------------------


def test_two_that_share_halve_the_limit_and_one_that_ends_gives_it_back() -> None:
    async def main() -> tuple[Server, Board]:
        server, board = Server(requests=60, seconds=0.5), Board()
        one, two = (Pacer(clock, shared=Seat(board, owner)) for owner in ("one", "two"))

        async def second() -> None:
            await asyncio.sleep(120)
            await at_once(4, two, server, 600)
            await two.aclose()

        await asyncio.gather(at_once(4, one, server, 1200), second())
        await one.aclose()
        return server, board

    server, board = simulate(main())
    assert 55 <= sent_between(server, 60, 120) <= 60
    # While one comes or goes the server's own count keeps them within the limit.
    assert server.refused() == []
    both = [(one.at, 1) for one in server.arrivals if 200 < one.at - START < 600]
    assert most_in_a_minute(both) <= 60
    assert len(both) > 330
    assert sent_between(server, 700, 760) >= 55
    assert {pace.expires for pace in board.told.values()} == {0.0}


def test_each_of_two_that_share_gets_its_half() -> None:
    async def main() -> tuple[int, int, int]:
        board = Board()
        pacers = [Pacer(clock, shared=Seat(board, owner)) for owner in ("one", "two", "three")]
        sent = [0, 0, 0]

        async def ask(number: int) -> None:
            for _ in range(10_000):
                await pacers[number].turn(1)
                pacers[number].heard(limits(limit_requests=90), tokens=1)
                sent[number] += 1

        tasks = [asyncio.create_task(ask(number)) for number in range(3)]
        await asyncio.sleep(100)
        before = list(sent)
        await asyncio.sleep(600)
        for task in tasks:
            task.cancel()
        return sent[0] - before[0], sent[1] - before[1], sent[2] - before[2]

    assert simulate(main()) == pytest.approx((300, 300, 300), abs=31)


def test_one_that_was_killed_is_forgotten_after_a_while() -> None:
    async def main() -> tuple[int, int]:
        board = Board()
        board.told["killed"] = Pace(clock() + LIVES_SECONDS, 0.0, 0, None)
        pacer, server = Pacer(clock, shared=Seat(board, "one")), Server(requests=60, seconds=0.1)
        await at_once(2, pacer, server, 240)
        return sent_between(server, 0, 14), sent_between(server, 120, 180)

    early, late = simulate(main())
    assert early <= 31
    assert late >= 55


def test_a_pause_holds_for_all_within_about_a_second() -> None:
    async def main() -> list[float]:
        board, server = Board(), Server(seconds=0.1)
        one, two = (Pacer(clock, shared=Seat(board, owner)) for owner in ("one", "two"))
        others = asyncio.create_task(at_once(3, two, server, 100))
        await one.turn(1)
        one.heard(limits(limit_requests=1000), tokens=1)
        await asyncio.sleep(20)
        one.slow_down(30.0)
        await others
        return [one.at - START for one in server.arrivals]

    times = simulate(main())
    assert not [at for at in times if 21.5 < at < 50]
    assert [at for at in times if 50 < at < 52]


def test_a_pause_outlives_the_process_that_was_told_to_make_it() -> None:
    async def main() -> float:
        board = Board()
        one, two = (Pacer(clock, shared=Seat(board, owner)) for owner in ("one", "two"))
        await one.turn(1)
        one.slow_down(30.0)
        await one.aclose()
        await two.turn(1)
        await asyncio.sleep(0)
        await two.turn(1)
        return clock() - START

    assert simulate(main()) == pytest.approx(30, abs=0.01)


def test_processes_adapt_together() -> None:
    async def main() -> Server:
        server, board = Server(requests=120, stated=False, seconds=1.0), Board()
        pacers = [Pacer(clock, shared=Seat(board, f"{n}")) for n in range(3)]
        await asyncio.gather(*(at_once(16, pacer, server, 3600) for pacer in pacers))
        return server

    server = simulate(main())
    taken = [one for one in server.arrivals if not one.refused]
    assert len(taken) / 60 > 0.7 * 120
    assert len(server.refused()) < 0.05 * len(taken)


def test_the_others_are_told_and_asked_once_a_second_at_most() -> None:
    async def main() -> list[float]:
        board, server = Board(), Server(seconds=0.01)
        pacer = Pacer(clock, shared=Seat(board, "one"))
        await at_once(8, pacer, server, 20)
        pacer.slow_down(10.0)
        await pacer.turn(1)
        await pacer.aclose()
        return board.exchanges[:-1]

    times = simulate(main())
    assert all(b - a >= 1 for a, b in pairwise(times))
    assert 25 <= len(times) <= 31


@pytest.mark.parametrize(
    "odd",
    [
        Pace(expires=START + 10**9, until=START + 10**9, halvings=0, rate=None),
        Pace(expires=float("nan"), until=float("nan"), halvings=0, rate=None),
        Pace(expires=START - 1, until=0.0, halvings=10**9, rate=1e-9),
    ],
)
def test_what_cannot_be_true_is_not_believed(odd: Pace) -> None:
    async def main() -> int:
        board = Board()
        board.told["odd"] = odd
        pacer = Pacer(clock, shared=Seat(board, "one"))
        await pacer.turn(1)
        await asyncio.sleep(0.1)
        pacer.heard(limits(limit_requests=100), tokens=None)
        return await _sent_at_once(pacer)

    assert simulate(main()) == 99


def test_a_store_that_cannot_be_used_stops_no_call() -> None:
    async def main() -> float:
        pacer = Pacer(clock, shared=Broken())
        for _ in range(1000):
            await pacer.turn(1)
            pacer.heard({}, tokens=1)
        await asyncio.sleep(2)
        pacer.slow_down(1.0)
        await pacer.turn(1)
        await pacer.aclose()
        return clock() - START

    assert simulate(main()) == pytest.approx(3, abs=0.01)


def test_who_never_sent_tells_nothing() -> None:
    async def main() -> Board:
        board = Board()
        await Pacer(clock, shared=Seat(board, "one")).aclose()
        return board

    assert simulate(main()).told == {}


# --- Through the store -----------------------------------------------------------------------


def test_two_pacers_share_through_a_store(store_path: Path) -> None:
    async def main(one: Store, two: Store) -> Server:
        server = Server(requests=60, seconds=0.5)
        first, second = (
            Pacer(clock, shared=StorePaces(store, "server", owner))
            for store, owner in ((one, "one"), (two, "two"))
        )

        async def other() -> None:
            await at_once(4, second, server, 240)
            await second.aclose()

        await asyncio.gather(at_once(4, first, server, 400), other())
        await first.aclose()
        return server

    with closing(open_store(str(store_path))) as one, closing(open_store(str(store_path))) as two:
        server = simulate(main(one, two))
        assert [row.expires for row in one.paces("server")] == [0.0]
    assert server.refused() == []
    both = [(one.at, 1) for one in server.arrivals if 70 < one.at - START < 240]
    assert most_in_a_minute(both) <= 60
    assert sent_between(server, 320, 380) >= 55


def test_a_store_that_cannot_be_opened_any_more_stops_no_call(
    store: Store, store_path: Path
) -> None:
    async def main() -> None:
        pacer = Pacer(lambda: 0.0, shared=StorePaces(store, "server", "one"))
        for _ in range(100):
            await pacer.turn(1)
        await pacer.aclose()

    store.close()
    store_path.unlink()
    store_path.mkdir()
    asyncio.run(main())


_PROCESS = """
import asyncio, sys, time
from contextlib import closing
from pipeline.database import open_store
from pipeline.paces import StorePaces
from pipeline.pacing import Pacer

async def main(store, owner):
    pacer = Pacer(time.time, shared=StorePaces(store, "server", owner))
    await pacer.turn(1)
    print("sent", flush=True)
    while command := await asyncio.to_thread(sys.stdin.readline):
        if command.strip() == "refused":
            pacer.heard({"x-ratelimit-limit-requests": "10000"}, tokens=None)
            pacer.slow_down(4.0)
        before = time.time()
        await pacer.turn(1)
        print(time.time() - before, flush=True)
    await pacer.aclose()

with closing(open_store(sys.argv[1])) as store:
    asyncio.run(main(store, sys.argv[2]))
"""


def test_two_processes_pause_together(store_path: Path) -> None:
    one, two = (
        subprocess.Popen(
            [sys.executable, "-c", _PROCESS, str(store_path), owner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for owner in ("one", "two")
    )
    for process in (one, two):
        assert process.stdout is not None
        assert process.stdout.readline() == "sent\n"
    assert one.stdin is not None
    assert two.stdin is not None
    one.stdin.write("refused\n")
    one.stdin.flush()
    waits: list[float] = []
    for _ in range(60):
        time.sleep(0.05)  # the other looks once a second
        two.stdin.write("go\n")
        two.stdin.flush()
        assert two.stdout is not None
        waits.append(float(two.stdout.readline()))
        if waits[-1] > 1:
            break
    said, _ = one.communicate(timeout=20)
    two.communicate(timeout=20)
    assert float(said) == pytest.approx(4, abs=0.5)
    assert 1 < waits[-1] < 4.5
    with closing(open_store(str(store_path))) as store:
        assert {row.expires for row in store.paces("server")} == {0.0}


# --- The clock -------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [-7200.0, -1.0])
def test_a_clock_that_goes_back_holds_nobody_up(jump: float) -> None:
    async def main() -> float:
        offset = 0.0
        pacer = Pacer(lambda: clock() + offset)
        pacer.heard(limits(limit_requests=2, remaining_requests=2), tokens=None)
        await pacer.turn(1)
        await pacer.turn(1)
        pacer.slow_down(30.0)
        offset = jump
        await pacer.turn(1)
        return clock() - START

    assert simulate(main()) == pytest.approx(60, abs=0.3)


# --- What it costs ---------------------------------------------------------------------------


async def test_without_limits_a_turn_takes_no_time() -> None:
    """64 at once, as in a run; `-s` prints the figure."""
    pacer = Pacer(time.time)
    turns = 20_000

    async def ask() -> None:
        for _ in range(turns // 64):
            await pacer.turn(3000)
            pacer.heard({}, tokens=1000)

    start = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(64)))
    micros = (time.perf_counter() - start) / turns * 1e6
    print(f"{micros:.1f} µs for a turn and its answer")
    assert micros < 500
