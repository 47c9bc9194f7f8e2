"""Which weeks or days a command is about."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.digests import latest_span, wanted_spans
from pipeline.errors import UsageError
from tests.issues import entry

MONDAY = dt.date(2031, 6, 2)


def names(stored: list[str], today: dt.date = MONDAY, **asked: str) -> list[str]:
    options = {"week": None, "since": None, "until": None, **asked}
    spans = wanted_spans(stored, today, **options)
    return [span.week or f"{span.days.since} to {span.days.until}" for span in spans]


def test_due_are_the_weeks_since_the_last_digest() -> None:
    assert names([]) == ["2031-W22"]
    assert names(["2031-W19"]) == ["2031-W20", "2031-W21", "2031-W22"]
    assert names(["2031-W22"]) == ["2031-W22"]


def test_a_week_is_due_once_its_sunday_is_over() -> None:
    assert names([], dt.date(2031, 6, 1)) == ["2031-W21"]
    assert names([], dt.date(2031, 6, 8)) == ["2031-W22"]
    assert names([], dt.date(2027, 1, 4)) == ["2026-W53"]


def test_a_clock_that_was_set_back_asks_for_its_own_week_alone() -> None:
    assert names(["2031-W21", "2031-W23"], dt.date(2031, 5, 20)) == ["2031-W20"]


def test_a_week_or_a_window_that_is_named_is_what_is_made() -> None:
    assert names(["2031-W19"], week="2031-W02") == ["2031-W02"]
    assert names([], since="2031-05-01", until="2031-05-01") == ["2031-05-01 to 2031-05-01"]
    assert names([], since="2031-05-01") == ["2031-05-01 to 2031-06-02"]


def test_a_window_that_begins_after_today_is_refused() -> None:
    with pytest.raises(UsageError, match="ends before it begins"):
        names([], since="2031-06-03")


def test_the_latest_week_with_papers_does_not_lie_in_the_future() -> None:
    days = (dt.date(2031, 5, 27), dt.date(2031, 6, 2), dt.date(2031, 6, 3), None)
    papers = [entry(f"p{n}", date=day) for n, day in enumerate(days)]
    assert [span.week for span in latest_span(papers, MONDAY)] == ["2031-W23"]
    assert [span.week for span in latest_span(papers, dt.date(2031, 6, 1))] == ["2031-W22"]
    assert latest_span(papers, dt.date(2031, 5, 26)) == []
