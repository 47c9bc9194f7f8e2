"""What a library has most of."""

from __future__ import annotations

from pipeline.suggestions import MOST, Suggested, papers_by_author, strongest


def test_the_highest_counts_come_first_and_equal_ones_by_alphabet() -> None:
    found = strongest({"bo": 2, "Ada": 2, "Cy": 3}, {"tea": 1}, {})
    assert found.authors == [Suggested("Cy", 3), Suggested("Ada", 2), Suggested("bo", 2)]
    assert found.topics == [Suggested("tea", 1)]
    assert found.lineages == []


def test_there_are_at_most_five_of_a_kind_and_none_that_counts_nothing() -> None:
    counts = {f"name {number}": number for number in range(9)}
    found = strongest(counts, counts, {"nothing": 0})
    assert [one.amount for one in found.authors] == [8, 7, 6, 5, 4]
    assert len(found.topics) == MOST
    assert found.lineages == []


def test_the_order_does_not_hang_on_that_of_the_papers() -> None:
    names = ["Ada Brew", "Bo Steam", "ada brew"]
    forward = strongest(dict.fromkeys(names, 1), {}, {})
    assert forward == strongest(dict.fromkeys(reversed(names), 1), {}, {})


def test_an_author_counts_once_in_a_list_however_the_name_is_written() -> None:
    lists = [
        ["José Lid", "Jose Lid", "Bo Steam"],
        ["Lid, José"],
        ["JOSE LID"],
        ["José Lid"],
        ["José Lid"],
        [],
    ]
    assert papers_by_author(lists) == {"José Lid": 5, "Bo Steam": 1}


def test_a_name_stands_as_most_lists_print_it() -> None:
    assert papers_by_author([["ADA BREW"], ["Ada Brew"], ["Ada Brew"]]) == {"Ada Brew": 3}
    tied = papers_by_author([["ada brew"], ["Ada Brew"]])
    assert tied == papers_by_author([["Ada Brew"], ["ada brew"]]) == {"Ada Brew": 2}


def test_an_initialled_name_counts_for_itself() -> None:
    assert papers_by_author([["A. Brew"], ["Ada Brew"]]) == {"A. Brew": 1, "Ada Brew": 1}


def test_two_people_of_one_family_are_two() -> None:
    assert papers_by_author([["Ada Brew", "Al Brew"]]) == {"Ada Brew": 1, "Al Brew": 1}
