"""What lists and the sources need of a briefing."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, ValidationError

from pipeline.briefing_sheet import BriefingSheet
from pipeline.records import Frozen
from pipeline.report import view
from pipeline.report.marks import Marks, marks_of
from pipeline.report.progress import Progress, progress_of
from pipeline.sheets import Counts, places


class BriefingCard(Frozen):
    """One briefing in short."""

    slug: str
    author: str
    papers: int = Field(description="Papers of the author that are present.")
    documents: list[str] = Field(description="Those that it quotes or counted.")
    marks: Marks = Field(description="Where it quotes documents.")
    counts: Counts
    progress: Progress


def card_of(sheet: BriefingSheet) -> BriefingCard:
    """Return a briefing in short."""
    marks = marks_of(places(sheet))
    return BriefingCard(
        slug=sheet.slug,
        author=sheet.author,
        papers=len(sheet.papers),
        documents=sorted({*marks, *(one.document for one in sheet.coverage)}),
        marks=marks,
        counts=sheet.stamp.counts,
        progress=progress_of(claim for _, claim in sheet.claims()),
    )


def read_card(text: str) -> BriefingCard | None:
    """Return a briefing in short from its JSON; None where it is no briefing."""
    try:
        return card_of(BriefingSheet.model_validate_json(text))
    except ValidationError:
        return None


def by_name(cards: Iterable[BriefingCard]) -> list[BriefingCard]:
    """Order briefings by the names of their authors."""
    return sorted(cards, key=lambda card: (card.author.casefold(), card.slug))


def briefing_path(card: BriefingCard) -> str:
    """Return the address of a briefing's page from the top of the outputs."""
    return f"briefings/{view.address(card.slug)}/briefing.html"
