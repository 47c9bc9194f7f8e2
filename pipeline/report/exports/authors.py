"""Which note of a vault is about whom: people with a briefing, and names as papers print them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from pipeline.briefing_sheet import BriefingSheet
from pipeline.people import person
from pipeline.report.cells import one_line
from pipeline.report.exports.wording import key
from pipeline.sheets import PaperSheet

_HASH = 8  # hex


class Author(NamedTuple):
    """A person, or a printed name that may be several people's; `key` names the note.

    `papers` are ids; `briefing` is None where only the name is known.
    """

    key: str
    name: str
    printed: list[str]
    papers: list[str]
    briefing: BriefingSheet | None


class Authors:
    """The authors of a collection, and whom a paper means by a name."""

    def __init__(self, papers: Iterable[PaperSheet], briefings: Iterable[BriefingSheet]) -> None:
        self._known: dict[str, Author] = {}
        self._means: dict[tuple[str, str], str] = {}
        self._by_paper: dict[str, set[str]] = {}
        for sheet in briefings:
            self._brief(sheet)
        for paper in papers:
            for name in paper.paper.authors or []:
                self._print(paper.paper.id, name)

    def listed(self) -> list[Author]:
        """Return all authors, by the names of their notes."""
        return [self._known[one] for one in sorted(self._known)]

    def of(self, paper: str, name: str) -> Author | None:
        """Return whom a paper means by a name that it prints; None for a name without letters."""
        return self._known.get(self._means.get((paper, name), ""))

    def with_paper(self, paper: str) -> list[Author]:
        """Return whose notes name a paper, those included whom its own list is cut before."""
        return [self._known[one] for one in sorted(self._by_paper.get(paper, ()))]

    def _brief(self, sheet: BriefingSheet) -> None:
        papers = [one.paper for one in sheet.papers]
        made = Author(key(sheet.slug), sheet.author, list(sheet.names), papers, sheet)
        self._known[made.key] = made
        for paper in papers:
            self._by_paper.setdefault(paper, set()).add(made.key)
            for name in sheet.names:
                self._means.setdefault((paper, name), made.key)

    def _print(self, paper: str, name: str) -> None:
        if (paper, name) in self._means or not one_line(name):
            return
        where = self._key(name)
        one = self._known.setdefault(where, Author(where, name, [], [], None))
        if name not in one.printed:
            one.printed.append(name)
        if paper not in one.papers:
            one.papers.append(paper)
            self._by_paper.setdefault(paper, set()).add(where)
        self._means[paper, name] = where

    def _key(self, name: str) -> str:
        """Return the name of a note, the same however case and accents of a name are printed.

        A person of that name with a briefing keeps theirs: this may be somebody else.
        """
        known = person(name)
        words = "-".join((*(part.strip("-") for part in known.given), known.family))
        plain = key(words if words.strip("-") else name)
        taken = self._known.get(plain)
        if taken is None or taken.briefing is None:
            return plain
        return f"{plain}-{sha256(f'printed {plain}'.encode()).hexdigest()[:_HASH]}"
