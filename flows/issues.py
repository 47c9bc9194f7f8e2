"""What a digest is made from, put together out of the library, its lines and its summaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from flows.digests import Span, told_lines
from flows.settings import Settings
from flows.shelves import Shelves
from flows.tracing import Traced, lines_by_name
from flows.trending import Trending, documents_within
from pipeline.digest_sheet import DigestSheet
from pipeline.following import Follow, by_any_name, is_about, signed
from pipeline.issue import Interest, Issue
from pipeline.lacking import lacks
from pipeline.library import Entry, Volume
from pipeline.lineage_sheet import LineageSheet
from pipeline.memory import Past, Selection
from pipeline.people import authors_of
from pipeline.sheets import Datum, Failure, PaperSheet
from pipeline.store import Store

_NAMED = 5


class Background(NamedTuple):
    """What the stages of a job made before its digests."""

    traced: Traced
    told: Sequence[LineageSheet]
    sheets: Mapping[str, PaperSheet]
    failed: Sequence[Failure]


class Editor:
    """Puts together what each digest of a job is made from."""

    def __init__(
        self,
        documents: Sequence[str],
        shelves: Shelves,
        settings: Settings,
        store: Store,
        background: Background,
    ) -> None:
        self._shelves = shelves
        self._follow = settings.follow
        self._trending = Trending(shelves, settings, store)
        self._background = background
        self._gone = list(gone_documents(documents, settings.watch, store))

    def issue(self, span: Span, past: Past, chosen: Selection, before: DigestSheet | None) -> Issue:
        """Return what the digest of some days is made from; `before` is that of the last week."""
        background, shelves = self._background, self._shelves
        shown = {entry.paper.id for entry in chosen.shown}
        documents = {one.document for one in shelves.coverage}
        known = before is not None and documents == {one.document for one in before.coverage}
        return Issue(
            week=span.week,
            days=span.days,
            past=past,
            selection=chosen,
            entries={entry.paper.id: entry for entry in shelves.entries},
            sheets=background.sheets,
            silent=silent(chosen.new, background.traced),
            lines=told_lines(background.told, background.traced, chosen),
            interests=interests(self._follow, chosen.shown, shelves.volumes, background.traced),
            trends=self._trending.over(span.days, chosen.new),
            failed=[f for f in background.failed if f.paper is None or f.paper in shown],
            coverage=shelves.coverage,
            nothing_since=before.week if before and known else None,
            remarks=[*self._trending.remarks, *_gone(self._gone)],
        )


def silent(entries: Sequence[Entry], traced: Traced) -> set[str]:
    """Return those of the papers that no sentence of gives a figure of a result."""
    return {
        entry.paper.id
        for entry in entries
        if (sentences := traced.works[entry.paper.id].sentences)
        and all("figure" in lacks(sentence.text) for sentence in sentences)
    }


def interests(
    follow: Follow, entries: Sequence[Entry], volumes: Mapping[str, Volume], traced: Traced
) -> list[Interest]:
    """Return everything that is followed, with those of some papers that it is about."""
    found = []
    printed = {entry.paper.id: signed(entry, volumes) for entry in entries}
    for author in follow.authors:
        by = (id_ for id_, names in printed.items() if authors_of(names, author))
        found.append(Interest("author", author, frozenset(by)))
    for topic in follow.topics:
        about = (e.paper.id for e in entries if is_about(e, topic))
        found.append(Interest("topic", topic, frozenset(about)))
    lines = lines_by_name(traced)
    for name in follow.lineages:
        line = by_any_name(lines, name)
        members = {node.id for node in line.members} if line else set()
        shown = {entry.paper.id for entry in entries}
        found.append(Interest("lineage", name, frozenset(members & shown)))
    return found


def gone_documents(given: Sequence[str], watch: str | None, store: Store) -> Iterator[str]:
    """Yield the documents that were read from these folders, or that one, and are not there."""
    asked = [*given, *([watch] if watch else [])]
    for document, path in sorted(documents_within(store.paths(), asked).items()):
        if not Path(path).exists():
            yield document


def _gone(documents: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Datum]]]:
    """Say that documents are gone from the folder that they were read from."""
    if not documents:
        return
    more = f" and {len(documents) - _NAMED:,} more" if len(documents) > _NAMED else ""
    what = "1 document is" if len(documents) == 1 else f"{len(documents):,} documents are"
    names = ", ".join(documents[:_NAMED])
    text = f"{what} no longer in the folder; the papers stay: {names}{more}."
    yield (
        text,
        {
            "documents": list(documents),
            "figures": f"{len(documents):,} {max(len(documents) - _NAMED, 0):,}",
        },
    )
