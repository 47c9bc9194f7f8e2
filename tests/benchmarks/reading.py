"""Work and memory of reading 10,000 cached summaries back; start-up of the read-only commands.

python -m tests.benchmarks.reading
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline.answers import Question, answer_key, read_reply
from pipeline.database import open_store
from pipeline.prompts import load_prompt
from pipeline.providers.extractive import summarise
from pipeline.schemas import PaperSummaryReply
from pipeline.store import Lease, StoredAnswer, claim_all, save_raw, save_replies
from tests.benchmarks.papers import record

ANSWERS = 10_000
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


def fill(path: Path) -> list[str]:
    """Store so many answers and return their keys."""
    prompt, store = load_prompt("paper_summary"), open_store(str(path))
    replies = {}
    for number in range(ANSWERS):
        sentences = tuple(record(number).split("\n\n")[0].split(". "))
        key = answer_key("openai", "any", Question(prompt, sentences))
        replies[key] = summarise(sentences).model_dump_json()
    with store.transaction() as connection:
        leases = [Lease(key, "openai", "any", "paper_summary 1", "me", 0.0) for key in replies]
        claim_all(connection, leases, 1.0, lambda _: False)
        for key, reply in replies.items():
            row = StoredAnswer(
                key, "openai", "any", "paper_summary 1", reply, None, 1, 1, False, 0.0, None
            )
            save_raw(connection, row)
        save_replies(connection, replies)
    store.close()
    return list(replies)


def read_back(path: str, keys: list[str]) -> None:
    """Read and validate every answer; print the seconds of work and the peak memory."""
    store = open_store(path)
    begun, cpu = time.perf_counter(), time.process_time()
    rows = store.answers(keys)
    replies = [read_reply(row, PaperSummaryReply) for row in rows.values()]
    wall, work = time.perf_counter() - begun, time.process_time() - cpu
    assert len(replies) == ANSWERS
    assert None not in replies
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{ANSWERS} answers read and validated: {work:.2f} s of work, {wall:.2f} s, {peak:.0f} MB"
    )


def seconds(*command: str) -> float:
    """Return the median seconds of a whole process over seven runs."""
    found = []
    for _ in range(7):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        found.append(time.perf_counter() - begun)
    return sorted(found)[3]


def main() -> None:
    if len(sys.argv) > 1:
        read_back(sys.argv[1], Path(sys.argv[2]).read_text().split())
        return
    with tempfile.TemporaryDirectory() as folder:
        path, keys = Path(folder, "store.db"), Path(folder, "keys")
        keys.write_text("\n".join(fill(path)))
        for _ in range(3):
            module = "tests.benchmarks.reading"
            subprocess.run([sys.executable, "-m", module, str(path), str(keys)], check=True)
    print(f"litline --help: {seconds('-m', 'flows.cli', '--help'):.2f} s")
    if SEEDS.is_dir():
        spent = seconds("-m", "flows.cli", "read", str(SEEDS), "--json")
        print(f"litline read on the four documents: {spent:.2f} s")


if __name__ == "__main__":
    main()
