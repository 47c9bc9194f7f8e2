"""Group commit: many small writes share a transaction, off the event loop."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from pipeline.errors import StoreError
from pipeline.store import Store

T = TypeVar("T")
_Job = tuple[Callable[[sa.Connection], Any], "asyncio.Future[Any]", asyncio.AbstractEventLoop]
_MOST = 256


class GroupWriter:
    """One thread that writes; whoever awaits `write` resumes once the write is on disk.

    Use it as an async context manager. A write that fails fails all that shared its transaction,
    with StoreError: nothing of them is in the store then.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="litline-store", daemon=True)

    async def __aenter__(self) -> GroupWriter:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def write(self, job: Callable[[sa.Connection], T]) -> T:
        """Run `job` in the next shared transaction and return its value after the commit."""
        if self._closed:
            raise StoreError("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((job, future, loop))
        return await future

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch, last = self._drain(first)
            self._commit(batch)
            if last:
                return

    def _drain(self, first: _Job) -> tuple[list[_Job], bool]:
        batch = [first]
        while len(batch) < _MOST:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _commit(self, batch: list[_Job]) -> None:
        try:
            with self._store.transaction() as connection:
                results = [job(connection) for job, _, _ in batch]
        except Exception as error:
            for _, future, loop in batch:
                loop.call_soon_threadsafe(_fail, future, error)
            return
        for (_, future, loop), result in zip(batch, results, strict=True):
            loop.call_soon_threadsafe(_finish, future, result)


def _finish(future: asyncio.Future[Any], result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
