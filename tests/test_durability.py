"""A run that is killed: the next one finishes it, and buys nothing again that was saved."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.papers import write_listing
from tests.local_server import running, stats

PAPERS = 40
CONCURRENCY = 4
LATENCY = 0.05


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


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the outputs of a run that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write_listing(folder / "papers.txt", PAPERS)
    with running() as url:
        assert start(folder, url, "--direct").wait() == 0
    return outputs(folder)


@pytest.mark.parametrize("requests", [9, PAPERS])
def test_a_killed_run_is_finished_by_the_next(
    tmp_path: Path, undisturbed: dict[str, bytes], requests: int
) -> None:
    write_listing(tmp_path / "papers.txt", PAPERS)
    with running(LATENCY) as url:
        seen = kill_after(start(tmp_path, url, "--direct"), url, requests)
        assert start(tmp_path, url, "--direct").wait() == 0
        bought = stats(url).requests
    report = json.loads((tmp_path / "outputs" / "run.json").read_text(encoding="utf-8"))
    assert bought <= PAPERS + CONCURRENCY, "only calls under way may be repeated"
    assert report["calls"] == bought - seen
    assert report["calls"] + report["cached"] == PAPERS
    assert outputs(tmp_path) == undisturbed
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(".litline-")] == []


def test_the_key_is_nowhere(tmp_path: Path) -> None:
    write_listing(tmp_path / "papers.txt", 3)
    with running() as url:
        assert start(tmp_path, url, "--direct").wait() == 0
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"sk-canary" not in path.read_bytes(), path


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
