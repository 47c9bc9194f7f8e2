"""The terms of a library over time: counted once per paper, tested for the days of any digest."""

from __future__ import annotations

import calendar
import datetime as dt
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from flows.settings import Settings
from flows.shelves import Shelves
from pipeline.digest_sheet import Days
from pipeline.issue import Trends
from pipeline.kept import Kept
from pipeline.library import Entry
from pipeline.records import Frozen
from pipeline.sheets import Datum
from pipeline.shelf import basis_of
from pipeline.store import Store
from pipeline.terms import choose, curated, phrases_of, terms_of
from pipeline.trends import Dated, leave_out, trends

_LISTS = ("profile", "listing")  # what lists the papers of one person: a source of its own
_WATCHED = "watch folder"
_NAMED = 3


class Words(Frozen):
    """The terms of one paper; `phrases` are parted by newlines, since a library has many."""

    terms: list[str]
    phrases: str


class Trending:
    """Counts terms in every paper of a library, and tests them for the days of a digest."""

    def __init__(self, shelves: Shelves, settings: Settings, store: Store) -> None:
        words = _words(shelves.entries, store)
        phrases = {id_: frozenset(one.phrases.split("\n")) for id_, one in words.items()}
        counts = Counter(phrase for one in phrases.values() for phrase in one if phrase)
        further = [term.name for term in choose(counts, curated())]
        self._terms = [*(term.name for term in curated()), *further]
        self._curated = {id_: frozenset(one.terms) for id_, one in words.items()}
        sources = _sources(shelves, settings, store)
        chosen = frozenset(further)
        counted = leave_out(
            [
                Dated(
                    entry.paper.id, date, self._curated[id_] | phrases[id_] & chosen, sources[id_]
                )
                for entry in shelves.entries
                if (date := entry.paper.date) and (id_ := entry.paper.id)
            ],
            settings.not_counted,
            self._terms,
        )
        self._papers = counted.papers
        self._horizon = settings.horizon
        self.remarks = [
            *_unknown("[not_counted] names no term that is counted here", counted.unknown_terms),
            *_unknown("[not_counted] names no paper with a date", counted.unknown_papers),
        ]

    def over(self, days: Days, new: Iterable[Entry]) -> Trends:
        """Test every term that some paper holds, over the months that end with these days."""
        window = Days(since=months_before(days.until, self._horizon), until=days.until)
        rows = trends(self._papers, self._terms, window)
        held = [row for row in rows if row.window.papers or row.baseline.papers]
        return Trends(window, held, {e.paper.id: self._curated[e.paper.id] for e in new})


def months_before(until: dt.date, months: int) -> dt.date:
    """Return the first day of so many months that end with `until`, inclusive."""
    years, month = divmod(until.year * 12 + until.month - 1 - months, 12)
    if years < dt.MINYEAR:
        return dt.date.min
    last = calendar.monthrange(years, month + 1)[1]
    return dt.date(years, month + 1, min(until.day, last)) + dt.timedelta(days=1)


def terms_by_paper(entries: Sequence[Entry], store: Store) -> dict[str, frozenset[str]]:
    """Return the curated terms of each paper by its id."""
    return {id_: frozenset(one.terms) for id_, one in _words(entries, store).items()}


def _words(entries: Sequence[Entry], store: Store) -> dict[str, Words]:
    """Return the terms of each paper by its id; those of papers met before come from the store."""
    kept = Kept(store, "terms", TypeAdapter(Words))
    bases = {entry.paper.id: basis_of(entry.paper.records) for entry in entries}
    kept.prime_all()
    found = {}
    for entry in entries:
        id_ = entry.paper.id
        known = kept.get(id_, bases[id_])
        if known is None:
            phrases = "\n".join(sorted(phrases_of(_text(entry))))
            known = Words(terms=sorted(terms_of(_text(entry))), phrases=phrases)
            kept.put(id_, bases[id_], known)
        found[id_] = known
    kept.save()
    return found


def _text(entry: Entry) -> str:
    """Return what terms are looked for in: the title, and the wording of the abstract."""
    abstract = entry.record.abstract if entry.record else None
    return f"{entry.paper.title or ''}\n\n{abstract or ''}"


def _sources(shelves: Shelves, settings: Settings, store: Store) -> dict[str, frozenset[str]]:
    """Return, of each paper, the sources that may show a trend alone."""
    lists = {id_ for id_, format_ in shelves.formats.items() if format_ in _LISTS}
    watched = documents_within(store.paths(), [settings.watch] if settings.watch else [])
    return {entry.paper.id: frozenset(_named(entry, lists, watched)) for entry in shelves.entries}


def _named(entry: Entry, lists: Collection[str], watched: Collection[str]) -> Iterator[str]:
    for ref in entry.paper.records:
        if ref.document in lists:
            yield ref.document
        if ref.document in watched:
            yield _WATCHED


def documents_within(paths: Mapping[str, str], folders: Iterable[str]) -> dict[str, str]:
    """Return the paths of documents that were read from within folders, by document."""
    roots = [Path(os.path.abspath(folder)) for folder in folders]  # noqa: PTH100 - takes .. away
    return {
        document: path
        for path, document in paths.items()
        if any(Path(path).is_relative_to(root) for root in roots)
    }


def _unknown(what: str, names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Datum]]]:
    if names:
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        text = f"{what}: {', '.join(names[:_NAMED])}{more}."
        yield text, {"names": list(names), "more": f"{max(len(names) - _NAMED, 0):,}"}
