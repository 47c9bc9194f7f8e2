from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from pipeline import writer as module
from pipeline.errors import StoreError
from pipeline.store import Store
from pipeline.writer import GroupWriter


class Gate:
    """A job that holds the writer's thread inside its transaction until it is opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._entered = threading.Event()

    def __call__(self, _connection: sa.Connection) -> None:
        self._entered.set()
        assert self._opened.wait(10)

    async def entered(self) -> None:
        await asyncio.to_thread(self._entered.wait, 10)

    def open(self) -> None:
        self._opened.set()


@pytest.fixture
async def writer(store: Store) -> AsyncIterator[GroupWriter]:
    async with GroupWriter(store) as opened:
        yield opened


@pytest.fixture
def transactions(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the name of a thread with each transaction."""
    real = store.transaction
    begun: list[str] = []

    @contextmanager
    def transaction() -> Iterator[sa.Connection]:
        begun.append(threading.current_thread().name)
        with real() as connection:
            yield connection

    monkeypatch.setattr(store, "transaction", transaction)
    return begun


def adds(report: str) -> Callable[[sa.Connection], str]:
    """Return a job that adds a run and returns its report."""

    def job(connection: sa.Connection) -> str:
        query = sa.text("INSERT INTO runs (date, report) VALUES ('2031-06-02', :report)")
        connection.execute(query.bindparams(report=report))
        return report

    return job


def fails(_connection: sa.Connection) -> None:
    raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))


def reports(store: Store) -> list[str]:
    with store.transaction() as connection:
        return list(connection.scalars(sa.text("SELECT report FROM runs ORDER BY id")))


async def test_a_write_is_on_disk_when_it_returns(store: Store, writer: GroupWriter) -> None:
    assert await writer.write(adds("one")) == "one"
    assert reports(store) == ["one"]


async def test_what_waits_together_shares_a_transaction_in_order(
    store: Store, writer: GroupWriter, transactions: list[str]
) -> None:
    gate = Gate()
    first = asyncio.create_task(writer.write(gate))
    await gate.entered()
    names = [f"run {n}" for n in range(20)]
    others = [asyncio.create_task(writer.write(adds(name))) for name in names]
    await asyncio.sleep(0)
    gate.open()
    assert await asyncio.gather(*others) == names
    await first
    assert transactions == ["litline-store"] * 2
    assert reports(store) == names


async def test_a_transaction_has_an_end(
    writer: GroupWriter, transactions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST", 4)
    gate = Gate()
    held = asyncio.create_task(writer.write(gate))
    await gate.entered()
    others = [asyncio.create_task(writer.write(adds("run"))) for _ in range(10)]
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(held, *others)
    assert len(transactions) == 1 + 3


async def test_a_write_that_fails_fails_all_that_shared_its_transaction(
    store: Store, writer: GroupWriter
) -> None:
    gate = Gate()
    held = asyncio.create_task(writer.write(gate))
    await gate.entered()
    jobs = (adds("one"), fails, adds("two"))
    others = [asyncio.create_task(writer.write(job)) for job in jobs]
    await asyncio.sleep(0)
    gate.open()
    await held
    results = await asyncio.gather(*others, return_exceptions=True)
    assert [type(result) for result in results] == [StoreError] * 3
    assert "database or disk is full" in str(results[0])
    assert reports(store) == []
    assert await writer.write(adds("three")) == "three"


@pytest.mark.parametrize("job", [adds("one"), fails])
async def test_nobody_has_to_wait_for_a_write(
    writer: GroupWriter,
    job: Callable[[sa.Connection], object],
    transactions: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate()
    held = asyncio.create_task(writer.write(gate))
    await gate.entered()
    forgotten = asyncio.create_task(writer.write(job))
    await asyncio.sleep(0)
    forgotten.cancel()
    gate.open()
    await held
    with pytest.raises(asyncio.CancelledError):
        await forgotten
    while len(transactions) < 2:
        await asyncio.sleep(0.001)
    assert await writer.write(adds("two")) == "two"
    assert caplog.records == []


async def test_closing_finishes_what_was_asked_for(store: Store) -> None:
    gate = Gate()
    async with GroupWriter(store) as writer:
        held = asyncio.create_task(writer.write(gate))
        await gate.entered()
        others = [asyncio.create_task(writer.write(job)) for job in (adds("a"), adds("b"))]
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(gate.open)
    await asyncio.gather(held, *others)
    assert reports(store) == ["a", "b"]


async def test_nothing_is_written_after_closing(store: Store) -> None:
    async with GroupWriter(store) as writer:
        pass
    with pytest.raises(StoreError, match="the store is closed"):
        await writer.write(adds("late"))
    assert [t.name for t in threading.enumerate() if t.name == "litline-store"] == []
