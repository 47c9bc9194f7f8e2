"""Progress on stderr: a bar where a person watches, plain lines otherwise, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress


class Reporter(Protocol):
    """Where a job says what it does."""

    def say(self, text: str) -> None:
        """Print one line."""
        ...

    def warn(self, text: str) -> None:
        """Print one line, even where nothing else is printed."""
        ...

    def start(self, stage: str, total: int) -> None:
        """Begin a stage of so many papers."""
        ...

    def advance(self, stage: str, done: int) -> None:
        """Count papers of a stage as done."""
        ...


class Silent:
    """Says nothing but warnings."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def warn(self, text: str) -> None:
        """Print the line."""
        sys.stderr.write(f"{text}\n")

    def start(self, stage: str, total: int) -> None:
        """Say nothing."""

    def advance(self, stage: str, done: int) -> None:
        """Say nothing."""


class Lines:
    """Plain lines, at most one per tenth of a stage."""

    def __init__(self) -> None:
        self._stages: dict[str, list[int]] = {}

    def say(self, text: str) -> None:
        """Print the line."""
        sys.stderr.write(f"{text}\n")

    warn = say

    def start(self, stage: str, total: int) -> None:
        """Remember the total."""
        self._stages[stage] = [0, total]

    def advance(self, stage: str, done: int) -> None:
        """Print where a tenth is passed."""
        before, total = self._stages[stage]
        after = before + done
        self._stages[stage][0] = after
        if total and 10 * after // total > 10 * before // total:
            self.say(f"{stage}: {after} of {total}")


class Bars:
    """Bars by rich, for a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, int] = {}

    def say(self, text: str) -> None:
        """Print a line above the bars."""
        self._progress.console.print(text, markup=False, highlight=False)

    warn = say

    def start(self, stage: str, total: int) -> None:
        """Add a bar."""
        self._tasks[stage] = self._progress.add_task(stage, total=total)

    def advance(self, stage: str, done: int) -> None:
        """Move the bar."""
        self._progress.advance(self._tasks[stage], done)  # type: ignore[arg-type] # a rich TaskID


_current: ContextVar[Reporter] = ContextVar("reporter", default=Silent())  # noqa: B039 - stateless


def reporter() -> Reporter:
    """Return where the running command reports to."""
    return _current.get()


@contextmanager
def reporting(*, quiet: bool) -> Iterator[Reporter]:
    """Report to stderr for the time of the block, in the way that fits who watches."""
    if quiet:
        yield from _set(Silent())
    elif not sys.stderr.isatty():
        yield from _set(Lines())
    else:
        from rich.console import Console  # noqa: PLC0415 - heavy, and only for terminals
        from rich.progress import Progress  # noqa: PLC0415

        with Progress(console=Console(stderr=True), transient=True) as progress:
            yield from _set(Bars(progress))


def _set(chosen: Reporter) -> Iterator[Reporter]:
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)
