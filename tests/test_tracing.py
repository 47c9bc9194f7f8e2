"""The lines of a library: which name means which, what folders they get, and the real documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from flows.settings import load_settings
from flows.shelves import look_up
from flows.tracing import (
    Notes,
    Slugs,
    Traced,
    choose_line,
    members_looked_up,
    tell,
    trace_graph,
)
from pipeline.database import open_store
from pipeline.errors import UsageError
from pipeline.lineage_members import Member
from pipeline.lineage_sheet import GraphEdge, GraphNode, GraphSheet, LineageSheet
from pipeline.lines import ANCESTRY, Line, lines
from pipeline.samples import sample_files
from pipeline.steps.lineage import line_name
from pipeline.steps.summarise import plan_paper
from pipeline.store import Store
from tests.lineage_sheets import edge, node

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


def traced_from(paths: Sequence[str], store: Store) -> Traced:
    entries = look_up(paths, load_settings(as_of=dt.date(2026, 6, 30)), None).entries
    works = [plan_paper(entry) for entry in entries]
    notes = Notes(store)
    members = notes.members(works)
    assert list(map(plainly, members)) == list(map(plainly, members_looked_up(works)))
    return trace_graph(works, members, notes)


def plainly(member: Member) -> Member:
    return member._replace(sentences=tuple(member.sentences))


@pytest.fixture
def samples(store: Store) -> Traced:
    return traced_from(sample_files(), store)


def members(line: Line, traced: Traced) -> list[str]:
    """Return the main names of members; a work without a document stands in brackets."""
    return [
        f"({one.label})" if one.kind == "external" else [*traced.names[one.id], one.label][0]
        for one in line.members
    ]


# --- Choosing --------------------------------------------------------------------------------


def test_the_samples_have_two_lines(samples: Traced) -> None:
    assert [members(line, samples) for line in samples.lines] == [
        ["Skerry", "Skerry 1.5", "(Skerry 2.0)", "Skerry 2.5", "Skerry 3", "Skerry 3.5"],
        ["Murrelet", "Murrelet-II", "Murrelet-III"],
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("Skerry", "skerry", "Skerry 3", "Skerry3", "Skerry3.0", "SKERRY-3", "Skerry v3"),
        *("Skerry 1.5", "Skerry 2.0", "Skerry 2", "Skerry 3-32B", "PageMix"),
        *("Skerry 2.5", "Skerry2.5", "Skerry 3.5", "More Pages, Fewer Guesses"),
        "Skerry 3: Reinforcement Learning for Models That Look Again",
        "What Small Print Teaches a Vision-Language Model",
    ],
)
def test_a_line_goes_by_any_name_of_any_of_its_works(samples: Traced, name: str) -> None:
    assert choose_line(samples, name) is samples.lines[0]


@pytest.mark.parametrize("name", ["Murrelet", "Murrelet-II", "Murrelet 3", "murrelet-iii"])
def test_another_line_goes_by_its_own(samples: Traced, name: str) -> None:
    assert choose_line(samples, name) is samples.lines[1]


@pytest.mark.parametrize("name", ["Skerri", "Skerry 9", "Skery"])
def test_of_an_unknown_name_the_nearest_are_named(samples: Traced, name: str) -> None:
    with pytest.raises(UsageError, match=rf"called '{name}'; the nearest names are .*Skerry"):
        choose_line(samples, name)


@pytest.mark.parametrize("name", ["Deckhand", "Pelagia-Pro", "xyz", "🦜"])
def test_what_is_no_member_is_no_line(samples: Traced, name: str) -> None:
    with pytest.raises(UsageError, match=f"no line of work is called '{name}'"):
        choose_line(samples, name)


def test_without_a_name_that_is_near_all_lines_are_named(samples: Traced) -> None:
    with pytest.raises(UsageError, match=r"there are Skerry, Murrelet$"):
        choose_line(samples, "xyz")


def test_an_empty_library_has_no_lines(store: Store) -> None:
    empty = trace_graph([], [])
    assert empty.lines == []
    with pytest.raises(UsageError, match="the library has no line of two papers"):
        choose_line(empty, "Skerry")


# --- Folders ---------------------------------------------------------------------------------


def line(*papers: str) -> Line:
    """Return a line of papers, oldest first."""
    nodes: list[GraphNode] = [node(p, dt.date(2030 + n, 1, 1)) for n, p in enumerate(papers)]
    edges: list[GraphEdge] = [edge(p, papers[0]) for p in papers[1:]]
    (found,) = lines(GraphSheet(nodes=nodes, edges=edges))
    return found


def given(store: Store, *named: tuple[Line, str]) -> list[str]:
    """Return the slugs of a run of its own."""
    slugs = Slugs(store)
    found = slugs.of(named)
    slugs.save()
    return found


def test_a_folder_is_named_after_its_line_and_kept_as_the_line_changes(store: Store) -> None:
    assert given(store, (line("b", "c"), "Pot & Pan 2")) == ["pot-pan-2"]
    assert given(store, (line("b", "c"), "Kettle")) == ["pot-pan-2"]
    assert given(store, (line("a", "b", "c", "d"), "Earlier")) == ["pot-pan-2"]
    assert given(store, (line("a", "d"), "Rest")) == ["pot-pan-2"]


@pytest.mark.parametrize("name", ["", "🦜", "..", "../../x", "水"])
def test_a_folder_has_a_name_whatever_the_line_is_called(store: Store, name: str) -> None:
    (found,) = given(store, (line("a", "b"), name))
    assert found
    assert "/" not in found
    assert "." not in found


def test_a_long_name_is_cut(store: Store) -> None:
    assert len(given(store, (line("a", "b"), "kettle " * 40))[0]) <= 40


def test_two_lines_never_share_a_folder(store: Store) -> None:
    pair = [(line("a", "b"), "Pot"), (line("c", "d"), "Pot"), (line("e", "f"), "Pot")]
    assert given(store, *pair) == ["pot", "pot-2", "pot-3"]
    assert given(store, *pair[::-1]) == ["pot-3", "pot-2", "pot"]


def test_a_new_line_takes_no_folder_that_another_has(store: Store) -> None:
    given(store, (line("a", "b"), "Pot"))
    larger = line("x", "y", "z")
    assert given(store, (larger, "Pot"), (line("a", "b"), "Pot")) == ["pot-2", "pot"]


def test_a_line_that_splits_or_joins_leaves_one_folder_each(store: Store) -> None:
    given(store, (line("a", "b", "c", "d"), "Pot"))
    assert given(store, (line("a", "b"), "Pot"), (line("c", "d"), "Pan")) == ["pot", "pan"]
    assert given(store, (line("a", "b", "c", "d"), "Pan")) == ["pot"]


def test_one_line_alone_is_told_under_the_folder_that_it_has_among_all(
    samples: Traced, store: Store
) -> None:
    both = samples._replace(lines=[samples.lines[0], line("x", "y")], names={})
    nodes = [*samples.graph.nodes, *both.lines[1].members]
    both = both._replace(graph=samples.graph.model_copy(update={"nodes": nodes}))
    same = {one.id: ["Pot"] for one in (*both.lines[0].members, *both.lines[1].members)}
    both = both._replace(names=same)
    (second,) = tell(both.lines[1:], both, {}, [], store)
    slugs = [sheet.slug for sheet in tell(both.lines, both, {}, [], store)]
    assert slugs == ["pot", "pot-2"]
    assert second.slug == "pot-2"


# --- The real documents ----------------------------------------------------------------------

real = pytest.mark.skipif(not SEEDS.exists(), reason="no real documents beside this folder")


@cache
def seeds() -> Traced:
    with TemporaryDirectory() as folder:
        store = open_store(f"{folder}/seeds.db")
        try:
            return traced_from([str(SEEDS)], store)
        finally:
            store.close()


def internvl() -> tuple[Traced, Line]:
    return seeds(), choose_line(seeds(), "InternVL")


@real
def test_the_lines_of_the_real_documents() -> None:
    found = {line_name(one, seeds().names): members(one, seeds()) for one in seeds().lines}
    assert found == {
        "InternVL": [
            *("InternVL", "InternVL 1.5", "Mini-InternVL", "(InternVL 2.0)", "InternVL 2.5"),
            *("InternVL3", "InternVL3.5"),
        ],
        "NEO": ["NEO", "NEO-ov"],
        "PIIP": ["PIIP", "PIIP"],
        "Intern-S1": ["Intern-S1", "Intern-S1-Pro"],
    }


@real
@pytest.mark.parametrize(
    "name", ["InternVL3.0", "internvl 3.5", "InternVL2", "InternVL2.5-78B", "Mini-InternVL"]
)
def test_the_real_line_goes_by_any_spelling(name: str) -> None:
    assert choose_line(seeds(), name) == internvl()[1]


@real
@pytest.mark.parametrize("name", ["MPO", "VisualPRM", "SOPHIA", "MMMU", "GPT-4o", "InternVideo2.5"])
def test_no_rival_benchmark_or_neighbour_is_a_member(name: str) -> None:
    with pytest.raises(UsageError):
        choose_line(seeds(), name)


@real
def test_what_the_real_documents_state_and_what_is_guessed() -> None:
    traced, line = internvl()
    shown = dict(zip((one.id for one in line.members), members(line, traced), strict=True))
    basis = {shown[name]: (shown[e.target], e.basis) for name, e in line.parents.items()}
    assert basis == {
        "InternVL 1.5": ("InternVL", "inferred"),
        "Mini-InternVL": ("InternVL", "inferred"),
        "InternVL 2.5": ("(InternVL 2.0)", "stated"),
        "InternVL3": ("InternVL 2.5", "inferred"),
        "InternVL3.5": ("InternVL3", "stated"),
    }


@real
def test_the_page_of_the_real_line(store: Store) -> None:
    traced, line = internvl()
    (sheet,) = tell([line], traced, {}, [], store)
    assert sheet.short[0].text == (
        "InternVL → InternVL 1.5 → (InternVL 2.0) → InternVL 2.5 → InternVL3 → InternVL3.5. "
        "Beside it: Mini-InternVL."
    )
    assert [one.label for one in sheet.beside] == ["MPO", "VisualPRM", "SOPHIA", "SCS"]
    assert sheet.gaps[0].text == (
        "No document describes InternVL 2.0: it is known only because MPO and InternVL 2.5 name it."
    )
    assert_rivals_are_no_members(sheet, traced)


def assert_rivals_are_no_members(sheet: LineageSheet, traced: Traced) -> None:
    inside = {step.node for step in sheet.steps}
    outside = [one for one in traced.graph.edges if one.source in inside]
    for one in outside:
        if one.type in ANCESTRY:
            assert one.target in inside
    rivals = {name for one in sheet.rivals for name in one.names}
    assert not rivals & {step.label for step in sheet.steps}
    assert not {one.node for one in sheet.beside} & inside
