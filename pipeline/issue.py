"""All that a digest is made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from pipeline.digest_sheet import Days, Followed, TrendRow
from pipeline.library import Entry, called
from pipeline.lineage_sheet import GraphEdge
from pipeline.memory import Past, Selection
from pipeline.records import Coverage
from pipeline.sheets import Datum, Failure, PaperSheet


class Step(NamedTuple):
    """A new member of a line, with the edge that leads to the earlier work."""

    paper: str
    edge: GraphEdge


class Line(NamedTuple):
    """A line of work with new members; `labels` are those of its works, by id."""

    slug: str
    name: str
    steps: Sequence[Step]
    labels: Mapping[str, str]


class Interest(NamedTuple):
    """Something that is followed, and the new papers that it is about."""

    kind: Followed
    name: str
    papers: frozenset[str]


class Trends(NamedTuple):
    """Every term over its window of days; `terms` are the curated terms of new papers, by id."""

    days: Days
    rows: Sequence[TrendRow]
    terms: Mapping[str, frozenset[str]]


class Issue(NamedTuple):
    """All that a digest is made from.

    `silent` are new papers whose abstracts give no figure of a result. `nothing_since` is the week
    after whose digest no document was read; `remarks` are further sentences on how far the digest
    can be trusted, each with its figures.
    """

    week: str | None
    days: Days
    past: Past
    selection: Selection
    entries: Mapping[str, Entry]
    sheets: Mapping[str, PaperSheet]
    silent: Collection[str]
    lines: Sequence[Line]
    interests: Sequence[Interest]
    trends: Trends
    failed: Sequence[Failure]
    coverage: Sequence[Coverage]
    notes: Sequence[str]
    nothing_since: str | None
    remarks: Sequence[tuple[str, Mapping[str, Datum]]]

    @property
    def new(self) -> list[str]:
        """The ids of the new papers, newest first."""
        return [entry.paper.id for entry in self.selection.new]

    def label(self, paper: str) -> str:
        """Return what a sentence calls a paper."""
        return called(self.entries[paper].paper)

    @property
    def name(self) -> str:
        """The folder of the digest."""
        return self.week or f"{self.days.since}--{self.days.until}"
