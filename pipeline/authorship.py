"""Who is meant by a name, which papers are theirs, and where the author lists name them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from hashlib import sha256
from typing import NamedTuple

from pipeline.briefing_sheet import Authorship, Named
from pipeline.errors import AmbiguousName, UsageError
from pipeline.library import Entry, Volume, newest_first
from pipeline.namesakes import own_pages
from pipeline.people import PARTICLES, Person, may_be_one, particles, person
from pipeline.roster import Roster, stands_on, written_out
from pipeline.text import slug

_LISTED = 8
_NEAR = 5
_ALIKE = 0.6  # of two spellings, from 0 to 1
_SLUG = 60  # characters
_HASH = 8  # characters


class Author(NamedTuple):
    """A person, as far as documents show who that is.

    `name` is what the author's own page prints, else most author lists; `names` are all printed
    ways that are taken for this person's, `others` names of the same family and initial that are
    not; both with those on most papers first. `pages` are the documents that are the author's own,
    superseded texts left aside. `papers` print one of the names or stand on such a page, newest
    first.
    """

    name: str
    names: tuple[str, ...]
    others: tuple[str, ...]
    pages: tuple[str, ...]
    papers: tuple[Entry, ...]


def who(
    name: str,
    entries: Sequence[Entry],
    volumes: Mapping[str, Volume],
    owners: Mapping[str, str],
) -> Author:
    """Find who is meant; `owners` are the names that a person gave to documents, by id.

    Case, accents, initials and the order of a name are allowed for. A name that is printed as it is
    asked for comes before looser ones, and nobody is merged by guess. Where pages of one name may
    be of several people, the author's are those that `owners` hold.

    Raises:
        AmbiguousName: several people may be meant; the message lists them.
        UsageError: nobody is called so; the message names the nearest.
    """
    wanted = person(name)
    if not wanted.family:
        raise UsageError(f"{name!r} holds no letter, so it names nobody")
    readings = _readings(wanted)
    roster = Roster(entries, volumes, owners, {reading.family for reading in readings})
    tried = [wanted] if wanted in roster.ways else readings
    found = list(dict.fromkeys(names for one in tried for names in roster.fitting(one)))
    if not found:
        raise UsageError(_unknown(name, roster.spelled()))
    if len(found) > 1:
        raise AmbiguousName(_several(name, found, roster))
    pages = _pages(name, roster.pages(found[0]), entries, volumes, owners)
    return _author(found[0], readings, roster, pages)


def owner_of(page: str, entries: Sequence[Entry], volumes: Mapping[str, Volume]) -> Author | None:
    """Return whose page a document is, by its header; None where that prints no name.

    This is never in doubt: where the name may be that of several people, only what stands on the
    page counts as this person's.
    """
    header = volumes[page].reading.header
    name = (header and header.name) or ""
    wanted = person(name)
    if not wanted.family:
        return None
    readings = _readings(wanted)
    roster = Roster(entries, volumes, {}, {reading.family for reading in readings})
    found = roster.fitting(wanted)
    names = found[0] if len(found) == 1 else frozenset([wanted])
    pages = _pages(name, roster.pages(names), entries, volumes, {page: name})
    author = _author(names, readings, roster, pages)
    if len(found) == 1:
        return author
    return author._replace(papers=tuple(e for e in author.papers if stands_on(e, author.pages)))


def _readings(one: Person) -> list[Person]:
    """List the orders in which a name may be read, as it is first."""
    return list(dict.fromkeys([one, *_turned(one)]))


def _turned(one: Person) -> Iterator[Person]:
    """Yield a name read with the family name first, and as a list would print it so."""
    words = [*one.given, one.family]
    end = 1
    while end < len(words) and (words[end - 1] in PARTICLES or words[end].startswith("-")):
        end += 1
    for start in (end, len(one.given) - len(particles(one.given))):
        turned = words[start:] + words[:start]
        if 0 < start < len(words):
            yield Person(tuple(turned[:-1]), turned[-1].lstrip("-"))


class _Pages(NamedTuple):
    """The author's own pages, and those of other people of the same name."""

    own: Sequence[str]
    foreign: Set[str]
    volumes: Mapping[str, Volume]

    def headings(self) -> list[str]:
        """List what the author's pages print as the name of their owner."""
        headers = (self.volumes[id_].reading.header for id_ in self.own)
        return [header.name for header in headers if header is not None and header.name]

    def may_hold(self, entry: Entry) -> bool:
        """Say whether a paper that prints the name may be the author's."""
        return stands_on(entry, self.own) or not stands_on(entry, self.foreign)


def _pages(
    name: str,
    owned: Sequence[str],
    entries: Sequence[Entry],
    volumes: Mapping[str, Volume],
    owners: Mapping[str, str],
) -> _Pages:
    current = [id_ for id_ in owned if volumes[id_].current] or owned
    own = own_pages(name, current, entries, volumes, owners)
    return _Pages(own, set(current) - set(own), volumes)


def _author(
    names: Collection[Person], readings: Iterable[Person], roster: Roster, pages: _Pages
) -> Author:
    headings = Counter(name for name in pages.headings() if person(name) in names)
    ways = _ways(names, roster)
    printed = [way for way in ways if roster.count(way) or way in headings] or ways
    read = {one for one in readings if one in roster.ways}
    papers = filter(pages.may_hold, roster.papers(names))
    return Author(
        name=min(headings or printed, key=lambda way: (-headings[way], printed.index(way))),
        names=tuple(printed),
        others=tuple(_others((roster.alike(names) | read) - set(names), roster)),
        pages=tuple(pages.own),
        papers=tuple(sorted(papers, key=newest_first)),
    )


