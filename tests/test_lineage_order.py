"""What order allows, and that nothing runs in a circle."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.lineage_order import (
    CIRCLE,
    MUTUAL,
    REVERSED,
    SAME_DAY,
    SELF,
    When,
    assert_acyclic,
    ordered,
    refusal,
    without_circles,
)
from pipeline.lineage_sheet import GraphEdge

EARLY, LATE = dt.date(2020, 1, 1), dt.date(2021, 1, 1)


def edge(source: str, target: str, kind: str = "succeeds", basis: str = "stated") -> GraphEdge:
    return GraphEdge.model_validate(
        {"source": source, "target": target, "type": kind, "basis": basis, "evidence": []}
    )


@pytest.mark.parametrize(
    ("later", "earlier", "reason"),
    [
        (When(LATE, False), When(EARLY, False), None),
        (When(EARLY, False), When(LATE, False), REVERSED),
        (When(EARLY, False), When(EARLY, False), SAME_DAY),
        (When(EARLY, True), When(LATE, False), None),
        (When(EARLY, False), When(LATE, True), None),
        (When(None, False), When(LATE, False), None),
        (When(LATE, False), When(None, False), None),
    ],
)
def test_dates_decide_where_both_years_are_stated(
    later: When, earlier: When, reason: str | None
) -> None:
    assert refusal("a", "b", {"a": later, "b": earlier}) == reason


def test_a_work_that_no_document_dates_is_no_obstacle_and_a_self_edge_is() -> None:
    assert refusal("a", "external:x", {"a": When(LATE, False)}) is None
    assert refusal("a", "a", {}) == SELF


def test_of_two_papers_that_claim_each_other_neither_edge_is_kept() -> None:
    dates = {"a": When(LATE, False), "b": When(EARLY, False)}
    kept, out = ordered([edge("a", "b"), edge("b", "a", "builds-on")], dates)
    assert kept == []
    assert {one.reason for one in out} == {MUTUAL, REVERSED}


def test_undated_papers_that_each_surpass_the_other_are_not_ordered() -> None:
    pair = [edge("a", "b", "compares-with"), edge("b", "a", "compares-with")]
    assert ordered(pair, {})[0] == []
    assert len(ordered([pair[0], edge("b", "a", "uses")], {})[0]) == 2


def test_a_circle_loses_the_edges_that_no_dates_bear_out() -> None:
    dates = {"a": When(LATE, False), "b": When(EARLY, False)}
    edges = [edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("a", "x"), edge("c", "y", "uses")]
    kept, out = without_circles(edges, dates)
    assert [(one.source, one.target) for one in kept] == [("a", "b"), ("a", "x"), ("c", "y")]
    assert {one.reason for one in out} == {CIRCLE}
    assert_acyclic(kept)


def test_a_guess_that_falls_away_is_not_told_as_a_statement() -> None:
    edges = [edge("a", "b"), edge("b", "a", "builds-on", "inferred")]
    kept, out = without_circles(edges, {})
    assert kept == []
    assert [one.type for one in out] == ["succeeds"]


def test_a_circle_is_a_fault_except_of_uses() -> None:
    with pytest.raises(AssertionError, match="circle"):
        assert_acyclic([edge("a", "b"), edge("b", "a", "builds-on")])
    assert_acyclic([edge("a", "b"), edge("b", "a", "uses")])
