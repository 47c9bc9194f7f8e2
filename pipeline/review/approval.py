"""Which claims of a digest nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.digest_sheet import DigestSheet, Opened
from pipeline.sheets import Claim, PaperSheet


def unread(sheet: DigestSheet, papers: Mapping[str, PaperSheet]) -> dict[str, list[str]]:
    """Return by paper the ids of claims in words of a source or a model that nobody has approved.

    They are claims of papers' pages, since a digest has its sentences from there; what code
    counted needs no approval.
    """
    found = {one.paper: list(_unread(one, papers.get(one.paper))) for one in sheet.opened}
    return {paper: list(dict.fromkeys(ids)) for paper, ids in found.items() if ids}


def _unread(one: Opened, paper: PaperSheet | None) -> Iterator[str]:
    for claim in (one.new, one.result, one.gap, one.code):
        if claim is not None and claim.kind != "computed" and claim.reviewed is None:
            yield _origin(claim, paper).id


def _origin(claim: Claim, paper: PaperSheet | None) -> Claim:
    """Return the claim of the paper's page that this one repeats."""
    own = paper.summary.claims() if paper else iter(())
    same = (other for _, other in own if _said(other) == _said(claim))
    return next(same, claim)


def _said(claim: Claim) -> tuple[str, list[str]]:
    return claim.text, [place.quote for place in claim.evidence]
