"""The graph of which work rests on which, by code, from the papers' own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.chunking import Sentence
from pipeline.lineage_sheet import GraphSheet


class Member(NamedTuple):
    """A paper as the graph sees it.

    `names` are those that the paper coins; `authors` are as printed, and may be cut; `links` are
    addresses that it gives for its own code and models; `sentences` are those of its abstract or
    text, in order; `title_at` and `names_at` need not be given by the caller.
    """

    id: str
    label: str
    title: str | None
    names: tuple[str, ...]
    date: dt.date | None
    year_inferred: bool
    authors: tuple[str, ...]
    links: tuple[str, ...]
    sentences: tuple[Sentence, ...]


def build_graph(members: Iterable[Member]) -> GraphSheet:
    """Link papers to the works they name; see docs/lineage.md for the rules."""
    raise NotImplementedError
