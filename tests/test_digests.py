"""Which weeks or days a command is about."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.digests import MOST_MISSED, Calendar, latest_spans, wanted_spans
from pipeline.errors import UsageError
from tests.issues import entry

MONDAY = dt.date(2031, 6, 2)


def names(weeks: list[str], today: dt.date = MONDAY, **asked: str) -> list[str]:
    """Return what is made where these weeks have a digest, `-` before one of before its end."""
    made = Calendar(
        [week.strip("-") for week in weeks], [w for w in weeks if not w.startswith("-")]
    )
    options = {"week": None, "since": None, "until": None, **asked}
    spans = wanted_spans(made, today, **options)
    return [span.week or f"{span.days.since} to {span.days.until}" for span in spans]


def test_due_are_the_weeks_since_the_last_digest() -> None:
    assert names([]) == ["2031-W22"]
    assert names(["2031-W19"]) == ["2031-W20", "2031-W21", "2031-W22"]
    assert names(["2031-W22"]) == ["2031-W22"]


def test_a_digest_of_before_its_week_had_ended_is_made_again_when_it_has() -> None:
    assert names(["2031-W19", "-2031-W21"]) == ["2031-W20", "2031-W21", "2031-W22"]
    assert names(["-2031-W21"]) == ["2031-W21", "2031-W22"]
    assert names(["-2031-W22"]) == ["2031-W22"]


def test_of_many_missed_weeks_the_last_ones_are_made_up() -> None:
    made = names(["2019-W01"])
    assert len(made) == MOST_MISSED
    assert made[-1] == "2031-W22"


def test_a_week_is_due_once_its_sunday_is_over() -> None:
    assert names([], dt.date(2031, 6, 1)) == ["2031-W21"]
    assert names([], dt.date(2031, 6, 8)) == ["2031-W22"]
    assert names([], dt.date(2027, 1, 4)) == ["2026-W53"]


def test_a_clock_that_was_set_back_asks_for_the_last_week_again() -> None:
    assert names(["2031-W21", "2031-W23"], dt.date(2031, 5, 20)) == ["2031-W23"]


def test_a_week_or_a_window_that_is_named_is_what_is_made() -> None:
    assert names(["2031-W19"], week="2031-W02") == ["2031-W02"]
    assert names([], since="2031-05-01", until="2031-05-01") == ["2031-05-01 to 2031-05-01"]
    assert names([], since="2031-05-01") == ["2031-05-01 to 2031-06-02"]


def test_a_week_may_be_named_from_its_monday_on() -> None:
    assert names([], week="2031-W23") == ["2031-W23"]
    with pytest.raises(UsageError, match="week 2031-W24 has not begun: it is 2031-06-02"):
        names([], week="2031-W24")


def test_a_window_that_begins_after_today_is_refused() -> None:
    with pytest.raises(UsageError, match="ends before it begins"):
        names([], since="2031-06-03")


def test_the_beginning_of_time_is_refused() -> None:
    with pytest.raises(UsageError, match="no week had ended before 0001-01-03"):
        names([], dt.date(1, 1, 3))


def latest(weeks: list[str], today: dt.date = MONDAY) -> list[str | None]:
    days = (dt.date(2031, 5, 27), dt.date(2031, 6, 2), dt.date(2031, 6, 3), None)
    papers = [entry(f"p{n}", date=day) for n, day in enumerate(days)]
    return [span.week for span in latest_spans(papers, today, Calendar(weeks, weeks))]


def test_the_latest_week_with_papers_does_not_lie_in_the_future() -> None:
    assert latest([]) == ["2031-W23"]
    assert latest([], dt.date(2031, 6, 1)) == ["2031-W22"]
    assert latest([], dt.date(2031, 5, 26)) == []


def test_a_run_makes_up_missed_weeks_and_none_before_the_last() -> None:
    assert latest(["2031-W21"]) == ["2031-W22", "2031-W23"]
    assert latest(["2031-W23"]) == ["2031-W23"]
    assert latest(["2031-W25"], dt.date(2031, 6, 30)) == ["2031-W25"]
