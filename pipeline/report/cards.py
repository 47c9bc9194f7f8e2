"""What lists and totals need of a sheet, so that it need not be read back whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from hashlib import sha256

from pydantic import Field

from pipeline.lineage_sheet import GraphEdge, GraphNode, LineageSheet
from pipeline.records import Frozen, RecordRef
from pipeline.report.lineage_view import members, span
from pipeline.report.marks import Marks, marks_of
from pipeline.report.progress import Progress, progress_of
from pipeline.sheets import Counts, PaperSheet, Release, places


class Card(Frozen):
    """One paper's sheet in short."""

    paper: str
    label: str
    records: list[RecordRef] = Field(description="Those that the paper was merged from.")
    titled: bool
    authors: list[str]
    categories: list[str]
    code: bool = Field(description="A document says so, or a sentence leads to it.")
    date: dt.date | None
    year_inferred: bool
    short: str = Field(description="The summary's first sentence; empty without one.")
    themes: list[str] = Field(description="Terms that title and abstract name.")
    engine: str
    model: str | None
    prompt: str = Field(description="Name and version.")
    counts: Counts
    progress: Progress
    marks: Marks = Field(description="Where the sheet quotes documents.")

    @property
    def documents(self) -> list[str]:
        """Those that the sheet quotes."""
        return list(self.marks)


class LineCard(Frozen):
    """One line's sheet in short; `members` and `span` are words."""

    slug: str
    name: str
    members: str
    span: str
    papers: list[str] = Field(description="Its members, by id, as far as documents tell of them.")
    picture: str = Field(description="A hash of what the page draws of the graph.")
    counts: Counts
    progress: Progress
    marks: Marks = Field(description="Where the sheet quotes documents.")

    @property
    def documents(self) -> list[str]:
        """Those that the sheet quotes."""
        return list(self.marks)


def card_of(sheet: PaperSheet) -> Card:
    """Return a paper's sheet in short."""
    tldr = sheet.summary.tldr
    return Card(
        paper=sheet.paper.id,
        label=sheet.paper.label,
        records=sheet.paper.records,
        titled=sheet.paper.title is not None,
        authors=sheet.paper.authors or [],
        categories=sheet.details.categories,
        code=bool(sheet.details.has_code) or any(_is_code(one) for one in sheet.releases),
        date=sheet.paper.date,
        year_inferred=sheet.details.year_inferred,
        short=tldr.text if tldr else "",
        themes=sheet.themes,
        engine=sheet.stamp.engine,
        model=sheet.stamp.model,
        prompt=f"{sheet.stamp.prompt} {sheet.stamp.prompt_version}",
        counts=sheet.stamp.counts,
        progress=progress_of(claim for _, claim in sheet.summary.claims()),
        marks=marks_of(places(sheet)),
    )


def line_card_of(sheet: LineageSheet) -> LineCard:
    """Return a line's sheet in short."""
    return LineCard(
        slug=sheet.slug,
        name=sheet.name,
        members=members(sheet),
        span=span(sheet),
        papers=_members(sheet),
        picture=picture_hash(sheet.nodes, sheet.edges),
        counts=sheet.stamp.counts,
        progress=progress_of(sheet.printed()),
        marks=marks_of(places(sheet)),
    )


def _is_code(one: Release) -> bool:
    return one.released and "code" in one.kinds


def _members(sheet: LineageSheet) -> list[str]:
    papers = {node.id: node.paper for node in sheet.nodes}
    return [paper for step in sheet.steps if (paper := papers.get(step.node))]


def picture_hash(nodes: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> str:
    """Return 16 hex that differ where nodes or edges do."""
    parts = [
        *((node.id, node.label, str(node.date)) for node in nodes),
        *((edge.source, edge.target, edge.type, edge.basis, *edge.signs) for edge in edges),
        *((at.document, at.start, at.end) for edge in edges for at in edge.evidence),
    ]
    return sha256(repr(parts).encode()).hexdigest()[:16]
