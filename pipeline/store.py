"""The store: documents, papers, answers, reviews and runs in one database, SQLite by default.

An answer's raw reply is committed before it is validated, so that what was paid for is never lost;
what is read back is validated again, and a row that does not fit is a miss.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import StoreError
from pipeline.records import RecordRef
from pipeline.tables import (
    ANSWERS,
    DIGESTS,
    DOCUMENTS,
    MEMBERS,
    PACES,
    PAPERS,
    PATHS,
    REVIEWS,
    RUNS,
    SCHEMA_VERSION,
    SHOWN,
    WITH_DIGESTS,
    WITH_PACES,
    WITH_REVIEWS,
    WITH_WORKED_OUT,
    WORKED_OUT,
    replace,
    save,
)

_CHUNK = 500


class StoredDocument(NamedTuple):
    """A document as stored; `reading` is JSON, `current` tells whether a path still has it."""

    id: str
    sha256: str
    text: str
    as_of: str
    readers: int
    reading: str
    current: bool


class ShelvedDocument(NamedTuple):
    """A document without what it says."""

    id: str
    sha256: str
    as_of: str
    current: bool


class StoredPaper(NamedTuple):
    """A paper's id with its records; `alias_of` is set for an id that another took over."""

    id: str
    alias_of: str | None
    records: tuple[RecordRef, ...]


class StoredAnswer(NamedTuple):
    """An answer: `raw` as the server sent it, `reply` once it was validated."""

    key: str
    engine: str
    model: str | None
    prompt: str
    raw: str | None
    reply: str | None
    input_tokens: int | None
    output_tokens: int | None
    estimated: bool
    cost_usd: float | None
    date: str | None


_ANSWER = [ANSWERS.c[name] for name in StoredAnswer._fields]


class StoredValue(NamedTuple):
    """Something that code worked out of a text; it holds for one `basis`. `value` is JSON."""

    kind: str
    key: str
    basis: str
    value: str


class StoredDigest(NamedTuple):
    """The digest of a week, as JSON.

    `ended` says that the week had ended when it was made, `late` that a later one had a digest.
    """

    week: str
    sheet: str
    ended: bool
    late: bool


class StoredShown(NamedTuple):
    """A paper as the digest of a week showed it; `state` is JSON."""

    week: str
    paper: str
    state: str


class StoredPace(NamedTuple):
    """How fast one process sends under a name; `expires` and `until` are seconds since 1970.

    `rate` is in requests per minute, None while nothing is held back.
    """

    name: str
    owner: str
    expires: float
    until: float
    halvings: int
    rate: float | None


