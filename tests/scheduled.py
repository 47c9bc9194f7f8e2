"""A service with a short interval for a week and a file for a store, to be started as a process.

    python -m tests.scheduled FOLDER SECONDS ANCHOR

The folder is the working folder. The n-th due time after the anchor (an ISO moment) is for the
n-th week after `FIRST`. Digests are lines of `digests.txt`. Where there is a file `hold`, digests
wait once there are as many as it says, until it is gone.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from flows.dispatch import HOME
from flows.server import prefect_settings
from flows.serving import Service, serve, until_stopped
from flows.settings import Settings, load_settings
from flows.weeks import Week

if TYPE_CHECKING:
    from prefect.client.schemas.schedules import SCHEDULE_TYPES

FIRST = Week(2026, 44)
"""The week of the anchor; ten weeks later comes week 53."""

DIGESTS = Path("digests.txt")
HOLD = Path("hold")
EVENTS = Path("events.txt")
_STEP = 0.02


def nth_week(count: int) -> Week:
    """Return the week that is `count` weeks after the first."""
    return Week.of(FIRST.monday + dt.timedelta(weeks=count))


class Every(NamedTuple):
    """Due at the anchor and every so many seconds after and before it."""

    seconds: float
    anchor: dt.datetime

    @property
    def words(self) -> str:
        """The times, for a person."""
        return f"every {self.seconds:g} s"

    def rule(self) -> SCHEDULE_TYPES:
        """Return the schedule as Prefect takes it."""
        from prefect.client.schemas.schedules import IntervalSchedule

        return IntervalSchedule(
            interval=dt.timedelta(seconds=self.seconds), anchor_date=self.anchor
        )

    def following(self, moment: dt.datetime) -> dt.datetime:
        """Return the first due time at or after a moment."""
        return self.due(math.ceil(self._count(moment)))

    def latest(self, moment: dt.datetime) -> dt.datetime:
        """Return the last due time at or before a moment."""
        return self.due(math.floor(self._count(moment)))

    def due(self, count: int) -> dt.datetime:
        """Return the due time that is so many after the anchor."""
        return self.anchor + count * dt.timedelta(seconds=self.seconds)

    def week_of(self, scheduled: dt.datetime, _zone: dt.tzinfo) -> Week:
        """Return the week of the n-th due time: the n-th."""
        return nth_week(round(self._count(scheduled)))

    def _count(self, moment: dt.datetime) -> float:
        return (moment - self.anchor) / dt.timedelta(seconds=self.seconds)


class Lines:
    """Digests as lines of a file, in the order in which they were made."""

    def __init__(self, watch: str, settings: Settings) -> None:
        del watch, settings

    def stored(self) -> list[str]:
        """Return the weeks that have a line."""
        return DIGESTS.read_text().split() if DIGESTS.exists() else []

    async def make(self, week: str) -> Path:
        """Write a line to each of the two files, the second when nothing holds it."""
        add_line(EVENTS, f"begin {week}")
        while held(len(self.stored())):
            await asyncio.sleep(_STEP)
        add_line(DIGESTS, week)
        add_line(EVENTS, f"end {week}")
        return DIGESTS


def add_line(path: Path, line: str) -> None:
    """Add a line to a file."""
    with path.open("a") as file:
        file.write(f"{line}\n")


def held(made: int) -> bool:
    """Whether a digest is to wait after so many."""
    try:
        return made >= int(HOLD.read_text())
    except FileNotFoundError:
        return False


def main(folder: str, seconds: str, anchor: str) -> None:
    """Serve until asked to end."""
    os.chdir(folder)
    os.environ.update(prefect_settings(HOME, None))
    every = Every(float(seconds), dt.datetime.fromisoformat(anchor))
    zone = ZoneInfo("Europe/Berlin")
    settings = load_settings()
    service = Service(folder, settings, zone, every, Lines, week_of=every.week_of, poll=0.1)
    with until_stopped():
        serve(service)


if __name__ == "__main__":
    main(*sys.argv[1:])
