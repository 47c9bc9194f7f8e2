"""Weeks: which exist, which a moment is for, and which are still to be made."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from flows.weeks import Week, due_week, weeks_between, weeks_in, weeks_to_make
from pipeline.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
UTC = dt.UTC


def mondays_at_nine(first: dt.date, count: int, zone: dt.tzinfo) -> list[dt.datetime]:
    return [
        dt.datetime.combine(first + dt.timedelta(weeks=n), dt.time(9), zone) for n in range(count)
    ]


@pytest.mark.parametrize("text", ["2026-W22", "2026-W53", "2025-W01", "2020-W53"])
def test_a_week_prints_as_it_was_read(text: str) -> None:
    assert str(Week.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025-W53", "there is no week 2025-W53: 2025 has weeks W01 to W52"),
        ("2026-W54", "2026 has weeks W01 to W53"),
        ("2026-W00", "2026 has weeks W01 to W53"),
        ("2026-22", "'2026-22' is no week; write it as 2026-W22"),
        ("2026-W22 ", "is no week"),
        ("2026-w22", "is no week"),
        ("0000-W01", "is no week"),
        ("", "is no week"),
    ],
)
def test_a_week_that_does_not_exist_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Week.parse(text)


def test_a_week_runs_from_monday_to_sunday() -> None:
    week = Week.parse("2026-W22")
    assert (week.monday, week.sunday) == (dt.date(2026, 5, 25), dt.date(2026, 5, 31))
    assert (Week.of(week.monday), Week.of(week.sunday)) == (week, week)


def test_the_days_around_new_year_lie_in_iso_weeks() -> None:
    assert Week.of(dt.date(2027, 1, 3)) == Week.parse("2026-W53")
    assert Week.of(dt.date(2024, 12, 30)) == Week.parse("2025-W01")
    assert (weeks_in(2025), weeks_in(2026)) == (52, 53)


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        (dt.datetime(2026, 6, 1, 9, tzinfo=BERLIN), BERLIN, "2026-W22"),
        (dt.datetime(2026, 6, 1, 0, tzinfo=BERLIN), BERLIN, "2026-W22"),
        (dt.datetime(2026, 5, 31, 23, 59, tzinfo=BERLIN), BERLIN, "2026-W21"),
        # Sunday evening in UTC is Monday in Berlin.
        (dt.datetime(2026, 5, 31, 22, tzinfo=UTC), BERLIN, "2026-W22"),
        (dt.datetime(2026, 5, 31, 22, tzinfo=UTC), UTC, "2026-W21"),
        (dt.datetime(2027, 1, 4, 9, tzinfo=BERLIN), BERLIN, "2026-W53"),
        (dt.datetime(2027, 1, 11, 9, tzinfo=BERLIN), BERLIN, "2027-W01"),
    ],
)
def test_the_last_week_that_had_ended(moment: dt.datetime, zone: dt.tzinfo, expected: str) -> None:
    assert str(due_week(moment, zone)) == expected


@pytest.mark.parametrize("first", [dt.date(2026, 3, 16), dt.date(2026, 10, 12)])
@pytest.mark.parametrize("asked", [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")])
def test_each_monday_around_a_change_of_clocks_has_a_week_of_its_own(
    first: dt.date, asked: dt.tzinfo
) -> None:
    due = [due_week(at.astimezone(UTC), asked) for at in mondays_at_nine(first, 5, asked)]
    assert due == weeks_between(Week.of(first - dt.timedelta(weeks=2)), due[-1])
    assert len(set(due)) == 5


def test_every_monday_of_twelve_years_has_one_week_week_53_included() -> None:
    due = [due_week(at, BERLIN) for at in mondays_at_nine(dt.date(2020, 1, 6), 626, BERLIN)]
    assert due == weeks_between(Week(2019, 52), due[-1])
    assert len(set(due)) == 626
    assert {week.year for week in due if week.number == 53} == {2020, 2026}


def test_the_weeks_after_one_up_to_another() -> None:
    after = weeks_between(Week.parse("2026-W51"), Week.parse("2027-W02"))
    assert [str(week) for week in after] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert weeks_between(Week(2026, 22), Week(2026, 22)) == []
    assert weeks_between(Week(2026, 22), Week(2026, 21)) == []


def test_missed_weeks_are_made_up_once_in_order() -> None:
    stored = ["2026-W21"]
    made = weeks_to_make(stored, Week.parse("2026-W24"))
    assert [str(week) for week in made] == ["2026-W22", "2026-W23", "2026-W24"]
    stored += map(str, made)
    assert weeks_to_make(stored, Week.parse("2026-W23")) == []
    assert weeks_to_make(stored, Week.parse("2026-W24")) == []
    assert weeks_to_make(stored, Week.parse("2026-W25")) == [Week.parse("2026-W25")]


def test_without_a_stored_week_only_the_due_one_is_made() -> None:
    assert weeks_to_make([], Week.parse("2026-W24")) == [Week.parse("2026-W24")]


def test_a_clock_that_was_set_back_makes_no_week_again() -> None:
    stored = ["2026-W24", "2026-W09", "2026-W23"]
    for late in ("2026-W24", "2026-W20", "2025-W52"):
        assert weeks_to_make(stored, Week.parse(late)) == []
