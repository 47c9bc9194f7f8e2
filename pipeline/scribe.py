"""How the claims of one digest are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.issue import Issue
from pipeline.sheets import Claim, Datum, Evidence, claim_id

_SHEET = "litline/digest"


def counted(number: int, noun: str) -> str:
    """Count things: `1 paper`, `2,000 papers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Scribe:
    """Writes claims of the digest of an issue; `new` are the ids of its new papers."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.new = [entry.paper.id for entry in issue.selection.new]

    def label(self, paper: str) -> str:
        """Return what a sentence calls a paper: its name, else what pages call it."""
        entry = self.issue.entries[paper].paper
        return entry.names[0] if entry.names else entry.label

    def computed(
        self, field: str, text: str, data: Mapping[str, Datum], places: Sequence[Evidence] = ()
    ) -> Claim:
        """Return a claim that code counted or found: every figure in the text is in `data`."""
        quotes = [place.quote for place in places]
        return Claim(
            id=claim_id(_SHEET, self.issue.name, field, text, quotes),
            text=text,
            kind="computed",
            origin="computed",
            evidence=list(places),
            data=dict(data),
        )

    def again(self, field: str, claim: Claim) -> Claim:
        """Return a claim of a paper's sheet as one of this digest."""
        quotes = [place.quote for place in claim.evidence]
        id_ = claim_id(_SHEET, self.issue.name, field, claim.text, quotes)
        return claim.model_copy(update={"id": id_, "figures": None, "lacks": None})
