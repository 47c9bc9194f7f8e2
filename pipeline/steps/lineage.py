"""How did a line of work come to be? One sheet per line, from the graph and the papers' words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.aspects import aspects_of
from pipeline.chunking import Sentence, Unit
from pipeline.facts import evidence as whole
from pipeline.library import Entry
from pipeline.lineage_graph import Member
from pipeline.lineage_sheet import (
    Aspect,
    Beside,
    GraphEdge,
    GraphNode,
    GraphSheet,
    LineageCell,
    LineageRow,
    LineageSheet,
    LineageStep,
    Openness,
    Rivals,
)
from pipeline.lines import ANCESTRY, Line, trunk
from pipeline.mentions import mentions
from pipeline.names import parse_name
from pipeline.records import Coverage
from pipeline.scribe import Scribe, counted
from pipeline.sheets import Claim, Datum, Evidence, PaperSheet, code_stamp
from pipeline.text import normalise, strip_lead_in

STAGE = "lineages"
ENGINE = "lineage 1"
_SHEET = "litline/lineage"
_PASSAGE = 2  # sentences printed of a step
_ASPECT = 2  # sentences kept of each aspect
_CUT_SHORT = re.compile(r"[\s-]\w?$")  # a letter alone is no name: `Foo-S` of `Foo-S1`
_OTHER_SIDES = ("uses", "evaluates", "compares-with")


class Shelf(NamedTuple):
    """What a line is told from: sheets, names and sentences of papers by id, and the graph."""

    sheets: Mapping[str, PaperSheet]
    names: Mapping[str, Sequence[str]]
    units: Mapping[str, Sequence[Unit]]
    graph: GraphSheet
    coverage: Sequence[Coverage]


def member_of(entry: Entry, sentences: Sequence[Sentence], links: tuple[str, ...]) -> Member:
    """Return a paper as the graph sees it; `links` are those of its own releases."""
    return Member(
        id=entry.paper.id,
        label=entry.paper.label,
        title=entry.paper.title,
        names=tuple(entry.paper.names),
        date=entry.paper.date,
        year_inferred=entry.details.year_inferred,
        authors=tuple(entry.paper.authors or ()),
        links=links,
        sentences=sentences,
    )


def line_name(line: Line, names: Mapping[str, Sequence[str]]) -> str:
    """Return what a line is called: the name of its oldest paper that has one, without version."""
    for node in line.members:
        if own := names.get(node.id):
            parsed = parse_name(own[0])
            stem = own[0][: len(parsed.stem)].strip()
            return stem if parsed.version and not _CUT_SHORT.search(stem) else own[0]
    return line.members[0].label.split(":")[0]


def side_edges(line: Line, graph: GraphSheet) -> dict[str, GraphEdge]:
    """Return how papers outside a line use or test its members: one edge for each paper."""
    inside = {node.id for node in line.members}
    found: dict[str, GraphEdge] = {}
    aside = [
        edge
        for edge in graph.edges
        if edge.source not in inside and edge.target in inside and edge.type in _OTHER_SIDES
    ]
    for edge in sorted(aside, key=lambda e: (e.source, _OTHER_SIDES.index(e.type), e.target)):
        found.setdefault(edge.source, edge)
    return found


def picture(line: Line, graph: GraphSheet) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Return what the page of a line draws of the graph: its members, and who stands beside."""
    drawn = {node.id for node in line.members} | side_edges(line, graph).keys()
    nodes = [node for node in graph.nodes if node.id in drawn]
    return nodes, [e for e in graph.edges if e.source in drawn and e.target in drawn]


def trace(line: Line, slug: str, shelf: Shelf) -> LineageSheet:
    """Tell one line, in templates and in the papers' own sentences."""
    teller = _Teller(line, slug, shelf)
    steps = [teller.step(node) for node in line.members]
    nodes, edges = picture(line, shelf.graph)
    sheet = LineageSheet(
        slug=slug,
        name=line_name(line, shelf.names),
        short=list(teller.short()),
        steps=steps,
        table=list(teller.table()),
        rivals=list(teller.rivals()),
        openness=list(teller.openness()),
        beside=list(teller.beside()),
        gaps=list(teller.gaps()),
        nodes=nodes,
        edges=edges,
        stamp=code_stamp(ENGINE, [], []),
        dropped=[],
    )
    claims = [claim for _, claim in sheet.claims()]
    inputs = [shelf.sheets[node.id].stamp for node in line.members if node.id in shelf.sheets]
    return sheet.model_copy(update={"stamp": code_stamp(ENGINE, claims, inputs)})


