"""The model of a briefing: what one should know of an author before a meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from pipeline.digest_sheet import Listed
from pipeline.records import Coverage, Frozen
from pipeline.sheets import Claim, Dropped, Evidence, Stamp


class ProfileFigures(Frozen):
    """The figures of a profile's header, as printed; null where it prints none."""

    document: str
    name: str | None
    area: str | None
    h_index: int | None
    papers: int | None
    citations: int | None
    novelty_percent: float | None
    ai_score: float | None
    evidence: list[Evidence] = Field(description="The lines of the header.")


class Authorship(Frozen):
    """A paper of the author, and where the printed list of authors names them.

    `position` counts from 1; it is null where the list is cut before the name, and then only the
    author's own page says that the paper is theirs.
    """

    paper: str
    position: int | None
    of: int | None = Field(description="Names that the list prints; null without a list.")
    authors_complete: bool = Field(description="The list is not cut.")


class Named(Frozen):
    """On how many of the papers the documents print the author's name."""

    printed: int
    of: int


class ToRead(Frozen):
    """A paper to read before the meeting: what it is, and why."""

    paper: str
    what: Claim | None
    why: Claim


class ThemeRow(Frozen):
    """In how many papers of each year a term occurs."""

    term: str
    counts: list[int] = Field(description="One per year of the table.")
    papers: list[str]


class ThemeTable(Frozen):
    """Terms by year; a paper without a date is in no year."""

    years: list[int] = Field(description="Oldest first, at most five.")
    totals: list[int] = Field(description="Papers present of each year.")
    rows: list[ThemeRow]


class TakesPart(Frozen):
    """A line of work that the author's papers are members of; `slug` names its folder."""

    slug: str
    name: str
    claim: Claim


class Question(Frozen):
    """Something worth asking, and the sentences that give cause to ask it.

    A `pair` rests on two quotes of two papers that pull against each other or fit together in a
    way that no document explains, a `limit` on one limit that a paper states.
    """

    kind: Literal["pair", "limit"]
    claim: Claim = Field(description="What gives cause to ask.")
    ask: str = Field(description="The question.")
    papers: list[str]


class BriefingSheet(Frozen):
    """`briefings/<author-slug>/briefing.json`."""

    schema_: Literal["litline/briefing"] = Field("litline/briefing", alias="schema")
    version: Literal[1] = 1
    slug: str
    author: str
    names: list[str] = Field(description="Ways in which documents print the author's name.")
    since: dt.date | None = Field(description="The last meeting; null for a first one.")
    profile: ProfileFigures | None
    coverage: list[Coverage] = Field(description="Of the author's own pages.")
    papers: list[Authorship] = Field(description="Newest first.")
    named: Named
    short: list[Claim] = Field(description="What the author is about, and what changed.")
    careful: list[Claim] = Field(description="What is easily got wrong: roles, names.")
    facts: list[Claim] = Field(description="The profile's own figures, affiliations.")
    new: list[Claim] = Field(description="What is dated after `since`; empty without it.")
    read: list[ToRead] = Field(description="At most five, in reading order.")
    themes: ThemeTable
    lines: list[TakesPart]
    people: list[Claim] = Field(description="Names that are printed beside the author's.")
    released: list[Claim] = Field(description="Code, data and models.")
    figures: list[Claim] = Field(description="Results that they will be asked about.")
    questions: list[Question] = Field(description="At most eight.")
    unknown: list[Claim] = Field(description="What these documents cannot tell.")
    opened: list[str] = Field(description="Papers that have a page, which this one leads to.")
    listed: list[Listed] = Field(description="Every paper of the author.")
    stamp: Stamp
    dropped: list[Dropped]

    def known(self) -> str:
        """Return what the checks may know beside sentences: labels and dates of the papers."""
        dates = [one.date.isoformat() for one in self.listed if one.date]
        return "\n".join([*(one.label for one in self.listed), *dates])

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Yield each claim with the name of its field, in printed order."""
        for field in ("short", "careful", "facts", "new"):
            yield from ((field, claim) for claim in getattr(self, field))
        for one in self.read:
            yield from (("what", claim) for claim in [one.what] if claim)
            yield "why", one.why
        yield from (("lines", one.claim) for one in self.lines)
        for field in ("people", "released", "figures"):
            yield from ((field, claim) for claim in getattr(self, field))
        yield from (("questions", one.claim) for one in self.questions)
        yield from (("unknown", claim) for claim in self.unknown)
