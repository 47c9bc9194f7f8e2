from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import ledger as module
from pipeline.database import open_store
from pipeline.errors import StoreError
from pipeline.ledger import LEASE_SECONDS, Ledger, Surroundings, Wanted
from pipeline.providers.base import Completion, Request
from pipeline.providers.fake import FakeProvider
from pipeline.schemas import PaperSummaryReply
from pipeline.store import Store, StoredAnswer, renew_all
from tests.asking import make_asker, question, reply, said, surroundings

KETTLE = Wanted("k1", "paper_summary 1")
TEAPOT = Wanted("k2", "paper_summary 1")


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Stopped(Exception):
    """Raised to end a wait."""


def going() -> None:
    """Go on waiting."""


def stop() -> None:
    raise Stopped


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.001)


def ledger(store: Store, around: Surroundings) -> Ledger:
    return Ledger(store, around, "fake 1", "m")


def bought(key: str = "k1") -> StoredAnswer:
    return StoredAnswer(key, "fake 1", "m", KETTLE.prompt, "raw", None, 1, 1, False, 0.0, None)


def owners(store: Store) -> dict[str, tuple[str | None, float | None]]:
    """Return the owner and the end of each lease, by key."""
    with store.transaction() as connection:
        rows = connection.execute(sa.text("SELECT key, owner, expires FROM answers"))
        return {row.key: (row.owner, row.expires) for row in rows}


