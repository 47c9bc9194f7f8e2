"""What order allows: later to earlier, never in a circle; what a text states against it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from pipeline.lineage_clauses import ANCESTRY
from pipeline.lineage_sheet import GraphEdge, RefusedEdge


class When(NamedTuple):
    """The date of a node, and whether its year is a guess."""

    date: dt.date | None
    year_inferred: bool


Dates = Mapping[str, When]

SELF = "a work cannot continue itself"
SAME_DAY = "both papers carry the same date"
REVERSED = "the work named is dated later than the paper that names it"
MUTUAL = "each of the two papers claims to rest on the other"
CIRCLE = "the claims of these papers form a circle"


def refusal(source: str, target: str, dates: Dates) -> str | None:
    """Say why a stated edge is refused; `None` where dates allow it or do not decide."""
    if source == target:
        return SELF
    later, earlier = dates.get(source), dates.get(target)
    if not later or not earlier or later.date is None or earlier.date is None:
        return None
    if later.year_inferred or earlier.year_inferred or later.date > earlier.date:
        return None
    return SAME_DAY if later.date == earlier.date else REVERSED


def refused(edge: GraphEdge, reason: str) -> RefusedEdge:
    """Return an edge as one that is not drawn."""
    return RefusedEdge(
        source=edge.source,
        target=edge.target,
        type=edge.type,
        reason=reason,
        evidence=edge.evidence,
    )


def ordered(edges: Sequence[GraphEdge], dates: Dates) -> tuple[list[GraphEdge], list[RefusedEdge]]:
    """Part edges into those that order allows and those that it refuses.

    Of two papers that each claim to continue the other, or of which dates cannot tell the later
    one, neither edge is kept.
    """
    kept, out = _split(edges, lambda edge: refusal(edge.source, edge.target, dates))
    claimed = {(e.source, e.target) for e in edges if e.type in ANCESTRY and e.source != e.target}
    drawn = {(e.source, e.target, e.type) for e in kept}

    def mutual(edge: GraphEdge) -> str | None:
        turned = (edge.target, edge.source)
        both = edge.type in ANCESTRY and turned in claimed
        return MUTUAL if both or (*turned, edge.type) in drawn else None

    kept, more = _split(kept, mutual)
    return kept, out + more


def _split(
    edges: Iterable[GraphEdge], reason: Callable[[GraphEdge], str | None]
) -> tuple[list[GraphEdge], list[RefusedEdge]]:
    kept, out = [], []
    for edge in edges:
        why = reason(edge)
        if why is None:
            kept.append(edge)
        else:
            out.append(refused(edge, why))
    return kept, out


def without_circles(
    edges: Sequence[GraphEdge], dates: Dates
) -> tuple[list[GraphEdge], list[RefusedEdge]]:
    """Drop from each circle of ancestry the edges that no dates bear out; what is stated is told.

    Edges that run from a later date to an earlier one cannot form a circle, so none is left.
    """
    group = _circles([(e.source, e.target) for e in edges if e.type in ANCESTRY])

    def circular(edge: GraphEdge) -> str | None:
        inside = edge.type in ANCESTRY and group.get(edge.source, -1) == group.get(edge.target)
        return CIRCLE if inside and not _dated(edge, dates) else None

    kept, out = _split(edges, circular)
    basis = {(e.source, e.target, e.type): e.basis for e in edges}
    return kept, [one for one in out if basis[one.source, one.target, one.type] == "stated"]


def _dated(edge: GraphEdge, dates: Dates) -> bool:
    later, earlier = dates.get(edge.source), dates.get(edge.target)
    return bool(later and earlier and later.date and earlier.date and later.date > earlier.date)


def assert_acyclic(edges: Iterable[GraphEdge]) -> None:
    """Raise where `succeeds` and `builds-on` lead back to where they began.

    Raises:
        AssertionError: a circle is left, which is a fault of this module.
    """
    graph: dict[str, set[str]] = {}
    for edge in edges:
        if edge.type in ANCESTRY:
            graph.setdefault(edge.source, set()).add(edge.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(f"a lineage runs in a circle: {error.args[1]}") from error


def _circles(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Number the strongly connected components of more than one node; other nodes are left out.

    Kosaraju: in the order in which a walk along the edges leaves the nodes, last first, walk
    against the edges; each such walk covers one component.
    """
    ahead: dict[str, list[str]] = {}
    back: dict[str, list[str]] = {}
    for source, target in pairs:
        ahead.setdefault(source, []).append(target)
        back.setdefault(target, []).append(source)
    left: list[str] = []
    seen: set[str] = set()
    for root in ahead:
        left += _walk(root, ahead, seen)
    seen = set()
    found: dict[str, int] = {}
    for number, root in enumerate(reversed(left)):
        component = _walk(root, back, seen)
        if len(component) > 1:
            found |= dict.fromkeys(component, number)
    return found


def _walk(root: str, graph: Mapping[str, Sequence[str]], seen: set[str]) -> list[str]:
    """List what can be reached from a node and was not seen, in the order in which it is left."""
    if root in seen:
        return []
    seen.add(root)
    path = [(root, iter(graph.get(root, ())))]
    left: list[str] = []
    while path:
        rest = path[-1][1]
        child = next((one for one in rest if one not in seen), None)
        if child is None:
            left.append(path.pop()[0])
        else:
            seen.add(child)
            path.append((child, iter(graph.get(child, ()))))
    return left
