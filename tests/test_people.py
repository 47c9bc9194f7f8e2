"""Names are the same person's however they are written, and nobody else's."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.people import Person, authors_of, may_be_one, people, person, same_person


@pytest.mark.parametrize(
    ("name", "given_names", "family"),
    [
        ("Ada Brew", ("ada",), "brew"),
        ("Brew, Ada", ("ada",), "brew"),
        ("Brew, A. B.", ("a", "b"), "brew"),
        ("A.B. Brew", ("a", "b"), "brew"),
        ("Jean-Luc Lid", ("jean", "-luc"), "lid"),
        ("Ana Pot-Lid", ("ana", "pot"), "lid"),
        ("Bríd O'Lid", ("brid",), "olid"),
        ("Bríd O’Lid", ("brid",), "olid"),
        ("Søren Łód", ("soren",), "lod"),
        ("Madonna", (), "madonna"),
        ("", (), ""),
        ("李明", (), "李明"),
        ("李 明", (), "李明"),
        ("李, 明", (), "李明"),
        ("김 철수", (), person("김철수").family),
        ("Ada Brew (李明)", ("ada",), "brew"),
        ("(李明)", (), "李明"),
        ("Jan van der Pot", ("jan", "van", "der"), "pot"),
        ("van der Pot, Jan", ("jan", "van", "der"), "pot"),
    ],
)
def test_a_name_is_taken_apart(name: str, given_names: tuple[str, ...], family: str) -> None:
    assert person(name) == Person(given_names, family)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Brew", "ada brew"),
        ("Ada Brew", "Brew, Ada"),
        ("Ada Brew", "A. Brew"),
        ("Ada Brew", "A Brew"),
        ("Ada Brew", "Brew, A."),
        ("Ada C. Brew", "Ada Brew"),
        ("Ada C. Brew", "A. Brew"),
        ("Ada C. Brew", "A.C. Brew"),
        ("Ada Clara Brew", "A. C. Brew"),
        ("José Lid", "Jose Lid"),
        ("José Lid", "Jose\u0301 Lid"),
        ("Jos\\'e Lid", "José Lid"),
        ("Jürgen Łód", "Jurgen Lod"),
        ("Yu-Gang Tea", "Yugang Tea"),
        ("Yu-Gang Tea", "Yu Gang Tea"),
        ("Yu-Gang Tea", "Y.-G. Tea"),
        ("Yu-Gang Tea", "Y. G. Tea"),
        ("Yu-Gang Tea", "Y. Tea"),
        ("Yu\u2010Gang Tea", "Yu-Gang Tea"),
        ("Ana Pot-Lid", "A. Pot-Lid"),
        ("Madonna", "MADONNA"),
        ("Jan van der Pot", "J. Van der Pot"),
        ("Jan van der Pot", "van der Pot, J. K. L."),
        ("Jan van der Pot", "J. V. D. Pot"),
        ("Yi Du Tea", "Yidu Tea"),
        ("Yi Du Tea", "Y. D. Tea"),
        ("Bríd O'Lid", "B. O’Lid"),
        ("李明", "李 明"),
    ],
)
def test_ways_to_write_one_person(one: str, other: str) -> None:
    assert may_be_one(one, other)
    assert may_be_one(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Brew", "Al Brew"),
        ("Ada Brew", "Adam Brew"),
        ("Ada Brew", "B. Brew"),
        ("Ada Brew", "Ada Brewer"),
        ("Ada Brew", "Brew Ada"),
        ("Ada Brew", "Brew"),
        ("Ada Brew", "Ada Clara Brew"),
        ("Ada C. Brew", "Ada D. Brew"),
        ("A. C. Brew", "A. D. Brew"),
        ("Jean Lid", "Jean-Luc Lid"),
        ("Yu-Gang Tea", "Yu-Gong Tea"),
        ("Yu-Gang Tea", "Y. K. Tea"),
        ("", ""),
        ("...", "..."),
        ("Jan van der Pot", "Jan Pot"),
        ("Jan van der Pot", "J. K. Pot"),
        ("Jan van der Pot", "van der Pot"),
        ("Jan van Pot", "Jan de Pot"),
        ("May", "May Lid"),
        ("May", "Ada May"),
        ("李明", "李"),
    ],
)
def test_names_of_two_people(one: str, other: str) -> None:
    assert not may_be_one(one, other)
    assert not may_be_one(other, one)


@settings(max_examples=200)
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_are_compared_and_in_any_order(one: str, other: str) -> None:
    assert may_be_one(one, other) == may_be_one(other, one)


def test_authors_are_listed_once_and_in_order() -> None:
    printed = ["Bo Steam", "A. Brew", "Ada Brew", "A. Brew", "Al Brew"]
    assert authors_of(printed, "Ada Brew") == ["A. Brew", "Ada Brew"]
    assert authors_of(printed, "A. Brew") == ["A. Brew", "Ada Brew", "Al Brew"]
    assert authors_of(printed, "Cy Brew") == []


def test_people_are_told_apart() -> None:
    assert people(["A. Brew", "Ada Brew", "Ada C. Brew", "ADA BREW"]) == [
        ["A. Brew", "Ada Brew", "Ada C. Brew", "ADA BREW"]
    ]
    assert people(["Al Brew", "Ada Brew"]) == [["Al Brew"], ["Ada Brew"]]


def test_an_initial_of_two_people_is_nobodys() -> None:
    assert people(["A. Brew", "Ada Brew", "Al Brew"]) == [["A. Brew"], ["Ada Brew"], ["Al Brew"]]


def test_a_shortened_name_of_two_people_parts_neither_from_their_own() -> None:
    assert people(["A. C. Brew", "Al Brew", "Ada Brew", "Ada C. Brew"]) == [
        ["A. C. Brew"],
        ["Al Brew"],
        ["Ada Brew", "Ada C. Brew"],
    ]


NAMES = st.sampled_from(["", "Ada", "A.", "A. C.", "Ada C.", "Al", "Al D.", "Bo", "Ada-Clara"])


@given(st.lists(st.tuples(NAMES, st.sampled_from(["Brew", "BREW", "Lid"]))), st.randoms())
def test_the_order_of_names_decides_nothing(parts: list[tuple[str, str]], random: Random) -> None:
    names = [f"{given_name} {family}".strip() for given_name, family in parts]
    mixed = random.sample(names, len(names))
    assert {frozenset(group) for group in people(names)} == {
        frozenset(group) for group in people(mixed)
    }
    assert sorted(name for group in people(names) for name in group) == sorted(set(names))


def test_names_that_are_kept_apart_are_not_one_persons() -> None:
    full, short = person("Ada Brew"), person("A. Brew")
    assert same_person(full, [short]) == {full, short}
    assert same_person(full, [short], lambda *_: False) == {full}
