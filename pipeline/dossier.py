"""All that a briefing is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.authorship import Author
from pipeline.briefing_sheet import ProfileFigures
from pipeline.facts import Facts
from pipeline.library import Entry, called
from pipeline.records import Coverage
from pipeline.sheets import PaperSheet


class Part(NamedTuple):
    """A line of work, and which of its members are the author's, oldest first.

    `members` counts works, those that no document describes too; `later` names the newest where
    it is not the author's.
    """

    slug: str
    name: str
    own: Sequence[str]
    members: int
    later: str | None


class Dossier(NamedTuple):
    """What is known of an author.

    `entries` are the author's papers, newest first; `facts` and `terms` are of all of them, by id,
    `sheets` of those that have been summarised. `coverage` is of the author's own pages.
    """

    author: Author
    since: dt.date | None
    profile: ProfileFigures | None
    coverage: Sequence[Coverage]
    entries: Sequence[Entry]
    facts: Mapping[str, Facts]
    terms: Mapping[str, frozenset[str]]
    parts: Sequence[Part]
    sheets: Mapping[str, PaperSheet]

    def label(self, paper: str) -> str:
        """Return what a sentence calls a paper; those that share a name are told by year too."""
        names = [called(entry.paper) for entry in self.entries]
        own = next(entry.paper for entry in self.entries if entry.paper.id == paper)
        if names.count(called(own)) > 1 and own.date:
            return f"{called(own)} ({own.date.year})"
        return called(own)
