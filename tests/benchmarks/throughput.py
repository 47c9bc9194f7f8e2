"""Seconds of the summaries stage against the ideal, on a local server; first and second run.

python -m tests.benchmarks.throughput
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.papers import write_listing
from tests.local_server import running, stats

LATENCY = 0.2
CASES = ((60, 16, 1.30), (1000, 64, 1.60), (1000, 16, None))
REPEATS = 3


class Run(NamedTuple):
    """One run of the command, as `run.json` reports it."""

    summaries: float
    checks: float
    calls: int
    cached: int


def run(folder: Path, url: str, concurrency: int) -> Run:
    """Run the command on the listing in `folder`."""
    environment = {**os.environ, "OPENAI_BASE_URL": url, "LITLINE_DIRECT": "1"}
    command = [sys.executable, "-m", "flows.cli", "run", "papers.txt", "--quiet"]
    subprocess.run(
        [*command, "--concurrency", str(concurrency)], cwd=folder, env=environment, check=True
    )
    report: dict[str, Any] = json.loads((folder / "outputs" / "run.json").read_text())
    seconds = {stage["name"]: stage["seconds"] for stage in report["stages"]}
    return Run(seconds["summaries"], seconds["checks"], report["calls"], report["cached"])


def main() -> None:
    print(
        "papers  cap  ideal s  first s  ratio  limit  in flight  second s  share of first  checks s"
    )
    for papers, cap, limit in CASES:
        for _ in range(REPEATS):
            with tempfile.TemporaryDirectory() as name, running(LATENCY) as url:
                folder = Path(name)
                write_listing(folder / "papers.txt", papers)
                first = run(folder, url, cap)
                most = stats(url).most_in_flight
                second = run(folder, url, cap)
            ideal = papers * LATENCY / cap
            assert (second.calls, second.cached) == (0, first.calls)
            print(
                f"{papers:6} {cap:4} {ideal:8.2f} {first.summaries:8.2f} "
                f"{first.summaries / ideal:6.2f} {limit or '':>6} {most:10} "
                f"{second.summaries:9.2f} {second.summaries / first.summaries:6.3f} "
                f"{first.checks:6.2f} {second.checks:6.2f}"
            )


if __name__ == "__main__":
    main()
