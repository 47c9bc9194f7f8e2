"""What an author works on now against before."""

from __future__ import annotations

from pipeline.themes import shifts, theme_table
from tests.dossiers import paper

PAPERS = [paper(f"p{n}", 2031 - n // 4) for n in range(16)]  # four each of 2031 to 2028


def _terms(number: int) -> frozenset[str]:
    held = {"steam", "benchmark"}
    held |= {"lids"} if number < 7 else set()
    held |= {"whistles"} if number >= 9 else set()
    return frozenset(held)


TERMS = {f"p{n}": _terms(n) for n in range(16)}


def test_the_two_newest_years_stand_against_those_before() -> None:
    found = shifts(PAPERS, TERMS)
    assert found is not None
    assert (found.late, found.early) == ((2030, 2031), (2028, 2029))
    assert (found.of_late, found.of_early) == (8, 8)
    counts = {one.term: (one.late, one.early) for one in found.terms}
    assert counts == {"lids": (7, 0), "steam": (8, 8), "whistles": (0, 7)}
    change = {one.term: found.change(one) for one in found.terms}
    assert change == {"lids": 0.875, "steam": 0.0, "whistles": -0.875}


def test_what_a_paper_is_counts_as_no_theme() -> None:
    found = shifts(PAPERS, TERMS)
    assert found is not None
    assert "benchmark" not in {one.term for one in found.terms}


def test_the_table_has_what_fell_first_and_what_rose_last() -> None:
    table = theme_table(PAPERS, TERMS, shifts(PAPERS, TERMS))
    assert (table.years, table.totals) == ([2028, 2029, 2030, 2031], [4, 4, 4, 4])
    assert [(row.term, row.counts) for row in table.rows] == [
        ("whistles", [4, 3, 0, 0]),
        ("steam", [4, 4, 4, 4]),
        ("lids", [0, 0, 3, 4]),
    ]
    assert sorted(table.rows[2].papers) == [f"p{n}" for n in range(7)]


def test_five_years_are_shown_and_papers_without_a_date_in_none() -> None:
    papers = [paper(f"p{year}", year) for year in range(2031, 2024, -1)] + [paper("p0", None)]
    terms = {one.paper.id: frozenset({"steam"}) for one in papers}
    table = theme_table(papers, terms, shifts(papers, terms))
    assert table.years == [2027, 2028, 2029, 2030, 2031]
    assert table.rows[0].counts == [1, 1, 1, 1, 1]


def test_without_dates_or_with_one_year_nothing_changed() -> None:
    assert shifts([paper("p", None)], {"p": frozenset({"steam"})}) is None
    one = shifts([paper("p", 2031)], {"p": frozenset({"steam"})})
    assert one is not None
    assert (one.early, one.change(one.terms[0])) == (None, 0.0)
