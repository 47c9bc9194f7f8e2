"""The key of a server is looked for in all that a run writes, prints or shows of itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.benchmarks.papers import write_listing
from tests.fault_server import FaultServer, error

KEY = "sk-canary-5f2e81c0d9b7"
SECRET = b"canary-5f2e81c0d9b7"
ROOT = Path(__file__).parent.parent
PAPERS = 4


class Ran(NamedTuple):
    """How a run ended, what it printed, and the command lines that were seen meanwhile."""

    code: int
    printed: bytes
    titles: list[bytes]


def run(folder: Path, server: FaultServer, *options: str) -> Ran:
    """Run the command, not quiet, in a process of its own."""
    path = os.pathsep.join([str(folder), str(ROOT)])
    environment = {
        **os.environ,
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": KEY,
        "PREFECT_HOME": str(folder / "prefect"),
        "PYTHONPATH": path,
    }
    command = [sys.executable, "-m", "flows.cli", "run", "papers.txt", *options]
    titles: list[bytes] = []
    with (
        (folder / "printed").open("wb") as printed,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=printed, stderr=subprocess.STDOUT
        ) as process,
    ):
        while process.poll() is None:
            titles.extend(_titles())
            time.sleep(0.1)
    return Ran(process.returncode, (folder / "printed").read_bytes(), titles)


def _titles() -> Iterator[bytes]:
    """Yield what each process on this machine calls itself."""
    for entry in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "comm"):
            try:
                yield (entry / name).read_bytes()
            except OSError:  # it has ended
                continue


def files_with_the_key(folder: Path) -> list[Path]:
    """Return the files below a folder that hold the key, what SQLite keeps beside them too."""
    return [path for path in folder.rglob("*") if path.is_file() and SECRET in path.read_bytes()]


def require_nowhere(folder: Path, ran: Ran) -> None:
    assert any(b"flows.cli" in title for title in ran.titles), "its own process was looked at"
    assert not any(SECRET in title for title in ran.titles)
    assert SECRET not in ran.printed
    assert files_with_the_key(folder) == []


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(hurry=True, latency=0.05) as running:
        yield running


def test_the_search_finds_a_key(tmp_path: Path) -> None:
    (tmp_path / "leak.db-wal").write_bytes(b"\x00" + KEY.encode() + b"\x00")
    assert files_with_the_key(tmp_path) == [tmp_path / "leak.db-wal"]


def test_the_key_is_in_no_file_no_output_and_no_title(tmp_path: Path, server: FaultServer) -> None:
    write_listing(tmp_path / "papers.txt", PAPERS)
    ran = run(tmp_path, server, "--direct")
    assert ran.code == 0
    assert b"calls" in ran.printed
    assert all(seen.headers["authorization"] == f"Bearer {KEY}" for seen in server.requests)
    assert (tmp_path / ".litline" / "litline.db").is_file()
    require_nowhere(tmp_path, ran)


def test_the_key_is_nowhere_though_the_server_repeats_it(
    tmp_path: Path, server: FaultServer
) -> None:
    write_listing(tmp_path / "papers.txt", PAPERS)
    words = f"Your key {KEY} is wrong"
    told = [error(status, KEY, words, x_key=KEY) for status in (400, 500, 429, 401)]
    server.script(*told)
    ran = run(tmp_path, server, "--direct", "--concurrency", "1")
    assert (ran.code, len(server.requests)) == (4, len(told))
    require_nowhere(tmp_path, ran)


CRASH = """
import pipeline.providers.openai as module

def crash(*_):
    raise RuntimeError("a bug")

module._completion = crash
"""


def test_the_key_is_in_no_traceback(tmp_path: Path, server: FaultServer) -> None:
    write_listing(tmp_path / "papers.txt", PAPERS)
    (tmp_path / "sitecustomize.py").write_text(CRASH, encoding="utf-8")
    ran = run(tmp_path, server, "--direct")
    assert ran.code == 1
    assert b"RuntimeError" in ran.printed
    assert b"a bug" in ran.printed
    require_nowhere(tmp_path, ran)


@pytest.mark.prefect
def test_the_key_is_not_in_the_database_of_prefect(tmp_path: Path, server: FaultServer) -> None:
    write_listing(tmp_path / "papers.txt", PAPERS)
    server.script("error-500", "reset", "fine")
    ran = run(tmp_path, server)
    assert ran.code == 0
    assert list((tmp_path / "prefect").glob("*.db")) or list(tmp_path.rglob("prefect*.db"))
    require_nowhere(tmp_path, ran)
