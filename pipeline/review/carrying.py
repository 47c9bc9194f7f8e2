"""What people decided on a paper's page, where a line of work says the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.lineage_sheet import LineageSheet
from pipeline.review.rules import Place, Ruling
from pipeline.reviews import Review
from pipeline.sheets import Claim

Said = Mapping[tuple[str, ...], Review]
"""Verdicts on papers' pages, by the text that was read and its quotes."""


def said_on_papers(rulings: Mapping[Place, Iterable[Ruling]]) -> Said:
    """Return what was rejected or edited on papers' pages."""
    found = (
        ruling.review
        for (sheet, _, _), here in rulings.items()
        if sheet == "litline/paper"
        for ruling in here
    )
    return {
        (review.text, *review.quotes): review
        for review in found
        if review.verdict != "accepted" and review.quotes
    }


def carried(
    sheet: LineageSheet, said: Said, own: Mapping[Place, Sequence[Ruling]]
) -> dict[Place, list[Ruling]]:
    """Return the verdicts about a line: its `own`, and those on papers' pages of the same words.

    Where there is one of its own about the same quotes, that one holds.
    """
    found = {place: list(here) for place, here in own.items()}
    for field, claim in sheet.claims():
        place = (sheet.schema_, sheet.slug, field)
        review = said.get(_key(claim))
        if review is not None and not _decided(claim, own.get(place, ())):
            update = {"sheet": sheet.schema_, "subject": sheet.slug, "field": field, "part": {}}
            ruling = Ruling(review.model_copy(update=update), (review.text,))
            found.setdefault(place, []).append(ruling)
    return found


def _decided(claim: Claim, own: Iterable[Ruling]) -> bool:
    quotes = {place.quote for place in claim.evidence}
    return any(set(ruling.review.quotes) == quotes for ruling in own)


def _key(claim: Claim) -> tuple[str, ...]:
    return (claim.text, *(place.quote for place in claim.evidence))
