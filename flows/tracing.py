"""The graph and the lines of a library, for whatever job needs them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import TypeAdapter

from pipeline.chunking import Unit
from pipeline.errors import UsageError
from pipeline.facts import FactFinder
from pipeline.following import by_any_name
from pipeline.kept import Kept
from pipeline.lineage_graph import Member, Proposal, link
from pipeline.lineage_members import Words
from pipeline.lineage_names import Index
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.lines import Line, around, lines
from pipeline.links import links
from pipeline.records import Coverage
from pipeline.sheets import PaperSheet
from pipeline.shelf import basis_of
from pipeline.steps.lineage import Shelf, line_name, member_of, trace
from pipeline.steps.summarise import Work
from pipeline.store import Store
from pipeline.text import slug

_BASIS = "1"
_SLUG = 40  # characters


class Traced(NamedTuple):
    """The graph of a library, its lines, the works that both were read from, and their names."""

    graph: GraphSheet
    lines: list[Line]
    works: Mapping[str, Work]
    names: Mapping[str, Sequence[str]]
    owners: Index


class Noted(NamedTuple):
    """What a paper's sentences hold for the graph; `links` are the addresses of its releases."""

    links: tuple[str, ...]
    words: Words


class Notes:
    """Papers as the graph sees them; what their sentences hold is read once, and kept."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, "words", TypeAdapter(Noted))
        self._finder = FactFinder(store)
        self._known: dict[str, Noted] = {}
        self._bases: dict[str, str] = {}

    def members(self, works: Sequence[Work]) -> list[Member]:
        """Return the papers as the graph sees them."""
        self._bases = {work.entry.paper.id: basis_of(work.entry.paper.records) for work in works}
        self._kept.prime_all()
        found = ((id_, self._kept.get(id_, basis)) for id_, basis in self._bases.items())
        self._known = {id_: noted for id_, noted in found if noted is not None}
        new = [work for work in works if work.entry.paper.id not in self._known]
        self._finder.prime(unit for work in new for unit in work.units)
        members = [member_of(work.entry, work.sentences, self._links(work)) for work in works]
        self._finder.save()
        return members

    def _links(self, work: Work) -> tuple[str, ...]:
        noted = self._known.get(work.entry.paper.id)
        if noted is not None:
            return noted.links
        return tuple(one.url for one in self._finder.of(work.units).releases if one.url)

    @property
    def words(self) -> dict[str, Words]:
        """What the sentences of papers hold, as far as they were read before."""
        return {id_: noted.words for id_, noted in self._known.items()}

    def keep(self, index: Index) -> None:
        """Write what was read of sentences since."""
        for id_, words in index.words.items():
            noted = Noted(tuple(index.members[id_].links), words)
            if self._known.get(id_) != noted:
                self._kept.put(id_, self._bases[id_], noted)
                self._known[id_] = noted
        self._kept.save()


def members_looked_up(works: Sequence[Work]) -> list[Member]:
    """Return the same without a store to read or write."""

    def own(work: Work) -> tuple[str, ...]:
        return tuple(one.url for unit in work.units for one in links(unit.sentences) if one.url)

    return [member_of(work.entry, work.sentences, own(work)) for work in works]


def trace_graph(
    works: Sequence[Work], members: Sequence[Member], notes: Notes | None = None
) -> Traced:
    """Link all papers by what the code reads."""
    index = Index(members, notes.words if notes else None)
    graph = link(index)
    if notes:
        notes.keep(index)
    by_id = {work.entry.paper.id: work for work in works}
    return Traced(graph, lines(graph), by_id, index.names, index)


def trace_again(traced: Traced, proposals: Iterable[Proposal]) -> Traced:
    """Add what a model proposes, which takes nothing away from what the code reads."""
    graph = link(traced.owners, proposals)
    return traced._replace(graph=graph, lines=lines(graph))


def choose_line(traced: Traced, name: str) -> Line:
    """Return the line that a name is of: one of its works, or the family.

    Raises:
        UsageError: there is no such line; the message names the nearest.
    """
    known = lines_by_name(traced)
    found = by_any_name(known, name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, known, n=5, cutoff=0.4)
    advice = f"the nearest names are {', '.join(near)}" if near else _all(traced)
    raise UsageError(f"no line of work is called {name!r}; {advice}")


def lines_by_name(traced: Traced) -> dict[str, Line]:
    """Map every name that a line goes by to it, to the line of more papers where two share it."""
    known: dict[str, Line] = {}
    for line in traced.lines:
        for written in _names(line, traced):
            known.setdefault(written, line)
    return known


def _names(line: Line, traced: Traced) -> list[str]:
    found = [line_name(line, traced.names)]
    for node in line.members:
        found += [node.label, node.label.split(":")[0], *traced.names.get(node.id, ())]
    return found


def _all(traced: Traced) -> str:
    names = [line_name(line, traced.names) for line in traced.lines]
    return f"there are {', '.join(names)}" if names else "the library has no line of two papers"


def name_lines(traced: Traced, store: Store) -> dict[str, Line]:
    """Return all lines by their slugs; a line keeps the slug that one of its papers has had."""
    slugs = Slugs(store)
    given = slugs.of([(line, line_name(line, traced.names)) for line in traced.lines])
    slugs.save()
    return dict(zip(given, traced.lines, strict=True))


def tell(
    chosen: Sequence[Line],
    traced: Traced,
    sheets: Mapping[str, PaperSheet],
    coverage: Sequence[Coverage],
    store: Store,
) -> list[LineageSheet]:
    """Make the sheet of each line; a line keeps the slug that one of its papers has had before."""
    of = {line.members[0].id: slug_ for slug_, line in name_lines(traced, store).items()}
    return [
        trace(
            line,
            of[line.members[0].id],
            Shelf(sheets, traced.names, _units_of(part, traced), part, coverage),
        )
        for line, part in zip(chosen, around(chosen, traced.graph), strict=True)
    ]


def _units_of(part: GraphSheet, traced: Traced) -> dict[str, Sequence[Unit]]:
    papers = (node.id for node in part.nodes if node.id in traced.works)
    return {id_: traced.works[id_].units for id_ in papers}


class Slugs:
    """The names of folders of lines, given at first sight and kept with their papers."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, "line", TypeAdapter(str))
        self.save = self._kept.save
        self._given: set[str] = set()

    def of(self, named: Sequence[tuple[Line, str]]) -> list[str]:
        """Return the slugs of all lines, given with their names; no two of them share one."""
        papers = [[node.id for node in line.members if node.kind == "paper"] for line, _ in named]
        self._kept.prime([paper for part in papers for paper in part])
        before = [self._before(part) for part in papers]
        pairs = zip(before, named, strict=True)
        chosen = [kept or self._new(slug(name, _SLUG) or "line") for kept, (_, name) in pairs]
        for part, one in zip(papers, chosen, strict=True):
            for paper in part:
                if self._kept.get(paper, _BASIS) != one:
                    self._kept.put(paper, _BASIS, one)
        return chosen

    def _before(self, papers: Sequence[str]) -> str | None:
        """Return the slug that one of these papers has had, unless another line took it."""
        known = (self._kept.get(paper, _BASIS) for paper in papers)
        found = next((one for one in known if one and one not in self._given), None)
        if found:
            self._given.add(found)
        return found

    def _new(self, wanted: str) -> str:
        numbered = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(self._given) + 2))
        chosen = next(one for one in numbered if one not in self._given)
        self._given.add(chosen)
        return chosen


class Told:
    """What a model has told to the end, lines and briefings, so that no plan counts it again."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, "told", TypeAdapter(bool))

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return the keys of what was not told yet."""
        self._kept.prime(keys)
        return [key for key in keys if self._kept.get(key, _BASIS) is None]

    def keep(self, keys: Iterable[str]) -> None:
        """Note keys as told."""
        for key in self.missing(list(keys)):
            self._kept.put(key, _BASIS, value=True)
        self._kept.save()
