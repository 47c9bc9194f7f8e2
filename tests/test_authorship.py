"""Who is meant by a name, and where author lists name them; nobody is merged by guess."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.authorship import (
    Author,
    authorships,
    named,
    owner_of,
    papers_of,
    positions,
    slug_of,
    who,
)
from pipeline.briefing_sheet import Authorship, Named
from pipeline.documents import load_text
from pipeline.errors import AmbiguousName, UsageError
from pipeline.library import Entry, Volume, add_texts, link
from tests.bylines import CROWD, LISTING, byline, page, pages

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


def asked(
    name: str,
    *lists: Sequence[str],
    volumes: Mapping[str, Volume] | None = None,
    owners: Mapping[str, str] | None = None,
) -> Author:
    """Ask for a name among papers with these author lists."""
    entries = [byline(f"p{number}", *names) for number, names in enumerate(lists)]
    return who(name, entries, volumes or pages(), owners or {})


def ids(author: Author) -> list[str]:
    return [entry.paper.id for entry in author.papers]


# --- Who is meant ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Ada Brew", "Ada Brew"),
        ("ada brew", "Ada BREW"),
        ("Brew, Ada", "Ada Brew"),
        ("Ada Brew", "Brew, Ada"),
        ("Brew Ada", "Ada Brew"),
        ("Ada Brew", "Brew Ada"),
        ("Brew Ada-Clara", "Ada-Clara Brew"),
        ("Pot-Lid Ana", "Ana Pot-Lid"),
        ("A. Brew", "Ada Brew"),
        ("Brew A.", "Ada Brew"),
        ("Ada Brew", "A. Brew"),
        ("A. C. Brew", "Ada Brew"),
        ("Jose Lid", "José Lid"),
        ("José Lid", "Jos\\'e Lid"),
        ("Søren Łód", "Soren Lod"),
        ("Yugang Tea", "Yu-Gang Tea"),
        ("Yu Gang Tea", "Y.-G. Tea"),
        ("Bríd O'Lid", "Brid O’Lid"),
        ("Brid OLid", "Bríd O'Lid"),
        ("O'Lid, B.", "Bríd O'Lid"),
        ("Jan van der Pot", "J. K. van der Pot"),
        ("van der Pot, Jan", "Jan van der Pot"),
        ("van der Pot Jan", "Jan van der Pot"),
        ("Jan van der Pot", "van der Pot Jan"),
        ("Jan Van Der Pot", "J. van der Pot"),
        ("Madonna", "Madonna"),
        ("李明", "李明"),
        ("李 明", "李明"),
        ("Ada Brew", "Ada Brew (李明)"),
        ("Will Read", "Will Read"),
        ("May", "May"),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, printed: str) -> None:
    author = asked(name, ["Bo Steam", printed], ["Cy Pan"])
    assert (author.name, author.names, author.others) == (printed, (printed,), ())
    assert ids(author) == ["p0"]
    assert positions(author, author.papers[0]) == [2]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Ada Brew", "Al Brew"),
        ("Ada Brew", "B. Brew"),
        ("Ada Brew", "Ada Brewer"),
        ("Brew", "Ada Brew"),
        ("May", "May Lid"),
        ("May", "Ada May"),
        ("Will", "Will Read"),
        ("Jan Pot", "Jan van der Pot"),
        ("van der Pot", "Jan van der Pot"),
        ("李", "李明"),
        ("A.", "Ada Brew"),
    ],
)
def test_nobody_else_is_found(name: str, printed: str) -> None:
    with pytest.raises(UsageError, match="no author list or profile names") as raised:
        asked(name, [printed])
    assert not isinstance(raised.value, AmbiguousName)


@pytest.mark.parametrize("name", ["", "  ", "...", "12"])
def test_what_holds_no_letter_names_nobody(name: str) -> None:
    with pytest.raises(UsageError, match="holds no letter"):
        asked(name, ["Ada Brew"], ["12"])


def test_an_initialled_name_joins_the_only_person_that_it_fits() -> None:
    author = asked("Ada Brew", ["A. Brew"], ["Ada Brew"], ["A. C. Brew"], ["Bo Brew"])
    assert author.names == ("Ada Brew", "A. C. Brew", "A. Brew")
    assert author.name == "Ada Brew"
    assert sorted(ids(author)) == ["p0", "p1", "p2"]
    assert author.others == ()


def test_an_initial_of_two_people_is_nobodys() -> None:
    lists = [["A. Brew"], ["Ada Brew"], ["Al Brew"], ["Al Brew"]]
    author = asked("Ada Brew", *lists)
    assert author.names == ("Ada Brew",)
    assert author.others == ("Al Brew", "A. Brew")
    with pytest.raises(AmbiguousName) as raised:
        asked("A. Brew", *lists)
    assert str(raised.value) == (
        "'A. Brew' may be any of 3 names that nothing shows to be one person's: "
        "Al Brew (2 papers), A. Brew (1 paper), Ada Brew (1 paper); "
        'ask for one of them as it is written here, such as "Al Brew"'
    )
    assert raised.value.exit_code == 2


def test_an_initial_that_no_list_prints_may_be_of_two_people_too() -> None:
    with pytest.raises(AmbiguousName, match=r"Ada Brew \(1 paper\), Al Brew \(1 paper\)"):
        asked("Brew, A.", ["Ada Brew"], ["Al Brew"])


def test_many_candidates_are_cut_short() -> None:
    lists = [[f"A{letter}a Brew"] for letter in "bcdfghklmn"]
    with pytest.raises(AmbiguousName, match=r"any of 10 names .* and 2 more; ask"):
        asked("A. Brew", *lists)


def test_a_written_name_is_no_way_to_write_one_of_two_initialled_ones() -> None:
    with pytest.raises(UsageError, match=r"the nearest names are A. Brew, Al Brew"):
        asked("Ada Brew", ["A. Brew"], ["Al Brew"])


def test_a_name_as_printed_comes_before_looser_ones() -> None:
    lists = [["Ada Brew"], ["Ada C. Brew"], ["Ada D. Brew"]]
    author = asked("Ada Brew", *lists)
    assert (author.names, author.others) == (("Ada Brew",), ("Ada C. Brew", "Ada D. Brew"))
    with pytest.raises(AmbiguousName):
        asked("Ada Brew", *lists[1:])


def test_names_of_one_list_are_two_people() -> None:
    author = asked("Ada Brew", ["Ada Brew", "A. Brew"], ["Ada Brew"])
    assert (author.names, author.others) == (("Ada Brew",), ("A. Brew",))
    with pytest.raises(AmbiguousName):
        asked("A. Brew", ["Ada Brew", "A. Brew"])


def test_the_order_as_written_comes_first() -> None:
    author = asked("Brew Ada", ["Brew Ada"], ["Ada Brew"])
    assert (author.names, author.others) == (("Brew Ada",), ("Ada Brew",))
    with pytest.raises(AmbiguousName, match=r"Ada Brew \(1 paper\), B. Ada \(1 paper\)"):
        asked("Brew Ada", ["B. Ada"], ["Ada Brew"])


def test_an_unknown_name_has_nearest_ones() -> None:
    lists = [["Ada Brew"], ["Al Brew"], ["Bo Steam"]]
    with pytest.raises(UsageError, match=r"the nearest names are Ada Brew, Al Brew$"):
        asked("Adda Brew", *lists)
    with pytest.raises(UsageError, match=r"the nearest names are Bo Steam$"):
        asked("Bob Steem", *lists)
    with pytest.raises(UsageError, match=r"and no name is near to it$"):
        asked("Xyz", *lists)
    with pytest.raises(UsageError, match=r"and no name is near to it$"):
        asked("Xyz")


def test_a_name_stands_as_most_lists_print_it_and_then_as_is_written_out() -> None:
    assert asked("Ada Brew", ["ADA BREW"], ["Ada Brew"], ["ADA BREW"]).name == "ADA BREW"
    assert asked("Ada Brew", ["A. Brew"], ["Ada Brew"]).name == "Ada Brew"


# --- Whose page it is ------------------------------------------------------------------------


def test_a_page_is_its_owners_and_so_are_its_papers() -> None:
    entries = [
        byline("cut", "Bo Steam", on=["own.txt"], cut=True),
        byline("unlisted", on=["own.txt", LISTING]),
        byline("other", "Cy Pan"),
    ]
    author = who("A. Brew", entries, pages(page("own.txt", "Ada Brew")), {})
    assert (author.name, author.pages) == ("Ada Brew", ("own.txt",))
    assert ids(author) == ["cut", "unlisted"]


def test_the_page_spells_the_name() -> None:
    lists = [["Ada Brew"], ["Ada Brew"]]
    author = asked("Ada Brew", *lists, volumes=pages(page("own.txt", "Brew, Ada")))
    assert (author.name, author.names) == ("Brew, Ada", ("Ada Brew", "Brew, Ada"))


def test_a_listing_is_nobodys_until_a_person_says_whose() -> None:
    entries = [byline("one", "Bo Steam", cut=True), byline("two", "Ada Brew", on=["x.txt"])]
    volumes = pages(page("x.txt"))
    author = who("Ada Brew", entries, volumes, {})
    assert (author.pages, ids(author)) == ((), ["two"])
    said = who("Ada Brew", entries, volumes, {LISTING: "Brew, Ada"})
    assert (said.pages, sorted(ids(said))) == ((LISTING,), ["one", "two"])
    assert (said.name, said.names) == ("Ada Brew", ("Ada Brew",))


def test_whom_only_a_person_names_is_called_so() -> None:
    author = asked("Ada Brew", ["Bo Steam"], owners={LISTING: "Ada Brew"})
    assert (author.name, author.names, ids(author)) == ("Ada Brew", ("Ada Brew",), ["p0"])


def test_a_person_knows_better_than_a_header() -> None:
    volumes = pages(page("own.txt", "A. Brew"))
    entries = [byline("one", "Bo Steam", on=["own.txt"]), byline("two", "Al Brew")]
    author = who("Ada Brew", entries, volumes, {"own.txt": "Ada Brew"})
    assert (author.name, author.pages, ids(author)) == ("Ada Brew", ("own.txt",), ["one"])
    with pytest.raises(UsageError):
        who("Ada Brew", entries, volumes, {})


def test_superseded_pages_are_left_aside() -> None:
    volumes = pages(page("old.txt", "Ada Brew", current=False), page("own.txt", "Ada Brew"))
    assert asked("Ada Brew", volumes=volumes).pages == ("own.txt",)
    del volumes["own.txt"]
    assert asked("Ada Brew", volumes=volumes).pages == ("old.txt",)


def test_pages_of_one_name_may_be_of_two_people() -> None:
    entries = [
        byline("x", "Bo Steam", on=["x.txt"]),
        byline("y", "Cy Pan", on=["y.txt"]),
        byline("printed", "Ada Brew", on=["y.txt"]),
        byline("both", "Ada Brew", on=[LISTING]),
    ]
    volumes = pages(page("x.txt", "Ada Brew", h_index=3), page("y.txt", "A. Brew", h_index=4))
    with pytest.raises(AmbiguousName, match=r"x\.txt; y\.txt; .*--owner x\.txt=\"Ada Brew\"$"):
        who("Ada Brew", entries, volumes, {})
    first = who("Ada Brew", entries, volumes, {"x.txt": "Ada Brew"})
    assert (first.pages, ids(first)) == (("x.txt",), ["both", "x"])
    second = who("Ada Brew", entries, volumes, {"y.txt": "Ada Brew"})
    assert (second.pages, ids(second)) == (("y.txt",), ["both", "printed", "y"])
    whole = who("Ada Brew", entries, volumes, {"x.txt": "Ada Brew", "y.txt": "Ada Brew"})
    assert (whole.pages, len(whole.papers)) == (("x.txt", "y.txt"), 4)


def test_the_owner_of_a_page_is_never_in_doubt() -> None:
    entries = [
        byline("x", "Bo Steam", on=["x.txt"]),
        byline("y", "Cy Pan", on=["y.txt"]),
        byline("printed", "Ada Brew"),
    ]
    volumes = pages(page("x.txt", "Ada Brew", h_index=3), page("y.txt", "Ada Brew", h_index=4))
    owners = [owner_of(id_, entries, volumes) for id_ in ("x.txt", "y.txt", LISTING)]
    found = [(one.pages, ids(one)) for one in owners if one]
    assert found == [(("x.txt",), ["printed", "x"]), (("y.txt",), ["printed", "y"])]


def test_an_initialled_owner_has_the_papers_of_the_page() -> None:
    entries = [byline("own", "A. Brew", on=["own.txt"]), byline("other", "A. Brew")]
    volumes = pages(page("own.txt", "A. Brew"))
    alone = owner_of("own.txt", entries, volumes)
    assert alone is not None
    assert ids(alone) == ["other", "own"]
    more = [*entries, byline("ada", "Ada Brew"), byline("al", "Al Brew")]
    beside = owner_of("own.txt", more, volumes)
    assert beside is not None
    assert (beside.name, ids(beside), beside.others) == (
        "A. Brew",
        ["own"],
        ("Ada Brew", "Al Brew"),
    )


def test_an_author_may_have_no_paper() -> None:
    author = asked("Ada Brew", ["Bo Steam"], volumes=pages(page("own.txt", "Ada Brew")))
    assert author == Author("Ada Brew", ("Ada Brew",), (), ("own.txt",), ())
    assert authorships(author, []) == []
    assert named(author, []) == Named(printed=0, of=0)


# --- Where the lists name them ---------------------------------------------------------------


def test_papers_stand_newest_first() -> None:
    days = {"b": dt.date(2030, 1, 1), "a": dt.date(2030, 1, 1), "c": None, "d": dt.date(2031, 1, 1)}
    entries = [byline(id_, "Ada Brew", day=day) for id_, day in days.items()]
    author = who("Ada Brew", entries, pages(), {})
    assert ids(author) == [one.paper for one in authorships(author, entries)] == list("dabc")


def test_the_position_is_the_printed_one_or_null() -> None:
    own = ["own.txt"]
    entries = [
        byline("cut-after", "Bo Steam", "Ada Brew", on=own, cut=True),
        byline("cut-before", "Bo Steam", "Cy Pan", on=own, cut=True),
        byline("none", on=own),
        byline("whole", "Ada Brew"),
        byline("without", "Bo Steam", on=own),
        byline("twice", "Ada Brew", "Bo Steam", "Ada Brew"),
    ]
    author = who("Ada Brew", entries, pages(page("own.txt", "Ada Brew")), {})
    found = {one.paper: one for one in authorships(author, entries)}
    assert found == {
        id_: Authorship(paper=id_, position=position, of=of, authors_complete=whole)
        for id_, position, of, whole in [
            ("cut-after", 2, 2, False),
            ("cut-before", None, 2, False),
            ("none", None, None, False),
            ("whole", 1, 1, True),
            ("without", None, 1, True),
            ("twice", None, 3, True),
        ]
    }
    assert named(author, entries) == Named(printed=3, of=6)


def test_only_papers_of_the_author_count() -> None:
    entries = [byline("one", "Ada Brew"), byline("two", "Bo Steam"), byline("three", "Ada Brew")]
    author = who("Ada Brew", entries, pages(), {})
    assert [one.paper.id for one in papers_of(author, entries[:2])] == ["one"]
    assert named(author, entries[:2]) == Named(printed=1, of=1)


@pytest.mark.parametrize(
    ("names", "cut", "position"),
    [
        (["Bo Steam", "A. Brew"], False, 2),
        (["Bo Steam", "A. Brew"], True, None),
        (["A. Brew", "A. C. Brew"], False, None),
        (["A. Brew", "Ada Brew"], False, 2),
    ],
)
def test_an_initial_in_a_whole_list_of_the_own_page_is_the_owners(
    names: list[str], cut: bool, position: int | None
) -> None:
    entries = [byline("own", *names, on=["own.txt"], cut=cut), byline("other", "Al Brew")]
    author = who("Ada Brew", entries, pages(page("own.txt", "Ada Brew")), {})
    assert author.names == ("Ada Brew",)
    assert authorships(author, entries)[0].position == position


def test_three_thousand_authors() -> None:
    crowd = [
        f"{a}{b}a Pan{c}" for a in "ABCDEFGHIJKLMNO" for b in "aeiouy" * 2 for c in "aeiou" * 4
    ]
    crowd[2000] = "Ada Brew"
    author = asked("A. Brew", [*CROWD[:2000], "Ada Brew", *CROWD[2000:]])
    [one] = authorships(author, author.papers)
    assert (one.position, one.of) == (2001, 3201)


# --- Folders ---------------------------------------------------------------------------------


def called(name: str) -> Author:
    return Author(name, (name,), (), (), ())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ada Brew", "ada-brew"),
        ("Brew, Ada", "ada-brew"),
        ("José Lid", "jose-lid"),
        ("Bríd O’Lid", "brid-olid"),
        ("Yu-Gang Tea", "yu-gang-tea"),
        ("Jan van der Pot", "jan-van-der-pot"),
        ("A. Brew", "a-brew"),
        ("Con", "con-x"),
        ("May", "may"),
    ],
)
def test_a_folder_is_named_by_the_name(name: str, slug: str) -> None:
    assert slug_of(called(name)) == slug


@settings(max_examples=200)
@given(st.lists(st.sampled_from("李明王伟Иван ab"), min_size=1).map("".join))
def test_a_folder_has_a_safe_name_of_its_own(name: str) -> None:
    slug = slug_of(called(name))
    assert slug.isascii()
    assert slug.replace("-", "").isalnum()
    assert slug == slug_of(called(name.upper()))
    assert slug != slug_of(called(f"{name}王"))


def test_a_long_name_is_cut_and_still_its_own() -> None:
    one, other = (slug_of(called(f"Ada {'Clara ' * 20}{last}")) for last in ("Brew", "Lid"))
    assert one != other
    assert len(one) <= 70


# --- Properties ------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["Ada Brew", "A. Brew", "Al Brew", "Brew, Ada", "Ada C. Brew", "Bo Steam", "José Lid", "J. Lid"]
)
LISTS = st.lists(st.tuples(st.lists(NAMES, max_size=3), st.booleans()), max_size=6)


def library(lists: Sequence[tuple[list[str], bool]]) -> list[Entry]:
    return [
        byline(f"p{number}", *names, on=["own.txt" if own else LISTING])
        for number, (names, own) in enumerate(lists)
    ]


def outcome(name: str, entries: Sequence[Entry], volumes: Mapping[str, Volume]) -> Author | str:
    try:
        return who(name, entries, volumes, {})
    except UsageError as error:
        return str(error)


@settings(max_examples=150)
@given(LISTS, NAMES, st.randoms())
def test_the_order_of_documents_does_not_matter(
    lists: list[tuple[list[str], bool]], name: str, random: Random
) -> None:
    entries, volumes = library(lists), pages(page("own.txt", "Ada Brew"))
    mixed = random.sample(entries, len(entries))
    turned = dict(reversed(volumes.items()))
    assert outcome(name, entries, volumes) == outcome(name, mixed, turned)


@settings(max_examples=150)
@given(LISTS, NAMES)
def test_an_unrelated_paper_changes_nothing(lists: list[tuple[list[str], bool]], name: str) -> None:
    entries, volumes = library(lists), pages(page("own.txt", "Ada Brew"))
    more = [*entries, byline("unrelated", "Dee Kettle", "Ed Stove")]
    assert outcome(name, entries, volumes) == outcome(name, more, volumes)


@settings(max_examples=150)
@given(LISTS, NAMES)
def test_an_authors_papers_print_a_name_of_theirs_or_stand_on_their_page(
    lists: list[tuple[list[str], bool]], name: str
) -> None:
    entries, volumes = library(lists), pages(page("own.txt", "Ada Brew"))
    author = outcome(name, entries, volumes)
    if isinstance(author, str):
        return
    for entry in entries:
        printed = set(entry.paper.authors or ()) & set(author.names)
        own = any(ref.document in author.pages for ref in entry.paper.records)
        assert (entry.paper.id in ids(author)) == bool(printed or own)
    assert not set(author.names) & set(author.others)


# --- The real documents ----------------------------------------------------------------------


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real documents are not in the repository")
def test_people_of_the_real_documents() -> None:
    texts = [load_text(path) for path in sorted(SEEDS.glob("*.txt"))]
    added = add_texts(texts, {}, dt.date(2026, 6, 1))
    volumes = {volume.document.id: volume for volume in added.volumes}
    entries, _ = link(volumes, [])

    lu = who("Lu, Lewei", entries, volumes, {})
    assert (lu.name, lu.others, len(lu.papers), len(lu.pages)) == ("Lewei Lu", (), 50, 1)
    assert named(lu, entries) == Named(printed=2, of=50)
    titles = {entry.paper.id: entry.paper.label for entry in entries}
    placed = {
        titles[one.paper].partition(" ")[0]: (one.position, one.of, one.authors_complete)
        for one in authorships(lu, entries)
        if one.position
    }
    assert placed == {"Streamline": (2, 3, True), "Spatial": (3, 3, False)}

    gu = who("lixin gu", entries, volumes, {})
    assert (gu.name, len(gu.papers), len(gu.pages)) == ("Lixin Gu", 10, 1)
    assert named(gu, entries) == Named(printed=4, of=10)
    found = [(one.position, one.of) for one in authorships(gu, entries) if one.position]
    assert found == [(3, 3), (34, 173), (2, 3), (3, 3)]
