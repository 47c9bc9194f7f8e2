"""Opening a store: where it is, whose it is, and how an older one is brought forward."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import StoreError
from pipeline.store import Store, cause
from pipeline.tables import META, MIGRATIONS, SCHEMA_VERSION, replace


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
        return Store(engine, found, reading=True)
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
        raise StoreError(f"the store cannot be opened: {cause(error)}") from error


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
    schema = sa.select(META.c.value).where(META.c.key == "litline_schema")
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
    if found and address.get_backend_name() == "sqlite":
        _keep_copy(address, found)
    for migration in MIGRATIONS[found:]:
        migration(connection)
    replace(connection, META, [{"key": "litline_schema", "value": str(SCHEMA_VERSION)}])


def _keep_copy(address: sa.URL, version: int) -> None:
    """Copy a store beside itself before it is changed: `litline.db` to `litline.db.v1`."""
    path = Path(address.database or "")
    copy, part = (path.with_name(f"{path.name}.v{version}{end}") for end in ("", ".part"))
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(part)) as new:
        old.backup(new)
    part.replace(copy)


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


def _advice(address: sa.URL, error: BaseException) -> str:
    return (
        f"the store {_shown(address)} cannot be used: {cause(error)}; "
        "move it away or name another with --store"
    )
