"""Whom a job briefs on, and what each briefing is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from flows.shelves import Shelves
from flows.tracing import Traced, name_lines
from flows.trending import terms_by_paper
from pipeline.answers import Question
from pipeline.authorship import Author, authorships, owner_of, slug_of, who
from pipeline.briefing_sheet import ProfileFigures
from pipeline.dossier import Dossier, Part, labels_of
from pipeline.errors import UsageError
from pipeline.facts import FactFinder, Facts
from pipeline.people import may_be_one
from pipeline.prompts import load_prompt
from pipeline.readers.profile import figure_lines
from pipeline.reading_list import reading_list
from pipeline.sheets import Evidence, PaperSheet
from pipeline.steps.briefing import make_briefing
from pipeline.steps.interview import PROMPT, Interview, plan_interview
from pipeline.steps.lineage import line_name
from pipeline.steps.summarise import Work
from pipeline.store import Store

PROFILE = "profile"
MOST_SUMMARISED = 5  # papers; with one call more, and all asked again once, 12 calls
Authors = Callable[[Shelves, Store], Sequence[Author]]


def nobody(_: Shelves, __: Store) -> Sequence[Author]:
    """Brief on no one."""
    return ()


def page_owners(shelves: Shelves, _: Store | None = None) -> list[Author]:
    """Return the people whose profiles are in the library, each once."""
    pages = [one.document for one in shelves.coverage if shelves.formats[one.document] == PROFILE]
    found = (owner_of(page, shelves.entries, shelves.volumes) for page in pages)
    return list({author.pages: author for author in found if author}.values())


def named_author(name: str, owner: str | None) -> Authors:
    """Return what finds the author of a name; `owner` says whose page a document is: FILE=NAME.

    Raises:
        UsageError: `owner` has another form.
    """
    file, equals, whose = (owner or "").rpartition("=")
    if owner is not None and not (file and equals and whose.strip()):
        raise UsageError(f'--owner: {owner!r} is not FILE=NAME, such as page.txt="Lewei Lu"')

    def find(shelves: Shelves, store: Store) -> Sequence[Author]:
        owners = {_document(file, whose.strip(), shelves, store): whose.strip()} if owner else {}
        return [who(name, shelves.entries, shelves.volumes, owners)]

    return find


def _document(file: str, whose: str, shelves: Shelves, store: Store) -> str:
    """Return the id of the document that a path or a name leads to, which nobody else heads."""
    known = store.paths().get(str(Path(file).absolute()), Path(file).name)
    if known not in shelves.volumes:
        raise UsageError(f"--owner: no document of the library is called {file}")
    header = shelves.volumes[known].reading.header
    if header is not None and header.name and not may_be_one(header.name, whose):
        raise UsageError(f"--owner: {file} is the page of {header.name}")
    return known


class Briefers:
    """The briefings of one job: which papers they show, and their sheets once these are made."""

    def __init__(
        self,
        authors: Sequence[Author],
        since: dt.date | None,
        shelves: Shelves,
        store: Store,
        works: Sequence[Work],
    ) -> None:
        self.authors = list(authors)
        self._store = store
        self._works = {work.entry.paper.id: work for work in works}
        terms = terms_by_paper(shelves.entries, store) if authors else {}
        finder = FactFinder(store)
        self._dossiers = [
            Dossier(
                slug=slug,
                author=author,
                since=since,
                profile=_profile(author, shelves),
                coverage=[one for one in shelves.coverage if one.document in author.pages],
                entries=author.papers,
                labels=labels_of(author.papers),
                cut=_cut_elsewhere(author, shelves),
                facts=dict(_facts(author, works, finder)),
                terms={entry.paper.id: terms[entry.paper.id] for entry in author.papers},
                parts=(),
                sentences={},
                sheets={},
            )
            for author, slug in zip(authors, _slugs(authors, shelves), strict=True)
        ]
        finder.save()

    def shown(self, traced: Traced) -> set[str]:
        """Return the papers of which the briefings show more than the title."""
        return {paper for one in self._dossiers for paper in _shown(self._with_lines(one, traced))}

    def make(self, traced: Traced, sheets: Mapping[str, PaperSheet]) -> list[Interview]:
        """Make the briefings, each with what a model may be asked about it."""
        made = []
        for one in self._dossiers:
            dossier = self._with_lines(one, traced)
            own = {paper: sheets[paper] for paper in _shown(dossier) if paper in sheets}
            made.append(plan_interview(make_briefing(dossier._replace(sheets=own)), own))
        return made

    def keys(self, traced: Traced, key: Callable[[Question], str], *, judge: bool) -> list[str]:
        """Return a key for what a model is asked about each author: the papers and their texts."""
        return [self._key(self._with_lines(one, traced), key, judge) for one in self._dossiers]

    def _key(self, dossier: Dossier, key: Callable[[Question], str], judge: bool) -> str:
        shown = _shown(dossier)
        parts = [
            load_prompt(PROMPT).fingerprint,
            "judged" if judge else "",
            dossier.slug,
            *(entry.paper.id for entry in dossier.entries),
            *(repr(part) for part in dossier.parts),
            *(key(question) for id_ in shown for question in self._works[id_].questions),
        ]
        return sha256("\x1f".join(parts).encode(errors="surrogatepass")).hexdigest()

    def _with_lines(self, dossier: Dossier, traced: Traced) -> Dossier:
        parts = _parts(dossier, traced, self._store)
        own = {id_ for part in parts for id_ in part.own}
        sentences = {id_: self._works[id_].sentences for id_ in own}
        return dossier._replace(parts=parts, sentences=sentences)


def _shown(dossier: Dossier) -> list[str]:
    own = {one.paper: one for one in authorships(dossier.author, dossier.entries)}
    return [choice.paper for choice in reading_list(dossier, own, MOST_SUMMARISED)]


def _slugs(authors: Sequence[Author], shelves: Shelves) -> list[str]:
    """Return the folders of authors; those whose page another of that name has get a mark."""
    owners = page_owners(shelves)
    return [_slug(author, owners) for author in authors]


def _slug(author: Author, owners: Sequence[Author]) -> str:
    slug = slug_of(author)
    if all(slug_of(one) != slug or set(one.pages) & set(author.pages) for one in owners):
        return slug
    return f"{slug}-{sha256(' '.join(sorted(author.pages)).encode()).hexdigest()[:6]}"


def _cut_elsewhere(author: Author, shelves: Shelves) -> int:
    """Count the papers of others whose list of authors is cut."""
    theirs = {entry.paper.id for entry in author.papers}
    return sum(bool(e.details.et_al) and e.paper.id not in theirs for e in shelves.entries)


def _facts(
    author: Author, works: Sequence[Work], finder: FactFinder
) -> Iterator[tuple[str, Facts]]:
    theirs = {entry.paper.id for entry in author.papers}
    own = {work.entry.paper.id: work.units for work in works if work.entry.paper.id in theirs}
    finder.prime(unit for units in own.values() for unit in units)
    yield from ((id_, finder.of(units)) for id_, units in own.items())


def _parts(dossier: Dossier, traced: Traced, store: Store) -> list[Part]:
    """Return the lines that have papers of the author, those with most of them first."""
    theirs = {entry.paper.id for entry in dossier.entries}
    found = []
    for slug, line in name_lines(traced, store).items():
        own = [node.id for node in line.members if node.id in theirs]
        if own:
            latest = line.members[-1]
            label = (*traced.names.get(latest.id, ()), latest.label)[0]
            name = line_name(line, traced.names)
            later = None if latest.id in theirs else label
            papers = sum(node.kind == "paper" for node in line.members)
            guessed = all(edge.basis == "inferred" for edge in line.parents.values())
            found.append(Part(slug, name, own, papers, later, guessed))
    return sorted(found, key=lambda part: (-len(part.own), part.slug))


def _profile(author: Author, shelves: Shelves) -> ProfileFigures | None:
    """Return the figures of the author's own page; of several pages, of the first."""
    for page in sorted(author.pages):
        volume = shelves.volumes[page]
        header = volume.reading.header
        if header is None:
            continue
        text = volume.document.text
        places = [
            Evidence(document=page, start=start, end=end, quote=text[start:end])
            for start, end in figure_lines(text, header)
        ]
        figures = header.model_dump(exclude={"span"})
        return ProfileFigures(document=page, evidence=places, **figures)
    return None
