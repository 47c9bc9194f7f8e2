"""The tables of the store, and the steps that bring an older store forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

_METADATA = sa.MetaData()
META = sa.Table(
    "meta",
    _METADATA,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
DOCUMENTS = sa.Table(
    "documents",
    _METADATA,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("sha256", sa.String, nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("as_of", sa.String, nullable=False),
    sa.Column("readers", sa.Integer, nullable=False),
    sa.Column("reading", sa.Text, nullable=False),
)
PATHS = sa.Table(
    "paths",
    _METADATA,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("document", sa.String, nullable=False),
)
PAPERS = sa.Table(
    "papers",
    _METADATA,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("alias_of", sa.String, nullable=True),
)
MEMBERS = sa.Table(
    "members",
    _METADATA,
    sa.Column("document", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("paper", sa.String, nullable=False, index=True),
)
ANSWERS = sa.Table(
    "answers",
    _METADATA,
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
RUNS = sa.Table(
    "runs",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("date", sa.String, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
)


WORKED_OUT = sa.Table(
    "worked_out",
    _METADATA,
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("basis", sa.String, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
)


DIGESTS = sa.Table(
    "digests",
    _METADATA,
    sa.Column("week", sa.String, primary_key=True),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("ended", sa.Boolean, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
)
SHOWN = sa.Table(
    "shown",
    _METADATA,
    sa.Column("week", sa.String, primary_key=True),
    sa.Column("paper", sa.String, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
)


REVIEWS = sa.Table(
    "reviews",
    _METADATA,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("review", sa.Text, nullable=False),
)


PACES = sa.Table(
    "paces",
    _METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("owner", sa.String, primary_key=True),
    sa.Column("expires", sa.Float, nullable=False),
    sa.Column("until", sa.Float, nullable=False),
    sa.Column("halvings", sa.Integer, nullable=False),
    sa.Column("rate", sa.Float, nullable=True),
)


def _create(connection: sa.Connection) -> None:
    first = [META, DOCUMENTS, PATHS, PAPERS, MEMBERS, ANSWERS, RUNS]
    _METADATA.create_all(connection, tables=first)


def _add_worked_out(connection: sa.Connection) -> None:
    WORKED_OUT.create(connection)


def _add_digests(connection: sa.Connection) -> None:
    _METADATA.create_all(connection, tables=[DIGESTS, SHOWN])


def _add_reviews(connection: sa.Connection) -> None:
    REVIEWS.create(connection)


def _add_paces(connection: sa.Connection) -> None:
    PACES.create(connection)


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (
    _create,
    _add_worked_out,
    _add_digests,
    _add_reviews,
    _add_paces,
)
SCHEMA_VERSION = len(MIGRATIONS)
WITH_WORKED_OUT = 2
WITH_DIGESTS = 3
WITH_REVIEWS = 4
WITH_PACES = 5


def save(connection: sa.Connection, table: sa.Table, known: bool, values: dict[str, Any]) -> None:
    """Insert a row, or update it where its id is known."""
    if known:
        connection.execute(sa.update(table).where(table.c.id == values["id"]).values(values))
    else:
        connection.execute(sa.insert(table).values(values))


def replace(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Write rows over those of the same primary key."""
    if not rows:
        return
    keys = list(table.primary_key.columns)
    same = sa.and_(*(column == sa.bindparam(f"_{column.name}") for column in keys))
    bound = [{f"_{column.name}": row[column.name] for column in keys} for row in rows]
    connection.execute(sa.delete(table).where(same), bound)
    connection.execute(sa.insert(table), rows)
