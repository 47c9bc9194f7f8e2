"""What processes that use the same key of the same server tell each other, through the store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from pipeline.store import Store, StoredPace


class Pace(NamedTuple):
    """What one process tells the others.

    It lives until `expires`, and nobody sends before `until`, both in seconds since 1970. `rate` is
    in requests per minute of all together, after so many `halvings`, None before the first.
    """

    expires: float
    until: float
    halvings: int
    rate: float | None


class Shared(Protocol):
    """Where processes tell each other their pace; both methods may raise StoreError."""

    async def read(self) -> Sequence[Pace]:
        """Return what the other processes told last, those included that have ended."""
        ...

    async def write(self, pace: Pace, now: float) -> None:
        """Tell the others; `now` is in seconds since 1970."""
        ...


class StorePaces:
    """Paces in the store: one row per process, which no other process changes.

    `name` stands for server and key without giving the key away, `owner` for this process. It has
    transactions of its own, since one that fails must not take paid replies with it.
    """

    def __init__(self, store: Store, name: str, owner: str) -> None:
        self._store = store
        self._name = name
        self._owner = owner

    async def read(self) -> list[Pace]:
        """Return what the other processes told last."""
        rows = await asyncio.to_thread(self._store.paces, self._name)
        return [
            Pace(row.expires, row.until, row.halvings, row.rate)
            for row in rows
            if row.owner != self._owner
        ]

    async def write(self, pace: Pace, now: float) -> None:
        """Write the row of this process."""
        row = StoredPace(self._name, self._owner, *pace)
        await asyncio.to_thread(self._store.save_pace, row, now)
