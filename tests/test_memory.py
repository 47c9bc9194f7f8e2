"""What is new to a reader, what is older, and what changed since a digest showed it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pipeline.digest_sheet import Days
from pipeline.library import Entry
from pipeline.memory import Past, Selection, recall, select, state_of
from pipeline.records import RecordRef, Wording
from pipeline.store import StoredShown
from tests.page_sheets import details, paper

WEEK = Days(since=dt.date(2031, 5, 26), until=dt.date(2031, 6, 1))
TEXTS = {"kettles.txt": "Kettles sing. " * 20, "pots.txt": "Pots are silent, all of them. " * 20}
NOTHING = Past((), {}, (), ())


def entry(id_: str, date: dt.date | None = dt.date(2031, 5, 27), **about: Any) -> Entry:
    records = [
        RecordRef(document=name, index=0) for name in about.pop("documents", ["kettles.txt"])
    ]
    title = about.pop("title", "Quiet Kettles")
    wordings = [Wording(document=ref.document, start=0, end=60) for ref in records]
    return Entry(
        paper(id=id_, date=date, title=title, records=records),
        details(wordings=wordings, **about),
        lambda: None,
    )


def ids(entries: list[Entry]) -> list[str]:
    return [one.paper.id for one in entries]


def shown(week: str, *entries: Entry) -> list[StoredShown]:
    return [
        StoredShown(week, one.paper.id, state_of(one, TEXTS).model_dump_json()) for one in entries
    ]


def selected(entries: list[Entry], past: Past = NOTHING) -> Selection:
    return select(entries, WEEK, past, TEXTS)


# --- New, older, later -----------------------------------------------------------------------


def test_papers_are_parted_by_their_dates_with_both_ends_of_the_week_inside() -> None:
    days = [dt.date(2031, 5, 25), WEEK.since, WEEK.until, dt.date(2031, 6, 2), None]
    found = selected([entry(f"p{n}", day) for n, day in enumerate(days)])
    assert ids(found.new) == ["p2", "p1"]
    assert ids(found.backlog) == ["p0", "p4"]
    assert ids(found.later) == ["p3"]


def test_what_an_earlier_week_showed_is_shown_no_more() -> None:
    new, old = entry("new"), entry("old", dt.date(2030, 1, 1))
    past = recall(shown("2031-W21", new, old), ["2031-W21"], "2031-W22", {})
    assert past.weeks == ("2031-W21",)
    found = selected([new, old], past)
    assert (found.new, found.backlog, found.changes) == ([], [], [])


def test_a_week_that_is_made_again_shows_what_it_showed() -> None:
    one = entry("one")
    past = recall(shown("2031-W22", one), ["2031-W22"], "2031-W22", {})
    assert past.weeks == ()
    assert ids(selected([one], past).new) == ["one"]


def test_a_week_made_late_shows_its_papers_but_no_older_ones_again() -> None:
    new, old = entry("new"), entry("old", dt.date(2030, 1, 1))
    past = recall(shown("2031-W23", new, old), ["2031-W23"], "2031-W22", {})
    found = selected([new, old], past)
    assert (ids(found.new), ids(found.backlog)) == (["new"], [])


def test_a_window_of_days_shows_all_that_is_dated_in_it() -> None:
    new, old = entry("new"), entry("old", dt.date(2030, 1, 1))
    past = recall(shown("2031-W22", new, old), ["2031-W22"], None, {})
    found = selected([new, old], past)
    assert (ids(found.new), ids(found.backlog)) == (["new"], [])


def test_a_paper_counts_as_shown_under_the_id_that_took_it_over() -> None:
    rows = shown("2031-W21", entry("gone"))
    past = recall(rows, [], "2031-W22", {"gone": "kept"})
    assert selected([entry("kept")], past).new == []


def test_a_row_that_does_not_fit_counts_as_shown() -> None:
    past = recall([StoredShown("2031-W21", "one", "{")], [], "2031-W22", {})
    found = selected([entry("one", documents=["pots.txt"])], past)
    assert (found.new, found.changes) == ([], [])


# --- What changed ----------------------------------------------------------------------------


def changes(before: Entry, after: Entry) -> list[tuple[str, str | None, str | None, str]]:
    past = recall(shown("2031-W21", before), [], "2031-W22", {})
    found = selected([after], past)
    assert found.new == []
    assert all(one.documents == ["kettles.txt", "pots.txt"] for one in found.changes)
    return [(one.field, one.before, one.after, one.order) for one in found.changes]


BOTH = ["kettles.txt", "pots.txt"]
WORDS = ("abstract", "1 wording", "2 wordings", "unknown")


def test_a_title_where_there_was_none_is_an_update() -> None:
    found = changes(entry("one", title=None), entry("one", documents=BOTH))
    assert found == [("title", None, "Quiet Kettles", "stated"), WORDS]


def test_another_title_is_a_difference() -> None:
    found = changes(entry("one"), entry("one", title="Loud Kettles", documents=BOTH))
    assert found[0] == ("title", "Quiet Kettles", "Loud Kettles", "unknown")


def test_a_date_where_there_was_none_is_an_update() -> None:
    found = changes(entry("one", None), entry("one", documents=BOTH))
    assert found[0] == ("date", None, "2031-05-27", "stated")


@pytest.mark.parametrize("before", [None, dt.date(2031, 1, 1)])
def test_a_later_version_with_a_date_is_an_update_and_explains_its_wording(
    before: dt.date | None,
) -> None:
    later = entry("one", documents=BOTH, updated=dt.date(2031, 5, 30))
    found = changes(entry("one", updated=before), later)
    assert found == [("version", before and "2031-01-01", "2031-05-30", "stated")]


def test_two_wordings_without_dates_are_a_difference_and_no_update() -> None:
    assert changes(entry("one"), entry("one", documents=BOTH)) == [WORDS]


def test_the_same_words_in_another_document_change_nothing() -> None:
    texts = {**TEXTS, "pots.txt": TEXTS["kettles.txt"].upper()}
    past = recall(shown("2031-W21", entry("one")), [], "2031-W22", {})
    assert select([entry("one", documents=BOTH)], WEEK, past, texts).changes == []
