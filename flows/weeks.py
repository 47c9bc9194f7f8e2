"""ISO weeks, Monday to Sunday: which one a moment or a scheduled run belongs to."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.errors import UsageError

_FORM = re.compile(r"([12]\d{3})-W(\d{2})")


class Week(NamedTuple):
    """A week by its ISO year and number, from 1; weeks sort by time, and print as 2026-W22."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read a week as it prints, years 1000 to 2999.

        Raises:
            UsageError: the text has another form, or its year has no such week.
        """
        form = _FORM.fullmatch(text)
        if form is None:
            raise UsageError(f"{text!r} is no week; write it as 2026-W22")
        year, number = int(form[1]), int(form[2])
        last = weeks_in(year)
        if not 1 <= number <= last:
            raise UsageError(f"there is no week {text}: {year} has weeks W01 to W{last}")
        return cls(year, number)

    @classmethod
    def of(cls, day: dt.date) -> Week:
        """Return the week that a day lies in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> dt.date:
        """The first day."""
        return dt.date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> dt.date:
        """The last day."""
        return dt.date.fromisocalendar(self.year, self.number, 7)

    @property
    def following(self) -> Week:
        """The week after this one."""
        return Week.of(self.monday + dt.timedelta(weeks=1))


def weeks_in(year: int) -> int:
    """Return how many weeks an ISO year has, 52 or 53: the 28th of December lies in the last."""
    return dt.date(year, 12, 28).isocalendar().week


def due_week(scheduled: dt.datetime, zone: dt.tzinfo) -> Week:
    """Return the week that a run is for: the last that had ended when the run was to start.

    A week ends where its Sunday does by the clocks of `zone`: at Monday 00:00 it has ended. The
    time at which the run does start has no part in this, so a late run is for the same week.
    `scheduled` has a zone, any.
    """
    return Week.of(scheduled.astimezone(zone).date() - dt.timedelta(weeks=1))


def weeks_between(last: Week, until: Week) -> list[Week]:
    """Return every week after `last` up to and including `until`, in order."""
    weeks: list[Week] = []
    week = last.following
    while week <= until:
        weeks.append(week)
        week = week.following
    return weeks


def weeks_to_make(stored: Iterable[str], due: Week) -> list[Week]:
    """Return the weeks that a run for `due` makes, in order: those after the last stored one.

    Where none is stored, that is the due week alone. The stored weeks decide, not the clock:
    a week at or before the last stored one is not made again.
    """
    last = max(map(Week.parse, stored), default=None)
    return [due] if last is None else weeks_between(last, due)
