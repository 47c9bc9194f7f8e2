"""What stands beside an author's name: other names, how that changed, and institutions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.authorship import Author, papers_of, positions
from pipeline.library import Entry
from pipeline.people import Person, person

RECENT = 5


class Companion(NamedTuple):
    """A name beside the author's, and the ids of the papers that print it, newest first.

    `recent` of them are of the newest years; one without a date is not.
    """

    name: str
    papers: tuple[str, ...]
    recent: int


class Beside(NamedTuple):
    """The names that are printed on an author's papers, those on most papers first.

    `since` is the first of the newest years, which are as few as have `RECENT` papers; None where
    no paper is older. `recent` counts the author's papers from it on. Of `listed` papers a list of
    names is printed, and `cut` of these lists end in "et al.".
    """

    companions: tuple[Companion, ...]
    since: int | None
    recent: int
    listed: int
    cut: int


class Institution(NamedTuple):
    """An institution that stands beside the names of papers, not of a person; ids newest first."""

    name: str
    papers: tuple[str, ...]


def beside(author: Author, entries: Iterable[Entry]) -> Beside:
    """Count the names beside the author's; names are one where only case, accents, order differ."""
    theirs = papers_of(author, entries)
    dates = [entry.paper.date for entry in theirs]
    since = _newest_years(date.year for date in dates if date)
    new = [since is not None and date is not None and date.year >= since for date in dates]
    found = []
    for name, places in _printed(author, theirs):
        papers = tuple(theirs[place].paper.id for place in places)
        found.append(Companion(name, papers, sum(new[place] for place in places)))
    return Beside(
        companions=tuple(sorted(found, key=lambda one: (-len(one.papers), one.name))),
        since=since,
        recent=sum(new),
        listed=sum(bool(entry.paper.authors) for entry in theirs),
        cut=sum(bool(entry.details.et_al) for entry in theirs),
    )


def institutions(author: Author, entries: Iterable[Entry]) -> list[Institution]:
    """List the institutions that the author's papers print, those on most papers first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in papers_of(author, entries):
        for name in entry.details.affiliations:
            found[name].append(entry.paper.id)
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Institution(name, tuple(papers)) for name, papers in order]


def _printed(author: Author, entries: Sequence[Entry]) -> Iterator[tuple[str, list[int]]]:
    """Yield each name as most lists print it, and the places of the entries that do."""
    spelled: defaultdict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        names = entry.paper.authors or []
        own = {names[position - 1] for position in positions(author, entry)}
        for name in dict.fromkeys(names):
            if name not in own:
                spelled[name].append(place)
    people: defaultdict[Person, list[str]] = defaultdict(list)
    for name in spelled:
        people[person(name)].append(name)
    for ways in people.values():
        usual = min(ways, key=lambda way: (-len(spelled[way]), way))
        yield usual, sorted({place for way in ways for place in spelled[way]})


def _newest_years(years: Iterable[int]) -> int | None:
    counts, total = Counter(years), 0
    for year in sorted(counts, reverse=True):
        total += counts[year]
        if total >= RECENT:
            return year if total < counts.total() else None
    return None
