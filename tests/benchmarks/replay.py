"""Sixty weeks and five thousand records, digest after digest: what is lost, and what a week costs.

python -m tests.benchmarks.replay [WEEKS]; two weeks fail. `--profile` profiles the last week.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.replay import Spent, digest_week, fail_week, faults
from tests.stream import Delivery, stream

WEEKS = 60
PAPERS = 84  # records of one week
FAILED = (20, 41)  # from 0
EDGE = 10  # weeks at either end that are compared


def table(spent: Sequence[Spent]) -> list[str]:
    """Return the mean seconds per stage of the first and of the last weeks, and their ratio."""
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


def run(folder: Path, deliveries: Sequence[Delivery], *, profile: bool) -> list[Spent]:
    """Run all weeks; what a failed week and the one after it took is left out."""
    spent = []
    for at, delivery in enumerate(deliveries):
        if at in FAILED:
            fail_week(folder, delivery)
            continue
        profiler = cProfile.Profile() if profile and at == len(deliveries) - 1 else None
        if profiler:
            profiler.enable()
        one = digest_week(folder, delivery)
        if profiler:
            profiler.disable()
            pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)
            pstats.Stats(profiler).sort_stats("tottime").print_stats(30)
        print(f"{one.week}: {one.seconds:.2f} s, processor {one.processor:.2f} s", flush=True)
        if at - 1 not in FAILED:
            spent.append(one)
    return spent


def main() -> None:
    """Replay the weeks, print the table, and exit 1 where anything was lost or told twice."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    deliveries = list(stream(numbers[0] if numbers else WEEKS, PAPERS))
    with tempfile.TemporaryDirectory() as name:
        spent = run(Path(name), deliveries, profile="--profile" in sys.argv)
        failed = [deliveries[at].week for at in FAILED if at < len(deliveries)]
        found = list(faults(Path(name), deliveries, failed))
    print("\n".join(table(spent)))
    print("\n".join(found) or "no paper twice, none lost, every count as recounted")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
