"""Which papers make a line, in which order, who follows whom, and which chain is the trunk."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from pipeline.lineage_sheet import GraphEdge, GraphNode, GraphSheet
from pipeline.lines import Line, lines, main_line, trunk
from tests.lineage_sheets import edge, node


def day(year: int, month: int = 1, number: int = 1) -> dt.date:
    return dt.date(year, month, number)


def one_line(nodes: list[GraphNode], *edges: GraphEdge) -> Line:
    (found,) = lines(GraphSheet(nodes=nodes, edges=list(edges)))
    return found


def members(line: Line) -> list[str]:
    return [member.id for member in line.members]


A, B, C = node("a", day(2030)), node("b", day(2031)), node("c", day(2032))
LOST, BASE = node("lost", paper=False), node("base", paper=False)


# --- Members ---------------------------------------------------------------------------------


def test_a_line_has_at_least_two_papers() -> None:
    assert lines(GraphSheet(nodes=[], edges=[])) == []
    assert lines(GraphSheet(nodes=[A, LOST], edges=[edge("a", "lost")])) == []
    assert members(one_line([A, B, C], edge("b", "a"))) == ["a", "b"]


@pytest.mark.parametrize("kind", ["uses", "evaluates", "compares-with"])
def test_only_ancestry_joins(kind: str) -> None:
    edges = [edge("b", "a", "builds-on"), edge("c", "b", kind)]  # type: ignore[arg-type]
    assert members(one_line([A, B, C], *edges)) == ["a", "b"]


def test_two_papers_that_rest_on_one_work_without_a_document_are_one_line() -> None:
    line = one_line([A, B, LOST], edge("a", "lost"), edge("b", "lost", "builds-on"))
    assert members(line) == ["lost", "a", "b"]
    assert {name: e.target for name, e in line.parents.items()} == {"a": "lost", "b": "lost"}


def test_lines_of_more_papers_come_first_and_do_not_depend_on_the_order_given() -> None:
    nodes = [*(node(name, day(2030 + n)) for n, name in enumerate("xyabcpq")), LOST]
    edges = [
        edge("y", "x"),
        *(edge(later, earlier) for earlier, later in pairwise("abc")),
        edge("q", "p"),
        edge("q", "lost"),
    ]
    found = lines(GraphSheet(nodes=nodes, edges=edges))
    assert [members(line)[-1] for line in found] == ["c", "q", "y"]
    assert found[1:] == sorted(found[1:], key=lambda line: line.members[0].id)
    assert lines(GraphSheet(nodes=nodes[::-1], edges=edges[::-1])) == found


# --- Order -----------------------------------------------------------------------------------


def test_a_work_without_a_date_stands_right_before_the_first_that_follows_it() -> None:
    edges = [edge("b", "a"), edge("b", "lost"), edge("c", "lost"), edge("c", "b")]
    assert members(one_line([A, B, C, LOST], *edges)) == ["a", "lost", "b", "c"]


def test_undated_works_that_follow_each_other_keep_their_order() -> None:
    """Also where a later member is what gives the older one its first date."""
    undated = node("undated")
    edges = [edge("undated", "base"), edge("b", "undated"), edge("c", "base"), edge("b", "a")]
    line = one_line([A, B, C, BASE, undated], *edges)
    assert members(line) == ["a", "base", "undated", "b", "c"]
    assert line.parents["undated"].target == "base"


def test_what_nothing_dates_stands_last() -> None:
    end = node("end")
    assert members(one_line([A, B, end], edge("b", "a"), edge("end", "b"))) == ["a", "b", "end"]


# --- Parents ---------------------------------------------------------------------------------


def test_a_stated_parent_goes_before_a_nearer_guess() -> None:
    guess, said = edge("c", "b", basis="inferred"), edge("c", "a")
    assert one_line([A, B, C], edge("b", "a"), guess, said).parents["c"] == said


def test_of_several_stated_parents_the_nearest_counts() -> None:
    near, far = edge("c", "b", "builds-on"), edge("c", "a")
    assert one_line([A, B, C], far, near, edge("b", "a")).parents["c"] == near


def test_the_oldest_has_no_parent() -> None:
    line = one_line([A, B, C], edge("c", "a"), edge("b", "a"))
    assert members(line) == ["a", "b", "c"]
    assert set(line.parents) == {"b", "c"}


def test_a_child_without_a_date_stands_after_its_parent() -> None:
    """What follows it dates it; what it rests on comes first all the same."""
    undated = node("undated")
    edges = [edge("undated", "c"), edge("b", "a"), edge("c", "b"), edge("undated", "a")]
    line = one_line([A, B, C, undated], *edges)
    assert members(line) == ["a", "b", "c", "undated"]
    assert line.parents["undated"].target == "c"


# --- The trunk -------------------------------------------------------------------------------


def test_the_trunk_is_the_longest_chain() -> None:
    assert main_line({}) == []
    assert main_line({"a": None, "b": "a", "twig": "a", "c": "b"}) == ["a", "b", "c"]


def test_of_two_chains_of_one_length_the_one_that_ends_later_is_the_trunk() -> None:
    assert main_line({"a": None, "twig": "a", "b": "a"}) == ["a", "b"]


def test_a_parent_that_stands_after_its_child_counts_as_none() -> None:
    assert main_line({"a": "b", "b": None, "c": "b"}) == ["b", "c"]


def test_the_trunk_goes_on_through_works_without_a_document() -> None:
    """`b` names the lost work as its base and appears to follow `a`, so both lie on the trunk."""
    parents = {"a": None, "lost": None, "b": "lost", "c": "b"}
    edges = [edge("b", "lost"), edge("b", "a", basis="inferred"), edge("c", "b")]
    assert trunk(parents, {"lost"}, edges) == ["a", "lost", "b", "c"]
    assert trunk(parents, set(), edges) == ["lost", "b", "c"]


def test_a_lost_work_joins_nothing_that_is_no_member() -> None:
    parents = {"lost": None, "b": "lost"}
    assert trunk(parents, {"lost"}, [edge("b", "elsewhere")]) == ["lost", "b"]


def test_side_branches_are_off_the_trunk() -> None:
    parents = {"a": None, "mini": "a", "b": "a", "mini-2": "mini", "c": "b", "d": "c"}
    assert trunk(parents, set(), []) == ["a", "b", "c", "d"]
