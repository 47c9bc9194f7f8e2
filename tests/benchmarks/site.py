"""Seconds that the pages of five thousand papers take once the work on them is done.

python -m tests.benchmarks.site [PAPERS]
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from flows.jobs import write_all
from flows.reviewing import decide, words_of
from flows.settings import Settings
from flows.stages import run_directly
from pipeline.sheets import PaperSheet
from tests.stream import stream

PAPERS = 5_000
WEEK = 84  # records of one listing


def settings(folder: Path) -> Settings:
    """Return the settings of every run."""
    return Settings(
        out=str(folder / "outputs"),
        store=str(folder / "store.db"),
        engine="extractive",
        as_of=dt.date(2026, 6, 30),
        direct=True,
    )


def write_documents(folder: Path, papers: int) -> list[str]:
    """Write listings of so many records, and return their paths."""
    paths = []
    for number, one in enumerate(stream(max(papers // WEEK, 1), WEEK)):
        paths.append(folder / f"listing-{number:03}.txt")
        paths[-1].write_text(one.text, encoding="utf-8")
    return list(map(str, paths))


def build(folder: Path, documents: list[str]) -> str:
    """Make everything in this process, and say what its last stage took."""
    begun = time.perf_counter()
    asyncio.run(write_all(documents, settings(folder), run_directly))
    report = json.loads((folder / "outputs/run.json").read_text("utf-8"))
    pages = next(one["seconds"] for one in report["stages"] if one["name"] == "pages")
    index = (folder / "outputs/index.html").stat().st_size / 1e6
    return (
        f"{report['papers']} papers: pages {pages:.1f} s, "
        f"all {time.perf_counter() - begun:.1f} s, index.html {index:.2f} MB"
    )


def verdict(folder: Path) -> str:
    """Accept a claim and show it everywhere, in this process."""
    paper = min((folder / "outputs/papers").glob("*.json"))
    sheet = PaperSheet.model_validate_json(paper.read_bytes())
    claim = next(claim for _, claim in sheet.summary.claims())
    begun = time.perf_counter()
    decide(claim.id, words_of("accepted"), settings(folder))
    return f"a verdict: {time.perf_counter() - begun:.2f} s"


def digest(folder: Path) -> str:
    """Return a hash over all outputs but the report of the run."""
    files = sorted(path for path in (folder / "outputs").rglob("*") if path.is_file())
    kept = [path for path in files if path.name != "run.json"]
    return sha256(b"".join(sha256(path.read_bytes()).digest() for path in kept)).hexdigest()


def main() -> None:
    """Print a first build, a second one that should change nothing, and a verdict."""
    steps = {"--build": lambda folder: build(folder, []), "--verdict": verdict}
    if sys.argv[1:2] and sys.argv[1] in steps:
        print(steps[sys.argv[1]](Path(sys.argv[2])))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        papers = int(sys.argv[1]) if sys.argv[1:] else PAPERS
        print(f"first: {build(folder, write_documents(folder, papers))}", flush=True)
        before = digest(folder)
        for step in ("--build", "--verdict"):
            command = [sys.executable, "-m", "tests.benchmarks.site", step, name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            print(done.stdout.strip(), flush=True)
            if step == "--build":
                print(f"no byte changed: {digest(folder) == before}", flush=True)


if __name__ == "__main__":
    main()
