"""Which paper a name means, and which names are kin."""

from __future__ import annotations

import pytest

from pipeline.lineage_members import Kin, Member, expansions, kin, parent_stem
from pipeline.lineage_names import Index
from pipeline.mentions import Mention, name_key
from tests.lineage_corpora import make_member


def mention(name: str) -> Mention:
    return Mention(name, *name_key(name), 0, len(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Foo", Kin("foo", (), "")),
        ("Foo 2.5", Kin("foo", (2, 5), "")),
        ("Foo-III", Kin("foo", (3,), "")),
        ("Foo v2", Kin("foo", (2,), "")),
        ("Foo2-78B", Kin("foo", (2,), "")),
        ("Foo-78B", Kin("foo", (), "")),
        ("Foo-30B-A3B", Kin("foo", (), "")),
        ("Foo-7B-Chat", Kin("foo", (), "chat")),
        ("Foo++", Kin("foo", (), "++")),
        ("Foo-S1-Pro", Kin("foo-s", (1,), "pro")),
        ("Mini-Foo", Kin("foo", (), "mini")),
    ],
)
def test_sizes_are_no_versions_and_editions_stand_apart(name: str, expected: Kin) -> None:
    assert kin(name) == expected


def test_a_hyphen_may_make_an_edition_but_no_benchmark() -> None:
    assert parent_stem("foo-ov") == Kin("foo", (), "ov")
    assert parent_stem("foo-bench") is None
    assert parent_stem("foo") is None


def test_a_name_in_any_way_of_writing_means_its_paper() -> None:
    index = Index([make_member("a", names=["Foo 3"]), make_member("b", names=["Bar"])])
    source = index.members["b"]
    for name in ("Foo3", "Foo 3.0", "Foo III", "Foo3-38B"):
        assert index.meant(source, mention(name)) == ["a"]
    assert index.meant(source, mention("Foo")) == []
    assert index.meant(source, index.known_as(mention("Foo3-Large"))) == ["a"]


def test_two_owners_are_told_apart_by_dates_then_by_authors_else_not() -> None:
    owners = [
        make_member("a", names=["Foo"], date="2020-01-01", authors=["Ann Lee"]),
        make_member("b", names=["Foo"], date="2022-01-01", authors=["Bo Li"]),
    ]
    early = make_member("c", names=["Bar"], date="2021-01-01")
    friend = make_member("d", names=["Baz"], date="2023-01-01", authors=["bo li"])
    other = make_member("e", names=["Qux"], date="2023-01-01", authors=["Cy"])
    index = Index([*owners, early, friend, other])
    assert index.meant(early, mention("Foo")) == ["a"]
    assert index.meant(friend, mention("Foo")) == ["b"]
    assert index.meant(other, mention("Foo")) == ["a", "b"]


def test_of_two_owners_the_one_spelled_just_so_is_meant() -> None:
    """Also where only the other one is older: the dates then refuse the link."""
    old = make_member("a", names=["Foo v2"], date="2020-01-01")
    new = make_member("b", names=["Foo-II"], date="2022-01-01")
    index = Index([old, new, source := make_member("c", names=["Bar"], date="2021-01-01")])
    assert index.meant(source, mention("Foo-II")) == ["b"]
    assert index.meant(source, mention("Foo v2")) == ["a"]
    assert index.meant(source, mention("Foo 2.0")) == ["a"]


def test_a_main_name_wins_over_a_component_of_that_name() -> None:
    index = Index(
        [make_member("a", names=["Foo"]), make_member("b", names=["Bar", "Foo"]), make_member("c")]
    )
    assert index.meant(index.members["c"], mention("Foo")) == ["a"]


def test_an_ordinary_word_needs_the_capitals_of_the_name() -> None:
    index = Index([make_member("a", names=["RIG"]), make_member("b")])
    assert index.meant(index.members["b"], mention("RIG")) == ["a"]
    assert index.meant(index.members["b"], mention("Rig")) == []


def test_an_abbreviation_spelled_otherwise_is_another_thing() -> None:
    owner = make_member("a", names=["ICA", "Information-Aware Credit Assignment"])
    text = "We use independent component analysis (ICA)."
    index = Index([owner, make_member("b", abstract=text), make_member("c")])
    assert expansions(index.members["b"]) == {"ica": "independent component analysis"}
    assert index.meant(index.members["b"], mention("ICA")) == []
    assert index.meant(index.members["c"], mention("ICA")) == ["a"]


def _series(abstract: str, authors: list[str]) -> list[Member]:
    first = make_member("a", names=["Foo"], date="2020-01-01", authors=["Ann Lee"])
    return [first, make_member("b", "On Pages", abstract, date="2021-01-01", authors=authors)]


def test_a_name_that_only_the_abstract_has_is_found_for_a_known_family() -> None:
    text = "Foo 2 is an open model for pages. On PageSet, Foo2-8B scores 70.1%."
    assert Index(_series(text, ["Ann Lee"])).names["b"] == ("Foo 2",)
    assert Index(_series(text, ["Bo Li"])).names["b"] == ()
    background = "GPT-4 is a strong model. GPT-4 fails on pages, and so we look closer."
    assert Index(_series(background, ["Ann Lee"])).names["b"] == ()
