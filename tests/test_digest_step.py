"""What a digest says of an issue, choice by choice."""

from __future__ import annotations

import datetime as dt

from pipeline.issue import Interest, Trends
from pipeline.memory import Past
from pipeline.records import Coverage, RecordRef
from pipeline.sheets import Failure
from pipeline.steps.digest import make_digest
from tests.issues import YEAR, entry, issue, line, read, row, terms


def short(sheet_of: object) -> list[str]:
    return [claim.text for claim in sheet_of.short]  # type: ignore[attr-defined] # a DigestSheet


# --- Themes ----------------------------------------------------------------------------------


def test_new_papers_are_parted_by_the_terms_of_most_of_them() -> None:
    papers = [entry(id_) for id_ in "abcdefg"]
    of = terms(a="x,y", b="x,y", c="x", d="y", e="y", f="z", g="")
    themes = make_digest(issue(*papers, trends=of)).themes
    assert [(theme.name, theme.papers) for theme in themes] == [
        ("x", ["a", "b", "c"]),
        ("y", ["d", "e"]),
        ("other", ["f", "g"]),
    ]


def test_a_term_of_more_than_half_parts_nothing_and_a_broad_one_neither() -> None:
    papers = [entry(id_) for id_ in "abcde"]
    every = terms(**dict.fromkeys("abcd", "x"), e="")
    assert [theme.name for theme in make_digest(issue(*papers, trends=every)).themes] == [""]
    broad = terms(a="benchmark", b="benchmark", c="", d="", e="")
    assert [theme.name for theme in make_digest(issue(*papers, trends=broad)).themes] == [""]


# --- In short --------------------------------------------------------------------------------


def test_the_week_in_short_counts_names_and_says_what_no_abstract_gives() -> None:
    papers = [entry("simmer"), entry("gimlet")]
    sheets = {id_: read(id_) for id_ in ("simmer", "gimlet")}
    one = issue(*papers, sheets=sheets, silent={"simmer"}, lines=[line("simmer", "kettle")])
    assert short(make_digest(one)) == [
        "2 new papers.",
        "Simmer succeeds Kettle (stated).",
        "1 of 2 abstracts gives no figure.",
    ]
    both = one._replace(silent={"simmer", "gimlet"}, lines=[])
    assert short(make_digest(both)) == ["2 new papers.", "Neither abstract gives a figure."]
    alone = issue(entry("simmer"), sheets=sheets, silent={"simmer"})
    assert short(make_digest(alone)) == ["1 new paper.", "The abstract gives no figure."]


def test_a_guess_is_told_as_one_with_its_signs_under_its_line() -> None:
    guessed = line("simmer", "kettle", basis="inferred", signs=["same family name", "later date"])
    made = make_digest(issue(entry("simmer"), lines=[guessed]))
    assert short(made)[1] == "Simmer appears to continue Kettle (guessed)."
    (moved,) = made.lines
    assert [claim.text for claim in moved.claims] == [
        "Simmer appears to continue Kettle (guessed: same family name, later date)."
    ]


def test_terms_that_moved_are_told_the_surest_first_and_at_most_five() -> None:
    rows = [
        row("kettles", "possible", 0.06, reason="not significant after correction"),
        row("flutes", "declining", 0.01),
        row("lids", "emerging", 0.04),
        row("pots", "steady"),
        *(row(f"term {n}", "possible", 0.2 + n / 100) for n in range(5)),
    ]
    made = make_digest(issue(entry("simmer"), trends=Trends(YEAR, rows, {})))
    assert short(made)[1:] == [
        "A larger share of papers than before (emerging): lids.",
        "A smaller share of papers than before (declining): flutes.",
    ]
    assert [claim.text for claim in made.told] == [
        "flutes: 6 of 10 papers, before 1 of 40: declining.",
        "lids: 6 of 10 papers, before 1 of 40: emerging.",
        "kettles: 6 of 10 papers, before 1 of 40: possible, not significant after correction.",
        "term 0: 6 of 10 papers, before 1 of 40: possible.",
        "term 1: 6 of 10 papers, before 1 of 40: possible.",
    ]
    assert made.trends == rows


