"""Sixty weeks and five thousand records, digest after digest: what is lost, and what a week costs.

python -m tests.benchmarks.replay [WEEKS]; two weeks fail. `--profile` profiles the last week.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flows.settings import Settings
from tests.replay import Spent, digest_week, fail_week, faults, here
from tests.stream import Delivery, stream

ROOT = Path(__file__).parents[2]
WEEKS = 60
PAPERS = 84  # records of one week
FAILED = (20, 41)  # from 0
EDGE = 10  # weeks at either end that are compared


def in_a_process(document: Path, settings: Settings) -> None:
    """Run the command as a person or cron does: nothing is left in memory from the week before."""
    options = {"--out": settings.out, "--store": settings.store, "--as-of": settings.as_of}
    words = [str(word) for option in options.items() for word in option]
    command = [sys.executable, "-m", "flows.cli", "digest", str(document), *words]
    subprocess.run(
        [*command, "--engine", "extractive", "--direct", "--quiet"],
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )


def profiled(document: Path, settings: Settings) -> None:
    """Run in this process, and print where the time goes."""
    profiler = cProfile.Profile()
    profiler.runcall(here, document, settings)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def table(spent: Sequence[Spent]) -> list[str]:
    """Return the mean seconds per stage of the first and of the last weeks, and their ratio.

    `rest` is what no stage of `run.json` covers, the start of Python included; `processor` is the
    time of the processor.
    """
    rows = [
        {**one.stages, "rest": one.seconds - sum(one.stages.values()), "processor": one.processor}
        | {"all": one.seconds, "calls": float(one.calls)}
        for one in spent
    ]
    lines = [
        f"| stage | weeks 1–{EDGE} | last {EDGE} weeks | ratio |",
        "|---|---|---|---|",
    ]
    for stage in rows[-1]:
        first, last = (
            sum(row.get(stage, 0) for row in part) / len(part)
            for part in (rows[:EDGE], rows[-EDGE:])
        )
        ratio = f"{last / first:.2f}" if first else "–"
        lines.append(f"| {stage} | {first:.2f} | {last:.2f} | {ratio} |")
    return lines


def replay(folder: Path, deliveries: Sequence[Delivery], *, profile: bool) -> list[Spent]:
    """Run all weeks; what a failed week and the one after it took is left out."""
    spent = []
    for at, delivery in enumerate(deliveries):
        if at in FAILED:
            fail_week(folder, delivery)
            continue
        last = at == len(deliveries) - 1
        one = digest_week(folder, delivery, profiled if profile and last else in_a_process)
        print(f"{one.week}: {one.seconds:.2f} s, processor {one.processor:.2f} s", flush=True)
        if at - 1 not in FAILED:
            spent.append(one)
    return spent


def main() -> None:
    """Replay the weeks, print the table, and exit 1 where anything was lost or told twice."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    deliveries = list(stream(numbers[0] if numbers else WEEKS, PAPERS))
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        spent = replay(Path(name), deliveries, profile="--profile" in sys.argv)
        failed = [deliveries[at].week for at in FAILED if at < len(deliveries)]
        found = list(faults(Path(name), deliveries, failed))
    print("\n".join(table(spent)))
    print("\n".join(found) or "no paper twice, none lost, every count as recounted")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
