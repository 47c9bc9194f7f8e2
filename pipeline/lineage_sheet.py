"""The model of a lineage page, and of the graph that all lineages are drawn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from pipeline.records import Frozen
from pipeline.sheets import Claim, Dropped, Evidence, Stamp

EdgeType = Literal["succeeds", "builds-on", "uses", "compares-with", "evaluates"]
Basis = Literal["stated", "inferred"]
Aspect = Literal["architecture", "data", "training", "inference", "results", "openness"]


class GraphNode(Frozen):
    """A paper, or a work that documents only mention; `label` of the latter is as written."""

    id: str
    label: str
    kind: Literal["paper", "external"]
    paper: str | None = Field(description="The id that `litline papers` prints.")
    date: dt.date | None


class GraphEdge(Frozen):
    """How a later work (`source`) rests on, or stands beside, an earlier one (`target`)."""

    source: str
    target: str
    type: EdgeType
    basis: Basis
    evidence: list[Evidence] = Field(
        description="Of a stated edge the sentence that says it; else the places of both names."
    )
    signs: list[str] = Field([], description="What suggests an inferred edge, in words.")


class RefusedEdge(Frozen):
    """An edge that a text states, or the order of versions suggests, and why it is not drawn."""

    source: str
    target: str
    type: EdgeType
    reason: str
    evidence: list[Evidence]


class GraphSheet(Frozen):
    """`lineages/graph.json`: every edge between the papers of the library."""

    schema_: Literal["litline/graph"] = Field("litline/graph", alias="schema")
    version: Literal[1] = 1
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    refused: list[RefusedEdge] = Field([], description="What texts or names say against order.")
    undated: list[str] = Field([], description="Nodes of papers without a date.")


class LineageStep(Frozen):
    """One member of a line, and how it follows from an earlier one."""

    node: str
    label: str
    date: dt.date | None
    year_inferred: bool
    parent: str | None = Field(description="The earlier member; null for the first.")
    basis: Basis | None
    signs: list[str]
    link: list[Evidence] = Field(description="The evidence of the edge to the parent.")
    passage: list[Claim] = Field(description="What is printed of this step, at most three.")
    aspects: dict[Aspect, list[Claim]] = Field(description="An empty list means: not stated.")


class LineageCell(Frozen):
    """The figure of one member on one benchmark, as printed."""

    node: str
    whose: str = Field(description="The name whose figure it is, with its size.")
    printed: str
    evidence: Evidence


class LineageRow(Frozen):
    """A benchmark and metric on which at least two members give figures."""

    metric: str
    cells: list[LineageCell]


class Rivals(Frozen):
    """The works that a member measures itself against."""

    node: str
    names: list[str]
    evidence: list[Evidence]


class Openness(Frozen):
    """What a member releases, or promises."""

    node: str
    words: str
    released: bool
    evidence: Evidence


class Beside(Frozen):
    """A work that uses, tests or measures itself against a member without being a step."""

    node: str
    label: str
    date: dt.date | None
    type: EdgeType
    member: str
    claim: Claim | None = Field(description="What it says of itself with that member.")
    evidence: list[Evidence]


class LineageSheet(Frozen):
    """`lineages/<slug>/lineage.json`."""

    schema_: Literal["litline/lineage"] = Field("litline/lineage", alias="schema")
    version: Literal[1] = 1
    slug: str
    name: str
    short: list[Claim]
    steps: list[LineageStep] = Field(description="Oldest first; works no document describes too.")
    table: list[LineageRow]
    rivals: list[Rivals]
    openness: list[Openness]
    beside: list[Beside]
    gaps: list[Claim] = Field(description="What the page cannot tell.")
    nodes: list[GraphNode] = Field(description="What is drawn: members, and what stands beside.")
    edges: list[GraphEdge]
    stamp: Stamp
    dropped: list[Dropped]

    def known(self) -> str:
        """Return what the checks may know of a line beside sentences, one item per line."""
        dated = [name for node in self.nodes for name in (node.label, str(node.date or ""))]
        steps = [step.label for step in self.steps]
        return "\n".join(filter(None, dict.fromkeys((self.name, *dated, *steps))))

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Yield each claim once with the name of its field, in printed order.

        What a step says is of the field `passage`, printed or only among the aspects.
        """
        seen: set[str] = set()
        for field, claim in self._held():
            if claim.id not in seen:
                seen.add(claim.id)
                yield field, claim

    def printed(self) -> list[Claim]:
        """Return the claims that the page prints; what is only an aspect of a step it does not."""
        told = [claim for step in self.steps for claim in step.passage]
        return [*self.short, *told, *(one.claim for one in self.beside if one.claim), *self.gaps]

    def _held(self) -> Iterator[tuple[str, Claim]]:
        yield from (("short", claim) for claim in self.short)
        for step in self.steps:
            for claims in (step.passage, *step.aspects.values()):
                yield from (("passage", claim) for claim in claims)
        yield from (("beside", one.claim) for one in self.beside if one.claim)
        yield from (("gaps", claim) for claim in self.gaps)
