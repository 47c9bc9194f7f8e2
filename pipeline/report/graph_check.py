"""Whether a graph, and the page of a line drawn from it, hold together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from pipeline.lineage_sheet import GraphEdge, GraphNode, LineageSheet
from pipeline.report.check_parts import twice
from pipeline.report.drawing import LINE


def graph_faults(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> Iterator[str]:
    """Yield what is wrong with nodes and edges by themselves; evidence is read elsewhere."""
    yield from (f"the node {name} stands twice" for name in twice(node.id for node in nodes))
    known = {node.id for node in nodes}
    pairs = Counter((edge.source, edge.target, edge.type) for edge in edges)
    for edge in edges:
        yield from (f"{_named(edge)}: {fault}" for fault in _edge_faults(edge, known))
    yield from (
        f"the edge {s} {kind} {t} stands twice" for (s, t, kind), n in pairs.items() if n > 1
    )
    yield from _cycles(edges)


def _edge_faults(edge: GraphEdge, known: set[str]) -> Iterator[str]:
    for end in dict.fromkeys((edge.source, edge.target)):
        if end not in known:
            yield f"there is no node {end}"
    if not edge.evidence:
        yield "it has no evidence"
    if edge.basis == "inferred" and not edge.signs:
        yield "it is inferred, but nothing says from what"
    if edge.basis == "stated" and edge.signs:
        yield "it is stated, but has signs as if it were guessed"


def _named(edge: GraphEdge) -> str:
    return f"the edge {edge.source} {edge.type} {edge.target}"


def _cycles(edges: Iterable[GraphEdge]) -> Iterator[str]:
    after: dict[str, set[str]] = {}
    for edge in edges:
        if edge.type in LINE:
            after.setdefault(edge.source, set()).add(edge.target)
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        yield f"succeeds and builds-on go in a circle: {' -> '.join(error.args[1])}"


def line_faults(sheet: LineageSheet) -> Iterator[str]:
    """Yield what is wrong with the steps of a line and with what is said along it."""
    known = {node.id for node in sheet.nodes}
    for name in dict.fromkeys(_mentioned(sheet)):
        if name not in known:
            yield f"there is no node {name}"
    drawn = {(e.source, e.target, e.basis) for e in sheet.edges if e.type in LINE}
    before: set[str] = set()
    for step in sheet.steps:
        if (step.parent is None) != (step.basis is None):
            yield f"the step {step.node} has a parent without a basis, or a basis without one"
        elif step.parent is not None and step.parent not in before:
            yield f"the step {step.node} follows {step.parent}, which is no earlier step"
        elif step.parent is not None and (step.node, step.parent, step.basis) not in drawn:
            yield f"no edge leads from the step {step.node} to {step.parent}"
        before.add(step.node)
    for row in sheet.table:
        if len({cell.node for cell in row.cells}) < 2:
            yield f"fewer than two members have figures on {row.metric}"


def _mentioned(sheet: LineageSheet) -> Iterator[str]:
    yield from (step.node for step in sheet.steps)
    yield from (cell.node for row in sheet.table for cell in row.cells)
    yield from (one.node for one in sheet.rivals)
    yield from (one.node for one in sheet.openness)
    yield from (one.node for one in sheet.beside)
