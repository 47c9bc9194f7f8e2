"""An event loop whose time passes only by waiting: an hour of pauses takes a moment."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
# Large numbers of seconds would be too coarse for the loop, which compares them to the nanosecond.
START = 1000.0


class _Leaping(selectors.DefaultSelector):
    """Never waits, and moves the time on instead."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = START

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits for something that never happens")
        self.seconds += timeout
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Its threads take no time: what would run in one runs at once."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def simulate(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in simulated time; `clock` is its time."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)


def clock() -> float:
    """Return the simulated seconds since 1970."""
    return asyncio.get_running_loop().time()