def _ways(names: Iterable[Person], roster: Roster) -> list[str]:
    """List the ways to spell these names: those in most author lists, then more written out."""
    ways = (way for one in names for way in roster.ways[one])
    return sorted(ways, key=lambda way: (-roster.count(way), -_letters(way), way))


def _letters(name: str) -> int:
    return len("".join(person(name).given))


def _others(names: Iterable[Person], roster: Roster) -> list[str]:
    """List names, each in its most frequent way, by how many author lists print them."""
    ways = [_ways([one], roster) for one in names]
    ways.sort(key=lambda same: (-sum(map(roster.count, same)), same[0]))
    return [same[0] for same in ways]


# --- When nobody or several are found ----------------------------------------------------------


def _several(name: str, found: Iterable[Collection[Person]], roster: Roster) -> str:
    """Say who may be meant, with papers each, and how to ask for one of them."""
    counted = [(len(roster.papers(one)), _ways(one, roster)[0]) for one in found]
    counted.sort(key=lambda one: (-one[0], one[1]))
    shown = [f"{way} ({count} paper{'' if count == 1 else 's'})" for count, way in counted]
    more = len(shown) - _LISTED
    listed = ", ".join(shown[:_LISTED]) + (f" and {more} more" if more > 0 else "")
    telling = next((way for _, way in counted if written_out(person(way))), counted[0][1])
    return (
        f"{name!r} may be any of {len(shown)} names that nothing shows to be one person's: "
        f'{listed}; ask for one of them as it is written here, such as "{telling}"'
    )


def _unknown(name: str, spelled: Iterable[str]) -> str:
    near = ", ".join(_nearest(name, sorted(spelled)))
    advice = f"the nearest names are {near}" if near else "and no name is near to it"
    return f"no author list or profile names {name!r}; {advice}"


def _nearest(name: str, spelled: Sequence[str]) -> list[str]:
    """Return names that share most words with one, else those that are spelled like it."""
    words = _words(name)
    sharing = {one: len(words & _words(one)) for one in spelled}
    best = max(sharing.values(), default=0)
    if not best:
        return difflib.get_close_matches(name, spelled, n=_NEAR, cutoff=_ALIKE)
    ratio = difflib.SequenceMatcher(None, b=name.casefold())
    close = {}
    for one in (one for one, shared in sharing.items() if shared == best):
        ratio.set_seq1(one.casefold())
        close[one] = -ratio.ratio()
    return sorted(close, key=lambda one: (close[one], one))[:_NEAR]


def _words(name: str) -> set[str]:
    one = person(name)
    return {part.lstrip("-") for part in (*one.given, one.family)} - PARTICLES


# --- Papers ------------------------------------------------------------------------------------


def authorships(author: Author, entries: Iterable[Entry]) -> list[Authorship]:
    """Say of each paper of the author where its list names them, newest paper first."""
    return [_authorship(author, entry) for entry in papers_of(author, entries)]


def named(author: Author, entries: Iterable[Entry]) -> Named:
    """Count on how many of the author's papers the printed list names them."""
    theirs = papers_of(author, entries)
    return Named(printed=sum(bool(positions(author, one)) for one in theirs), of=len(theirs))


def papers_of(author: Author, entries: Iterable[Entry]) -> list[Entry]:
    """Leave only papers of the author, newest first."""
    own = {entry.paper.id for entry in author.papers}
    return sorted((one for one in entries if one.paper.id in own), key=newest_first)


def positions(author: Author, entry: Entry) -> list[int]:
    """Return where, counted from 1, a printed author list names the author.

    Where a whole list of a paper on the author's own page has one name that may be theirs, such as
    an initialled one, it is.
    """
    listed = list(enumerate(entry.paper.authors or (), 1))
    ways = set(author.names)
    exact = [position for position, name in listed if name in ways]
    if exact or not _whole(entry) or not stands_on(entry, author.pages):
        return exact
    loose = [(position, name) for position, name in listed if may_be_one(name, author.name)]
    return [loose[0][0]] if len(loose) == 1 and _nobody_elses(loose[0][1], author) else []


def _nobody_elses(name: str, author: Author) -> bool:
    """Say whether no other way of printing the author's name speaks against this one."""
    fitting = (one for one in author.others if may_be_one(one, author.name))
    return all(may_be_one(one, name) for one in fitting)


def _authorship(author: Author, entry: Entry) -> Authorship:
    """Two people of one name in a list leave open which of them is meant."""
    found = positions(author, entry)
    return Authorship(
        paper=entry.paper.id,
        position=found[0] if len(found) == 1 else None,
        of=len(entry.paper.authors or ()) or None,
        authors_complete=_whole(entry),
    )


def _whole(entry: Entry) -> bool:
    return bool(entry.paper.authors) and not entry.details.et_al


# --- Folders -----------------------------------------------------------------------------------


def slug_of(author: Author) -> str:
    """Return a name for the author's folder, the same however the name is written.

    Where letters are left out or cut, eight hex of a hash tell like names apart.
    """
    one = person(author.name)
    words = " ".join((*one.given, one.family))
    short = slug(words, _SLUG)
    if short and words.isascii() and len(words) <= _SLUG:
        return short
    digest = sha256(words.encode()).hexdigest()[:_HASH]
    return f"{short or 'author'}-{digest}"
