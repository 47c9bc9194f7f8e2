from __future__ import annotations

import datetime as dt

import pytest

from pipeline.digest_sheet import DigestSheet
from pipeline.report.digest_card import (
    card_of,
    days,
    digest_path,
    digest_title,
    heading,
    newest_first,
    read_card,
)
from tests.digest_sheets import big, digest, empty, filled_digest, week


@pytest.mark.parametrize("sheet", [week(), big(), empty(), digest(), filled_digest("a | [b] <c>")])
def test_a_card_that_is_read_is_the_card_of_the_sheet(sheet: DigestSheet) -> None:
    assert read_card(sheet.model_dump_json(indent=2)) == card_of(sheet)


def test_a_card_names_what_is_quoted_and_what_was_counted() -> None:
    card = card_of(week())
    assert (card.name, card.new) == ("2031-W22", 2)
    assert card.documents == ["kettles.txt", "urns.txt"]
    assert card.short == (
        "2 new papers. Kettle-ov appears to continue Kettle. Neither abstract gives a figure."
    )
    assert card.counts.claims == 24


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "litline/paper"}', "[" * 100_000])
def test_what_is_no_digest_has_no_card(text: str) -> None:
    assert read_card(text) is None


@pytest.mark.parametrize(
    ("name", "monday", "title"),
    [
        ("2026-W22", dt.date(2026, 5, 25), "Week 22 of 2026 · Mon 25 – Sun 31 May"),
        ("2031-W22", dt.date(2031, 5, 26), "Week 22 of 2031 · Mon 26 May – Sun 1 June"),
        ("2026-W01", dt.date(2025, 12, 29), "Week 1 of 2026 · Mon 29 December 2025 – Sun 4 Ja"),
        ("2026-W53", dt.date(2026, 12, 28), "Week 53 of 2026 · Mon 28 December 2026 – Sun 3 J"),
        ("2020-W10", dt.date(2020, 3, 2), "Week 10 of 2020 · Mon 2 – Sun 8 March"),
    ],
)
def test_a_week_is_named_with_its_days(name: str, monday: dt.date, title: str) -> None:
    sheet = digest(week=name, since=monday, until=monday + dt.timedelta(days=6))
    assert digest_title(card_of(sheet)).startswith(title)
    assert digest_title(card_of(sheet)).endswith(" · no new papers")


@pytest.mark.parametrize(
    ("since", "until", "named"),
    [
        ("2031-05-25", "2031-05-31", "25 – 31 May 2031"),
        ("2031-05-25", "2031-06-07", "25 May – 7 June 2031"),
        ("2030-12-25", "2031-01-07", "25 December 2030 – 7 January 2031"),
        ("2031-05-25", "2031-05-25", "25 May 2031"),
        ("2030-05-25", "2031-05-25", "25 May 2030 – 25 May 2031"),
    ],
)
def test_a_window_is_named_by_its_days(since: str, until: str, named: str) -> None:
    first, last = map(dt.date.fromisoformat, (since, until))
    card = card_of(digest(week=None, since=first, until=last))
    assert (heading(card), days(card)) == (named, "")
    assert card.name == f"{since}--{until}"
    assert digest_path(card) == f"digests/{since}--{until}/digest.html"


def test_digests_stand_newest_first() -> None:
    window = digest(week=None, since=dt.date(2031, 5, 1), until=dt.date(2031, 6, 1))
    later = digest(week="2031-W23", since=dt.date(2031, 6, 2), until=dt.date(2031, 6, 8))
    cards = newest_first(map(card_of, (window, later, week())))
    assert [card.name for card in cards] == ["2031-W23", "2031-W22", "2031-05-01--2031-06-01"]
