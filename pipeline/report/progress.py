"""How far people have come with the review of a page."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from pipeline.records import Frozen
from pipeline.sheets import Claim


class Progress(Frozen):
    """What of a page's claims was read; those with the same words and quotes are one."""

    reviewed: int = Field(description="Claims that a person accepted or edited.")
    open: int = Field(description="Claims that nobody has decided on.")
    weak: int = Field(description="Of these, those to be read first: see `Claim.weak`.")


def progress_of(claims: Iterable[Claim]) -> Progress:
    """Count what was read of the claims that a page prints."""
    one_each = {(claim.text, *(e.quote for e in claim.evidence)): claim for claim in claims}
    reviewed = sum(claim.reviewed is not None for claim in one_each.values())
    weak = sum(claim.weak for claim in one_each.values())
    return Progress(reviewed=reviewed, open=len(one_each) - reviewed, weak=weak)
