"""Stores and rows for tests, and ways to look at a SQLite file from outside."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.store import StoredDocument

KETTLES = StoredDocument("kettles.txt", "a" * 64, "Quiet kettles.\n", "2031-06-02", 1, "{}", True)
TEAPOTS = StoredDocument("teapots.txt", "b" * 64, "Loud teapots.\n", "2031-06-03", 1, "{}", False)


def make(path: Path, script: str) -> Path:
    """Make a SQLite file by a script."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()
