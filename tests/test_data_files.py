from __future__ import annotations

import csv
import io
import re

import pytest

from pipeline.report.cards import card_of
from pipeline.report.cells import cell
from pipeline.report.data_files import line_csv, papers_csv, themes_csv, trends_csv
from tests.briefing_sheets import author, filled_briefing
from tests.digest_sheets import digest, filled_digest, week
from tests.lineage_sheets import filled_line, six
from tests.page_sheets import HOSTILE, filled_with, sheet

FORMULAS = ['=HYPERLINK("https://example.org/x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def table(text: str) -> list[dict[str, str]]:
    """Read a table back strictly; every row is as wide as the header."""
    rows = list(csv.reader(io.StringIO(text), strict=True))
    header, *others = rows
    assert {len(row) for row in rows} == {len(header)}
    return [dict(zip(header, row, strict=True)) for row in others]


def test_a_digest_gives_the_share_of_each_term() -> None:
    rows = table(trends_csv(week()))
    first = week().trends[0]
    assert [row["term"] for row in rows] == [row.term for row in week().trends]
    assert rows[0]["window_papers"] == str(first.window.papers)
    assert rows[0]["window_of"] == str(first.window.of)
    assert float(rows[0]["baseline_high"]) == first.baseline_interval[1]
    assert rows[0]["papers_in_window"].split("; ") == first.in_window


def test_what_was_not_tested_has_no_p() -> None:
    rows = table(trends_csv(week()))
    untested = {row.term for row in week().trends if row.p is None}
    assert {row["term"] for row in rows if not row["p"]} == untested != set()


def test_a_digest_without_terms_gives_a_header() -> None:
    assert trends_csv(digest(trends=[])).count("\n") == 1


def test_a_briefing_gives_each_term_in_each_year() -> None:
    themes = author().themes
    rows = table(themes_csv(author()))
    assert len(rows) == len(themes.rows) * len(themes.years)
    assert [int(row["papers"]) for row in rows[: len(themes.years)]] == themes.rows[0].counts
    assert [int(row["of"]) for row in rows[: len(themes.years)]] == themes.totals


def test_a_line_gives_its_works_and_its_links() -> None:
    rows = table(line_csv(six()))
    assert [row["id"] for row in rows if row["row"] == "work"] == [n.id for n in six().nodes]
    links = [(row["source"], row["target"], row["type"]) for row in rows if row["row"] == "link"]
    assert links == [(edge.source, edge.target, edge.type) for edge in six().edges]


def test_papers_come_newest_first() -> None:
    cards = [
        card_of(sheet(id="old", date=None)).model_copy(update={"themes": ["b", "a"]}),
        card_of(sheet(id="new")),
    ]
    rows = table(papers_csv(cards))
    assert [(row["id"], row["date"]) for row in rows] == [("new", "2031-05-27"), ("old", "")]
    assert rows[1]["themes"] == "b; a"


@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS])
def test_no_cell_is_a_formula_or_hides_anything(text: str) -> None:
    tables = (
        trends_csv(filled_digest(text)),
        themes_csv(filled_briefing(text)),
        line_csv(filled_line(text)),
        papers_csv([card_of(filled_with(text))]),
    )
    for made in tables:
        made.encode()
        rows = table(made)
        assert rows
        for one in (value for row in rows for value in row.values()):
            assert not re.match(r"\s*[=+\-@]", one)
            assert not re.search(r"[\x00-\x1f\u202e]|\s$", one)


def test_an_apostrophe_stands_before_a_formula_and_nowhere_else() -> None:
    assert cell("=1+1") == "'=1+1"
    assert cell("a; =1") == "a; '=1"
    assert cell("  @x") == "'@x"
    assert cell("self-cleaning = 3") == "self-cleaning = 3"
