"""Work of the client per call, Litline beside the bare SDK and beside its peers.

python -m tests.benchmarks.clients [--peers PYTHON ...] [--repeats 5] [--calls 1000]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from pipeline.answers import Question, written
from pipeline.prompts import load_prompt
from tests.benchmarks.client import CONCURRENCY, Work
from tests.benchmarks.papers import record
from tests.local_server import running, stats

LATENCY = 0.2
LIMIT = 1.5
LONGEST_SECONDS = 180
ROOT = Path(__file__).parents[2]
OURS = ("bare SDK", "bare SDK, aiohttp", "Litline")
QUIET = {
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "OTEL_SDK_DISABLED": "true",
}
"""Peers send nothing anywhere; `client.stay_home` would refuse it too."""


class Row(NamedTuple):
    """A client, and the Python that runs it."""

    client: str
    version: str
    sdk: str
    python: str


class Run(NamedTuple):
    """One run of one client."""

    wall: float
    processor: float
    digest: str


def environment() -> dict[str, str]:
    """Return what a client's process is given: no key, no proxy, no telemetry."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, **QUIET, "PYTHONPATH": str(ROOT)}


def started(python: str, *arguments: str) -> str:
    """Run `client` with one Python and return what it prints."""
    command = [python, "-m", "tests.benchmarks.client", *arguments]
    done = subprocess.run(
        command,
        cwd=tempfile.gettempdir(),  # no settings file of this folder is read
        env=environment(),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST_SECONDS,
    )
    return done.stdout.splitlines()[-1]


def rows(peers: list[str]) -> list[Row]:
    """Return the clients to measure: ours, and of each environment its peers and its bare SDK."""
    here = json.loads(started(sys.executable))
    sdk = here["bare SDK"]
    found = [Row(name, here[name], sdk, sys.executable) for name in OURS]
    for python in peers:
        there = json.loads(started(python))
        for name, version in there.items():
            known = any((row.client, row.sdk) == (name, there["bare SDK"]) for row in found)
            if name != "Litline" and not known:
                found.append(Row(name, version, there["bare SDK"], python))
    return found


def questions(calls: int) -> Work:
    """Return invented papers as questions, and one more to warm up with."""
    prompt = load_prompt("paper_summary")
    asked = [
        Question(prompt, tuple(record(number).split("\n\n")[0].split(". ")))
        for number in range(calls + 1)
    ]
    users = [written(question).user for question in asked]
    return Work(prompt.fixed, users, [list(question.sentences) for question in asked])


def measured(clients: list[Row], calls: int, repeats: int) -> dict[Row, list[Run]]:
    """Run all clients in turn, each time beginning with another."""
    runs: dict[Row, list[Run]] = {row: [] for row in clients}
    with tempfile.TemporaryDirectory() as folder, running(LATENCY) as url:
        path = Path(folder, "work.json")
        path.write_text(json.dumps(questions(calls)._asdict()), encoding="utf-8")
        for turn in range(repeats):
            first = turn % len(clients)
            for row in clients[first:] + clients[:first]:
                before = stats(url).requests
                runs[row].append(Run(**json.loads(started(row.python, row.client, str(path), url))))
                assert stats(url).requests - before == calls + 1, f"{row.client} asked again"
        assert stats(url).most_in_flight == CONCURRENCY
    assert len({run.digest for found in runs.values() for run in found}) == 1
    return runs


def table(runs: dict[Row, list[Run]], calls: int) -> None:
    """Print the medians; a ratio is the median of those within one turn."""
    ideal = calls * LATENCY / CONCURRENCY
    bares = {row.sdk: found for row, found in runs.items() if row.client == "bare SDK"}
    first = next(iter(runs.values()))

    def ratio(found: list[Run], base: list[Run]) -> float:
        return median(
            one.processor / other.processor for one, other in zip(found, base, strict=True)
        )

    print(
        "client             version  SDK      wall/ideal  ms a call (least–most)  to the first  "
        "to the bare SDK of its version"
    )
    for row, found in runs.items():
        work = [1000 * run.processor / calls for run in found]
        wall = median(run.wall for run in found) / ideal
        print(
            f"{row.client:18} {row.version:8} {row.sdk:8} {wall:10.2f}  {median(work):6.2f} "
            f"({min(work):5.2f}–{max(work):5.2f})  {ratio(found, first):12.2f} "
            f"{ratio(found, bares[row.sdk]):9.2f}"
        )
    ours = next(found for row, found in runs.items() if row.client == "Litline")
    print(f"\nLitline is at {ratio(ours, first):.2f} of the bare SDK; must be at most {LIMIT}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="append", default=[], help="a Python that has peers")
    parser.add_argument("--repeats", type=int, default=5, choices=range(1, 21))
    parser.add_argument("--calls", type=int, default=1000, choices=range(CONCURRENCY, 5001))
    given = parser.parse_args()
    table(measured(rows(given.peers), given.calls, given.repeats), given.calls)


if __name__ == "__main__":
    main()
