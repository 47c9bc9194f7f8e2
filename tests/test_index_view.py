from __future__ import annotations

import datetime as dt

from pipeline.records import Coverage
from pipeline.report.cards import Card, card_of
from pipeline.report.index_view import engines, index_view
from pipeline.sheets import Failure, PaperSheet
from tests.page_sheets import claim, details, sheet, summary


def cards(*sheets: PaperSheet) -> list[Card]:
    return [card_of(one) for one in sheets]


def test_papers_stand_by_year_newest_first_and_undated_last() -> None:
    sheets = [
        sheet(id="old", label="b", date=dt.date(2029, 1, 1)),
        sheet(id="none", label="c", date=None),
        sheet(id="late", label="z", date=dt.date(2031, 5, 2)),
        sheet(id="same-day", label="A", date=dt.date(2031, 5, 2)),
        sheet(id="early", label="e", date=dt.date(2031, 5, 1), about=details(year_inferred=True)),
    ]
    years = index_view(cards(*sheets), [], [], []).years
    assert [(y.anchor, y.name) for y in years] == [
        ("y2031", "2031"),
        ("y2029", "2029"),
        ("undated", "Date not stated"),
    ]
    assert [e.path for e in years[0].entries] == [
        "papers/same-day.html",
        "papers/late.html",
        "papers/early.html",
    ]
    assert [e.day for e in years[0].entries] == ["2 May", "2 May", "1 May*"]
    assert (years[2].entries[0].iso, years[2].entries[0].day) == ("", "")


def test_the_short_sentence_stands_below_its_paper() -> None:
    page = index_view(cards(sheet(), sheet(summary(problem=[claim("a")]))), [], [], [])
    assert [e.short for e in page.years[0].entries] == ["Kettles can be quiet.", ""]


def test_the_head_counts_papers_documents_and_gaps() -> None:
    coverage = [Coverage(document=d, declared=None, present=1) for d in ("a", "b")]
    assert index_view(cards(sheet()), coverage, [], []).head == "1 paper from 2 documents."
    gaps = [sheet(title=None), sheet(summary(), title=None), sheet()]
    assert index_view(cards(*gaps), coverage[:1], [], []).head == (
        "3 papers from 1 document; 2 without a title, 1 without a summary."
    )


def test_inferred_years_are_said_once_before_other_notes() -> None:
    inferred = sheet(about=details(year_inferred=True))
    one = (
        "1 paper is printed without a year; it was inferred, and the day below is marked"
        " with a star."
    )
    assert index_view(cards(inferred), [], ["Superseded."], []).notes == [one, "Superseded."]
    assert (
        index_view(cards(inferred, inferred), [], [], [])
        .notes[0]
        .startswith("2 papers are printed")
    )
    assert index_view(cards(sheet()), [], [], []).notes == []


def test_coverage_is_listed_and_summed() -> None:
    coverage = [
        Coverage(document="a.txt", declared=79, present=50),
        Coverage(document="b.txt", declared=None, present=3),
    ]
    page = index_view([], coverage, [], [])
    assert page.covered == "2 documents; 1 with fewer papers than declared"
    assert [tuple(c) for c in page.coverage] == [
        ("a.txt", "sources/a.txt.txt", "79 papers declared, 50 present: 29 are missing"),
        ("b.txt", "sources/b.txt.txt", "3 papers present"),
    ]
    assert index_view([], coverage[1:], [], []).covered == "1 document"


def test_a_failure_names_its_paper_its_document_or_the_run() -> None:
    failed = [
        Failure(paper="quiet-kettles-0a1b2c3d", stage="s", reason="r"),
        Failure(paper="unknown", stage="s", reason="r"),
        Failure(document="x.bin", stage="s", reason="r"),
        Failure(stage="s", reason="r"),
    ]
    page = index_view(cards(sheet()), [], [], failed)
    assert [(f.subject, f.path) for f in page.failed] == [
        ("Quiet Kettles", "papers/quiet-kettles-0a1b2c3d.html"),
        ("unknown", ""),
        ("x.bin", ""),
        ("the run", ""),
    ]


def test_a_list_says_what_wrote_its_pages() -> None:
    extractive = (None, "extractive 1")
    model = ("kettle-mini", "openai 9")
    assert engines([]) == ""
    assert engines([extractive] * 2) == (
        "No language model was used for these pages. Engine: extractive 1."
    )
    assert engines([extractive, model, model]) == (
        "Written by kettle-mini (openai 9): 2 pages, extractive 1 without a language model: 1 page."
    )
