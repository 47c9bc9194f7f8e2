"""What lists and totals need of a sheet, so that it need not be read back whole."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from pipeline.lineage_sheet import LineageSheet
from pipeline.records import Frozen
from pipeline.report.lineage_view import members, span
from pipeline.sheets import Counts, PaperSheet, places


class Card(Frozen):
    """One paper's sheet in short."""

    paper: str
    label: str
    titled: bool
    date: dt.date | None
    year_inferred: bool
    short: str = Field(description="The summary's first sentence; empty without one.")
    engine: str
    model: str | None
    counts: Counts
    documents: list[str] = Field(description="Those that the sheet quotes.")


class LineCard(Frozen):
    """One line's sheet in short; `members` and `span` are words."""

    slug: str
    name: str
    members: str
    span: str
    counts: Counts
    documents: list[str] = Field(description="Those that the sheet quotes.")


def card_of(sheet: PaperSheet) -> Card:
    """Return a paper's sheet in short."""
    tldr = sheet.summary.tldr
    return Card(
        paper=sheet.paper.id,
        label=sheet.paper.label,
        titled=sheet.paper.title is not None,
        date=sheet.paper.date,
        year_inferred=sheet.details.year_inferred,
        short=tldr.text if tldr else "",
        engine=sheet.stamp.engine,
        model=sheet.stamp.model,
        counts=sheet.stamp.counts,
        documents=_quoted(sheet),
    )


def line_card_of(sheet: LineageSheet) -> LineCard:
    """Return a line's sheet in short."""
    return LineCard(
        slug=sheet.slug,
        name=sheet.name,
        members=members(sheet),
        span=span(sheet),
        counts=sheet.stamp.counts,
        documents=_quoted(sheet),
    )


def _quoted(sheet: Frozen) -> list[str]:
    return sorted({place.document for place in places(sheet)})
