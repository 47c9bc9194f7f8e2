from __future__ import annotations

import datetime as dt

import pytest

from pipeline.digest_sheet import Days, DigestSheet, Share, TrendRow
from pipeline.records import Coverage
from pipeline.report.parts import Citing, Names
from pipeline.report.trend_view import Trends, chance, interval, trends_view
from tests.digest_sheets import YEAR, digest, listed, printed, row, told, week

KETTLES = Coverage(document="kettles.txt", declared=79, present=50)


def trends(sheet: DigestSheet) -> Trends:
    found = trends_view(sheet, Names(sheet.listed), Citing())
    assert found is not None
    return found


def limits(*rows: TrendRow, told_rows: int = 0, **changes: object) -> str:
    sheet = digest(
        trends=list(rows),
        told=[printed(one) for one in rows[:told_rows]],
        coverage=[KETTLES, KETTLES],
        **changes,
    )
    return trends(sheet).limits


def test_nothing_counted_is_no_trend() -> None:
    assert trends_view(digest(), Names([]), Citing()) is None


def test_printed_terms_stand_in_counts_with_their_verdicts() -> None:
    found = trends(week())
    assert found.scope == "12 months to 1 June 2031: 26 papers; the time before: 42"
    assert found.window == "12 months"
    assert [(t.term, t.window, t.before, t.verdict, t.strong) for t in found.told] == [
        ("self-cleaning", "10 of 26", "2 of 42", "emerging", True),
        ("steam reasoning", "15 of 26", "7 of 42", "emerging", True),
        ("agents", "8 of 26", "4 of 42", "possible", False),
    ]
    assert found.told[2].reason == "not significant after correction"


def test_all_tests_stand_in_the_fold() -> None:
    rows = {one.term: one for one in trends(week()).tested}
    assert len(rows) == 7
    assert (rows["self-cleaning"].p, rows["self-cleaning"].q) == ("< 0.001", "0.003")
    assert (rows["limescale"].p, rows["limescale"].q) == ("", "")
    assert rows["limescale"].verdict == "too few to say"


def test_limits_count_tests_and_say_what_the_sample_is() -> None:
    assert trends(week()).limits == (
        "6 terms were tested; 1 more has too few papers to say."
        " Over 68 papers a weekly trend cannot be told, and one over 12 months hardly."
        " These are shares within these 2 documents, not of the field."
    )


def test_limits_say_when_nothing_moved_or_nothing_was_tested() -> None:
    few = row("urns", (1, 5), (1, 9), "too few to say", None)
    assert limits(few).startswith("No term was tested: 1 has too few papers to say. Over 14 p")
    first = row("urns", (1, 5), (0, 1), "too few to say", None)
    alone = first.model_copy(update={"baseline": Share(papers=0, of=0)})
    assert limits(alone).startswith("No term was tested: no paper is dated before the window.")
    steady = limits(row("steam", (8, 400), (8, 400)))
    assert steady.startswith("1 term was tested. None is emerging or declining. These are shares")
    possible = row("steam", (80, 400), (50, 400), "possible", (0.04, 0.06), reason="pooled")
    assert "None is emerging or declining." in limits(possible, told_rows=1)
    assert "None" not in limits(row("tea", (9, 40), (1, 40), "emerging", (0, 0)), told_rows=1)


def test_one_document_is_this_document() -> None:
    sheet = digest(trends=[row("steam", (8, 400), (8, 400))], coverage=[KETTLES])
    assert trends(sheet).limits.endswith("These are shares within this document, not of the field.")


@pytest.mark.parametrize(
    ("since", "until", "scope"),
    [
        ("2031-03-01", "2031-05-31", "3 months to 31 May 2031: 26 papers"),
        ("2031-05-01", "2031-05-31", "1 month to 31 May 2031: 26 papers"),
        ("2031-05-26", "2031-06-01", "26 May 2031 – 1 June 2031: 26 papers"),
    ],
)
def test_a_window_that_ends_within_a_month_is_said_in_days(
    since: str, until: str, scope: str
) -> None:
    days = Days(since=dt.date.fromisoformat(since), until=dt.date.fromisoformat(until))
    found = trends(digest(trends=[row("steam", (8, 26), (4, 42))], trend_window=days))
    assert found.scope.startswith(scope)


def test_a_sentence_about_the_table_stands_below_it() -> None:
    one = row("steam", (10, 26), (2, 42), "emerging", (0.001, 0.003))
    said = told("trends", "Steam rises, from 2 of 42 papers to 10 of 26.", row="10 26 2 42")
    found = trends(digest(trends=[one], told=[printed(one), said]))
    assert [line.text for line in found.narrated] == [said.text]
    assert [line.term for line in found.told] == ["steam"]


def test_printed_terms_are_drawn_first_then_the_surest() -> None:
    rows = [row(f"t{n}", (8, 26), (4, 42), tests=(0.9 - n / 10, 1.0)) for n in range(8)]
    found = trends(digest(trends=rows, told=[printed(rows[0])]))
    assert found.plot is not None
    assert found.plot.window == YEAR
    assert [curve.row.term for curve in found.plot.curves] == ["t0", "t7", "t6", "t5", "t4", "t3"]


def test_nothing_is_drawn_where_nothing_was_tested() -> None:
    assert trends(digest(trends=[row("u", (1, 5), (1, 9), "too few to say", None)])).plot is None


def test_a_curve_has_the_days_of_its_papers() -> None:
    day = dt.date(2031, 1, 2)
    one = row("steam", (1, 26), (1, 42), in_window=["a"], in_baseline=["b"])
    found = trends(digest(trends=[one], listed=[listed("a", day), listed("b", None)]))
    assert found.plot is not None
    assert found.plot.curves[0].days == [day]


def test_many_papers_of_a_term_are_cut() -> None:
    rows = [row(name, (122, 400), (2, 42), "possible", reason="pooled") for name in ("a", "b")]
    first, second = trends(digest(trends=rows, told=[printed(rows[0])])).tested
    assert (len(first.in_window.papers), first.in_window.more) == (100, 22)
    assert (len(second.in_window.papers), second.in_window.more) == (20, 102)
    assert first.named


def test_a_term_that_did_not_move_names_no_papers() -> None:
    unnamed = row("c", (22, 26), (2, 42), in_window=[], in_baseline=[])
    assert not trends(digest(trends=[unnamed])).tested[0].named


def test_numbers_in_words() -> None:
    assert [chance(value) for value in (None, 0.0004, 0.001, 0.0123, 1.0)] == [
        *("", "< 0.001", "0.001", "0.012", "1")
    ]
    assert interval((0.1649, 0.4951)) == "16–50 %"
