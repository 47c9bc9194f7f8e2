"""`litline serve`: makes a digest of every week when it is due, until it is stopped."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from flows.dispatch import HOME, prefect_api
from flows.progress import reporter
from flows.schedule import Timing, find_zone, read_cron
from flows.server import prefect_settings
from flows.settings import Settings
from flows.shelves import reading_store
from flows.weeks import Week, due_week, weeks_to_make
from pipeline.errors import ConfigError, LockHeld, UsageError

POLL = 10.0
"""Seconds between two looks for a run that is due, and between two tries at a held lock."""

LOCK = "serve.lock"


class Digests(Protocol):
    """The digests of one library, made from what lies in one folder."""

    def stored(self) -> list[str]:
        """Return the weeks that have a digest, as 2026-W22, in any order."""
        ...

    async def make(self, week: str) -> Path:
        """Read the folder, write the digest of a week, and return its main file.

        Raises:
            LockHeld: another run is writing to the same outputs.
        """
        ...


DigestsFor = Callable[[str, Settings], Digests]
"""Returns the digests made from a folder; in a run, `as_of` is the day by the service's zone."""

WeekOf = Callable[[dt.datetime, dt.tzinfo], Week]


class Service(NamedTuple):
    """What is served. `week_of` tells the week of a due time; `poll` is in seconds."""

    watch: str
    settings: Settings
    zone: ZoneInfo
    timing: Timing
    digests_for: DigestsFor
    week_of: WeekOf = due_week
    poll: float = POLL


def serve_weekly(
    watch: str, settings: Settings, cron: str, timezone: str | None, digests_for: DigestsFor
) -> None:
    """Serve what a command line asks for, until it is stopped; see `plan_service` and `serve`."""
    with until_stopped():
        serve(plan_service(watch, settings, cron, timezone, digests_for))


def plan_service(
    watch: str, settings: Settings, cron: str, timezone: str | None, digests_for: DigestsFor
) -> Service:
    """Return the service that a command line asks for; `timezone` None is the machine's.

    Raises:
        UsageError: the folder, the zone or the cron line does not fit.
        ConfigError: Prefect is not installed.
    """
    if not Path(watch).is_dir():
        raise UsageError(f"--watch: {watch} is no folder")
    zone = find_zone(timezone, os.environ)
    if find_spec("prefect") is None:
        raise ConfigError(
            "Prefect is not installed, and serving needs it; without it, let cron or systemd "
            "start `litline digest` (see docs/scheduling.md)"
        )
    # Prefect reads its settings when it is first imported, which reading the line does.
    os.environ.update(prefect_settings(HOME, None))
    timing = read_cron(cron, zone, dt.datetime.now(dt.UTC))
    return Service(str(Path(watch).absolute()), settings, zone, timing, digests_for)


def serve(service: Service) -> None:
    """Serve without end.

    Raises:
        ServerDown: Prefect's server did not come up, or went away.
        ConfigError: a Prefect API is configured and does not answer.
        LockHeld: another service runs here.
        KeyboardInterrupt: a person, or the system, asked to end.
    """
    home = Path(os.environ.get("PREFECT_HOME") or HOME)
    with _alone(home), prefect_api(os.environ, standing=True):
        from flows import weekly  # noqa: PLC0415 - imports Prefect

        weekly.attend(service)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Let a request to end (SIGTERM) count as Ctrl-C, and let Ctrl-C end the block."""
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)  # as after `&` in a script
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, ignored)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the lock on serving from a folder; the system releases it however this ends."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with FileLock(home / LOCK, timeout=0, mode=0o600):
            yield
    except Timeout as error:
        raise LockHeld(
            f"another `litline serve` runs from here (it holds {home}); stop that one first"
        ) from error


def require_library(watch: str, settings: Settings) -> None:
    """Refuse a run that has nothing to read.

    Raises:
        UsageError: the folder is gone, and the library is empty.
    """
    if Path(watch).is_dir():
        return
    with reading_store(settings) as store:
        if store is not None and store.documents():
            reporter().say(f"Warning: the watch folder {watch} is gone; the library stays.")
            return
    raise UsageError(f"the watch folder {watch} is gone, and the library is empty")


def weeks_of_run(stored: Sequence[str], due: Week, *, done: bool) -> list[Week]:
    """Return the weeks that a run makes, in order: the missing ones up to the due one.

    A due week that is stored and still the last is made again: it may have been made by hand
    before it ended. Not so where a run for this due time or a later one is `done`.
    """
    missing = weeks_to_make(stored, due)
    again = not missing and not done and max(map(Week.parse, stored)) == due
    return [due] if again else missing


async def make_weeks(digests: Digests, weeks: Sequence[Week], wait: float = POLL) -> list[Path]:
    """Make digests one after the other; while another run holds the outputs, wait for it."""
    return [await _make(digests, str(week), wait) for week in weeks]


async def _make(digests: Digests, week: str, wait: float) -> Path:
    while True:
        try:
            return await digests.make(week)
        except LockHeld as held:
            reporter().say(f"{week} waits: {held}")
            await asyncio.sleep(wait)
