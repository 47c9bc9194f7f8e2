"""Every sheet that lies in an outputs folder, in short, and the page from which all is reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet
from pipeline.lineage_sheet import LineageSheet
from pipeline.records import Frozen
from pipeline.report.briefing_card import BriefingCard
from pipeline.report.briefing_card import card_of as briefing_card_of
from pipeline.report.cards import Card, LineCard, card_of, line_card_of
from pipeline.report.digest_card import DigestCard
from pipeline.report.digest_card import card_of as digest_card_of
from pipeline.report.html import index_html
from pipeline.sheets import PaperSheet, RunReport

MAIN = "index.html"
REPORT = "run.json"
FEED = "feed.xml"
AnyCard = Card | LineCard | DigestCard | BriefingCard


class Shown(NamedTuple):
    """Every sheet that lies in the outputs, in short."""

    papers: Sequence[Card]
    lines: Sequence[LineCard]
    digests: Sequence[DigestCard]
    briefings: Sequence[BriefingCard]

    @property
    def all(self) -> list[AnyCard]:
        """The four kinds in one list."""
        return [*self.papers, *self.lines, *self.digests, *self.briefings]


def shown_of(cards: Iterable[AnyCard]) -> Shown:
    """Part cards by their kinds."""
    listed = list(cards)
    return Shown(
        [card for card in listed if isinstance(card, Card)],
        [card for card in listed if isinstance(card, LineCard)],
        [card for card in listed if isinstance(card, DigestCard)],
        [card for card in listed if isinstance(card, BriefingCard)],
    )


def placed_card(sheet: Frozen) -> tuple[str, AnyCard] | None:
    """Return a sheet in short, and where it lies in the outputs; None for one without a page."""
    if isinstance(sheet, PaperSheet):
        return f"papers/{sheet.paper.id}.json", card_of(sheet)
    if isinstance(sheet, LineageSheet):
        return f"lineages/{sheet.slug}/lineage.json", line_card_of(sheet)
    if isinstance(sheet, DigestSheet):
        return f"digests/{sheet.name}/digest.json", digest_card_of(sheet)
    if isinstance(sheet, BriefingSheet):
        return f"briefings/{sheet.slug}/briefing.json", briefing_card_of(sheet)
    return None


def main_page(shown: Shown, report: RunReport) -> str:
    """Return the page from which everything is reached."""
    return index_html(
        shown.papers,
        report.coverage,
        report.notes,
        report.failed,
        lineages=sorted(shown.lines, key=lambda line: (line.name.casefold(), line.slug)),
        digests=shown.digests,
        briefings=shown.briefings,
    )
