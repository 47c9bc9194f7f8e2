"""A folder for Obsidian: a note per paper, author and line of work, with links between them.

Links are Markdown's own, which Obsidian follows and counts like its double brackets: inside those
nothing can be escaped. Names of files are keys, so that only what is shown comes from texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pipeline.briefing_sheet import BriefingSheet
from pipeline.lineage_sheet import Beside, GraphEdge, LineageSheet, LineageStep
from pipeline.report import view
from pipeline.report.exports.authors import Author, Authors
from pipeline.report.exports.collection import Collection
from pipeline.report.exports.wording import key
from pipeline.report.footnotes import cited_words, footnotes
from pipeline.report.markdown import escape_markdown, front_matter, paper_markdown
from pipeline.report.markdown_blocks import listing, section
from pipeline.sheets import Claim, PaperSheet, Stamp

_T = TypeVar("_T")

HOME = "Litline.md"
MARK = front_matter({"title": "Litline", "tags": ["litline"]})  # how `HOME` opens
_UP = "../"
_SHOWN = 160  # characters of a name in a link
_LATER = {
    "succeeds": "Succeeds",
    "builds-on": "Builds on",
    "uses": "Uses",
    "compares-with": "Compares itself with",
    "evaluates": "Evaluates",
}
_EARLIER = {
    "succeeds": "Succeeded by",
    "builds-on": "Built on by",
    "uses": "Used by",
    "compares-with": "Compared with by",
    "evaluates": "Evaluated by",
}


def vault(collection: Collection) -> dict[str, str]:
    """Return the notes by path, and the source texts that their evidence leads to."""
    made = _Vault(collection)
    notes = {HOME: made.home()}
    notes |= {f"Papers/{key(one.paper.id)}.md": made.paper(one) for one in collection.papers}
    notes |= {f"Authors/{one.key}.md": made.author(one) for one in made.authors.listed()}
    notes |= {f"Lineages/{key(one.slug)}.md": made.line(one) for one in collection.lines}
    return notes | {f"sources/{name}.txt": text for name, text in collection.sources.items()}


def link(label: str, path: str) -> str:
    """Return a link that shows a name, cut where it is very long."""
    words = " ".join(label.split()) or "(no name)"
    short = words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"
    return f"[{escape_markdown(short)}]({path})"


class _Vault:
    """The notes of a collection; a link is made only where there is a note."""

    def __init__(self, collection: Collection) -> None:
        self.authors = Authors(collection.papers, collection.briefings)
        self._papers = {sheet.paper.id: sheet for sheet in collection.papers}
        self._lines = {line.slug: line for line in collection.lines}
        nodes = collection.graph.nodes if collection.graph else []
        edges = collection.graph.edges if collection.graph else []
        self._nodes = {node.id: node for node in nodes}
        self._edges_of = _grouped(edges, self._ends)
        self._lines_of = _grouped(collection.lines, _members)

    def home(self) -> str:
        """Return the note that leads to all others."""
        papers = (self._paper(one, one, "") for one in self._papers)
        lines = (self._line(one, one, "") for one in self._lines)
        authors = (link(one.name, f"Authors/{one.key}.md") for one in self.authors.listed())
        blocks = [
            MARK,
            "# Litline",
            *section("Lines of work", listing("", lines)),
            *section("Authors", listing("", authors)),
            *section("Papers", listing("", papers)),
        ]
        return _page(blocks)

    def paper(self, sheet: PaperSheet) -> str:
        """Return the page of a paper, with what it is linked to."""
        return paper_markdown(sheet, section("Links", *self._around(sheet)))

    def author(self, one: Author) -> str:
        """Return the note of a person, or of a name as papers print it."""
        notes = _author_notes(one.briefing, self._line) if one.briefing else [_PRINTED]
        properties = {"title": one.name, "aliases": one.printed, "tags": ["author"]}
        made = _made(one.briefing.stamp) if one.briefing else {}
        references = view.References()
        told = _told(one.briefing.short if one.briefing else [], references)
        papers = (self._listed(paper, one.briefing) for paper in one.papers)
        blocks = [
            front_matter({**properties, **made}),
            f"# {escape_markdown(one.name)}",
            told,
            *notes,
            *section("Papers", listing("", papers)),
            *footnotes(references.listed(), _UP),
        ]
        return _page(blocks)

    def line(self, line: LineageSheet) -> str:
        """Return the note of a line of work: its members, oldest first, and what is beside."""
        references = view.References()
        papers = {node.id: node.paper for node in line.nodes}
        labels = {step.node: step.label for step in line.steps}
        steps = (self._step(step, papers.get(step.node), labels, references) for step in line.steps)
        beside = (self._beside(one, papers.get(one.node), labels) for one in line.beside)
        blocks = [
            front_matter({"title": line.name, "tags": ["lineage"], **_made(line.stamp)}),
            f"# {escape_markdown(line.name)}",
            _told(line.short, references),
            *section("Members", listing("", steps)),
            *section("Beside the line", listing("", beside)),
            _told(line.gaps, references),
            *footnotes(references.listed(), _UP),
        ]
        return _page(blocks)

    # --- Links ---

    def _papers_of(self, node: str) -> list[str]:
        """Return the paper that a node of the graph stands for, if any."""
        known = self._nodes.get(node)
        return [known.paper] if known and known.paper else []

    def _ends(self, edge: GraphEdge) -> list[str]:
        return [*self._papers_of(edge.source), *self._papers_of(edge.target)]

    def _paper(self, paper: str | None, label: str, root: str = _UP) -> str:
        sheet = self._papers.get(paper or "")
        if sheet is None:
            return escape_markdown(label)
        return link(sheet.paper.label, f"{root}Papers/{key(sheet.paper.id)}.md")

    def _line(self, slug: str, name: str, root: str = _UP) -> str:
        line = self._lines.get(slug)
        return link(line.name, f"{root}Lineages/{key(slug)}.md") if line else escape_markdown(name)

    # --- Parts of notes ---

    def _around(self, sheet: PaperSheet) -> Iterator[str]:
        paper = sheet.paper
        meant = [(name, self.authors.of(paper.id, name)) for name in paper.authors or []]
        yield listing("Authors:", (_author(one, name) for name, one in meant if one))
        named = {one.key for _, one in meant if one}
        others = (one for one in self.authors.with_paper(paper.id) if one.key not in named)
        yield listing("On the author's own page:", (_author(one, one.name) for one in others))
        lines = (self._line(one.slug, one.name) for one in self._lines_of.get(paper.id, []))
        yield listing("Lines of work:", lines)
        edges = (self._edge(edge, paper.id) for edge in self._edges_of.get(paper.id, []))
        yield listing("Other works:", edges)

    def _edge(self, edge: GraphEdge, here: str) -> str:
        later = here in self._papers_of(edge.source)
        words, other = (_LATER, edge.target) if later else (_EARLIER, edge.source)
        node = self._nodes.get(other)
        name = self._paper(node.paper if node else None, node.label if node else other)
        return f"{words[edge.type]} {name}{_why(edge)}"

    def _listed(self, paper: str, briefing: BriefingSheet | None) -> str:
        """Return a paper on the note of an author, with its date and the place of the name."""
        sheet = self._papers.get(paper)
        known = {one.paper: one for one in briefing.listed} if briefing else {}
        label = known[paper].label if paper in known else paper
        places = {one.paper: one for one in briefing.papers} if briefing else {}
        place = places.get(paper)
        where = f"author {place.position} of {place.of}" if place and place.position else ""
        date = _date(sheet.paper.date, sheet.details.year_inferred) if sheet else ""
        return " · ".join(filter(None, (self._paper(paper, label), date, where)))

    def _step(
        self,
        step: LineageStep,
        paper: str | None,
        labels: dict[str, str],
        references: view.References,
    ) -> str:
        parent = escape_markdown(labels.get(step.parent or "", step.parent or ""))
        basis = "" if step.basis == "stated" else " (guessed)"
        after = f"after {parent}{basis}" if parent else ""
        date = _date(step.date, step.year_inferred)
        head = " · ".join(filter(None, (self._paper(paper, step.label), date, after)))
        said = _told(step.passage, references)
        return f"{head}: {said}" if said else head

    def _beside(self, one: Beside, paper: str | None, labels: dict[str, str]) -> str:
        sheet = self._papers.get(paper or "")
        inferred = bool(sheet and sheet.details.year_inferred)
        member = escape_markdown(labels.get(one.member, one.member))
        what = f"{_LATER[one.type].lower()} {member}"
        return " · ".join(
            filter(None, (self._paper(paper, one.label), _date(one.date, inferred), what))
        )


_PRINTED = "A name as papers print it; it may be several people's."


def _author_notes(sheet: BriefingSheet, line: Callable[[str, str], str]) -> list[str]:
    """Return what the briefing of a person says of coverage and lines of work."""
    named = f"The name is printed on {sheet.named.printed} of {sheet.named.of} papers."
    covered = (
        f"- {escape_markdown(one.document)}: {view.coverage_words(one)}" for one in sheet.coverage
    )
    lines = listing("", (line(one.slug, one.name) for one in sheet.lines))
    return [named, "\n".join(covered), *section("Lines of work", lines)]


def _made(stamp: Stamp) -> dict[str, object]:
    return {"engine": stamp.engine, "model": stamp.model}


def _author(one: Author, name: str) -> str:
    return link(name, f"{_UP}Authors/{one.key}.md")


def _told(claims: Iterable[Claim], references: view.References) -> str:
    return " ".join(cited_words(view.cited(claim, references)) for claim in claims)


def _why(edge: GraphEdge) -> str:
    """Say what an edge rests on: the words that state it, or the signs that suggest it."""
    if edge.basis == "inferred":
        return f" (guessed{f' from {_joined(edge.signs)}' if edge.signs else ''})"
    return f': "{escape_markdown(edge.evidence[0].quote)}"' if edge.evidence else ""


def _joined(signs: Iterable[str]) -> str:
    return ", ".join(map(escape_markdown, signs))


def _date(date: dt.date | None, inferred: bool) -> str:
    return view.human_date(date, inferred) if date else "no date"


def _members(line: LineageSheet) -> Iterator[str]:
    """Yield the papers that are members of a line."""
    papers = {node.id: node.paper for node in line.nodes}
    found = (papers.get(step.node) for step in line.steps)
    yield from dict.fromkeys(paper for paper in found if paper)


def _grouped(items: Iterable[_T], keys: Callable[[_T], Iterable[str]]) -> dict[str, list[_T]]:
    """Return the items by each of their keys, in order."""
    groups: dict[str, list[_T]] = {}
    for item in items:
        for one in dict.fromkeys(keys(item)):
            groups.setdefault(one, []).append(item)
    return groups


def _page(blocks: Iterable[str]) -> str:
    return "\n\n".join(filter(None, blocks)) + "\n"
