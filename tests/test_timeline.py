from __future__ import annotations

import datetime as dt

from pipeline.report.cards import Card, card_of
from pipeline.report.timeline import timeline
from tests.page_sheets import sheet


def card(date: dt.date | None, *themes: str) -> Card:
    made = card_of(sheet(id=f"{date} {themes}", date=date))
    return made.model_copy(update={"themes": list(themes)})


def test_papers_are_counted_by_year_and_theme() -> None:
    cards = [
        card(dt.date(2026, 1, 1), "agents"),
        card(dt.date(2028, 12, 31), "agents", "speech"),
        card(dt.date(2028, 1, 1)),
        card(None, "agents"),
    ]
    shown = timeline(cards)
    assert shown is not None
    assert shown.periods[0] == "2026 Q1"
    assert sum(shown.totals) == 3
    assert {row.name: sum(row.counts) for row in shown.rows} == {"agents": 2, "speech": 1}


def test_few_years_are_counted_by_quarter() -> None:
    shown = timeline([card(dt.date(2031, 3, 31), "agents"), card(dt.date(2031, 4, 1), "agents")])
    assert shown is not None
    assert shown.periods == ["2031 Q1", "2031 Q2"]
    assert shown.rows[0].counts == [1, 1]


def test_what_is_older_than_twelve_periods_stands_in_the_first() -> None:
    cards = [card(dt.date(year, 5, 5), "agents") for year in range(2001, 2032)]
    shown = timeline(cards)
    assert shown is not None
    assert shown.older
    assert shown.periods == [f"{year}" for year in range(2020, 2032)]
    assert shown.totals == [20, *[1] * 11]


def test_the_six_largest_themes_are_shown_by_size_then_name() -> None:
    cards = [card(dt.date(2031, 1, 1), *"hgfedcba"), card(dt.date(2031, 1, 2), "h")]
    shown = timeline(cards)
    assert shown is not None
    assert [row.name for row in shown.rows] == list("habcde")


def test_without_dates_or_themes_there_is_no_timeline() -> None:
    assert timeline([]) is None
    assert timeline([card(None, "agents")]) is None
    assert timeline([card(dt.date(2031, 1, 1))]) is None
