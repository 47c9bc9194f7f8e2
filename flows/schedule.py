"""When a digest is due: time zones and cron lines, as Prefect understands them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfo, available_timezones

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from prefect.client.schemas.schedules import SCHEDULE_TYPES

DEFAULT_CRON = "0 9 * * MON"
LOCALTIME = Path("/etc/localtime")

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NUMBERED = {str(number): _DAYS[number - 1] for number in range(8)}
_NAMED = {day[:3].upper(): day for day in _DAYS}


class Timing(Protocol):
    """When runs are due."""

    @property
    def words(self) -> str:
        """The times, for a person."""
        ...

    def rule(self) -> SCHEDULE_TYPES:
        """Return the schedule as Prefect takes it."""
        ...

    def following(self, moment: dt.datetime) -> dt.datetime:
        """Return the first due time at or after a moment."""
        ...

    def latest(self, moment: dt.datetime) -> dt.datetime:
        """Return the last due time at or before a moment."""
        ...


class Cron(NamedTuple):
    """The times of a cron line by the clocks of a zone; made by `read_cron`."""

    line: str
    zone: ZoneInfo

    @property
    def words(self) -> str:
        """The times, for a person: every Monday at 09:00."""
        return in_words(self.line)

    def rule(self) -> SCHEDULE_TYPES:
        """Return the schedule as Prefect takes it."""
        from prefect.client.schemas.schedules import CronSchedule  # noqa: PLC0415 - takes seconds

        return CronSchedule(cron=self.line, timezone=self.zone.key)

    def following(self, moment: dt.datetime) -> dt.datetime:
        """Return the first due time at or after a moment.

        Raises:
            ValueError: the line is none, or never comes.
        """
        return self._dates(moment, count=1)[0]

    def latest(self, moment: dt.datetime) -> dt.datetime:
        """Return the last due time at or before a moment."""
        back = dt.timedelta(minutes=10)
        while not (dates := self._dates(moment - back, until=moment)):
            back *= 2
        return dates[-1]

    def _dates(
        self, start: dt.datetime, *, until: dt.datetime | None = None, count: int | None = None
    ) -> list[dt.datetime]:
        """Due times in order, worked out by the code that Prefect's scheduler runs."""
        from prefect.server.schemas.schedules import CronSchedule  # noqa: PLC0415 - takes seconds

        rule = CronSchedule(cron=self.line, timezone=self.zone.key)
        dates = sorted(rule._get_dates_generator(count, start, until))
        return [date.astimezone(self.zone) for date in dates]


def read_cron(line: str, zone: ZoneInfo, moment: dt.datetime) -> Cron:
    """Return the times of a cron line.

    Raises:
        UsageError: it is no cron line, or names a date that does not come after `moment`.
    """
    cron = Cron(line, zone)
    try:
        cron.rule()
    except ValueError as error:
        raise UsageError(
            f"--cron: {line!r} is no cron line; write minute, hour, day, month and weekday, "
            f"such as {DEFAULT_CRON!r}"
        ) from error
    try:
        cron.following(moment)
    except ValueError as error:
        raise UsageError(f"--cron: {line!r} never comes; there is no such date") from error
    return cron


def in_words(line: str) -> str:
    """Return what a cron line means where that is simple, else the line itself."""
    match line.split():
        case [minute, hour, "*", "*", weekday] if minute.isdigit() and hour.isdigit():
            day = "day" if weekday == "*" else _NUMBERED.get(weekday) or _NAMED.get(weekday.upper())
            if day is not None:
                return f"every {day} at {int(hour):02}:{int(minute):02}"
    return f"cron {line}"


def find_zone(name: str | None, environment: Mapping[str, str]) -> ZoneInfo:
    """Return a time zone by its name, as in Europe/Berlin, or this machine's for None.

    Raises:
        UsageError: there is no such zone; the message names the nearest.
    """
    wanted = machine_zone(environment) if name is None else name
    known = available_timezones() - {LOCALTIME.name}
    if wanted in known:
        return ZoneInfo(wanted)
    if name is None:
        raise UsageError(f"this machine's time zone {wanted!r} is no name; give one by --timezone")
    near = _nearest(wanted, known)
    hint = f"did you mean {' or '.join(near)}?" if near else "write it as Europe/Berlin"
    raise UsageError(f"--timezone: {wanted!r} is not known; {hint}")


def machine_zone(environment: Mapping[str, str], localtime: Path = LOCALTIME) -> str:
    """Return the name of this machine's zone: of TZ, else of the link `localtime`, else UTC.

    A file that leads to no named zone is returned as its path.
    """
    named = environment.get("TZ", "").removeprefix(":")
    if named and not named.startswith("/"):
        return named
    file = Path(named) if named else localtime
    return str(file.resolve()).rpartition("/zoneinfo/")[2] if named or file.exists() else "UTC"


def _nearest(name: str, known: set[str]) -> list[str]:
    """Return up to three zones whose name, or whose city, is spelt nearly so."""
    spelt = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known)}
    spelt |= {zone.lower(): zone for zone in known}
    found = get_close_matches(name.replace(" ", "_").lower(), spelt, n=3, cutoff=0.75)
    return list(dict.fromkeys(spelt[one] for one in found))
