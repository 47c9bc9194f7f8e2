"""Which papers to read before a meeting: at most five, chosen by code, with the reason of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.briefing_sheet import Authorship
from pipeline.dossier import Dossier
from pipeline.library import Entry

MOST_READ = 5
_SINCE, _ROLE, _NEWEST, _STEP, _FIGURE, _CODE = 5, 4, 3, 3, 2, 1
_NO_TEXT = -5


class Choice(NamedTuple):
    """A paper to read, and the reasons, the strongest first."""

    paper: str
    reasons: tuple[str, ...]


def reading_list(
    dossier: Dossier, authorships: Mapping[str, Authorship], most: int = MOST_READ
) -> list[Choice]:
    """Choose papers by the sum of their reasons, a second one of a line only where others fail.

    Of equal sums the newer comes first.
    """
    scored = []
    partly = any(one.position is None for one in authorships.values())
    for place, entry in enumerate(dossier.entries):
        reasons = list(_reasons(dossier, authorships, entry, partly=partly))
        scored.append((-sum(weight for _, weight in reasons), place, entry.paper.id, reasons))
    home = {paper: part.slug for part in dossier.parts for paper in part.own}
    first: list[Choice] = []
    second: list[Choice] = []
    taken = set[str]()
    for _, _, id_, reasons in sorted(scored, key=lambda one: one[:2]):
        told = sorted((one for one in reasons if one[1] > 0), key=lambda one: -one[1])
        choice = Choice(id_, tuple(words for words, _ in told))
        (second if home.get(id_) in taken else first).append(choice)
        taken |= {home[id_]} if id_ in home else set()
    return [*first, *second][:most]


def _reasons(
    dossier: Dossier, authorships: Mapping[str, Authorship], entry: Entry, *, partly: bool
) -> Iterator[tuple[str, int]]:
    paper = entry.paper.id
    if authorships[paper].position is not None and partly:
        yield "the list of authors prints the name", _ROLE
    if paper == dossier.entries[0].paper.id and entry.paper.date:
        yield "the newest", _NEWEST
    for part in dossier.parts:
        if part.own[-1] == paper:
            yield f"the latest of theirs in the line {part.name}", _STEP
    facts = dossier.facts.get(paper)
    if facts and facts.figures:
        yield "it gives figures", _FIGURE
    if facts and any(one.released and "code" in one.kinds for one in facts.releases):
        yield "code released", _CODE
    if dossier.since and entry.paper.date and entry.paper.date > dossier.since:
        yield "new since the last meeting", _SINCE
    if entry.record is None:
        yield "no document gives an abstract", _NO_TEXT


def place(one: Authorship) -> str:
    """Say where a list names the author: `2nd of 3`, or `3rd, list cut`."""
    where = ordinal(one.position or 0)
    return f"{where} of {one.of:,}" if one.authors_complete else f"{where}, list cut"


def ordinal(number: int) -> str:
    """Count in order: `1st`, `12th`, `23rd`."""
    teen = 10 < number % 100 < 20
    return f"{number:,}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
