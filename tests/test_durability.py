"""A run that is killed: the next one finishes it, and buys nothing again that was saved."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from pipeline.samples import sample_files
from pipeline.sheets import RunReport
from tests.benchmarks.papers import write_listing
from tests.fault_server import FaultServer
from tests.forks import Forks, forks
from tests.local_server import running, stats
from tests.stores import ask

PAPERS = 40
CONCURRENCY = 4
LATENCY = 0.05
POINTS = 30
LANES = 2


def start(folder: Path, url: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a run on the listing in `folder`."""
    environment = {**os.environ, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-canary"}
    command = [sys.executable, "-m", "flows.cli", "run", "papers.txt", "--quiet", *options]
    return subprocess.Popen(
        [*command, "--concurrency", str(CONCURRENCY)], cwd=folder, env=environment
    )


def outputs(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every output but the two that tell of one run."""
    root = folder / "outputs"
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name not in {"run.json", ".lock"}
    }


def kill_after(process: subprocess.Popen[bytes], url: str, requests: int) -> int:
    """Kill a run once the server has seen so many requests; return how many it saw."""
    while stats(url).requests < requests and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return stats(url).requests


class Run(NamedTuple):
    """An undisturbed run: what it wrote, how many calls it made, and how long it took."""

    outputs: dict[str, bytes]
    calls: int
    seconds: float


def arguments() -> list[str]:
    options = ["--direct", "--quiet", "--as-of", "2026-06-30", "--concurrency", str(CONCURRENCY)]
    return ["run", *sample_files(), *options]


def run_once(runner: Forks, folder: Path, server: FaultServer) -> RunReport:
    """Run the command over the samples to its end."""
    runner.start(folder, arguments(), {"OPENAI_BASE_URL": server.url})
    assert runner.wait() == 0
    return RunReport.model_validate_json((folder / "outputs" / "run.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def runners() -> Iterator[list[Forks]]:
    with ExitStack() as stack:
        yield [stack.enter_context(forks()) for _ in range(LANES)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, runners: list[Forks]) -> Run:
    with FaultServer(latency=LATENCY) as server:
        run_once(runners[0], tmp_path_factory.mktemp("first"), server)
        folder = tmp_path_factory.mktemp("undisturbed")
        begun = time.monotonic()
        found = run_once(runners[0], folder, server)
        return Run(outputs(folder), found.calls, time.monotonic() - begun)


def kill_and_finish(runner: Forks, folder: Path, undisturbed: Run, share: float) -> tuple[int, int]:
    """Kill a run after a share of its time, and let the next one finish.

    Returns how many answers were saved by then, and how many calls the next run made.
    """
    with FaultServer(latency=LATENCY) as server:
        runner.start(folder, arguments(), {"OPENAI_BASE_URL": server.url})
        time.sleep(share * undisturbed.seconds)
        runner.kill()
        assert runner.wait() in {-signal.SIGKILL, 0}
        saved = answers(folder)
        report = run_once(runner, folder, server)
        repeated = sum(max(0, times - 1) for times in server.counts.whole.values())
    assert report.failed == []
    assert outputs(folder) == undisturbed.outputs
    assert repeated <= CONCURRENCY, "only calls under way may be repeated"
    assert [path for path in folder.rglob("*") if path.name.startswith(".litline-")] == []
    return saved, report.calls


def answers(folder: Path) -> int:
    """Return how many answers a store holds; a copy is looked at, so that it stays as it is."""
    with TemporaryDirectory() as copied:
        for path in (folder / ".litline").glob("litline.db*"):
            shutil.copy(path, copied)
        try:
            query = "SELECT count(*) FROM answers WHERE raw IS NOT NULL"
            ((found,),) = ask(Path(copied) / "litline.db", query)
        except sqlite3.OperationalError:  # it was killed before there was a store
            return 0
    assert isinstance(found, int)
    return found


def test_a_run_that_is_killed_anywhere_is_finished_by_the_next_and_pays_for_nothing_twice(
    tmp_path: Path, undisturbed: Run, runners: list[Forks]
) -> None:
    chance = Random(57)
    shares = [chance.random() for _ in range(POINTS)]

    def lane(at: int) -> list[tuple[int, int]]:
        found = []
        for number in range(at, POINTS, LANES):
            folder = tmp_path / str(number)
            folder.mkdir()
            found.append(kill_and_finish(runners[at], folder, undisturbed, shares[number]))
        return found

    with ThreadPoolExecutor(LANES) as pool:
        points = [point for lane in pool.map(lane, range(LANES)) for point in lane]
    assert len(points) == POINTS
    assert [saved + calls for saved, calls in points] == [undisturbed.calls] * POINTS
    assert len({saved for saved, _ in points}) > 3, "they were killed at different points"


@pytest.mark.prefect
def test_a_run_killed_under_prefect_leaves_no_process(tmp_path: Path) -> None:
    write_listing(tmp_path / "papers.txt", PAPERS)
    with running(LATENCY) as url:
        process = start(tmp_path, url)
        assert kill_after(process, url, 5) >= 5
        deadline = time.monotonic() + 20
        while (left := _processes(tmp_path)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert left == []
        assert start(tmp_path, url).wait() == 0
        assert b"sk-canary" not in b"".join(
            path.read_bytes() for path in (tmp_path / ".litline").rglob("*") if path.is_file()
        )
    assert _processes(tmp_path) == []


def _processes(folder: Path) -> list[str]:
    """Return the command lines of processes whose files lie in `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in line and str(os.getpid()) != entry.name:
            found.append(line.decode(errors="replace")[:200])
    return found
