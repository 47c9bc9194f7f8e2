"""What lists, the feed and the sources need of a digest, so that it need not be read back whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from pipeline.digest_sheet import DigestSheet
from pipeline.records import Frozen
from pipeline.report import view
from pipeline.report.marks import Marks, marks_of
from pipeline.report.progress import Progress, progress_of
from pipeline.sheets import Claim, Counts

_DAYS = "Mon Tue Wed Thu Fri Sat Sun"


class DigestCard(Frozen):
    """One digest in short."""

    week: str | None
    since: dt.date
    until: dt.date
    new: int = Field(description="Papers dated in the window.")
    short: str = Field(description="The digest in a few sentences.")
    documents: list[str] = Field(description="Those that it quotes or counted.")
    marks: Marks = Field(description="Where it quotes documents.")
    counts: Counts
    progress: Progress

    @property
    def name(self) -> str:
        """The folder of the digest: the week, or the two days."""
        return self.week or f"{self.since}--{self.until}"


class _Counted(BaseModel):
    document: str


class _Stamp(BaseModel):
    counts: Counts


class _News(BaseModel):
    claim: Claim


class _Moved(BaseModel):
    claims: list[Claim]


class _Opened(BaseModel):
    new: Claim | None
    result: Claim | None
    gap: Claim | None
    code: Claim | None
    why: Claim


class _Written(BaseModel):
    """The fields of a digest that a card is made of; all others are passed over unread."""

    schema_: Literal["litline/digest"] = Field(alias="schema")
    week: str | None
    since: dt.date
    until: dt.date
    followed: list[_News]
    short: list[Claim]
    new_papers: list[str]
    opened: list[_Opened]
    lines: list[_Moved]
    changed: list[Claim]
    told: list[Claim]
    coverage: list[_Counted]
    trust: list[Claim]
    stamp: _Stamp

    def claims(self) -> list[Claim]:
        """Return all claims, in no order."""
        slots = [(one.new, one.result, one.gap, one.code, one.why) for one in self.opened]
        return [
            *(news.claim for news in self.followed),
            *self.short,
            *(claim for slot in slots for claim in slot if claim),
            *(claim for moved in self.lines for claim in moved.claims),
            *(*self.changed, *self.told, *self.trust),
        ]


def card_of(sheet: DigestSheet) -> DigestCard:
    """Return a digest in short."""
    return _card(sheet, [claim for _, claim in sheet.claims()])


def read_card(text: str) -> DigestCard | None:
    """Return a digest in short from its JSON; None where it is no digest."""
    try:
        found = _Written.model_validate_json(text)
    except ValidationError:
        return None
    return _card(found, found.claims())


def _card(found: DigestSheet | _Written, claims: Sequence[Claim]) -> DigestCard:
    marks = marks_of(place for claim in claims for place in claim.evidence)
    return DigestCard(
        week=found.week,
        since=found.since,
        until=found.until,
        new=len(found.new_papers),
        short=" ".join(claim.text for claim in found.short),
        documents=sorted({*marks, *(one.document for one in found.coverage)}),
        marks=marks,
        counts=found.stamp.counts,
        progress=progress_of(claims),
    )


def newest_first(cards: Iterable[DigestCard]) -> list[DigestCard]:
    """Order digests by their last day, the latest first; of two, the shorter."""
    return sorted(cards, key=lambda card: (card.until, card.since, card.name), reverse=True)


# --- Words ---------------------------------------------------------------------------------


def digest_path(card: DigestCard) -> str:
    """Return the address of a digest's page from the top of the outputs."""
    return f"digests/{view.address(card.name)}/digest.html"


def digest_title(card: DigestCard) -> str:
    """Name a digest with its days and what is new: the first line of its page."""
    return " · ".join(filter(None, (heading(card), days(card), counted(card))))


def heading(card: DigestCard) -> str:
    """Name a digest: `Week 22 of 2026`, or its days."""
    if card.week is None:
        return _span(card.since, card.until)
    year, _, week = card.week.partition("-W")
    return f"Week {week.lstrip('0')} of {year}"


def days(card: DigestCard) -> str:
    """Say the days of a week, with years where they are not the one that the week is named by."""
    if card.week is None:
        return ""
    first, last = card.since, card.until
    told = {f"{first.year}", f"{last.year}"} != {card.week.partition("-W")[0]}
    month = first.month != last.month
    return f"{_weekday(first, month=month, year=told)} – {_weekday(last, month=True, year=told)}"


def counted(card: DigestCard) -> str:
    """Count what is new."""
    return view.plural(card.new, "new paper") if card.new else "no new papers"


def _weekday(day: dt.date, *, month: bool, year: bool) -> str:
    words = view.human_date(day).split()
    return " ".join([_DAYS.split()[day.weekday()], *words[: 1 + month + (month and year)]])


def _span(since: dt.date, until: dt.date) -> str:
    """Say a window of days, both ends inclusive: `25 May – 7 June 2026`."""
    if since == until:
        return view.human_date(since)
    shared = (since.year == until.year) + ((since.year, since.month) == (until.year, until.month))
    first = " ".join(view.human_date(since).split()[: 3 - shared])
    return f"{first} – {view.human_date(until)}"
