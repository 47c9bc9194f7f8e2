"""Answers on their way into the store: leases, raw replies as they come, validated ones after.

A lease keeps two processes from buying the same answer. It is renewed while its owner lives, given
back when the owner ends, and free at once when the owner was killed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import TracebackType
from typing import NamedTuple

import sqlalchemy as sa

from pipeline.errors import StoreError
from pipeline.store import (
    Lease,
    Store,
    StoredAnswer,
    claim_all,
    release,
    release_all,
    renew_all,
    save_raw,
    save_replies,
)
from pipeline.writer import GroupWriter

LEASE_SECONDS = 900
_RENEW_SECONDS = 300
_POLL_SECONDS = 0.25


class Surroundings(NamedTuple):
    """What comes from outside: the day, the clock, this process, and whether another still runs."""

    today: str
    now: Callable[[], float]
    owner: str
    alive: Callable[[str], bool]


class Wanted(NamedTuple):
    """An answer to be bought: its key, and the name and version of its prompt."""

    key: str
    prompt: str


class Ledger(AbstractAsyncContextManager["Ledger"]):
    """Writes one run's answers; every method raises StoreError when the store cannot be written."""

    def __init__(
        self, store: Store, surroundings: Surroundings, engine: str, model: str | None
    ) -> None:
        self._around = surroundings
        self._engine = engine
        self._model = model
        self._writer = GroupWriter(store)
        self._leased: dict[str, StoredAnswer | None] = {}
        self._replies: dict[str, str] = {}

    async def __aenter__(self) -> Ledger:
        await self._writer.__aenter__()
        self._renewal: asyncio.Task[None] = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._renewal.cancel()
        # Nothing is lost here: replies are read from the raw ones, leases end with this process.
        with contextlib.suppress(StoreError):
            await self._writer.write(self._finish)
        await self._writer.__aexit__(kind, error, trace)

    async def lease(self, wanted: Iterable[Wanted]) -> None:
        """Lease many answers at once, as far as no other process holds them."""
        missing = [one for one in wanted if one.key not in self._leased]
        if missing:
            claimed = await self._claim(missing)
            self._leased |= claimed

    async def leased(self, wanted: Wanted, going: Callable[[], None]) -> StoredAnswer | None:
        """Return what is stored once the lease is ours; waits while another process holds it.

        `going` ends the wait by raising.
        """
        while wanted.key not in self._leased:
            going()
            self._leased |= await self._claim([wanted])
            if wanted.key not in self._leased:
                await asyncio.sleep(_POLL_SECONDS)
        return self._leased[wanted.key]

    async def save(self, answer: StoredAnswer, *, done: bool = True) -> None:
        """Write a raw reply, and give its lease back if all is `done`; returns once on disk."""
        replies, self._replies = self._replies, {}
        owner, expires = self._around.owner, self._around.now() + LEASE_SECONDS

        def job(connection: sa.Connection) -> None:
            save_raw(connection, answer, None if done else (owner, expires))
            save_replies(connection, replies)

        await self._writer.write(job)
        if done:
            self._leased.pop(answer.key, None)

    def keep(self, key: str, reply: str) -> None:
        """Take a validated reply; it is written along with the next raw one, or at the end."""
        self._replies[key] = reply

    async def give_back(self, key: str) -> None:
        """Give back the lease of an answer that was not bought, if we hold it."""
        if key in self._leased:
            del self._leased[key]
            await self._writer.write(partial(release, key=key, owner=self._around.owner))

    async def _claim(self, wanted: Iterable[Wanted]) -> dict[str, StoredAnswer | None]:
        around = self._around
        expires = around.now() + LEASE_SECONDS
        leases = [
            Lease(one.key, self._engine, self._model, one.prompt, around.owner, expires)
            for one in wanted
        ]
        job = partial(claim_all, leases=leases, now=around.now(), alive=around.alive)
        return await self._writer.write(job)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            expires = self._around.now() + LEASE_SECONDS
            job = partial(renew_all, owner=self._around.owner, expires=expires)
            with contextlib.suppress(StoreError):
                await self._writer.write(job)

    def _finish(self, connection: sa.Connection) -> None:
        save_replies(connection, self._replies)
        release_all(connection, self._around.owner)
