"""The names that author lists and pages print, where they stand, and who may be meant by one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.library import Entry, Volume
from pipeline.people import Person, agree, around, person, same_person

_UNUSUAL = "[^a-z .,-]"  # what may keep a family name from standing in a name as it is


class Roster:
    """The names of some families; `ways` has each as author lists and owners of pages spell it.

    A page's owner is who a person says (`owners`, by document), else who its header prints.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        volumes: Mapping[str, Volume],
        owners: Mapping[str, str],
        families: Collection[str],
    ) -> None:
        self._entries = entries
        self._owner = dict(_owned(volumes, owners))
        self.ways: defaultdict[Person, list[str]] = defaultdict(list)
        maybe = re.compile("|".join((*map(re.escape, families), _UNUSUAL)), re.IGNORECASE)
        for name in filter(maybe.search, self.spelled()):
            if person(name).family in families:
                self.ways[person(name)].append(name)
        self._lists = self._find({way for ways in self.ways.values() for way in ways})
        self._alike: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
        for one in self.ways:
            self._alike[_shared(one)].append(one)

    def spelled(self) -> set[str]:
        """Return the names of all families, each in every way that it is spelled."""
        return set(self._owner.values()).union(*(e.paper.authors or () for e in self._entries))

    def _find(self, names: set[str]) -> dict[str, list[int]]:
        """Return where the papers stand whose author lists print each of the names."""
        lists: defaultdict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self._entries):
            for name in names.intersection(entry.paper.authors or ()):
                lists[name].append(place)
        return lists

    def alike(self, names: Iterable[Person]) -> set[Person]:
        """Return the names that share the family name and the first initial with one of these."""
        return {one for name in names for one in self._alike.get(_shared(name), ())}

    def fitting(self, wanted: Person) -> list[frozenset[Person]]:
        """Return the people who may be meant, each as the names that are taken for theirs.

        A name that may be several people's is its own where it is spelled so and written out.
        """
        alike = self.alike([wanted])
        near = around(wanted, alike)
        sure = agree(near, self._together)
        if not sure and wanted in alike and written_out(wanted):
            return [frozenset([wanted])]
        names = [wanted] if sure else sorted(near & alike)
        people = (same_person(one, {wanted, *alike}, self._together) for one in names)
        found = dict.fromkeys(frozenset(group & alike) for group in people)
        return [group for group in found if group]

    def count(self, way: str) -> int:
        """Count the papers whose author lists spell a name in just this way."""
        return len(self._lists.get(way, ()))

    def pages(self, names: Collection[Person]) -> list[str]:
        """List the documents, by id, that are the own page of whom these names are."""
        return sorted(id_ for id_, owner in self._owner.items() if person(owner) in names)

    def papers(self, names: Collection[Person]) -> list[Entry]:
        """Return the papers whose author lists print one of the names, or that such a page has."""
        own, places = set(self.pages(names)), self._places(names)
        return [
            entry
            for place, entry in enumerate(self._entries)
            if place in places or stands_on(entry, own)
        ]

    def _places(self, names: Iterable[Person]) -> set[int]:
        ways = (way for one in names for way in self.ways.get(one, ()))
        return {place for way in ways for place in self._lists.get(way, ())}

    def _together(self, one: Person, other: Person) -> bool:
        """Say whether two names may be one person's, because no author list prints both."""
        return not self._places([one]) & self._places([other])


def _owned(volumes: Mapping[str, Volume], owners: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for id_, volume in volumes.items():
        header = volume.reading.header
        owner = owners.get(id_) or (header and header.name)
        if owner:
            yield id_, owner


def _shared(one: Person) -> tuple[str, str]:
    """Return what all names that may be one person's have in common."""
    return one.family, one.given[0].lstrip("-")[0] if one.given else ""


def written_out(one: Person) -> bool:
    """Say whether a name is more than a family name with initials."""
    return not one.given or any(len(part.lstrip("-")) > 1 for part in one.given)


def stands_on(entry: Entry, documents: Collection[str]) -> bool:
    """Say whether one of the documents holds a paper."""
    return any(ref.document in documents for ref in entry.paper.records)
