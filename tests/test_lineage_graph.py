"""The graph of a library: its traps, bad input, order, and what it finds in real documents."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.settings import load_settings
from flows.shelves import look_up
from pipeline.lineage_graph import AMBIGUOUS, Member, build_graph
from pipeline.lineage_kin import DISAGREE
from pipeline.lineage_order import MUTUAL, REVERSED, SAME_DAY, SELF, assert_acyclic
from pipeline.lineage_sheet import GraphSheet
from pipeline.links import links
from pipeline.names import parse_name
from pipeline.samples import sample_files
from pipeline.steps.summarise import plan_paper
from tests.benchmarks.lineage import invented
from tests.lineage_corpora import FOLDER, corpus, drawn, make_member

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
ANCESTRY = ("succeeds", "builds-on")


def edges(sheet: GraphSheet) -> set[tuple[str, str, str, str]]:
    labels = {node.id: node.label if node.kind == "external" else node.id for node in sheet.nodes}
    return {(e.source, labels[e.target], e.type, e.basis) for e in sheet.edges}


def reasons(sheet: GraphSheet) -> list[tuple[str, str, str]]:
    return [(one.source, one.target, one.reason) for one in sheet.refused]


# --- Invented libraries --------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_no_invented_library_gains_an_ancestor_that_its_texts_do_not_name(name: str) -> None:
    library = corpus(name)
    pairs = {(e.source, e.target) for e in library.edges if e.type in ANCESTRY}
    found = drawn(build_graph(library.members))
    assert {(e.source, e.target) for e in found if e.type in ANCESTRY} <= pairs


@pytest.mark.parametrize("name", ["vision", "language"])
def test_the_libraries_that_the_rules_were_made_on_are_read_in_full(name: str) -> None:
    library = corpus(name)
    assert drawn(build_graph(library.members)) == library.edges


# --- Evidence and nodes --------------------------------------------------------------------


def _pair(later: str, **of_later: Any) -> list[Member]:
    return [
        make_member("old", "Foo: A Model", "We introduce Foo, a model.", date="2020-01-01"),
        make_member("new", "Bar: A Model", later, date="2021-01-01", **of_later),
    ]


def test_a_stated_edge_carries_each_sentence_that_says_it_once() -> None:
    text = "We present Bar. Bar builds on Foo. It outperforms Foo. Again, Bar builds on Foo."
    sheet = build_graph(_pair(text))
    quotes = {e.type: [q.quote for q in e.evidence] for e in sheet.edges}
    assert quotes == {
        "builds-on": ["Bar builds on Foo.", "Again, Bar builds on Foo."],
        "compares-with": ["It outperforms Foo."],
    }
    document = f"Bar: A Model\n{text}"
    spots = [q for e in sheet.edges for q in e.evidence]
    assert all(document[q.start : q.end] == q.quote for q in spots)


def test_a_library_paper_is_never_external_and_an_external_work_is_one_node() -> None:
    text = "We present Bar. Bar builds on Baz 2.0. Bar outperforms Baz2-8B and Foo-13B."
    sheet = build_graph(_pair(text))
    external = [(node.label, node.date) for node in sheet.nodes if node.kind == "external"]
    assert external == [("Baz 2.0", None)]
    assert ("new", "old", "compares-with", "stated") in edges(sheet)


def test_sizes_of_a_work_are_apart_unless_it_is_named_without_one() -> None:
    text = "We present Bar. Bar builds on BazNet-7B. Bar outperforms BazNet-3B."
    labels = [n.label for n in build_graph(_pair(text)).nodes if n.kind == "external"]
    assert labels == ["BazNet-3B", "BazNet-7B"]
    labels = [n.label for n in build_graph(_pair(f"{text} It beats BazNet.")).nodes][2:]
    assert labels == ["BazNet"]


def test_names_that_differ_in_marks_only_are_two_external_works() -> None:
    text = "We present Bar. Bar outperforms NetC++ and NetC. Bar uses NetC(+)."
    labels = [n.label for n in build_graph(_pair(text)).nodes if n.kind == "external"]
    assert "NetC++" in labels
    assert "NetC" in labels


def test_a_benchmark_is_used_and_no_ancestor_except_of_its_own_next_version() -> None:
    text = "We present BarSet, a benchmark built on top of the WayScene dataset."
    sheet = build_graph([make_member("a", "BarSet", text, names=["BarSet"])])
    assert edges(sheet) == {("a", "WayScene", "uses", "stated")}
    text = "We present WayScene 2, which extends the WayScene dataset."
    sheet = build_graph([make_member("a", "WayScene 2", text, names=["WayScene 2"])])
    assert edges(sheet) == {("a", "WayScene", "builds-on", "stated")}


def test_the_family_is_not_its_first_paper() -> None:
    family = [
        make_member("f1", "Foo", "We introduce Foo.", names=["Foo"], date="2019-01-01"),
        make_member("f2", "Foo 2", "We introduce Foo 2.", names=["Foo 2"], date="2020-01-01"),
    ]
    for words in ("the Foo series", "the Foo family", "Foo models"):
        text = f"We introduce Bar. Bar builds on {words} and outperforms {words}."
        late = make_member("b", "Bar", text, names=["Bar"], date="2021-01-01")
        assert edges(build_graph([*family, late])) == set()


# --- Family order --------------------------------------------------------------------------


def _version(
    number: str, date: str | None, authors: Sequence[str] = ("Ann Lee",), **more: Any
) -> Member:
    name = f"Foo {number}".strip()
    abstract = f"We introduce {name}, a model."
    return make_member(
        f"p{number}", name, abstract, names=[name], date=date, authors=authors, **more
    )


def test_each_member_appears_to_continue_the_nearest_earlier_version() -> None:
    line = [_version(v, f"202{n}-01-01") for n, v in enumerate(["", "1.5", "2", "10"])]
    sheet = build_graph(line)
    assert edges(sheet) == {
        ("p1.5", "p", "succeeds", "inferred"),
        ("p2", "p1.5", "succeeds", "inferred"),
        ("p10", "p2", "succeeds", "inferred"),
    }
    edge = sheet.edges[0]
    assert edge.signs == ["same family name", "shared author: Ann Lee", "later date"]
    assert [e.document for e in edge.evidence] == [edge.source, edge.target]


def test_a_name_alone_makes_no_family() -> None:
    strangers = [_version("1", "2020-01-01"), _version("2", "2021-01-01", authors=["Bo Li"])]
    assert build_graph(strangers).edges == []
    same_code = [m._replace(links=("https://github.com/Lab/Foo.git",)) for m in strangers]
    assert build_graph(same_code).edges[0].signs[1] == "same repository"
    same_host = [m._replace(links=("https://github.com/",)) for m in strangers]
    assert build_graph(same_host).edges == []


def test_a_statement_makes_the_guess_needless() -> None:
    old = _version("1", "2020-01-01")
    text = "We introduce Foo 2, which builds on Foo 1."
    new = make_member("p2", "Foo 2", text, names=["Foo 2"], date="2021-01-01", authors=["Ann Lee"])
    assert edges(build_graph([old, new])) == {("p2", "p1", "builds-on", "stated")}


def test_a_version_that_no_document_describes_is_named_and_the_line_goes_on() -> None:
    old = _version("1.5", "2020-01-01")
    text = "We introduce Foo 2.5, a model that builds upon Foo 2.0."
    new = make_member(
        "n", "Foo 2.5", text, names=["Foo 2.5"], date="2021-01-01", authors=["Ann Lee"]
    )
    sheet = build_graph([old, new])
    assert edges(sheet) == {
        ("n", "Foo 2.0", "builds-on", "stated"),
        ("n", "p1.5", "succeeds", "inferred"),
    }


def test_versions_against_dates_are_told_and_not_drawn() -> None:
    sheet = build_graph([_version("1", "2021-01-01"), _version("2", "2020-01-01")])
    assert sheet.edges == []
    assert reasons(sheet) == [("p2", "p1", DISAGREE)]


def test_papers_without_a_date_are_listed_and_never_ordered_by_a_guess() -> None:
    sheet = build_graph([_version("1", None), _version("2", "2020-01-01"), _version("3", None)])
    assert sheet.edges == []
    assert sheet.undated == ["p1", "p3"]


def test_equal_sizes_and_brands_give_no_edge() -> None:
    people = ["Ann Lee"]
    one = make_member("a", "Foo-S1", "We introduce Foo-S1 with 241B parameters.", names=["Foo-S1"],
                      date="2020-01-01", authors=people)  # fmt: skip
    two = make_member("b", "FooVL3", "FooVL3-241B-A28B is our model.", names=["FooVL3"],
                      date="2021-01-01", authors=people)  # fmt: skip
    three = make_member("c", "FooSVG", "We introduce FooSVG.", names=["FooSVG"],
                        date="2022-01-01", authors=people)  # fmt: skip
    assert build_graph([one, two, three]).edges == []


def test_editions_hang_on_the_member_they_name_else_on_their_base() -> None:
    base, second = _version("", "2020-01-01"), _version("2", "2020-06-01")
    for text, target in (
        ("We introduce Foo-ov, a model.", "p"),
        ("We introduce Foo-ov. It carries the plan of Foo 2 over to drones.", "p2"),
    ):
        new = make_member("e", "Foo-ov", text, names=["Foo-ov"], date="2021-01-01",
                          authors=["Ann Lee"])  # fmt: skip
        assert ("e", target, "builds-on", "inferred") in edges(build_graph([base, second, new]))


# --- Bad input -----------------------------------------------------------------------------


def test_two_papers_that_claim_to_succeed_each_other() -> None:
    one = make_member("a", "Foo", "We introduce Foo, the successor of Bar.", names=["Foo"])
    two = make_member("b", "Bar", "We introduce Bar, the successor of Foo.", names=["Bar"])
    sheet = build_graph([one, two])
    assert sheet.edges == []
    assert reasons(sheet) == [("a", "b", MUTUAL), ("b", "a", MUTUAL)]
    assert [one.evidence[0].document for one in sheet.refused] == ["a", "b"]


@pytest.mark.parametrize(("later", "reason"), [("2020-01-01", SAME_DAY), ("2019-01-01", REVERSED)])
def test_same_day_and_reversed_in_time(later: str, reason: str) -> None:
    old, new = _pair("We present Bar, which builds on Foo.")
    new = new._replace(date=dt.date.fromisoformat(later))
    sheet = build_graph([old, new])
    assert sheet.edges == []
    assert reasons(sheet) == [("new", "old", reason)]
    kept = build_graph([old, new._replace(year_inferred=True)])
    assert edges(kept) == {("new", "old", "builds-on", "stated")}


def test_a_new_version_of_itself() -> None:
    text = "We introduce Foo 2.5. We develop a new version of Foo2.5 with more data."
    sheet = build_graph([make_member("a", "Foo 2.5", text, names=["Foo 2.5", "Foo2.5"])])
    assert sheet.edges == []
    assert reasons(sheet) == [("a", "a", SELF)]


def test_a_name_that_two_papers_own() -> None:
    owners = [
        make_member(i, "Foo", "We introduce Foo.", names=["Foo"], date="2020-01-01") for i in "ab"
    ]
    late = make_member("c", "Bar", "Bar builds on Foo.", names=["Bar"], date="2021-01-01")
    sheet = build_graph([*owners, late])
    assert sheet.edges == []
    assert reasons(sheet) == [("c", "a", AMBIGUOUS), ("c", "b", AMBIGUOUS)]


def test_a_family_of_200_versions_is_one_chain() -> None:
    line = [_version(f"{n // 10}.{n % 10}", f"{1800 + n}-01-01") for n in range(1, 201)]
    sheet = build_graph(line)
    names = sorted((parse_name(m.names[0]).version, m.id) for m in line)
    chain = {(later, earlier) for (_, earlier), (_, later) in pairwise(names)}
    assert {(e.source, e.target) for e in sheet.edges} == chain


def test_a_paper_with_3000_authors_names_a_few() -> None:
    people = [f"Author {n}" for n in range(3000)]
    sheet = build_graph([_version("1", "2020-01-01", people), _version("2", "2021-01-01", people)])
    assert sheet.edges[0].signs[1] == "shared authors: Author 0, Author 1, Author 2 and 2997 more"


def test_names_with_characters_of_regular_expressions() -> None:
    names = ["Foo.*", "C++", "Bar(?)", "[Baz]", "Q^2$", "a|b", "\\d+", "++", "2", ""]
    members = [
        make_member(f"p{n}", name, f"We introduce {name}, which builds on {names[n - 1]}.",
                    names=[name] if name else [], date=f"20{n + 10}-01-01")
        for n, name in enumerate(names)
    ]  # fmt: skip
    assert_acyclic(build_graph(members).edges)


def test_an_empty_library_and_papers_without_anything() -> None:
    assert build_graph([]) == GraphSheet(nodes=[], edges=[], refused=[], undated=[])
    bare = build_graph([make_member("a"), make_member("b", names=["Foo"])])
    assert [node.id for node in bare.nodes] == bare.undated == ["a", "b"]


# --- Order and growth ----------------------------------------------------------------------

_NAMES = ("Foo", "Foo 2", "Foo 3", "Bar", "Bar-Pro", "Mini-Foo", "Baz++")
_CUES = ("builds on", "is the successor of", "employs", "outperforms", "is", "was applied to")
_PAPERS = st.lists(
    st.tuples(
        st.sampled_from(_NAMES),
        st.sampled_from(_CUES),
        st.sampled_from((*_NAMES, "Quux 1.5", "the Foo series")),
        st.one_of(st.none(), st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 6))),
        st.booleans(),
        st.sampled_from(("Ann Lee", "Bo Li")),
    ),
    max_size=9,
)


@settings(deadline=None, max_examples=150)
@given(_PAPERS, st.randoms(use_true_random=False))
def test_any_library_gives_one_acyclic_graph_in_any_order(papers: list[Any], chance: Any) -> None:
    members = [
        make_member(f"p{n}", name, f"We introduce {name}. {name} {cue} {other}.", names=[name],
                    date=date and date.isoformat(), year_inferred=inferred, authors=[author])
        for n, (name, cue, other, date, inferred, author) in enumerate(papers)
    ]  # fmt: skip
    sheet = build_graph(members)
    assert_acyclic(sheet.edges)
    keys = [(e.source, e.target, e.type) for e in sheet.edges]
    assert keys == sorted(set(keys))
    assert all(e.source != e.target and e.evidence for e in sheet.edges)
    assert {e.target for e in sheet.edges} <= {node.id for node in sheet.nodes}
    assert all(e.source not in sheet.undated for e in sheet.edges if e.basis == "inferred")
    shuffled = members[:]
    chance.shuffle(shuffled)
    assert build_graph(shuffled) == sheet


def _calls(members: list[Member]) -> int:
    """Count the calls of Python functions while a graph is built."""
    count = 0

    def tally(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(tally)
    try:
        build_graph(members)
    finally:
        sys.setprofile(before)
    return count


def test_work_grows_with_the_papers_and_not_with_their_pairs() -> None:
    few, many = _calls(invented(100)), _calls(invented(400))
    assert many < 5 * few


# --- Samples and real documents ------------------------------------------------------------


def members_of(paths: Sequence[str]) -> list[Member]:
    entries = look_up(paths, load_settings(as_of=dt.date(2026, 6, 30)), None).entries
    found = []
    for entry in entries:
        row = tuple(s for unit in plan_paper(entry).units for s in unit.sentences)
        paper = entry.paper
        member = Member(
            id=paper.id,
            label=paper.label,
            title=paper.title,
            names=tuple(paper.names),
            date=paper.date,
            year_inferred=entry.details.year_inferred,
            authors=tuple(paper.authors or ()),
            links=tuple(link.url for link in links(row) if link.url),
            sentences=row,
        )
        found.append(member)
    return found


def named(members: Sequence[Member]) -> set[tuple[str, str, str, str]]:
    """Return the edges of a graph by the main names of papers; a year sets namesakes apart."""
    sheet = build_graph(members)
    label = {m.id: m.names[0] if m.names else m.id.rsplit("-", 1)[0] for m in members}
    label |= {n.id: f"({n.label})" for n in sheet.nodes if n.kind == "external"}
    label |= {m.id: f"PIIP {m.date.year}" for m in members if m.names[:1] == ("PIIP",) and m.date}
    return {(label[e.source], label[e.target], e.type, e.basis) for e in sheet.edges}


def test_the_samples_give_their_lines() -> None:
    found = named(members_of([str(path) for path in sample_files()]))
    assert {edge for edge in found if edge[2] in ANCESTRY} == {
        ("Murrelet-II", "Murrelet", "succeeds", "stated"),
        ("Murrelet-III", "Murrelet-II", "succeeds", "inferred"),
        ("Skerry 1.5", "Skerry", "succeeds", "inferred"),
        ("more-pages-fewer-guesses-scaling-an-open", "(Skerry 2.0)", "builds-on", "stated"),
        ("more-pages-fewer-guesses-scaling-an-open", "Skerry 1.5", "succeeds", "inferred"),
        ("Skerry 3", "more-pages-fewer-guesses-scaling-an-open", "succeeds", "stated"),
        ("reading-in-one-breath-document", "Skerry 3", "succeeds", "inferred"),
    }
    assert ("Skerry-Mini", "Skerry 1.5", "uses", "stated") in found


@cache
def seeds() -> frozenset[tuple[str, str, str, str]]:
    return frozenset(named(members_of([str(SEEDS)])))


real = pytest.mark.skipif(not SEEDS.exists(), reason="no real documents beside this folder")


@real
def test_the_real_documents_give_these_ancestors_and_no_others() -> None:
    assert {edge for edge in seeds() if edge[2] in ANCESTRY} == {
        ("InternVL 1.5", "InternVL", "succeeds", "inferred"),
        ("InternVL 2.5", "(InternVL 2.0)", "builds-on", "stated"),
        ("InternVL 2.5", "InternVL 1.5", "succeeds", "inferred"),
        ("InternVL3", "InternVL 2.5", "succeeds", "inferred"),
        ("InternVL3.5", "InternVL3", "succeeds", "stated"),
        ("Mini-InternVL", "InternVL", "builds-on", "inferred"),
        ("NEO-ov", "NEO", "builds-on", "inferred"),
        ("SenseNova-U1", "(NEO-unify)", "builds-on", "stated"),
        ("DCNv4", "(DCNv3)", "succeeds", "stated"),
        ("Intern-S1-Pro", "Intern-S1", "builds-on", "inferred"),
        ("PIIP 2025", "PIIP 2024", "succeeds", "inferred"),
        ("Vision-RWKV", "(RWKV)", "builds-on", "stated"),
    }


@real
def test_works_that_use_or_test_a_member_hang_beside_the_line() -> None:
    assert {
        ("InternVL3", "MPO", "uses", "stated"),
        ("MPO", "(InternVL 2.0)", "compares-with", "stated"),
        ("VisualPRM", "InternVL 2.5", "evaluates", "stated"),
        ("SOPHIA", "InternVL 2.5", "evaluates", "stated"),
        ("SOPHIA", "InternVL3", "evaluates", "stated"),
        ("SCS", "InternVL3", "evaluates", "stated"),
        ("DCNv4", "InternImage", "evaluates", "stated"),
        ("PIIP 2024", "(InternViT-6B)", "evaluates", "stated"),
        ("PIIP 2025", "(InternViT-6B)", "evaluates", "stated"),
    } <= seeds()


@real
def test_shared_sizes_and_brands_in_the_real_documents_link_nothing() -> None:
    pairs = {(source, target) for source, target, _, _ in seeds()}
    family = {"InternVL3.5", "Intern-S1", "InternSpatial", "InternSVG", "InternVideo2.5"}
    assert not {(a, b) for a, b in pairs if a in family and b in family}
    assert ("SenseNova-U1", "SenseNova-MARS") not in pairs
