"""Verdicts that were taken back, undone on pages that still show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from pipeline.review.rules import Ruling
from pipeline.review.sheets import Sheet, Texts, recounted, review_sheet, sheet_claims
from pipeline.reviews import Review
from pipeline.sheets import Dropped

_Sheet = TypeVar("_Sheet", bound=Sheet)


def take_back(sheet: _Sheet, withdrawn: Iterable[Review], texts: Texts) -> _Sheet:
    """Return a sheet as it would be without verdicts that were withdrawn and that it still shows.

    An accepted claim loses its mark, an edited one gets its words back, a rejected one stands
    again, last in its field. A computed claim that was rejected is for the next run to count.
    """
    for review in withdrawn:
        if _shows(sheet, review):
            sheet = _without(sheet, review, texts)
    return sheet


def _shows(sheet: Sheet, review: Review) -> bool:
    kept = {claim.id for _, claim in sheet_claims(sheet) if claim.reviewed}
    return review.said_id in kept or any(_by_rejection(one, review) for one in sheet.dropped)


def _by_rejection(dropped: Dropped, review: Review) -> bool:
    """Whether a claim was dropped since people rejected these words."""
    of = (review.field, review.text)
    return (dropped.field, dropped.text) == of and dropped.reason.startswith("rejected by ")


def _without(sheet: _Sheet, review: Review, texts: Texts) -> _Sheet:
    first = review.model_copy(update={"verdict": "accepted", "new_text": None, "overruled": []})
    place = (review.sheet, review.subject, review.field)
    back = review_sheet(sheet, {place: [Ruling(first, ())]}, texts)
    data = _unmarked(back.model_dump(mode="json", by_alias=True), review.claim)
    told = type(sheet).model_validate(data)
    dropped = [one for one in told.dropped if not _by_rejection(one, review)]
    return cast("_Sheet", recounted(told.model_copy(update={"dropped": dropped})))


def _unmarked(node: Any, claim: str) -> Any:
    """Take what a person did to a claim from it, wherever it stands in a sheet."""
    if isinstance(node, list):
        return [_unmarked(one, claim) for one in node]
    if not isinstance(node, dict):
        return node
    marks = {"reviewed", "overruled"} if node.get("id") == claim else set()
    return {name: _unmarked(value, claim) for name, value in node.items() if name not in marks}
