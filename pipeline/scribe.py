"""How code writes the claims of a sheet, and the papers that it lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from pipeline.digest_sheet import Listed
from pipeline.library import Entry
from pipeline.sheets import Claim, Datum, Evidence, claim_id


def counted(number: int, noun: str) -> str:
    """Count things: `1 paper`, `2,000 papers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def printed_day(day: dt.date) -> str:
    """Write a day as `27 May 2026`."""
    return f"{day.day} {day:%B} {day.year}"


def listed(entry: Entry) -> Listed:
    """Return a paper as pages list it."""
    return Listed(
        paper=entry.paper.id,
        label=entry.paper.label,
        authors=entry.paper.authors,
        et_al=bool(entry.details.et_al),
        date=entry.paper.date,
        year_inferred=entry.details.year_inferred,
    )


class Scribe:
    """Writes claims of one sheet, given by its schema and its subject."""

    def __init__(self, sheet: str, subject: str) -> None:
        self._sheet = sheet
        self._subject = subject

    def computed(
        self, field: str, text: str, data: Mapping[str, Datum], places: Sequence[Evidence] = ()
    ) -> Claim:
        """Return a claim that code counted or found: every figure in the text is in `data`."""
        return Claim(
            id=self._id(field, text, places),
            text=text,
            kind="computed",
            origin="computed",
            evidence=list(places),
            data=dict(data),
        )

    def quoted(self, field: str, text: str, place: Evidence) -> Claim:
        """Return a claim in the words of one place, as a lead-in may be left out of them."""
        return Claim(
            id=self._id(field, text, [place]),
            text=text,
            kind="quoted",
            origin="extractive",
            evidence=[place],
            data=None,
        )

    def again(self, field: str, claim: Claim) -> Claim:
        """Return a claim of another sheet as one of this."""
        id_ = self._id(field, claim.text, claim.evidence)
        return claim.model_copy(update={"id": id_, "figures": None, "lacks": None})

    def _id(self, field: str, text: str, places: Sequence[Evidence]) -> str:
        quotes = [place.quote for place in places]
        return claim_id(self._sheet, self._subject, field, text, quotes)
