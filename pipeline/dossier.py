"""All that a briefing is made from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.authorship import Author
from pipeline.briefing_sheet import ProfileFigures
from pipeline.chunking import Sentence
from pipeline.facts import Facts
from pipeline.library import Entry, called
from pipeline.records import Coverage
from pipeline.sheets import PaperSheet


class Part(NamedTuple):
    """A line of work, and which of its members are the author's, oldest first.

    `members` counts the papers of the line, works that no document describes aside; `later` names
    the newest where it is not the author's. `guessed` says that no document states a link of it.
    """

    slug: str
    name: str
    own: Sequence[str]
    members: int
    later: str | None
    guessed: bool


class Dossier(NamedTuple):
    """What is known of an author.

    `entries` are the author's papers, newest first; `labels` (what a sentence calls them), `facts`
    and `terms` are of all of them, by id, `sentences` of those in lines, `sheets` of those that
    have been summarised. `coverage` is of the author's own pages. `cut` counts the other papers
    of the library whose list of authors is cut.
    """

    slug: str
    author: Author
    since: dt.date | None
    profile: ProfileFigures | None
    coverage: Sequence[Coverage]
    entries: Sequence[Entry]
    labels: Mapping[str, str]
    cut: int
    facts: Mapping[str, Facts]
    terms: Mapping[str, frozenset[str]]
    parts: Sequence[Part]
    sentences: Mapping[str, Sequence[Sentence]]
    sheets: Mapping[str, PaperSheet]


def labels_of(entries: Sequence[Entry]) -> dict[str, str]:
    """Return what a sentence calls papers; those that share a name are told by year too."""
    often = Counter(called(entry.paper) for entry in entries)
    found = {}
    for paper in (entry.paper for entry in entries):
        shared = often[called(paper)] > 1 and paper.date is not None
        found[paper.id] = f"{called(paper)} ({paper.date:%Y})" if shared else called(paper)
    return found
