"""The graph and the lines of a library, for whatever job needs them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import TypeAdapter

from pipeline.errors import UsageError
from pipeline.facts import FactFinder
from pipeline.kept import Kept
from pipeline.lineage_graph import Member, Proposal, build_graph, names_of
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.lines import Line, lines
from pipeline.links import links
from pipeline.mentions import name_key
from pipeline.records import Coverage
from pipeline.sheets import PaperSheet
from pipeline.steps.lineage import Shelf, line_name, member_of, trace
from pipeline.steps.summarise import Work
from pipeline.store import Store
from pipeline.text import slug

_BASIS = "1"
_SLUG = 40  # characters


class Traced(NamedTuple):
    """The graph of a library, its lines, the names of papers, and the works behind all of it."""

    graph: GraphSheet
    lines: list[Line]
    names: Mapping[str, tuple[str, ...]]
    works: Mapping[str, Work]


def members_of(works: Sequence[Work], finder: FactFinder) -> list[Member]:
    """Return the papers as the graph sees them."""
    finder.prime(unit for work in works for unit in work.units)
    return [
        member_of(w.entry, w.units, (r.url for r in finder.of(w.units).releases if r.url))
        for w in works
    ]


def members_looked_up(works: Sequence[Work]) -> list[Member]:
    """Return the same without a store to read or write."""
    return [
        member_of(
            w.entry, w.units, (one.url for u in w.units for one in links(u.sentences) if one.url)
        )
        for w in works
    ]


def trace_graph(
    works: Sequence[Work], members: Sequence[Member], proposals: Iterable[Proposal] = ()
) -> Traced:
    """Link all papers; a model's proposals only add to what the code reads."""
    graph = build_graph(members, proposals)
    by_id = {work.entry.paper.id: work for work in works}
    return Traced(graph, lines(graph), names_of(members), by_id)


def choose_line(traced: Traced, name: str) -> Line:
    """Return the line that a name is of: one of its works, or the family.

    Raises:
        UsageError: there is no such line; the message names the nearest.
    """
    wanted = name_key(name)[0]
    known: dict[str, Line] = {}
    for line in traced.lines:
        for written in _names(line, traced):
            known.setdefault(written, line)
    by_key = {name_key(written)[0]: line for written, line in known.items()}
    if wanted in by_key:
        return by_key[wanted]
    near = difflib.get_close_matches(name, known, n=5, cutoff=0.4)
    advice = f"the nearest names are {', '.join(near)}" if near else _all(traced)
    raise UsageError(f"no line of work is called {name!r}; {advice}")


def _names(line: Line, traced: Traced) -> list[str]:
    found = [node.label for node in line.members]
    for node in line.members:
        found += traced.names.get(node.id, ())
    return [line_name(line, traced.names), *found]


def _all(traced: Traced) -> str:
    names = [line_name(line, traced.names) for line in traced.lines]
    return f"there are {', '.join(names)}" if names else "the library has no line of two papers"


def tell(
    chosen: Sequence[Line],
    traced: Traced,
    sheets: Mapping[str, PaperSheet],
    coverage: Sequence[Coverage],
    store: Store,
) -> list[LineageSheet]:
    """Make the sheet of each line; a line keeps the slug that one of its papers has had before."""
    units = {id_: work.units for id_, work in traced.works.items()}
    shelf = Shelf(sheets, traced.names, units, traced.graph, coverage)
    slugs = Slugs(store)
    told = [trace(line, slugs.of(line, line_name(line, traced.names)), shelf) for line in chosen]
    slugs.save()
    return told


class Slugs:
    """The names of folders of lines, given at first sight and kept with their papers."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, "line", TypeAdapter(str))
        self.save = self._kept.save
        self._given: set[str] = set()

    def of(self, line: Line, name: str) -> str:
        """Return the slug of a line; two lines of one run never share one."""
        papers = [node.id for node in line.members if node.kind == "paper"]
        self._kept.prime(papers)
        before = (self._kept.get(paper, _BASIS) for paper in papers)
        free = [found for found in before if found and found not in self._given]
        chosen = free[0] if free else self._new(slug(name, _SLUG) or "line")
        self._given.add(chosen)
        for paper in papers:
            if self._kept.get(paper, _BASIS) != chosen:
                self._kept.put(paper, _BASIS, chosen)
        return chosen

    def _new(self, wanted: str) -> str:
        numbered = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(self._given) + 2))
        return next(one for one in numbered if one not in self._given)


class Told:
    """Which lines a model has told to the end, so that a plan does not count them again."""

    def __init__(self, store: Store) -> None:
        self._kept = Kept(store, "told", TypeAdapter(bool))

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return the keys of lines that were not told yet."""
        self._kept.prime(keys)
        return [key for key in keys if self._kept.get(key, _BASIS) is None]

    def keep(self, keys: Iterable[str]) -> None:
        """Note lines as told."""
        for key in self.missing(list(keys)):
            self._kept.put(key, _BASIS, value=True)
        self._kept.save()
