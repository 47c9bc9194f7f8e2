"""What digests have shown: which papers are new to a reader, which are older, which changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Literal, NamedTuple

from pydantic import ValidationError

from pipeline.digest_sheet import Change, ChangedField, Days
from pipeline.library import Entry, newest_first
from pipeline.records import Frozen
from pipeline.store import StoredShown
from pipeline.text import normalise

Texts = Mapping[str, str]
Order = Literal["stated", "unknown"]


class State(Frozen):
    """A paper as a digest showed it; `date` only where a document prints its year.

    `records` say which entries of which documents it rested on: while they are the same, nothing
    can have changed. `wordings` are hashes of the abstracts, less case and white space. `seen` has
    every title and date that digests have shown of it.
    """

    title: str | None
    date: dt.date | None
    version: dt.date | None
    wordings: list[str]
    records: list[str]
    seen: list[str]


class Past(NamedTuple):
    """What digests have shown before the present one.

    `states` has each paper as it was shown last, `earlier` the papers that count as shown to a
    reader of the present digest, `ever` those that any other digest has shown.
    """

    weeks: tuple[str, ...]
    states: Mapping[str, State]
    earlier: Collection[str]
    ever: Collection[str]


class Selection(NamedTuple):
    """What a digest is about.

    `again` are dated in its days and were shown before, `later` are dated after its last day, were
    never shown, and are left for later.
    """

    new: list[Entry]
    backlog: list[Entry]
    changed: list[Entry]
    changes: list[Change]
    again: list[Entry]
    later: list[Entry]

    @property
    def shown(self) -> list[Entry]:
        """The papers that a reader is shown, each once."""
        listed = {e.paper.id: e for e in (*self.new, *self.backlog, *self.changed)}
        return list(listed.values())


def state_of(entry: Entry, texts: Texts) -> State:
    """Return what a later digest compares; `texts` are those of the documents, by id."""
    date = None if entry.details.year_inferred else entry.paper.date
    wordings = (texts[w.document][w.start : w.end] for w in entry.details.wordings)
    return State(
        title=entry.paper.title,
        date=date,
        version=entry.details.updated,
        wordings=sorted(_hash(words) for words in wordings),
        records=_records(entry),
        seen=_seen(entry.paper.title, date),
    )


def _seen(*said: object) -> list[str]:
    return [str(one) for one in said if one is not None]


def _hash(words: str) -> str:
    return sha256(normalise(words).encode()).hexdigest()[:12]


def _records(entry: Entry) -> list[str]:
    return sorted(f"{ref.document}#{ref.index}" for ref in entry.paper.records)


def recall(
    rows: Iterable[StoredShown],
    weeks: Iterable[str],
    week: str | None,
    aliases: Mapping[str, str],
) -> Past:
    """Return what was shown before the digest of `week`; before a window of days, by all digests.

    A window hides nothing that was shown before. A paper whose id another one took over counts as
    that one (`aliases`); a row that does not fit counts as shown, in a state that nothing is known
    of.
    """
    states: dict[str, State] = {}
    earlier, ever = set(), set()
    for row in rows:
        if row.week == week:
            continue
        paper = aliases.get(row.paper, row.paper)
        ever.add(paper)
        if week is not None and row.week > week:
            continue
        earlier.add(paper)
        with suppress(ValidationError):
            states[paper] = _merged(states.get(paper), State.model_validate_json(row.state))
    others = tuple(sorted(set(weeks) - {week}))
    return Past(others, states, earlier if week else (), ever)


def _merged(before: State | None, after: State) -> State:
    """Return all that a reader has seen of a paper, also under an id that it had."""
    if before is None:
        return after
    versions = [one for one in (before.version, after.version) if one]
    return State(
        title=after.title or before.title,
        date=after.date or before.date,
        version=max(versions, default=None),
        wordings=sorted({*before.wordings, *after.wordings}),
        records=after.records,
        seen=sorted({*before.seen, *after.seen}),
    )


def select(entries: Iterable[Entry], days: Days, past: Past, texts: Texts) -> Selection:
    """Part the papers of a library: new, older and never shown, changed, dated later."""
    found = Selection([], [], [], [], [], [])
    for entry in sorted(entries, key=newest_first):
        id_, date = entry.paper.id, entry.paper.date
        before = past.states.get(id_)
        if before is not None and before.records != _records(entry):
            changes = list(_changes(entry, before, texts))
            found.changes.extend(changes)
            found.changed.extend([entry] if changes else [])
        if date is not None and date > days.until:
            found.later.extend([entry] if id_ not in past.ever else [])
        elif date is not None and date >= days.since:
            (found.again if id_ in past.earlier else found.new).append(entry)
        elif id_ not in past.ever:
            found.backlog.append(entry)
    return found


def _changes(entry: Entry, before: State, texts: Texts) -> Iterator[Change]:
    after = state_of(entry, texts)
    fields: Sequence[tuple[ChangedField, object, object]] = (
        ("title", before.title, after.title),
        ("date", before.date, after.date),
    )
    for field, old, new in fields:
        if new is not None and str(new) not in before.seen:
            yield _change(entry, field, old, new, "stated" if old is None else "unknown")
    if after.version and after.version > (before.version or dt.date.min):
        yield _change(entry, "version", before.version, after.version, "stated")
    added = len(set(after.wordings) - set(before.wordings))
    dated = after.version is not None and after.version != before.version
    if added and before.wordings and not dated:
        yield _change(entry, "abstract", _ways(before), _ways(after), "unknown")


def _ways(state: State) -> str:
    number = len(state.wordings)
    return f"{number} wording{'' if number == 1 else 's'}"


def _change(
    entry: Entry,
    field: ChangedField,
    before: object,
    after: object,
    order: Order,
) -> Change:
    return Change(
        paper=entry.paper.id,
        field=field,
        before=None if before is None else str(before),
        after=str(after),
        documents=sorted({ref.document for ref in entry.paper.records}),
        order=order,
    )