class Store:
    """An open store of one schema version, which is older only where it is opened for reading.

    Every method is one transaction; all of them raise StoreError.
    """

    def __init__(
        self, engine: sa.Engine, version: int = SCHEMA_VERSION, *, reading: bool = False
    ) -> None:
        self._engine = engine
        self._version = version
        self._reading = reading

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Open a transaction that is committed at the end, or rolled back by an exception."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(f"the store cannot be used: {cause(error)}") from error

    def documents(self, ids: Sequence[str] | None = None) -> list[StoredDocument]:
        """Return documents in the order they were first read: all, or those of some ids."""
        query = _documents(StoredDocument._fields)
        if ids is not None:
            rows = self._by_key(query, DOCUMENTS.c.id, ids)
            return [StoredDocument._make(row) for row in rows]
        with self.transaction() as connection:
            return [StoredDocument._make(row) for row in connection.execute(query)]

    def shelved(self) -> list[ShelvedDocument]:
        """Return all documents in the order they were first read, without their texts."""
        with self.transaction() as connection:
            rows = connection.execute(_documents(ShelvedDocument._fields))
            return [ShelvedDocument._make(row) for row in rows]

    def save_documents(self, rows: Sequence[StoredDocument], paths: dict[str, str]) -> None:
        """Add or refresh documents, and say which document each path holds now."""
        with self.transaction() as connection:
            known = set(connection.scalars(sa.select(DOCUMENTS.c.id)))
            for row in rows:
                values = {k: v for k, v in row._asdict().items() if k != "current"}
                save(connection, DOCUMENTS, row.id in known, values)
            replace(connection, PATHS, [{"path": p, "document": d} for p, d in paths.items()])

    def papers(self) -> list[StoredPaper]:
        """Return all paper ids, the one stored first in front."""
        with self.transaction() as connection:
            members: dict[str, list[RecordRef]] = {}
            columns = sa.select(MEMBERS.c.paper, MEMBERS.c.document, MEMBERS.c.position)
            for paper, document, position in connection.execute(columns).all():
                ref = RecordRef(document=document, index=position)
                members.setdefault(paper, []).append(ref)
            query = sa.select(PAPERS.c.id, PAPERS.c.alias_of).order_by(PAPERS.c.ordinal)
            return [
                StoredPaper(id_, alias_of, tuple(members.get(id_, ())))
                for id_, alias_of in connection.execute(query).all()
            ]

    def aliases(self) -> dict[str, str]:
        """Return the ids that others took over, each with the paper that it leads to."""
        query = sa.select(PAPERS.c.id, PAPERS.c.alias_of).where(PAPERS.c.alias_of.is_not(None))
        with self.transaction() as connection:
            return {row.id: row.alias_of for row in connection.execute(query)}

    def save_papers(self, papers: Iterable[StoredPaper]) -> None:
        """Write ids, aliases and memberships; a known id keeps its place in the order."""
        with self.transaction() as connection:
            known = set(connection.scalars(sa.select(PAPERS.c.id)))
            for paper in papers:
                values = {"id": paper.id, "alias_of": paper.alias_of}
                save(connection, PAPERS, paper.id in known, values)
                members = [
                    {"document": ref.document, "position": ref.index, "paper": paper.id}
                    for ref in paper.records
                ]
                replace(connection, MEMBERS, members)

    def answers(self, keys: Sequence[str]) -> dict[str, StoredAnswer]:
        """Return the stored answers among `keys`, with or without a validated reply."""
        rows = self._by_key(sa.select(*_ANSWER), ANSWERS.c.key, keys)
        return {row.key: StoredAnswer._make(row) for row in rows}

    def worked_out(self, kind: str, keys: Sequence[str] | None = None) -> dict[str, StoredValue]:
        """Return what is stored of one kind: all, or under these keys."""
        if self._version < WITH_WORKED_OUT:
            return {}
        query = sa.select(WORKED_OUT).where(WORKED_OUT.c.kind == kind)
        if keys is not None:
            rows = self._by_key(query, WORKED_OUT.c.key, keys)
            return {row.key: StoredValue._make(row) for row in rows}
        with self.transaction() as connection:
            found = connection.execute(query).all()
            return {row[1]: StoredValue._make(row) for row in found}

    def save_worked_out(self, values: Iterable[StoredValue]) -> None:
        """Write values over those of the same kind and key; one open for reading keeps none."""
        rows = [value._asdict() for value in values]
        if rows and not self._reading:
            with self.transaction() as connection:
                replace(connection, WORKED_OUT, rows)

    def paths(self) -> dict[str, str]:
        """Return the document that each path held when it was last read."""
        with self.transaction() as connection:
            rows = connection.execute(sa.select(PATHS.c.path, PATHS.c.document))
            return {row.path: row.document for row in rows}

    def weeks(self) -> list[str]:
        """Return the weeks that have a digest, oldest first; not those that were made late."""
        return self._weeks(sa.true())

    def ended_weeks(self) -> list[str]:
        """Return those of the weeks whose digest was made when they had ended."""
        return self._weeks(DIGESTS.c.ended)

    def _weeks(self, which: sa.ColumnElement[bool]) -> list[str]:
        if self._version < WITH_DIGESTS:
            return []
        query = sa.select(DIGESTS.c.week).where(which, ~DIGESTS.c.late).order_by(DIGESTS.c.week)
        with self.transaction() as connection:
            return list(connection.scalars(query))

    def digest(self, week: str) -> str | None:
        """Return the digest of a week as JSON, or None where it has none."""
        if self._version < WITH_DIGESTS:
            return None
        query = sa.select(DIGESTS.c.sheet).where(DIGESTS.c.week == week)
        with self.transaction() as connection:
            return connection.scalar(query)

    def shown(self) -> list[StoredShown]:
        """Return what the digests have shown, the oldest week first."""
        if self._version < WITH_DIGESTS:
            return []
        query = sa.select(SHOWN).order_by(SHOWN.c.week, SHOWN.c.paper)
        with self.transaction() as connection:
            return [StoredShown._make(row) for row in connection.execute(query)]

    def save_digest(self, digest: StoredDigest, shown: Iterable[StoredShown]) -> None:
        """Write the digest of a week and what it shows over what was kept of that week."""
        with self.transaction() as connection:
            replace(connection, DIGESTS, [digest._asdict()])
            connection.execute(sa.delete(SHOWN).where(SHOWN.c.week == digest.week))
            rows = [one._asdict() for one in shown]
            if rows:
                connection.execute(sa.insert(SHOWN), rows)

    def reviews(self) -> list[str]:
        """Return all verdicts of people as JSON, in the order in which they came in."""
        if self._version < WITH_REVIEWS:
            return []
        query = sa.select(REVIEWS.c.review).order_by(REVIEWS.c.ordinal)
        with self.transaction() as connection:
            return list(connection.scalars(query))

    def add_reviews(self, reviews: Mapping[str, str]) -> int:
        """Add verdicts, given as JSON by their ids, to those there are; return how many were new.

        None is ever changed or taken away.
        """
        with self.transaction() as connection:
            known = set(connection.scalars(sa.select(REVIEWS.c.id)))
            new = [{"id": k, "review": v} for k, v in reviews.items() if k not in known]
            if new:
                connection.execute(sa.insert(REVIEWS), new)
        return len(new)

    def paces(self, name: str) -> list[StoredPace]:
        """Return what all processes told under a name, those included that have ended."""
        if self._version < WITH_PACES:
            return []
        query = sa.select(PACES).where(PACES.c.name == name).order_by(PACES.c.owner)
        with self.transaction() as connection:
            return [StoredPace._make(row) for row in connection.execute(query)]

    def save_pace(self, pace: StoredPace, now: float) -> None:
        """Write a pace over that of the same owner; one open for reading keeps none.

        What holds no longer is taken away, whoever told it.
        """
        if self._reading:
            return
        over = sa.and_(PACES.c.expires < now, PACES.c.until < now)
        with self.transaction() as connection:
            connection.execute(sa.delete(PACES).where(over))
            replace(connection, PACES, [pace._asdict()])

    def _by_key(
        self, query: sa.Select[Any], column: sa.Column[Any], keys: Sequence[str]
    ) -> list[sa.Row[Any]]:
        rows: list[sa.Row[Any]] = []
        with self.transaction() as connection:
            for at in range(0, len(keys), _CHUNK):
                wanted = query.where(column.in_(keys[at : at + _CHUNK]))
                rows += connection.execute(wanted).all()
        return rows

    def save_run(self, date: str, report: str) -> None:
        """Add the report of a finished run."""
        with self.transaction() as connection:
            connection.execute(sa.insert(RUNS).values(date=date, report=report))