def test_an_empty_window_says_when_the_latest_paper_was() -> None:
    old = entry("simmer", date=dt.date(2031, 2, 3))
    one = issue(selection={"backlog": [old]}, week=None)
    assert short(make_digest(one)) == [
        "Nothing new: no paper in these documents is dated in these days. The latest before is of "
        "3 February 2031 (2031-W06)."
    ]
    assert short(make_digest(issue(nothing_since="2031-W21")))[1:] == [
        "No new document was read since the digest of 2031-W21."
    ]


# --- Followed --------------------------------------------------------------------------------


def test_what_is_followed_names_three_papers_and_counts_the_rest() -> None:
    papers = [entry(f"paper{n}") for n in range(5)]
    followed = Interest("topic", "lids", frozenset(one.paper.id for one in papers))
    (news,) = make_digest(issue(*papers, interests=[followed])).followed
    assert news.claim.text == "lids: 5 new papers: Paper0, Paper1, Paper2 and 2 more."
    assert news.claim.data is not None
    assert news.claim.data["papers"] == [one.paper.id for one in papers]


def test_a_changed_paper_is_news_of_what_is_followed() -> None:
    old = entry("simmer")
    followed = Interest("author", "Ada Brew", frozenset({"simmer"}))
    one = issue(selection={"changed": [old]}, interests=[followed])
    (news,) = make_digest(one).followed
    assert news.claim.text == "Ada Brew: 1 changed paper: Simmer."


# --- Trust -----------------------------------------------------------------------------------


def test_papers_of_replaced_texts_are_counted_apart() -> None:
    one = issue(entry("simmer"), entry("gimlet", records=[RecordRef(document="old.txt", index=0)]))
    assert make_digest(one).trust[0].text == (
        "2 entries in 1 document are 1 paper. 1 more paper is only in texts that newer ones "
        "replaced."
    )


def test_papers_that_were_shown_before_are_why_a_week_is_empty() -> None:
    again = issue(selection={"again": [entry("simmer")]})
    assert short(make_digest(again)) == [
        "Nothing new: 1 paper dated in this week was shown before."
    ]
    changed = issue(selection={"changed": [entry("simmer")]})
    assert short(make_digest(changed))[-1] == "1 paper shown before changed."


def test_older_papers_are_news_of_what_is_followed() -> None:
    followed = Interest("author", "Ada Brew", frozenset({"simmer"}))
    one = issue(selection={"backlog": [entry("simmer")]}, interests=[followed])
    assert make_digest(one).followed[0].claim.text == "Ada Brew: 1 older paper: Simmer."


def test_what_is_missing_inferred_or_later_is_said() -> None:
    late = entry("later", date=dt.date(2031, 6, 3))
    papers = [
        entry("simmer", about={"year_inferred": True}),
        entry("gimlet", title=None),
    ]
    one = issue(
        *papers,
        selection={"later": [late]},
        coverage=[Coverage(document="kettles.txt", declared=5, present=2)],
        remarks=[("1 document is gone.", {"gone": 1})],
        failed=[Failure(document="b.txt", stage="read", reason="damaged")],
        past=Past(("2031-W21",), {}, (), ()),
    )
    made = make_digest(one)
    assert [claim.text for claim in made.trust] == [
        "2 entries in 1 document are 3 papers.",
        "kettles.txt declares 5 papers and holds 2: 3 are missing, and a new one may be among "
        "them.",
        "1 paper has no title in any document.",
        "1 of 2 new papers is printed without a year; it was inferred.",
        "1 paper is dated after 1 June 2031, and left for later.",
        "1 document is gone.",
    ]
    assert [failure.document for failure in made.failed] == ["b.txt"]
    assert not made.first
    assert all(
        (claim.data or {}).get("papers") or (claim.data or {}).get("documents")
        for claim in made.trust
    )
