"""The schedule runs for real against Prefect's server: a short interval stands for a week."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from flows.dispatch import HOME
from tests.scheduled import DIGESTS, EVENTS, HOLD, nth_week
from tests.test_server import ROOT, all_gone, children, listed, until

pytestmark = pytest.mark.prefect

INTERVAL = 2.0
"""Seconds that stand for a week."""

LONG = 100.0
"""Seconds that nothing takes, however slow the machine."""


class Served:
    """A working folder in which services run one after the other."""

    def __init__(self, folder: Path, due_before: int) -> None:
        self.folder = folder
        start = dt.datetime.now(dt.UTC) - due_before * dt.timedelta(seconds=INTERVAL)
        self.anchor = start.replace(microsecond=0)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Start the service; what is left of it at the end is killed."""
        command = [sys.executable, "-m", "tests.scheduled", str(self.folder)]
        with subprocess.Popen(
            [*command, str(INTERVAL), self.anchor.isoformat()],
            cwd=ROOT,
            env={**os.environ, "PREFECT_HOME": str(self.home)},
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @property
    def home(self) -> Path:
        return self.folder / HOME

    def weeks(self) -> list[str]:
        return self._lines(DIGESTS)

    def events(self) -> list[str]:
        return self._lines(EVENTS)

    def _lines(self, name: Path) -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def servers(self) -> list[int]:
        """The watcher of Prefect's server for this folder, and the server."""
        watchers = [int(line.split()[0]) for line in listed(str(self.home))]
        return watchers + [child for pid in watchers for child in children(pid)]

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.home / "prefect.db")) as database:
            return database.execute(query).fetchall()

    def count(self, state: str) -> int:
        query = f"SELECT count(*) FROM flow_run WHERE state_type = '{state}'"
        return int(self.asked(query)[0][0])


def in_a_row(weeks: list[str]) -> bool:
    first = next(n for n in range(1000) if str(nth_week(n)) == weeks[0])
    return weeks == [str(nth_week(first + n)) for n in range(len(weeks))]


def one_at_a_time(weeks: list[str]) -> list[str]:
    return [f"{what} {week}" for week in weeks for what in ("begin", "end")]


def stop(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Ask the service to end; returns what it printed."""
    process.send_signal(number)
    _, printed = process.communicate(timeout=LONG)
    assert process.returncode == 0, printed
    return printed


def test_a_killed_run_is_made_up_and_each_due_time_has_one_digest(tmp_path: Path) -> None:
    served = Served(tmp_path, due_before=0)
    (tmp_path / HOLD).write_text("1")
    with served.running() as process:
        assert until(lambda: len(served.events()) == 3, LONG)
        pids = [process.pid, *served.servers()]
        process.kill()
    assert all_gone(pids, LONG)
    assert (len(pids), served.count("RUNNING"), len(served.weeks())) == (3, 1, 1)
    (tmp_path / HOLD).write_text("4")

    with served.running() as process:
        assert until(lambda: len(served.events()) == 10, LONG)
        pids = served.servers()
        printed = stop(process, signal.SIGTERM)

    assert "failed" not in printed
    assert all_gone(pids, LONG)
    weeks = served.weeks()
    assert in_a_row(weeks)
    events = served.events()
    assert events.pop(2) == f"begin {weeks[1]}"  # the one that was killed
    assert events.pop().startswith("begin ")  # the one that the stop broke off
    assert events == one_at_a_time(weeks)
    assert [served.count(state) for state in ("RUNNING", "FAILED", "CRASHED")] == [0, 0, 1]
    assert served.asked("SELECT paused FROM deployment") == [(0,)]
    assert served.asked("SELECT active FROM deployment_schedule") == [(1,)]


def test_missed_weeks_are_made_in_order_and_what_is_due_meanwhile_waits(tmp_path: Path) -> None:
    served = Served(tmp_path, due_before=4)
    (tmp_path / DIGESTS).write_text(f"{nth_week(1)}\n")
    (tmp_path / HOLD).write_text("3")
    with served.running() as process:
        assert until(lambda: len(served.events()) == 5, LONG)
        later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2 * INTERVAL)
        assert until(lambda: dt.datetime.now(dt.UTC) > later, LONG)
        assert len(served.events()) == 5
        (tmp_path / HOLD).unlink()
        assert until(lambda: len(served.weeks()) >= 8, LONG)
        pids = served.servers()
        stop(process, signal.SIGINT)
    assert all_gone(pids, LONG)
    weeks = served.weeks()
    assert weeks[0] == str(nth_week(1))
    assert in_a_row(weeks)
    assert served.events()[: 2 * len(weeks) - 2] == one_at_a_time(weeks[1:])
