"""What stands beside an author's name is counted as it is printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.authorship import who
from pipeline.companions import RECENT, Beside, Companion, Institution, beside, institutions
from pipeline.documents import load_text
from pipeline.library import Entry, add_texts, link
from tests.bylines import CROWD, byline, page, pages

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
OWN = pages(page("own.txt", "Ada Brew"))


def beside_ada(entries: Sequence[Entry]) -> Beside:
    return beside(who("Ada Brew", entries, OWN, {}), entries)


def in_years(*years: int) -> list[Entry]:
    """Return a paper of Ada Brew and Bo Steam for each year."""
    return [
        byline(f"p{number}", "Ada Brew", "Bo Steam", day=dt.date(year, 1, 1 + number))
        for number, year in enumerate(years)
    ]


def test_names_beside_the_authors_are_counted_in_papers() -> None:
    entries = [
        byline("a", "Ada Brew", "Bo Steam", "Cy Pan"),
        byline("b", "Bo Steam", "Dee Lid", on=["own.txt"], cut=True),
        byline("c", "Cy Pan", "Bo Steam"),
        byline("d", on=["own.txt"]),
    ]
    found = beside_ada(entries)
    assert [(one.name, one.papers) for one in found.companions] == [
        ("Bo Steam", ("a", "b")),
        ("Cy Pan", ("a",)),
        ("Dee Lid", ("b",)),
    ]
    assert (found.listed, found.cut) == (2, 1)


def test_names_are_one_where_only_case_accents_and_order_differ() -> None:
    entries = [
        byline("a", "Ada Brew", "José Lid", "J. Lid", "Jose Lid"),
        byline("b", "Lid, José", "Ada Brew"),
        byline("c", "José Lid", "Ada Brew"),
    ]
    assert [(one.name, one.papers) for one in beside_ada(entries).companions] == [
        ("José Lid", ("a", "b", "c")),
        ("J. Lid", ("a",)),
    ]


def test_the_author_is_nobodys_companion() -> None:
    entries = [
        byline("a", "Ada Brew", "A. C. Brew"),
        byline("b", "ADA BREW", "Al Brew"),
        byline("c", "A. Brew", "Bo Steam", on=["own.txt"]),
    ]
    names = [one.name for one in beside_ada(entries).companions]
    assert names == ["A. C. Brew", "Al Brew", "Bo Steam"]


def test_newest_years_are_as_few_as_have_enough_papers() -> None:
    assert RECENT == 5
    found = beside_ada(in_years(2031, 2031, 2030, 2030, 2030, 2029, 2028))
    assert (found.since, found.recent) == (2030, 5)
    assert [one.recent for one in found.companions] == [5]


@pytest.mark.parametrize("years", [(2031,) * 9, (2031, 2030, 2029), ()])
def test_without_older_papers_nothing_is_new(years: Sequence[int]) -> None:
    found = beside_ada([*in_years(*years), byline("old", "Ada Brew", day=None)])
    assert (found.since, found.recent) == (None, 0)


def test_a_paper_without_a_date_is_neither_new_nor_older() -> None:
    undated = byline("undated", "Ada Brew", "Bo Steam", day=None)
    found = beside_ada([undated, *in_years(*[2031] * 5, 2030)])
    assert (found.since, found.recent) == (2031, 5)
    assert found.companions == (
        Companion("Bo Steam", ("p4", "p3", "p2", "p1", "p0", "p5", "undated"), 5),
    )


def test_three_thousand_names_are_three_thousand_companions() -> None:
    found = beside_ada([byline("a", "Ada Brew", *CROWD), byline("b", "Ada Brew", *CROWD[::2])])
    assert len(found.companions) == len(CROWD)
    assert {len(one.papers) for one in found.companions} == {1, 2}


def test_institutions_are_those_of_papers() -> None:
    entries = [
        byline("a", "Ada Brew", places=["tea house", "pot works"]),
        byline("b", "Ada Brew", places=["pot works"]),
        byline("c", "Bo Steam", places=["steam hall"]),
    ]
    author = who("Ada Brew", entries, OWN, {})
    assert institutions(author, entries) == [
        Institution("pot works", ("a", "b")),
        Institution("tea house", ("a",)),
    ]


NAMES = st.sampled_from(["Ada Brew", "Bo Steam", "BO STEAM", "Steam, Bo", "B. Steam", "Cy Pan"])


@settings(max_examples=150)
@given(st.lists(st.lists(NAMES, max_size=4), max_size=6), st.randoms())
def test_the_order_of_documents_does_not_matter(lists: list[list[str]], random: Random) -> None:
    entries = [byline(f"p{n}", *names, on=["own.txt"]) for n, names in enumerate(lists)]
    assert beside_ada(entries) == beside_ada(random.sample(entries, len(entries)))


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real documents are not in the repository")
def test_names_beside_lewei_lu() -> None:
    texts = [load_text(path) for path in sorted(SEEDS.glob("*.txt"))]
    added = add_texts(texts, {}, dt.date(2026, 6, 1))
    volumes = {volume.document.id: volume for volume in added.volumes}
    entries, _ = link(volumes, [])
    author = who("Lewei Lu", entries, volumes, {})
    found = beside(author, entries)
    assert (found.since, found.recent) == (2026, 9)
    assert (found.listed, found.cut) == (50, 49)
    most = [(one.name, len(one.papers), one.recent) for one in found.companions[:3]]
    assert most == [("Zhe Chen", 10, 0), ("Weiyun Wang", 9, 0), ("Xizhou Zhu", 8, 0)]
    newest = {one.name for one in found.companions if one.recent > 1}
    assert {"Haiwen Diao", "Penghao Wu"} <= newest
    assert [(one.name, len(one.papers)) for one in institutions(author, entries)] == [
        ("pku", 3),
        ("tencent-ai", 1),
    ]