def _documents(fields: Sequence[str]) -> sa.Select[Any]:
    """Select fields of documents, the last of which tells whether a path still has it."""
    current = sa.exists().where(PATHS.c.document == DOCUMENTS.c.id)
    columns = [DOCUMENTS.c[name] for name in fields[:-1]]
    return sa.select(*columns, current.label("current")).order_by(DOCUMENTS.c.ordinal)


class Lease(NamedTuple):
    """The right to buy an answer, until `expires` (seconds since 1970) or its owner's death."""

    key: str
    engine: str
    model: str | None
    prompt: str
    owner: str
    expires: float


def claim_all(
    connection: sa.Connection,
    leases: Sequence[Lease],
    now: float,
    alive: Callable[[str], bool],
) -> dict[str, StoredAnswer | None]:
    """Take leases unless another living owner holds them.

    Returns, for each lease that was taken, what its row holds already.
    """
    found: dict[str, sa.Row[Any]] = {}
    for at in range(0, len(leases), _CHUNK):
        keys = [lease.key for lease in leases[at : at + _CHUNK]]
        query = sa.select(ANSWERS.c.owner, ANSWERS.c.expires, *_ANSWER)
        rows = connection.execute(query.where(ANSWERS.c.key.in_(keys)))
        found |= {row.key: row for row in rows}
    new = [lease for lease in leases if lease.key not in found]
    free = [
        lease for lease in leases if lease.key in found and _is_free(found[lease.key], now, alive)
    ]
    if new:
        fresh = [lease._asdict() | {"estimated": False} for lease in new]
        connection.execute(sa.insert(ANSWERS), fresh)
    for lease in free:
        taken = {"owner": lease.owner, "expires": lease.expires}
        connection.execute(sa.update(ANSWERS).where(ANSWERS.c.key == lease.key).values(taken))
    there = {lease.key: StoredAnswer._make(found[lease.key][2:]) for lease in free}
    return {lease.key: None for lease in new} | there


def _is_free(row: sa.Row[Any], now: float, alive: Callable[[str], bool]) -> bool:
    return row.owner is None or row.expires <= now or not alive(row.owner)


def renew_all(connection: sa.Connection, owner: str, expires: float) -> None:
    """Move the end of all leases of an owner."""
    mine = sa.update(ANSWERS).where(ANSWERS.c.owner == owner)
    connection.execute(mine.values(expires=expires))


def release(connection: sa.Connection, key: str, owner: str) -> None:
    """Give one lease back."""
    _release(connection, sa.and_(ANSWERS.c.key == key, ANSWERS.c.owner == owner))


def release_all(connection: sa.Connection, owner: str) -> None:
    """Give all leases of an owner back."""
    _release(connection, ANSWERS.c.owner == owner)


def _release(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """Give leases back; a row that holds nothing yet goes with its lease."""
    empty = sa.and_(ANSWERS.c.raw.is_(None), ANSWERS.c.reply.is_(None))
    connection.execute(sa.delete(ANSWERS).where(which, empty))
    connection.execute(sa.update(ANSWERS).where(which).values(owner=None, expires=None))


def save_raw(
    connection: sa.Connection, answer: StoredAnswer, lease: tuple[str, float] | None = None
) -> None:
    """Write a raw reply over the row of its lease, or anew where that was lost.

    The lease ends, unless it goes on: `lease` is its owner and when it expires.
    """
    owner, expires = lease or (None, None)
    replace(connection, ANSWERS, [answer._asdict() | {"owner": owner, "expires": expires}])


def save_replies(connection: sa.Connection, replies: dict[str, str]) -> None:
    """Write validated replies, by key."""
    if not replies:
        return
    update = sa.update(ANSWERS).where(ANSWERS.c.key == sa.bindparam("_key"))
    values = [{"_key": key, "_reply": reply} for key, reply in replies.items()]
    connection.execute(update.values(reply=sa.bindparam("_reply")), values)


def cause(error: BaseException) -> str:
    """Return the first line of what the database itself said."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]
