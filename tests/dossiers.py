"""Dossiers by hand for the tests of briefings; everything in them is invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pipeline.authorship import Author
from pipeline.dossier import Dossier, labels_of
from pipeline.facts import Facts
from pipeline.library import Entry
from pipeline.records import Coverage
from pipeline.sheets import FigureRow, Release
from tests.issues import entry
from tests.page_sheets import evidence

ADA = "Ada Brew"


def paper(id_: str, year: int | None, *authors: str, cut: bool = False, **more: Any) -> Entry:
    """Return a paper of a year, by Ada Brew unless others are named."""
    day = dt.date(year, 3, 1) if year else None
    listed = list(authors or (ADA, "Bo Steam"))
    return entry(id_, date=day, authors=listed, about={"et_al": cut}, **more)


def dossier(*entries: Entry, **changes: Any) -> Dossier:
    """Return what is known of Ada Brew, these papers on a page of hers, newest first."""
    fields: dict[str, Any] = {
        "slug": "ada-brew",
        "author": Author(ADA, (ADA,), (), ("kettles.txt",), entries),
        "since": None,
        "profile": None,
        "coverage": [Coverage(document="kettles.txt", declared=None, present=len(entries))],
        "entries": entries,
        "labels": labels_of(entries),
        "cut": 0,
        "sentences": {},
        "facts": {},
        "terms": {one.paper.id: frozenset() for one in entries},
        "parts": [],
        "sheets": {},
    }
    return Dossier(**{**fields, **changes})


def figure(metric: str, printed: str, **changes: Any) -> FigureRow:
    fields: dict[str, Any] = {
        "subject": None,
        "metric": metric,
        "value": None,
        "unit": "%",
        "baseline": None,
        "difference": None,
        "value_printed": printed,
        "difference_printed": None,
        "evidence": evidence(f"It reaches {printed} on {metric}."),
    }
    return FigureRow(**{**fields, **changes})


def facts(*figures: FigureRow, code: bool | None = None) -> Facts:
    """Return figures, and code that is released, or promised, or neither."""
    told = evidence("The code is public.")
    releases = [Release(kinds=["code"], url=None, released=bool(code), evidence=told)]
    return Facts(list(figures), releases if code is not None else [], [])
