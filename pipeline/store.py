"""The store: documents, papers, answers and runs in one database, SQLite by default.

An answer's raw reply is committed before it is validated, so that what was paid for is never lost;
what is read back is validated again, and a row that does not fit is a miss.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import StoreError
from pipeline.records import RecordRef

_CHUNK = 500

_metadata = sa.MetaData()
_meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
_documents = sa.Table(
    "documents",
    _metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("sha256", sa.String, nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("as_of", sa.String, nullable=False),
    sa.Column("readers", sa.Integer, nullable=False),
    sa.Column("reading", sa.Text, nullable=False),
)
_paths = sa.Table(
    "paths",
    _metadata,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("document", sa.String, nullable=False),
)
_papers = sa.Table(
    "papers",
    _metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("alias_of", sa.String, nullable=True),
)
_members = sa.Table(
    "members",
    _metadata,
    sa.Column("document", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("paper", sa.String, nullable=False, index=True),
)
_answers = sa.Table(
    "answers",
    _metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("engine", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=True),
    sa.Column("prompt", sa.String, nullable=False),
    sa.Column("raw", sa.Text, nullable=True),
    sa.Column("reply", sa.Text, nullable=True),
    sa.Column("input_tokens", sa.Integer, nullable=True),
    sa.Column("output_tokens", sa.Integer, nullable=True),
    sa.Column("estimated", sa.Boolean, nullable=False, default=False),
    sa.Column("cost_usd", sa.Float, nullable=True),
    sa.Column("date", sa.String, nullable=True),
    sa.Column("owner", sa.String, nullable=True),
    sa.Column("expires", sa.Float, nullable=True),
)
_runs = sa.Table(
    "runs",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("date", sa.String, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
)


def _create(connection: sa.Connection) -> None:
    _metadata.create_all(connection)


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (_create,)
SCHEMA_VERSION = len(MIGRATIONS)


class StoredDocument(NamedTuple):
    """A document as stored; `reading` is JSON, `current` tells whether a path still has it."""

    id: str
    sha256: str
    text: str
    as_of: str
    readers: int
    reading: str
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


_ANSWER = [_answers.c[name] for name in StoredAnswer._fields]


class Store:
    """An open store. Every method is one transaction; all of them raise StoreError."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

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
            raise StoreError(f"the store cannot be used: {_cause(error)}") from error

    def documents(self) -> list[StoredDocument]:
        """Return all documents in the order they were first read."""
        current = sa.exists().where(_paths.c.document == _documents.c.id)
        columns = [_documents.c[name] for name in StoredDocument._fields[:-1]]
        query = sa.select(*columns, current.label("current")).order_by(_documents.c.ordinal)
        with self.transaction() as connection:
            return [StoredDocument._make(row) for row in connection.execute(query)]

    def save_documents(self, rows: Sequence[StoredDocument], paths: dict[str, str]) -> None:
        """Add or refresh documents, and say which document each path holds now."""
        with self.transaction() as connection:
            known = set(connection.scalars(sa.select(_documents.c.id)))
            for row in rows:
                values = {k: v for k, v in row._asdict().items() if k != "current"}
                _save(connection, _documents, row.id in known, values)
            _replace(connection, _paths, [{"path": p, "document": d} for p, d in paths.items()])

    def papers(self) -> list[StoredPaper]:
        """Return all paper ids, the one stored first in front."""
        with self.transaction() as connection:
            members: dict[str, list[RecordRef]] = {}
            for row in connection.execute(sa.select(_members)):
                ref = RecordRef(document=row.document, index=row.position)
                members.setdefault(row.paper, []).append(ref)
            found = connection.execute(sa.select(_papers).order_by(_papers.c.ordinal))
            return [
                StoredPaper(row.id, row.alias_of, tuple(members.get(row.id, ()))) for row in found
            ]

    def save_papers(self, papers: Iterable[StoredPaper]) -> None:
        """Write ids, aliases and memberships; a known id keeps its place in the order."""
        with self.transaction() as connection:
            known = set(connection.scalars(sa.select(_papers.c.id)))
            for paper in papers:
                values = {"id": paper.id, "alias_of": paper.alias_of}
                _save(connection, _papers, paper.id in known, values)
                members = [
                    {"document": ref.document, "position": ref.index, "paper": paper.id}
                    for ref in paper.records
                ]
                _replace(connection, _members, members)

    def answers(self, keys: Sequence[str]) -> dict[str, StoredAnswer]:
        """Return the stored answers among `keys`, with or without a validated reply."""
        found: dict[str, StoredAnswer] = {}
        with self.transaction() as connection:
            for at in range(0, len(keys), _CHUNK):
                query = sa.select(*_ANSWER).where(_answers.c.key.in_(keys[at : at + _CHUNK]))
                rows = connection.execute(query)
                found |= {row.key: StoredAnswer._make(row) for row in rows}
        return found

    def save_run(self, date: str, report: str) -> None:
        """Add the report of a finished run."""
        with self.transaction() as connection:
            connection.execute(sa.insert(_runs).values(date=date, report=report))


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
        query = sa.select(_answers.c.owner, _answers.c.expires, *_ANSWER)
        rows = connection.execute(query.where(_answers.c.key.in_(keys)))
        found |= {row.key: row for row in rows}
    new = [lease for lease in leases if lease.key not in found]
    free = [
        lease for lease in leases if lease.key in found and _is_free(found[lease.key], now, alive)
    ]
    if new:
        fresh = [lease._asdict() | {"estimated": False} for lease in new]
        connection.execute(sa.insert(_answers), fresh)
    for lease in free:
        taken = {"owner": lease.owner, "expires": lease.expires}
        connection.execute(sa.update(_answers).where(_answers.c.key == lease.key).values(taken))
    there = {lease.key: StoredAnswer._make(found[lease.key][2:]) for lease in free}
    return {lease.key: None for lease in new} | there


