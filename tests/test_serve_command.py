"""`litline serve` as a person types it: what is refused at once, and a week made up for real."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.weeks import Week, due_week, weeks_between
from pipeline.samples import sample_files
from tests.command import Litline
from tests.test_server import ROOT, until

PRINTED = Path("printed.txt")

LONG = 100.0
"""Seconds that nothing takes, however slow the machine."""


@pytest.fixture
def litline(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Litline]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papers").mkdir()
    for file in map(Path, sample_files()):
        (tmp_path / "papers" / file.name).write_bytes(file.read_bytes())
    with patch.dict(os.environ):
        yield Litline(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--watch", "missing"), "litline: --watch: missing is no folder\n"),
        (("--watch", "papers", "--timezone", "Europe/Berln"), "did you mean Europe/Berlin"),
        (("--watch", "papers", "--cron", "0 9 30 2 *"), "never comes; there is no such date"),
        (("--watch", "papers", "--cron", "monday"), "'monday' is no cron line"),
    ],
)
def test_what_cannot_be_served_is_refused(
    litline: Litline, options: tuple[str, ...], message: str
) -> None:
    result = litline("serve", *options)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert not Path("outputs").exists()


def test_the_command_explains_itself(litline: Litline) -> None:
    result = litline("serve", "--help")
    assert result.code == 0
    assert "--cron LINE" in result.out


@pytest.mark.prefect
def test_weeks_since_the_last_digest_are_made_at_the_start(litline: Litline) -> None:
    long_ago = due_week(dt.datetime.now(dt.UTC) - dt.timedelta(weeks=3), dt.UTC)
    before = ("--week", str(long_ago), "--as-of", long_ago.following.monday.isoformat())
    options = ("--engine", "extractive", "--direct", "--quiet")
    assert litline("digest", "papers", *options, *before).code == 0
    with serving("--engine", "extractive", "--timezone", "Europe/Berlin") as process:
        assert until(lambda: len(made()) > 1, LONG)
        address = printed().splitlines()[0].removeprefix("Prefect's page: ")
        assert b"<title>" in urllib.request.urlopen(address, timeout=LONG).read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 0
    assert "Due every Monday at 09:00, time zone Europe/Berlin; next on " in printed()
    assert "failed" not in printed()
    assert made()[1:] == list(map(str, weeks_between(long_ago, Week.parse(made()[-1]))))


@contextmanager
def serving(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the folder `papers`; what it prints goes to a file."""
    command = [sys.executable, "-m", "flows.cli", "serve", "--watch", "papers", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        PRINTED.open("wb") as file,
        subprocess.Popen(command, env=environment, stderr=file) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def printed() -> str:
    return PRINTED.read_text(encoding="utf-8")


def made() -> list[str]:
    return sorted(path.name for path in Path("outputs/digests").iterdir())