async def until(holds: Callable[[], object]) -> None:
    """Let other tasks run until something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


# --- Leases ----------------------------------------------------------------------------------


async def test_a_lease_names_its_owner_and_its_end(store: Store) -> None:
    async with ledger(store, surroundings("one")) as mine:
        assert await mine.leased(KETTLE, going) is None
        assert owners(store) == {"k1": ("one", 1000.0 + LEASE_SECONDS)}


async def test_many_leases_are_taken_at_once_and_only_once(store: Store) -> None:
    async with ledger(store, surroundings("one")) as mine:
        await mine.lease([KETTLE, TEAPOT])
        await mine.lease([KETTLE])
        await mine.lease([])
        assert owners(store).keys() == {"k1", "k2"}
        assert await mine.leased(TEAPOT, stop) is None


async def test_a_lease_of_a_living_owner_is_waited_for(store: Store) -> None:
    async with ledger(store, surroundings("one")) as one, ledger(store, surroundings("two")) as two:
        await one.lease([KETTLE])
        await two.lease([KETTLE])
        waiting = asyncio.create_task(two.leased(KETTLE, going))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        await one.save(bought())
        assert await waiting == bought()
        assert owners(store)["k1"][0] == "two"


async def test_a_lease_that_is_given_back_is_taken_by_who_waits(store: Store) -> None:
    async with ledger(store, surroundings("one")) as one, ledger(store, surroundings("two")) as two:
        await one.lease([KETTLE])
        waiting = asyncio.create_task(two.leased(KETTLE, going))
        await one.give_back("k1")
        assert await waiting is None


async def test_a_wait_can_be_ended(store: Store) -> None:
    async with ledger(store, surroundings("one")) as one, ledger(store, surroundings("two")) as two:
        await one.lease([KETTLE])
        with pytest.raises(Stopped):
            await two.leased(KETTLE, stop)


async def test_a_lease_of_a_dead_owner_is_taken_at_once(store: Store) -> None:
    heir = surroundings("two", alive=lambda owner: owner != "killed")
    async with ledger(store, surroundings("killed")) as killed, ledger(store, heir) as two:
        await killed.lease([KETTLE])
        await two.lease([KETTLE])
        assert owners(store)["k1"][0] == "two"


async def test_an_expired_lease_is_taken(store: Store) -> None:
    clock = Clock()
    async with (
        ledger(store, surroundings("asleep", now=clock)) as asleep,
        ledger(store, surroundings("two", now=clock)) as two,
    ):
        await asleep.lease([KETTLE])
        clock.seconds += LEASE_SECONDS - 1
        await two.lease([KETTLE])
        assert owners(store)["k1"][0] == "asleep"
        clock.seconds += 1
        await two.lease([KETTLE])
        assert owners(store)["k1"][0] == "two"


async def test_leases_are_renewed_while_their_owner_lives(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.001)
    clock = Clock()
    async with ledger(store, surroundings("one", now=clock)) as mine:
        await mine.lease([KETTLE, TEAPOT])
        clock.seconds = 5000.0
        await until(lambda: owners(store)["k2"][1] == 5000.0 + LEASE_SECONDS)
        assert owners(store)["k1"] == ("one", 5000.0 + LEASE_SECONDS)


async def test_renewing_goes_on_after_a_failure(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.001)
    real, failures = renew_all, [sa.exc.SQLAlchemyError("busy")]

    def busy_once(connection: sa.Connection, owner: str, expires: float) -> None:
        if failures:
            raise failures.pop()
        real(connection, owner, expires)

    monkeypatch.setattr(module, "renew_all", busy_once)
    clock = Clock()
    async with ledger(store, surroundings("one", now=clock)) as mine:
        await until(lambda: not failures)
        await mine.lease([KETTLE])
        clock.seconds = 5000.0
        await until(lambda: owners(store)["k1"][1] == 5000.0 + LEASE_SECONDS)


async def test_a_lease_ends_when_its_reply_is_saved(store: Store) -> None:
    async with ledger(store, surroundings("one")) as mine:
        assert await mine.leased(KETTLE, going) is None
        await mine.save(bought())
        assert owners(store)["k1"] == (None, None)
        assert await mine.leased(KETTLE, going) == bought()


async def test_a_lease_that_is_not_ours_is_not_given_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ledger(store, surroundings("one")) as one, ledger(store, surroundings("two")) as two:
        await one.lease([KETTLE])
        monkeypatch.setattr(module, "release", None)
        await two.give_back("k1")
        assert owners(store)["k1"][0] == "one"


@pytest.mark.parametrize("error", [None, Stopped()])
async def test_all_leases_end_with_the_run(store: Store, error: Exception | None) -> None:
    try:
        async with ledger(store, surroundings("one")) as mine:
            await mine.lease([KETTLE, TEAPOT])
            await mine.save(bought())
            if error:
                raise error
    except Stopped:
        pass
    assert owners(store) == {"k1": (None, None)}


# --- Replies ---------------------------------------------------------------------------------


async def test_a_validated_reply_is_written_with_the_next_raw_one(store: Store) -> None:
    async with ledger(store, surroundings()) as mine:
        await mine.lease([KETTLE, TEAPOT])
        await mine.save(bought("k1"))
        mine.keep("k1", "{}")
        assert store.answers(["k1"])["k1"].reply is None
        await mine.save(bought("k2"))
        assert store.answers(["k1"])["k1"].reply == "{}"


async def test_the_last_validated_replies_are_written_at_the_end(store: Store) -> None:
    async with ledger(store, surroundings()) as mine:
        await mine.save(bought())
        mine.keep("k1", "{}")
    assert store.answers(["k1"])["k1"] == bought()._replace(reply="{}")


async def test_a_store_that_cannot_be_written_is_an_error_but_not_at_the_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    for name in ("claim_all", "save_raw", "save_replies", "release"):
        monkeypatch.setattr(module, name, lambda *_, **__: full())
    async with ledger(store, surroundings()) as mine:
        with pytest.raises(StoreError, match="disk is full"):
            await mine.lease([KETTLE])
        with pytest.raises(StoreError, match="disk is full"):
            await mine.save(bought())
    assert owners(store) == {}


# --- Several processes, each with an event loop of its own, on one store -----------------------


class Shop:
    """Sells an answer to whoever asks, and counts."""

    def __init__(self) -> None:
        self.sold = 0
        self._lock = threading.Lock()

    def sell(self) -> Completion:
        with self._lock:
            self.sold += 1
        return Completion(reply(said("Hushkettle boils quietly.", 1)).model_dump_json(), None)


class Customer(FakeProvider):
    """A provider that buys from a shop, which takes a moment."""

    def __init__(self, shop: Shop) -> None:
        super().__init__()
        self._shop = shop

    async def complete(self, request: Request) -> Completion:
        self.requests += 1
        await asyncio.sleep(0.005)
        return self._shop.sell()


def test_four_threads_buy_each_answer_once(store_path: Path) -> None:
    shop = Shop()
    ready = threading.Barrier(4, timeout=10)
    answers: list[list[str]] = []
    questions = [question(f"We present Hushkettle {n}.") for n in range(5)]

    async def run(store: Store, owner: str) -> list[str]:
        asker = make_asker(Customer(shop), store, around=surroundings(owner))
        async with asker:
            ready.wait()
            found = await asyncio.gather(*(asker.ask(q, PaperSummaryReply) for q in questions))
        return [answer.reply.tldr.text for answer in found if answer.reply.tldr]

    def work(owner: str) -> None:
        with closing(open_store(str(store_path))) as store:
            answers.append(asyncio.run(run(store, owner)))

    threads = [threading.Thread(target=work, args=(f"owner {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shop.sold == len(questions)
    assert answers == [["Hushkettle boils quietly."] * len(questions)] * 4


@pytest.fixture
def two_stores(store_path: Path) -> Iterator[tuple[Store, Store]]:
    with closing(open_store(str(store_path))) as one, closing(open_store(str(store_path))) as two:
        yield one, two


async def test_a_run_that_stops_gives_back_what_another_waits_for(
    two_stores: tuple[Store, Store],
) -> None:
    first, second = question("We present Hushkettle."), question("We present Hushpot.")
    shop = Shop()
    poor = make_asker(Customer(shop), two_stores[0], around=surroundings("poor"), budget=0.0)
    rich = make_asker(Customer(shop), two_stores[1], around=surroundings("rich"))
    async with asyncio.timeout(10), poor, rich:
        await poor.lease([first])
        await rich.lease([second])
        asks = [a.ask(q, PaperSummaryReply) for a in (poor, rich) for q in (first, second)]
        results = await asyncio.gather(*asks, return_exceptions=True)
    assert [isinstance(result, Exception) for result in results] == [True, True, False, False]
    assert shop.sold == 2


async def test_runs_that_each_found_what_the_other_wants_both_end(
    two_stores: tuple[Store, Store],
) -> None:
    """Both leased an answer that a third process had just bought, and held it."""
    questions = [question("We present Hushkettle."), question("We present Hushpot.")]
    shop = Shop()
    first, one, two = (
        make_asker(Customer(shop), two_stores[n % 2], around=surroundings(f"owner {n}"))
        for n in range(3)
    )
    async with first:
        for asked in questions:
            await first.ask(asked, PaperSummaryReply)
    async with asyncio.timeout(10), one, two:
        await one.lease(questions[:1])
        await two.lease(questions[1:])
        asks = [asker.ask(q, PaperSummaryReply) for asker in (one, two) for q in questions]
        await asyncio.gather(*asks)
    assert (shop.sold, one.cached, two.cached) == (2, 2, 2)
