"""Seconds of the weekly digest as the library grows: sixty listings, one after another, one store.

python -m tests.benchmarks.growth [WEEKS]; `--profile` profiles the last week.
"""

from __future__ import annotations

import asyncio
import cProfile
import datetime as dt
import json
import os
import pstats
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flows.jobs import weekly_digest
from flows.settings import Settings
from flows.stages import run_directly
from tests.benchmarks.papers import record

ROOT = Path(__file__).parents[2]
WEEKS = 60
PAPERS = 83  # of one week
FIRST = dt.date(2025, 1, 6)
EDGE = 10  # weeks at either end that are compared
_HEADS = "Ar Bel Cor Dun El Far Gor Hal Ix Jor Kel Lun Mor Nal Or Pel Qua Ril Sor Tem".split()
_TAILS = "Net Former Vis LM Bot Seg Mem Nav Diff Clip Graph Chain Flow Cast Loom Field".split()
_STEMS = [f"{h}{m}{t}" for h in _HEADS for m in map(str.lower, _HEADS) for t in _TAILS]
_ANCESTRY = (
    "We introduce {own}, which builds upon {other} and keeps its decoder.",
    "We present {own}, the successor of {other}, for long inputs.",
)
_BESIDE = (
    "{own} outperforms {other} by 3.1 points on Morning-7.",
    "We employ {other} as the encoder of {own}.",
    "Experiments with {other} show the effectiveness of {own}.",
)


def weeks(count: int) -> Iterator[str]:
    """Yield a listing per week: one paper in eight continues another, two in eight name one."""
    chance = random.Random(7)
    stems = iter(_STEMS)
    named: list[str] = []
    open_families: list[tuple[str, int]] = []
    for week in range(count):
        records = []
        for at in range(PAPERS):
            number = week * PAPERS + at
            own, said = f"{next(stems)}", ""
            if open_families and chance.random() < 1 / 8:
                stem, version = open_families.pop(chance.randrange(len(open_families)))
                own = f"{stem} {version + 1}"
                said = chance.choice(_ANCESTRY).format(own=own, other=f"{stem} {version}")
                if version < 4:
                    open_families.append((stem, version + 1))
            elif chance.random() < 1 / 10:
                own = f"{own} 1"
                open_families.append((own[:-2], 1))
            elif named and chance.random() < 1 / 4:
                said = chance.choice(_BESIDE).format(own=own, other=chance.choice(named))
            named.append(own)
            day = FIRST + dt.timedelta(days=7 * week + at % 5)
            records.append(_record(number, own, said, day))
        yield "\n".join(records)


def _record(number: int, own: str, said: str, day: dt.date) -> str:
    text, _, _ = record(number).partition("\n\narXiv:")
    text = text.replace(f"Quill-{number}", own)
    return (
        f"{own}: A Study of {number} Mornings\nAuthor {number}, Author {number * 7 % 901}\n\n"
        f"{text}{f' {said}' if said else ''}\n\n"
        f"arXiv:{day:%y%m}.{number % 100000:05d}\nCreated: {day.isoformat()}\n"
    )


def replay(folder: Path, count: int, *, profile: bool) -> Iterator[dict[str, float]]:
    """Yield the calls of each week and the seconds of its stages.

    Each week is a process of its own, as a schedule would start it; `rest` is what no stage of
    `run.json` covers, the start of Python and of the command included, and `processor` is the time
    of the processor. The last week is profiled, if at all, in this process.
    """
    for week, text in enumerate(weeks(count), start=1):
        path = folder / "in" / f"week-{week:02}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        today = FIRST + dt.timedelta(weeks=week)
        run = _profiled if profile and week == count else _in_a_process
        begun, worked = time.perf_counter(), _worked()
        run(folder, path, today)
        seconds, work = time.perf_counter() - begun, _worked() - worked
        report = json.loads((folder / "outputs" / "run.json").read_text(encoding="utf-8"))
        stages = {stage["name"]: float(stage["seconds"]) for stage in report["stages"]}
        rest = seconds - sum(stages.values())
        yield {"calls": report["calls"], **stages, "rest": rest, "processor": work, "all": seconds}


def _worked() -> float:
    """Return the seconds that this process and its children have kept a processor busy."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _in_a_process(folder: Path, path: Path, today: dt.date) -> None:
    out, store = folder / "outputs", folder / "store" / "litline.db"
    options = {"--out": out, "--store": store, "--engine": "extractive", "--as-of": today}
    words = [str(word) for option in options.items() for word in option]
    command = [sys.executable, "-m", "flows.cli", "digest", str(path), *words]
    subprocess.run(
        [*command, "--direct", "--quiet"],
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )


def _profiled(folder: Path, path: Path, today: dt.date) -> None:
    settings = Settings(
        out=str(folder / "outputs"),
        store=str(folder / "store" / "litline.db"),
        engine="extractive",
        as_of=today,
    )
    profiler = cProfile.Profile()
    profiler.runcall(asyncio.run, weekly_digest([str(path)], settings, run_directly))
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def table(rows: Sequence[Mapping[str, float]]) -> list[str]:
    """Return the mean seconds per stage of the first and of the last weeks, and their ratio."""
    lines = [
        f"| stage | weeks 1–{EDGE} | weeks {len(rows) - EDGE + 1}–{len(rows)} | ratio |",
        "|---|---|---|---|",
    ]
    for stage in rows[-1]:
        first, last = (
            sum(row.get(stage, 0) for row in part) / len(part)
            for part in (rows[:EDGE], rows[-EDGE:])
        )
        lines.append(f"| {stage} | {first:.2f} | {last:.2f} | {last / (first or 1e-9):.2f} |")
    return lines


def main() -> None:
    """Replay the weeks and print the table."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    count = numbers[0] if numbers else WEEKS
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        rows = []
        for week, row in enumerate(replay(Path(name), count, profile="--profile" in sys.argv), 1):
            rows.append(row)
            shown = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in row.items())
            print(f"week {week:2}: {shown}", flush=True)
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