class _Teller:
    """Makes the claims of one line."""

    def __init__(self, line: Line, slug: str, shelf: Shelf) -> None:
        self._line = line
        self._scribe = Scribe(_SHEET, slug)
        self._shelf = shelf
        self._papers = [n for n in line.members if n.id in shelf.sheets]
        self._missing = [n for n in line.members if n.kind == "external"]
        self._labels = self._told_apart({node.id: self._label(node) for node in line.members})

    # --- Steps ---------------------------------------------------------------------------------

    def step(self, node: GraphNode) -> LineageStep:
        """Tell one member: the edge that leads to it, and what it says of itself."""
        edge = self._line.parents.get(node.id)
        sheet = self._shelf.sheets.get(node.id)
        aspects = self._aspects(node.id)
        return LineageStep(
            node=node.id,
            label=self._labels[node.id],
            date=node.date,
            year_inferred=bool(sheet and sheet.details.year_inferred),
            parent=edge.target if edge else None,
            basis=edge.basis if edge else None,
            signs=edge.signs if edge else [],
            link=edge.evidence if edge else [],
            passage=list(self._passage(sheet, edge)) if sheet else [],
            aspects=aspects,
        )

    def _passage(self, sheet: PaperSheet, edge: GraphEdge | None) -> Iterator[Claim]:
        """Yield what is new of a paper and what came out; the sentence of its edge says no more."""
        summary = sheet.summary
        said = (
            {quoted.quote for quoted in edge.evidence} if edge and edge.basis == "stated" else set()
        )
        firsts = (
            summary.approach[:1],
            [summary.tldr] if summary.tldr else [],
            summary.contributions[:1],
        )
        ways = [
            claim for claims in firsts for claim in claims if claim.evidence[0].quote not in said
        ]
        outcomes = [claim for claim in summary.results if claim.evidence[0].quote not in said]
        chosen = {claim.text: claim for claim in [*ways[:1], *outcomes[:1]]}
        for claim in list(chosen.values())[:_PASSAGE]:
            yield self._scribe.again("passage", claim)

    def _aspects(self, node: str) -> dict[Aspect, list[Claim]]:
        found: dict[Aspect, list[Claim]] = {
            name: []
            for name in ("architecture", "data", "training", "inference", "results", "openness")
        }
        sheet = self._shelf.sheets.get(node)
        if sheet is None:
            return found
        found["results"] = [
            self._scribe.again("passage", claim) for claim in sheet.summary.results[:_ASPECT]
        ]
        found["openness"] = [
            self._scribe.again("passage", claim) for claim in sheet.summary.artefacts[:_ASPECT]
        ]
        for unit in self._shelf.units[node]:
            for sentence in unit.sentences:
                text = strip_lead_in(sentence.text)
                for aspect in aspects_of(text):
                    if len(found[aspect]) < _ASPECT:
                        found[aspect].append(self._scribe.quoted("passage", text, whole(sentence)))
        return found

    # --- In one breath ---------------------------------------------------------------------------

    def short(self) -> Iterator[Claim]:
        """Yield the line in counts and names."""
        papers = [node.id for node in self._papers]
        links = self._ancestry()
        stated = sum(edge.basis == "stated" for edge in links)
        guessed = len(links) - stated
        parents = {n.id: e.target for n in self._line.members if (e := self._edge(n))}
        order = {node.id: parents.get(node.id) for node in self._line.members}
        missing = {node.id for node in self._missing}
        main = trunk(order, missing, self._ancestry())
        chain = " → ".join(self._named(name) for name in main)
        others = [self._named(name) for name in order if name not in main]
        beside = f" Beside it: {', '.join(others)}." if others else ""
        yield self._scribe.computed(
            "short",
            f"{chain}.{beside}",
            {"papers": papers, "chain": chain, "beside": ", ".join(others)},
        )
        yield self._scribe.computed(
            "short",
            f"{counted(len(papers), 'paper')} read; of the links between them "
            f"{_are(stated)} stated, {_are(guessed)} guessed from names, authors and dates.",
            {"papers": papers, "read": len(papers), "stated": stated, "guessed": guessed},
        )

    def _edge(self, node: GraphNode) -> GraphEdge | None:
        return self._line.parents.get(node.id)

    def _ancestry(self) -> list[GraphEdge]:
        inside = {node.id for node in self._line.members}
        return [
            edge
            for edge in self._shelf.graph.edges
            if edge.type in ANCESTRY and {edge.source, edge.target} <= inside
        ]

    def _named(self, node: str) -> str:
        missing = any(one.id == node for one in self._missing)
        return f"({self._labels[node]})" if missing else self._labels[node]

    # --- How far it got, the yardstick, openness -------------------------------------------------

    def table(self) -> Iterator[LineageRow]:
        """Yield the benchmarks on which at least two members give a value."""
        rows: dict[str, list[LineageCell]] = {}
        metrics: dict[str, str] = {}
        for node in self._papers:
            for row in self._shelf.sheets[node.id].figures:
                if row.value_printed is not None and mentions(row.metric):
                    key = normalise(row.metric)
                    metrics.setdefault(key, row.metric)
                    names = self._shelf.names.get(node.id, ())
                    own = row.subject is None or row.subject in names
                    whose = self._labels[node.id] if own else row.subject
                    cell = LineageCell(
                        node=node.id, whose=whose, printed=row.value_printed, evidence=row.evidence
                    )
                    rows.setdefault(key, []).append(cell)
        for key, cells in rows.items():
            if len({cell.node for cell in cells}) > 1:
                yield LineageRow(metric=metrics[key], cells=cells)

    def rivals(self) -> Iterator[Rivals]:
        """Yield the works outside the line with which each member compares itself."""
        inside = {node.id for node in self._line.members}
        labels = {node.id: node.label for node in self._shelf.graph.nodes}
        for node in self._papers:
            edges = [
                edge
                for edge in self._shelf.graph.edges
                if edge.source == node.id
                and edge.type == "compares-with"
                and edge.target not in inside
            ]
            if edges:
                places = list(dict.fromkeys(place for edge in edges for place in edge.evidence))
                names = [labels[edge.target] for edge in edges]
                yield Rivals(node=node.id, names=names, evidence=places)

    def openness(self) -> Iterator[Openness]:
        """Yield what each member releases or promises."""
        for node in self._papers:
            for release in self._shelf.sheets[node.id].releases:
                words = ", ".join({"model": "models"}.get(kind, kind) for kind in release.kinds)
                yield Openness(
                    node=node.id, words=words, released=release.released, evidence=release.evidence
                )

    # --- Beside the line -------------------------------------------------------------------------

    def beside(self) -> Iterator[Beside]:
        """Yield the papers that use, test or measure themselves against a member, oldest first."""
        nodes = {node.id: node for node in self._shelf.graph.nodes}
        edges = side_edges(self._line, self._shelf.graph).values()
        for edge in sorted(edges, key=lambda e: (str(nodes[e.source].date), e.source)):
            node = nodes[edge.source]
            yield Beside(
                node=node.id,
                label=self._label(node),
                date=node.date,
                type=edge.type,
                member=edge.target,
                claim=self._own_words(edge, edge.evidence[0]),
                evidence=edge.evidence,
            )

    def _own_words(self, edge: GraphEdge, place: Evidence) -> Claim | None:
        for unit in self._shelf.units.get(edge.source, ()):
            for sentence in unit.sentences:
                if (sentence.start, sentence.quote) == (place.start, place.quote):
                    return self._scribe.quoted("beside", strip_lead_in(sentence.text), place)
        return None

    # --- What the page cannot tell ---------------------------------------------------------------

    def gaps(self) -> Iterator[Claim]:
        """Yield what no document says: works without one, links that are only guessed."""
        for node in self._missing:
            edges = [edge for edge in self._shelf.graph.edges if edge.target == node.id]
            places = list(dict.fromkeys(place for edge in edges for place in edge.evidence))
            namers = list(dict.fromkeys(edge.source for edge in edges))
            labels = {one.id: self._label(one) for one in self._shelf.graph.nodes} | self._labels
            names = " and ".join(labels[name] for name in namers)
            label = self._labels[node.id]
            verb = "names" if len(namers) == 1 else "name"
            text = f"No document describes {label}: it is known only because {names} {verb} it."
            yield self._scribe.computed(
                "gaps", text, {"papers": namers, "work": label, "named by": names}, places
            )
        for edge in self._ancestry():
            if edge.basis == "inferred":
                later, earlier = self._labels[edge.source], self._labels[edge.target]
                text = (
                    f"No document says that {later} continues {earlier}; it appears to: "
                    f"{', '.join(edge.signs)}."
                )
                data: dict[str, Datum] = {
                    "papers": [edge.source],
                    "later": later,
                    "earlier": earlier,
                    "signs": ", ".join(edge.signs),
                }
                yield self._scribe.computed("gaps", text, data, edge.evidence)

        yield from self._absent()

    def _absent(self) -> Iterator[Claim]:
        """Yield how many papers the documents of this line declare and do not hold."""
        sheets = [self._shelf.sheets[node.id] for node in self._papers]
        read = {ref.document for sheet in sheets for ref in sheet.paper.records}
        for one in self._shelf.coverage:
            if one.document in read and one.declared is not None and one.declared > one.present:
                text = (
                    f"A member may be missing: {one.document} declares {one.declared:,} papers and "
                    f"holds {one.present:,}."
                )
                data: dict[str, Datum] = {
                    "documents": [one.document],
                    "declared": f"{one.declared:,}",
                    "present": f"{one.present:,}",
                }
                yield self._scribe.computed("gaps", text, data)

    def _told_apart(self, labels: dict[str, str]) -> dict[str, str]:
        """Add the year to labels that several members share."""
        often = Counter(labels.values())
        years = {node.id: node.date.year for node in self._line.members if node.date}
        return {
            name: f"{label} ({years[name]})" if often[label] > 1 and name in years else label
            for name, label in labels.items()
        }

    def _label(self, node: GraphNode) -> str:
        """Return the shortest name by which a paper goes, or the first part of its title."""
        names = self._shelf.names.get(node.id)
        return names[0] if names else node.label.split(":")[0]


def _are(number: int) -> str:
    return f"{number:,} {'is' if number == 1 else 'are'}"
