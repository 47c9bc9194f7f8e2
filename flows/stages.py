"""One function runs a stage over batches, directly or as Prefect tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

BATCH = 64

Work = Callable[[Sequence[T]], Awaitable[list[R]]]
Batch = Callable[[int], Awaitable[None]]
Wrap = Callable[[str, Batch], Batch]


class StageRunner(Protocol):
    """Runs one stage over all items, in batches that all start at once."""

    async def __call__(self, name: str, items: Sequence[T], work: Work[T, R]) -> list[R]:
        """Return the results in the order of the items."""
        ...


async def run_directly(name: str, items: Sequence[T], work: Work[T, R]) -> list[R]:
    """Run a stage without Prefect."""
    return await run_wrapped(name, items, work, lambda _name, function: function)


async def run_wrapped(name: str, items: Sequence[T], work: Work[T, R], wrap: Wrap) -> list[R]:
    """Run a stage with each batch behind `wrap`, which sees the number of a batch and no data."""
    batches = [items[at : at + BATCH] for at in range(0, len(items), BATCH)]
    results: dict[int, list[R]] = {}

    async def run_batch(number: int) -> None:
        results[number] = await work(batches[number])

    await asyncio.gather(*map(wrap(name, run_batch), range(len(batches))))
    return [result for number in range(len(batches)) for result in results[number]]
