"""Names are found where they are printed, and are one person's only where nothing parts them."""

from __future__ import annotations

import pytest

from pipeline.people import person
from pipeline.roster import Roster, stands_on, written_out
from tests.bylines import LISTING, byline, page, pages

ENTRIES = [
    byline("a", "Ada Brew", "Bo Steam"),
    byline("b", "BREW, Ada", "A. C. Brew", on=["own.txt"]),
    byline("c", "Ada Brew", "Bríd O'Lid"),
]
VOLUMES = pages(page("own.txt", "Bo Steam"), page("blank.txt", ""))
ADA, SHORT, BO = person("Ada Brew"), person("A. C. Brew"), person("Bo Steam")


def roster(*families: str) -> Roster:
    return Roster(ENTRIES, VOLUMES, {LISTING: "Bríd O’Lid"}, families)


def test_names_of_the_families_are_held_in_every_way() -> None:
    held = {one: sorted(ways) for one, ways in roster("brew", "olid").ways.items()}
    assert held == {
        ADA: ["Ada Brew", "BREW, Ada"],
        SHORT: ["A. C. Brew"],
        person("Bríd O'Lid"): ["Bríd O'Lid", "Bríd O’Lid"],
    }
    assert [roster("brew").count(way) for way in ("Ada Brew", "BREW, Ada", "Al Brew")] == [2, 1, 0]


def test_all_names_are_spelled() -> None:
    names = {"Ada Brew", "BREW, Ada", "A. C. Brew", "Bo Steam", "Bríd O'Lid", "Bríd O’Lid"}
    assert roster("brew").spelled() == names


def test_like_names_share_family_and_initial() -> None:
    assert roster("brew", "steam").alike([person("Al Brew")]) == {ADA, SHORT}
    assert roster("brew", "steam").alike([person("Brew"), person("Bo Brew")]) == set()


def test_names_of_one_list_are_not_one_persons() -> None:
    assert roster("brew").fitting(ADA) == [{ADA}]
    assert roster("brew").fitting(person("A. Brew")) == [{SHORT}, {ADA}]
    apart = Roster([ENTRIES[0], byline("d", "A. C. Brew")], VOLUMES, {}, ["brew"])
    assert apart.fitting(person("A. Brew")) == [{ADA, SHORT}]


def test_pages_are_those_of_owners() -> None:
    found = roster("steam", "olid")
    assert found.pages([BO]) == ["own.txt"]
    assert found.pages([person("Bríd O'Lid"), BO]) == [LISTING, "own.txt"]
    assert [entry.paper.id for entry in found.papers([BO])] == ["a", "b"]
    assert [entry.paper.id for entry in found.papers([ADA])] == []
    assert [entry.paper.id for entry in roster("brew").papers([ADA])] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "told"),
    [("Ada Brew", True), ("A. Clara Brew", True), ("Madonna", True), ("A. C. Brew", False)],
)
def test_initials_are_not_written_out(name: str, *, told: bool) -> None:
    assert written_out(person(name)) is told


def test_a_paper_stands_on_its_documents() -> None:
    assert stands_on(ENTRIES[1], {"own.txt", LISTING})
    assert not stands_on(ENTRIES[1], {LISTING})
