"""Lines of work: the parts of the graph that hang together by ancestry, oldest member first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from typing import NamedTuple

from pipeline.lineage_sheet import GraphEdge, GraphNode, GraphSheet

ANCESTRY = frozenset({"succeeds", "builds-on"})


class Line(NamedTuple):
    """The members of one line, oldest first, and for each but the roots the edge to its parent."""

    members: tuple[GraphNode, ...]
    parents: Mapping[str, GraphEdge]


def lines(graph: GraphSheet) -> list[Line]:
    """Return the lines of at least two papers, those of more papers first."""
    nodes = {node.id: node for node in graph.nodes}
    found = []
    for own in _connected([edge for edge in graph.edges if edge.type in ANCESTRY]):
        part = sorted({name for edge in own for name in (edge.source, edge.target)})
        if sum(nodes[name].kind == "paper" for name in part) >= 2:
            found.append(_line([nodes[name] for name in part], own))
    return sorted(found, key=lambda line: (-_papers(line), line.members[0].id))


def _papers(line: Line) -> int:
    return sum(node.kind == "paper" for node in line.members)


def around(chosen: Sequence[Line], graph: GraphSheet) -> list[GraphSheet]:
    """Return the part of the graph about each line: what is linked to a member of it."""
    homes = {node.id: n for n, line in enumerate(chosen) for node in line.members}
    edges: list[list[GraphEdge]] = [[] for _ in chosen]
    for edge in graph.edges:
        for n in {homes[name] for name in (edge.source, edge.target) if name in homes}:
            edges[n].append(edge)
    at = {node.id: n for n, node in enumerate(graph.nodes)}
    parts = []
    for line, own in zip(chosen, edges, strict=True):
        names = {node.id for node in line.members}.union(*((e.source, e.target) for e in own))
        nodes = [graph.nodes[n] for n in sorted(at[name] for name in names)]
        parts.append(GraphSheet(nodes=nodes, edges=own, refused=[], undated=[]))
    return parts


def _connected(edges: Sequence[GraphEdge]) -> list[list[GraphEdge]]:
    """Group edges by the part of the graph that they hold together (disjoint-set forest)."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while (up := above.setdefault(name, name)) != name:
            above[name] = name = above[up]
        return name

    for edge in edges:
        above[root(edge.source)] = root(edge.target)
    parts: dict[str, list[GraphEdge]] = {}
    for edge in edges:
        parts.setdefault(root(edge.source), []).append(edge)
    return list(parts.values())


def _line(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> Line:
    dates = _dates(nodes, edges)
    order = _oldest_first(nodes, edges, dates)
    rank = {node.id: n for n, node in enumerate(order)}
    parents: dict[str, GraphEdge] = {}
    for edge in sorted(edges, key=lambda e: (e.basis == "inferred", -rank[e.target], e.target)):
        if rank[edge.target] < rank[edge.source]:
            parents.setdefault(edge.source, edge)
    return Line(tuple(order), parents)


def _oldest_first(
    nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], dates: Mapping[str, dt.date]
) -> list[GraphNode]:
    """Order the members by date, but never a work before what it rests on."""
    by_id = {node.id: node for node in nodes}
    sorter = TopologicalSorter({node.id: set[str]() for node in nodes})
    for edge in edges:
        if edge.target in by_id:
            sorter.add(edge.source, edge.target)
    sorter.prepare()
    ready: list[tuple[dt.date, str, str]] = []
    order = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heappush(ready, (dates[name], by_id[name].kind, name))
        name = heappop(ready)[2]
        order.append(by_id[name])
        sorter.done(name)
    return order


def _dates(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> dict[str, dt.date]:
    """Date the members; one without a date stands right before the first that follows it."""
    dates = {node.id: node.date for node in nodes if node.date is not None}
    undated = [node for node in nodes if node.date is None]
    for _ in undated:
        for node in undated:
            after = [dates[e.source] for e in edges if e.target == node.id and e.source in dates]
            if after:
                dates[node.id] = min(after) - dt.timedelta(days=1)
    return {node.id: dates.get(node.id, dt.date.max) for node in nodes}


# --- The trunk -----------------------------------------------------------------------------


def main_line(parents: Mapping[str, str | None]) -> list[str]:
    """Return the longest chain, oldest first; of equal ones, the one whose end is given last.

    `parents` are given oldest first; a parent that does not stand before its child counts as none.
    """
    lengths: dict[str, int] = {}
    before: dict[str, str | None] = {}
    for name, parent in parents.items():
        before[name] = parent if parent in lengths else None
        lengths[name] = lengths.get(parent or "", 0) + 1
    at: str | None = max(reversed(lengths), key=lengths.__getitem__, default=None)
    chain = []
    while at is not None:
        chain.append(at)
        at = before[at]
    return chain[::-1]


def trunk(
    parents: Mapping[str, str | None], missing: Container[str], edges: Iterable[GraphEdge]
) -> list[str]:
    """Return the main line of members given oldest first, through works that no document describes.

    Such a work has no parent of its own; where one that follows it has another ancestor too, the
    line goes on from there.
    """
    joined = dict(parents)
    for edge in edges:
        over = parents.get(edge.source)
        through = over is not None and over in missing and edge.target != over
        if through and over is not None and joined.get(over) is None and edge.target in joined:
            joined[over] = edge.target
    return main_line(joined)
