"""Invented libraries with the edges that their texts support, written by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.chunking import Sentence
from pipeline.coining import coined_names
from pipeline.lineage_graph import Member
from pipeline.lineage_sheet import GraphSheet
from pipeline.mentions import name_key
from pipeline.sentences import sentences
from pipeline.sheets import Evidence

FOLDER = Path(__file__).parent / "data" / "lineage"
EXTERNAL = "ext:"


class Edge(NamedTuple):
    """An edge as gold and graph are compared; an external target is `ext:` and its key."""

    source: str
    target: str
    type: str
    basis: str


class Corpus(NamedTuple):
    """A small library and its edges."""

    members: list[Member]
    edges: set[Edge]


def make_member(
    id_: str,
    title: str | None = None,
    abstract: str = "",
    *,
    date: str | None = None,
    year_inferred: bool = False,
    authors: Sequence[str] = (),
    links: Sequence[str] = (),
    names: Sequence[str] | None = None,
) -> Member:
    """Return a paper whose document holds its title and, after a line break, its abstract."""
    head = title or ""
    text = f"{head}\n{abstract}"
    spans = sentences(text, len(head) + 1, len(text))
    return Member(
        id=id_,
        label=head or id_,
        title=title,
        names=tuple(coined_names(title, abstract) if names is None else names),
        date=dt.date.fromisoformat(date) if date else None,
        year_inferred=year_inferred,
        authors=tuple(authors),
        links=tuple(links),
        sentences=tuple(
            Sentence(number, id_, start, end, text[start:end])
            for number, (start, end) in enumerate(spans, start=1)
        ),
        title_at=Evidence(document=id_, start=0, end=len(head), quote=head) if title else None,
    )


def corpus(name: str) -> Corpus:
    """Read an invented library."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    members = [
        make_member(
            one["id"],
            one["title"],
            one["abstract"],
            date=one["date"],
            authors=one["authors"],
            links=one["links"],
        )
        for one in found["papers"]
    ]
    edges = (Edge(*edge) for edge in found["edges"])
    return Corpus(members, {edge._replace(target=_target(edge.target)) for edge in edges})


def _target(written: str) -> str:
    if not written.startswith(EXTERNAL):
        return written
    return EXTERNAL + name_key(written.removeprefix(EXTERNAL))[0]


def drawn(sheet: GraphSheet) -> set[Edge]:
    """Return the edges of a graph as they are compared with gold."""
    ids = {
        node.id: node.id if node.kind == "paper" else EXTERNAL + name_key(node.label)[0]
        for node in sheet.nodes
    }
    return {Edge(e.source, ids[e.target], e.type, e.basis) for e in sheet.edges}
