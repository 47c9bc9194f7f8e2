"""Seconds that a warm briefing takes in a library of five thousand papers, after start-up.

python -m tests.benchmarks.briefing [PAPERS]
"""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.jobs import author_briefing
from flows.settings import Settings
from flows.stages import run_directly
from tests.stream import stream

PAPERS = 5_000
OWN = 300  # papers on the author's page
PAGE = "Ada Brew\n\nKT\nh-index7\n300papers\n1,204citations\n\n300 Papers\n\n"


def settings(folder: Path) -> Settings:
    """Return the settings of every run."""
    return Settings(
        out=str(folder / "outputs"),
        store=str(folder / "store.db"),
        engine="extractive",
        as_of=dt.date(2026, 6, 30),
        direct=True,
    )


def write_library(folder: Path, papers: int) -> list[str]:
    """Write a listing of so many papers, and the author's page."""
    weeks = max(papers // 84, 1)
    listing = folder / "listing.txt"
    listing.write_text("\n\n".join(one.text for one in stream(weeks, 84)), encoding="utf-8")
    entries = []
    for n in range(OWN):
        day = dt.date(2023, 1, 1) + dt.timedelta(days=4 * n)
        words = (
            f"We present Kettle-{n}, a pot that reaches {n % 50 + 40}.5% accuracy on Stove-{n % 9}."
        )
        entries.append(
            f"KT{day:%b} {day.day}, {day.year}\nKettle-{n}: A Study of Pots\n\n"
            f"Ada Brew, Author {n % 40}, Author {n % 7} et al.\n\n{words} It is trained on "
            f"{n + 1_000} evenings, and earlier pots are slower by {n % 12 + 2} minutes each."
        )
    page = folder / "page.txt"
    page.write_text(PAGE + "\n\n".join(entries), encoding="utf-8")
    return [str(listing), str(page)]


def brief(folder: Path, documents: list[str]) -> float:
    """Make the briefing; return the seconds that it kept the processor busy."""
    begun = time.process_time()
    asyncio.run(author_briefing(documents, settings(folder), run_directly, "Ada Brew"))
    return time.process_time() - begun


def main() -> None:
    """Print the seconds of the first briefing, and of three warm ones in processes of their own."""
    if sys.argv[1:2] == ["--warm"]:
        print(f"{brief(Path(sys.argv[2]), []):.2f}")
        return
    papers = int(sys.argv[1]) if sys.argv[1:] else PAPERS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"first: {brief(folder, write_library(folder, papers)):.2f} s", flush=True)
        warm = [sys.executable, "-m", "tests.benchmarks.briefing", "--warm", name]
        for _ in range(3):
            done = subprocess.run(warm, check=True, capture_output=True, text=True)
            print(f"warm: {done.stdout.strip()} s", flush=True)


if __name__ == "__main__":
    main()
