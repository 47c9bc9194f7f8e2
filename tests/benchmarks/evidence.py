"""Write the figures of the grounding checks into docs/evidence.md.

Run with `python -m tests.benchmarks.evidence`. The real documents are looked for in the folder
`shared` beside the checkout, or in `LITLINE_SHARED`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from flows.settings import load_settings
from flows.shelves import look_up
from pipeline.database import open_store
from pipeline.grounding import RULES_VERSION, check_claim
from pipeline.samples import sample_files
from pipeline.steps.summarise import plan_paper
from tests.asking import make_asker, summarised
from tests.grounding_figures import (
    HELD_OUT,
    Row,
    caught,
    false_alarms,
    paraphrases,
    refused,
    worded_lies,
)
from tests.lying import Liar, lies, openings, printed
from tests.perturbations import Abstract, sample_papers, seed_papers, sentences_of

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def _table(title: str, papers: tuple[Abstract, ...]) -> list[str]:
    """Return a table of what is caught over some papers."""
    count = len(sentences_of(papers))
    return [
        f"**{title}**: {count} true sentences, refused {false_alarms(papers)}.",
        "",
        "| what is changed | caught | by the rule for it |",
        "|---|---|---|",
        *(_line(row) for row in caught(papers)),
        "",
    ]


def _line(row: Row) -> str:
    return f"| {row.kind} | {row.caught} | {row.by_rule} |"


def _rewordings() -> list[str]:
    """Return the table of honest rewordings that are refused."""
    rounds = sorted({one["round"] for one in paraphrases()})
    kinds = sorted({one["kind"] for one in paraphrases()})
    lines = ["| honest rewordings | refused |", "|---|---|"]
    for number in rounds:
        name = f"round {number}, written last" if number == HELD_OUT else f"round {number}"
        lines.append(f"| {name} | {refused(p for p in paraphrases() if p['round'] == number)} |")
    for kind in kinds:
        lines.append(f"| {kind} | {refused(p for p in paraphrases() if p['kind'] == kind)} |")
    return [*lines, f"| all | {refused(paraphrases())} |"]


def _worded() -> list[str]:
    """Return the table of lies in words of their own that are caught."""
    lines = ["", "| lies in words of their own | caught |", "|---|---|"]
    for kind in sorted({one["kind"] for one in worded_lies()}):
        lines.append(f"| {kind} | {refused(p for p in worded_lies() if p['kind'] == kind)} |")
    return [*lines, f"| all | {refused(worded_lies())} |"]


async def _lying_model() -> list[str]:
    """Return the table of what a model that lies about the samples gets printed."""
    entries = look_up(sample_files(), load_settings(as_of=dt.date(2026, 6, 30)), None).entries
    works = [plan_paper(entry) for entry in entries]
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"{folder}/s.db")) as store:
        async with make_asker(Liar(openings(works)), store) as asker:
            outcomes = await summarised(works, asker, store)
    told = Counter(lie.kind for lie in lies())
    through = Counter(lie.kind for lie in printed(o.sheet for o in outcomes if o.sheet))
    lines = ["", "| a model that lies and insists | told | printed |", "|---|---|---|"]
    lines += [f"| {kind} | {told[kind]} | {through[kind]} |" for kind in sorted(told)]
    return [*lines, f"| all | {told.total()} | {through.total()} |"]


def figures() -> str:
    """Return the part of the page that this script writes."""
    parts = [f"Rules version {RULES_VERSION}.", "", *_table("Invented documents", sample_papers())]
    if seed_papers():
        parts += _table("Real documents", seed_papers())
    lying = asyncio.run(_lying_model())
    return "\n".join([*parts, *_rewordings(), *_worded(), *lying])


def _speed() -> str:
    """Return the time of the processor per rewording, none of which was checked before."""
    start = time.process_time()
    for one in paraphrases():
        check_claim(one["claim"], one["evidence"])
    each = 1000 * (time.process_time() - start) / len(paraphrases())
    return f"{each:.2f} ms per claim, over {len(paraphrases())} claims"


def main() -> None:
    """Write the page and print the speed, which depends on the machine."""
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(rf"(?s)(?<={BEGIN}\n).*?(?={END})")
    print(_speed())
    PAGE.write_text(between.sub(lambda _: f"{figures()}\n", page), encoding="utf-8")


if __name__ == "__main__":
    main()
