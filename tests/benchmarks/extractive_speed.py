"""Abstracts that the extractive engine summarises in a second, on one core.

python -m tests.benchmarks.extractive_speed
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from pipeline.providers.extractive import summarise
from pipeline.providers.extractive.weights import weights

DATA = Path(__file__).parents[3] / "shared" / "data"
REPEATS = 3


def main() -> None:
    lines = (DATA / "scitldr" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    abstracts = [json.loads(line)["source"] for line in lines]
    start = time.perf_counter()
    weights()
    print(f"reading the weights: {1000 * (time.perf_counter() - start):.0f} ms")
    for _ in range(REPEATS):
        start = time.perf_counter()
        for abstract in abstracts:
            summarise(abstract)
        seconds = time.perf_counter() - start
        print(f"{len(abstracts) / seconds:.0f} abstracts a second")


if __name__ == "__main__":
    main()
