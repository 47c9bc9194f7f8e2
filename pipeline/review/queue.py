"""How far the review of all pages has come, and which page is to be read next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from pipeline.report.briefing_card import BriefingCard, briefing_path
from pipeline.report.cards import Card, LineCard
from pipeline.report.digest_card import DigestCard, digest_path, digest_title
from pipeline.report.index_view import line_path, paper_path
from pipeline.report.parts import newest_first
from pipeline.report.progress import Progress


class Page(NamedTuple):
    """A page of claims: its address from the top of the outputs, its name, how far it is read."""

    path: str
    label: str
    progress: Progress


def in_review_order(
    papers: Sequence[Card],
    lines: Sequence[LineCard],
    digests: Sequence[DigestCard],
    briefings: Sequence[BriefingCard],
) -> list[Page]:
    """Return all pages: those with most weak spots first, else papers before others."""
    pages = [
        *(
            Page(paper_path(one.paper), one.label, one.progress)
            for one in sorted(papers, key=newest_first)
        ),
        *(Page(digest_path(one), digest_title(one), one.progress) for one in digests),
        *(Page(line_path(one.slug), one.name, one.progress) for one in lines),
        *(Page(briefing_path(one), one.author, one.progress) for one in briefings),
    ]
    return sorted(pages, key=lambda page: -page.progress.weak)


def next_page(ordered: Sequence[Page], here: str) -> Page | None:
    """Return the first page on which a claim is left to review, but the one that lies `here`."""
    left = (page for page in ordered if page.progress.open)
    return next((page for page in left if unquote(page.path) != here), None)