def _is_free(row: sa.Row[Any], now: float, alive: Callable[[str], bool]) -> bool:
    return row.owner is None or row.expires <= now or not alive(row.owner)


def renew_all(connection: sa.Connection, owner: str, expires: float) -> None:
    """Move the end of all leases of an owner."""
    mine = sa.update(_answers).where(_answers.c.owner == owner)
    connection.execute(mine.values(expires=expires))


def release(connection: sa.Connection, key: str, owner: str) -> None:
    """Give one lease back."""
    _release(connection, sa.and_(_answers.c.key == key, _answers.c.owner == owner))


def release_all(connection: sa.Connection, owner: str) -> None:
    """Give all leases of an owner back."""
    _release(connection, _answers.c.owner == owner)


def _release(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """Give leases back; a row that holds nothing yet goes with its lease."""
    empty = sa.and_(_answers.c.raw.is_(None), _answers.c.reply.is_(None))
    connection.execute(sa.delete(_answers).where(which, empty))
    connection.execute(sa.update(_answers).where(which).values(owner=None, expires=None))


def save_raw(connection: sa.Connection, answer: StoredAnswer) -> None:
    """Write a raw reply over the row of its lease, which ends, or anew where that was lost."""
    _replace(connection, _answers, [answer._asdict() | {"owner": None, "expires": None}])


def save_replies(connection: sa.Connection, replies: dict[str, str]) -> None:
    """Write validated replies, by key."""
    if not replies:
        return
    update = sa.update(_answers).where(_answers.c.key == sa.bindparam("_key"))
    values = [{"_key": key, "_reply": reply} for key, reply in replies.items()]
    connection.execute(update.values(reply=sa.bindparam("_reply")), values)


def open_store(url: str) -> Store:
    """Open a store for writing; folder, file and tables are created when missing.

    `url` is an SQLAlchemy URL or the path of a SQLite file. The file's mode is 0600.

    Raises:
        StoreError: the store is foreign, newer than this program, damaged, or cannot be written.
    """
    address = store_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite:
        _prepare_file(address)
    engine = _engine(address)
    with _opening(engine, address):
        with engine.begin() as connection:
            _migrate(connection, address)
        if sqlite:
            _use_wal(engine)
    return Store(engine)


def read_store(url: str) -> Store | None:
    """Open a store for reading only; None where there is none yet.

    Raises:
        StoreError: the store is foreign, newer than this program, or damaged.
    """
    address = store_url(url)
    if address.get_backend_name() != "sqlite":
        engine = _engine(address)
    elif not address.database or not _exists(Path(address.database)):
        return None
    else:
        engine = _engine(_readonly(address))
    with _opening(engine, address), engine.begin() as connection:
        found = _found_version(connection, address)
    if found:
        return Store(engine)
    engine.dispose()
    return None


@contextmanager
def _opening(engine: sa.Engine, address: sa.URL) -> Iterator[None]:
    """Let go of a database that turns out not to be usable, and say why."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        raise StoreError(_advice(address, error)) from error
    except StoreError:
        engine.dispose()
        raise


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StoreError(f"the store {path} cannot be read: {error.strerror}") from error


def _readonly(address: sa.URL) -> sa.URL:
    """Open a database that nobody is writing without leaving files beside it."""
    path = Path(address.database or "").absolute()
    log = path.with_name(path.name + "-wal")
    quiet = not log.exists() or not log.stat().st_size
    query = {"mode": "ro", "uri": "true"} | ({"immutable": "1"} if quiet else {})
    return sa.URL.create("sqlite", database=path.as_uri(), query=query)


def store_url(url: str) -> sa.URL:
    """Return the SQLAlchemy URL of a store given as URL or as path of a SQLite file."""
    if "://" not in url:
        return sa.URL.create("sqlite", database=url)
    try:
        return sa.make_url(url)
    except SQLAlchemyError as error:
        raise StoreError("--store is neither a path nor a URL such as sqlite:///file") from error


def store_folder(url: str) -> Path | None:
    """Return the folder of a SQLite store, or None for a database server."""
    address = store_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database).parent


def _engine(address: sa.URL) -> sa.Engine:
    try:
        if address.get_backend_name() != "sqlite":
            return sa.create_engine(address)
        return _sqlite_engine(address)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(f"the store cannot be opened: {_cause(error)}") from error


def _sqlite_engine(address: sa.URL) -> sa.Engine:
    begin = "BEGIN" if "mode" in address.query else "BEGIN IMMEDIATE"
    engine = sa.create_engine(address, connect_args={"timeout": 30, "isolation_level": None})

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=FULL")

    # The driver by itself begins at the first change of a row: tables would be made outside of any
    # transaction, and what was read before that change could be stale by then.
    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _use_wal(engine: sa.Engine) -> None:
    """Let readers and one writer work side by side; kept in the file, so only ours is changed."""
    connection = engine.raw_connection()
    try:
        # Refused as locked where another process does the same: then it is done.
        with suppress(sqlite3.OperationalError):
            connection.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _prepare_file(address: sa.URL) -> None:
    if not address.database or address.database == ":memory:":
        raise StoreError("the store needs a file")
    path = Path(address.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise StoreError(f"the store {path} cannot be written: {error.strerror}") from error


def _found_version(connection: sa.Connection, address: sa.URL) -> int:
    """Return the version of the store's schema, 0 for an empty database.

    Raises:
        StoreError: the database belongs to another program or to a newer Litline.
    """
    tables = set(sa.inspect(connection).get_table_names())
    if not tables:
        return 0
    schema = sa.select(_meta.c.value).where(_meta.c.key == "litline_schema")
    found = str(connection.scalar(schema) if "meta" in tables else None)
    if not found.isdecimal():
        raise StoreError(f"{_shown(address)} is not a Litline store; name another with --store")
    if int(found) > SCHEMA_VERSION:
        raise StoreError(
            f"{_shown(address)} was written by a newer Litline (schema {found}, this one knows "
            f"{SCHEMA_VERSION}); update Litline or name another store"
        )
    return int(found)


def _migrate(connection: sa.Connection, address: sa.URL) -> None:
    found = _found_version(connection, address)
    if found == SCHEMA_VERSION:
        return
    for migration in MIGRATIONS[found:]:
        migration(connection)
    _replace(connection, _meta, [{"key": "litline_schema", "value": str(SCHEMA_VERSION)}])


def _save(connection: sa.Connection, table: sa.Table, known: bool, values: dict[str, Any]) -> None:
    """Insert a row, or update it where its id is known."""
    if known:
        connection.execute(sa.update(table).where(table.c.id == values["id"]).values(values))
    else:
        connection.execute(sa.insert(table).values(values))


def _replace(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Write rows over those of the same primary key."""
    if not rows:
        return
    keys = list(table.primary_key.columns)
    same = sa.and_(*(column == sa.bindparam(f"_{column.name}") for column in keys))
    bound = [{f"_{column.name}": row[column.name] for column in keys} for row in rows]
    connection.execute(sa.delete(table).where(same), bound)
    connection.execute(sa.insert(table), rows)


def _shown(address: sa.URL) -> str:
    """Return an address without password, and without options, where one may stand too."""
    bare = sa.URL.create(
        address.drivername,
        username=address.username,
        host=address.host,
        port=address.port,
        database=address.database,
    )
    return bare.render_as_string()


def _cause(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _advice(address: sa.URL, error: BaseException) -> str:
    return (
        f"the store {_shown(address)} cannot be used: {_cause(error)}; "
        "move it away or name another with --store"
    )
