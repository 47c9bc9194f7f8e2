"""The model of a digest: what a week, or a window of days, brought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from pipeline.records import Coverage, Frozen
from pipeline.sheets import Claim, Dropped, Failure, Stamp

Verdict = Literal["emerging", "declining", "possible", "steady", "too few to say"]
ChangedField = Literal["title", "version", "date", "abstract"]
Followed = Literal["author", "topic", "lineage"]


class Share(Frozen):
    """In how many papers of how many a term occurs."""

    papers: int
    of: int


class TrendRow(Frozen):
    """A term in the window against the time before; `p` and `q` are null where not tested."""

    term: str
    window: Share
    baseline: Share
    p: float | None = Field(description="Fisher's exact test, two-sided.")
    q: float | None = Field(description="p after Benjamini and Hochberg over all tested terms.")
    verdict: Verdict
    reason: str = Field("", description="Why no more than `possible` can be said.")
    window_interval: Annotated[
        tuple[float, float], Field(description="Wilson's 95 % interval of the share, 0 to 1.")
    ]
    baseline_interval: tuple[float, float]
    in_window: list[str] = Field(description="Ids of the papers counted.")
    in_baseline: list[str]


class Days(Frozen):
    """A window of days, both ends inclusive."""

    since: dt.date
    until: dt.date


class ReadFirst(Frozen):
    """A paper worth reading first, and why; the strongest reason first."""

    paper: str
    reasons: list[str]


class Change(Frozen):
    """What changed about a paper since a digest showed it.

    `order` is `unknown` where two wordings differ and no date says which is later: that is a
    difference and no update.
    """

    paper: str
    field: ChangedField
    before: str | None
    after: str | None
    documents: list[str]
    order: Literal["stated", "unknown"]


class Listed(Frozen):
    """A paper as a digest lists it; facts are copied from the library."""

    paper: str
    label: str
    authors: list[str] | None
    et_al: bool
    date: dt.date | None
    year_inferred: bool


class Opened(Frozen):
    """A paper of the two-minute page: four slots, at most one sentence each."""

    paper: str
    new: Claim | None = Field(description="What is new; null where no sentence was found.")
    result: Claim | None
    gap: Claim | None = Field(description="What the result does not give.")
    code: Claim | None
    why: Claim


class Theme(Frozen):
    """New papers of one subject; each paper stands under one theme."""

    name: str
    papers: list[str]


class Moved(Frozen):
    """A line of work that has a new member; `slug` names its folder under `lineages`."""

    slug: str
    name: str
    claims: list[Claim]


class News(Frozen):
    """What changed about something that is followed; `claim` counts it."""

    kind: Followed
    name: str
    claim: Claim


class DigestSheet(Frozen):
    """`digests/<week>/digest.json`, or `digests/<since>--<until>/digest.json`."""

    schema_: Literal["litline/digest"] = Field("litline/digest", alias="schema")
    version: Literal[1] = 1
    week: str | None = Field(description="As 2026-W22; null for a window of days.")
    since: dt.date
    until: dt.date = Field(description="Inclusive.")
    first: bool = Field(description="No earlier week has a digest.")
    followed: list[News]
    short: list[Claim] = Field(description="The week in counts and names, or why it is empty.")
    new_papers: list[str] = Field(description="Ids of papers dated in the window.")
    read_first: list[ReadFirst] = Field(description="At most five, by code.")
    opened: list[Opened] = Field(description="The same papers, as printed.")
    themes: list[Theme] = Field(description="All new papers, each once.")
    lines: list[Moved]
    updated: list[Change]
    changed: list[Claim] = Field(description="The same, in words.")
    backlog: list[str] = Field(description="Ids of older or undated papers, never shown before.")
    listed: list[Listed] = Field(description="Every paper that is named on the page.")
    trends: list[TrendRow] = Field(description="Every term; `too few to say` is not tested.")
    trend_window: Days
    told: list[Claim] = Field(description="The terms that are printed, at most five.")
    failed: list[Failure]
    coverage: list[Coverage]
    notes: list[str] = Field(description="What was passed over in reading, by document.")
    trust: list[Claim] = Field(description="How far the counts can be trusted.")
    stamp: Stamp
    dropped: list[Dropped]

    @property
    def name(self) -> str:
        """The folder of the digest: the week, or the two days."""
        return self.week or f"{self.since}--{self.until}"

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Yield each claim with the name of its field, in printed order."""
        yield from (("followed", news.claim) for news in self.followed)
        yield from (("short", claim) for claim in self.short)
        for one in self.opened:
            for field in ("new", "result", "gap", "code", "why"):
                claim: Claim | None = getattr(one, field)
                if claim is not None:
                    yield field, claim
        yield from (("lines", claim) for line in self.lines for claim in line.claims)
        yield from (("changed", claim) for claim in self.changed)
        yield from (("trends", claim) for claim in self.told)
        yield from (("trust", claim) for claim in self.trust)
