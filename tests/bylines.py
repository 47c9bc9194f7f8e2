"""Invented papers by their author lists, and pages by their owners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import product

from pipeline.library import Entry, Volume
from pipeline.records import Document, ProfileHeader, Reading, RecordRef
from tests.page_sheets import details, paper

LISTING = "listing.txt"
_PARTS = product("ABCDEFGH", "aeiou", "aeiou", "bcdfghjklmnpqrst")
CROWD = [f"{a}{b}{c} Pan{d}" for a, b, c, d in _PARTS]  # 3,200 names


def byline(
    id_: str,
    *authors: str,
    on: Sequence[str] = (LISTING,),
    cut: bool = False,
    day: dt.date | None = dt.date(2031, 5, 27),
    places: Sequence[str] = (),
) -> Entry:
    """Return a paper that these documents hold; without names it has no author list."""
    records = [RecordRef(document=document, index=0) for document in on]
    one = paper(id=id_, authors=list(authors) or None, date=day, records=records)
    et_al = cut if authors else None
    return Entry(one, details(et_al=et_al, affiliations=list(places)), lambda: None)


def page(
    id_: str, owner: str | None = None, *, h_index: int | None = None, current: bool = True
) -> Volume:
    """Return a document whose header names its owner, or that has none."""
    header = None
    if owner is not None:
        header = ProfileHeader(span=(0, 1), name=owner, h_index=h_index)
    document = Document(id=id_, sha256="0" * 64, text="-")
    return Volume(document, Reading(format="profile", header=header), "2031-06-01", current)


def pages(*volumes: Volume) -> dict[str, Volume]:
    """Return documents by id, the listing without an owner among them."""
    return {one.document.id: one for one in (page(LISTING), *volumes)}
