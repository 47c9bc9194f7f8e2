"""Write the figures of the lineage graph into docs/lineage.md, and print how long it takes.

Run with `python -m tests.benchmarks.lineage`; `--speed N` links N invented papers and no more.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from pipeline.lineage_graph import Member, build_graph
from tests.lineage_corpora import Edge, corpus, drawn, make_member

PAGE = Path(__file__).parents[2] / "docs" / "lineage.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
TYPES = ("succeeds", "builds-on", "uses", "compares-with", "evaluates")
ROWS = (*((kind, "stated") for kind in TYPES), ("", "inferred"))


def table(name: str) -> list[str]:
    """Return precision and recall per type of edge over an invented library."""
    library = corpus(name)
    found = drawn(build_graph(library.members))
    lines = ["| edge | gold | drawn | right | precision | recall |", "|---|---|---|---|---|---|"]
    for kind, basis in ROWS:
        label = kind if basis == "stated" else "inferred"
        lines.append(_line(label, *_of(kind, basis, library.edges, found)))
    return [*lines, _line("all", library.edges, found)]


def _of(
    kind: str, basis: str, gold: Iterable[Edge], found: Iterable[Edge]
) -> tuple[set[Edge], set[Edge]]:
    """Return the edges of a row: of one stated type, or all that are inferred."""

    def inside(edge: Edge) -> bool:
        return edge.basis == basis and kind in ("", edge.type)

    return set(filter(inside, gold)), set(filter(inside, found))


def _line(label: str, gold: set[Edge], found: set[Edge]) -> str:
    right = len(gold & found)
    shares = (_share(right, len(found)), _share(right, len(gold)))
    return f"| {label} | {len(gold)} | {len(found)} | {right} | {shares[0]} | {shares[1]} |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def figures() -> str:
    """Return the part of the page that this script writes."""
    parts: list[str] = []
    for name in ("vision", "language", "robotics", "speech"):
        library = corpus(name)
        parts += [f"**{name}**: {len(library.members)} papers.", "", *table(name), ""]
    return "\n".join(parts)


# --- Speed ---------------------------------------------------------------------------------

_HEADS = "Ar Bel Cor Dun El Far Gor Hal Ix Jor Kel Lun Mor Nal Or Pel Qua Ril Sor Tem".split()
_TAILS = "Net Former Vis LM Bot Seg Mem Nav Diff Clip Graph Chain Flow Cast Loom Field".split()
_CUES = (
    "We introduce {own}, which builds upon {other} and keeps its decoder.",
    "We present {own}, the successor of {other}, for long inputs.",
    "We propose {own}, a method that employs {other} as its encoder.",
    "{own} outperforms {other} by 3.1 points on BenchOne.",
    "Experiments with {other} show the effectiveness of {own}.",
)
_FILLER = (
    "Existing methods struggle when inputs are long, because attention is costly.",
    "Unlike earlier work, our design separates what is read from what is kept.",
    "The training takes two stages, the first of which needs no labels at all.",
    "On BenchTwo, accuracy rises from 61.2% to 66.9% without further tuning.",
    "We also analyse failures and find that most of them come from wrong crops.",
    "Code and models are available at https://example.org/invented/project.",
)


def invented(count: int) -> list[Member]:
    """Return papers in families of five versions that name each other at random."""
    chance = random.Random(count)
    stems = [f"{h}{m}{t}" for h in _HEADS for m in map(str.lower, _HEADS) for t in _TAILS]
    names = [f"{stem} {v}" for v in range(1, 6) for stem in stems[: count // 5 + 1]][:count]
    members = []
    for at, name in enumerate(names):
        other = names[chance.randrange(at)] if at else "BaseNet"
        text = " ".join([_FILLER[0], chance.choice(_CUES).format(own=name, other=other)])
        text += f" {_FILLER[1]} {chance.choice(_CUES[3:]).format(own=name, other=other)} "
        text += " ".join(_FILLER[2:])
        day = f"{2000 + at * 24 // count:04}-{at % 12 + 1:02}-{at % 28 + 1:02}"
        people = [f"Author {chance.randrange(count)}" for _ in range(8)]
        title = f"{name}: A Study of {at}"
        members.append(make_member(f"p{at:05}", title, text, date=day, authors=people))
    return members


def speed(count: int) -> str:
    """Link invented papers; return the seconds of the processor and the most memory used."""
    members = invented(count)
    start = time.process_time()
    sheet = build_graph(members)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{count} papers: {seconds:.1f} s, {memory:.0f} MB, {len(sheet.edges)} edges"


def main() -> None:
    """Write the page, or time one size."""
    if "--speed" in sys.argv:
        print(speed(int(sys.argv[-1])))
        return
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(rf"(?s)(?<={BEGIN}\n).*?(?={END})")
    PAGE.write_text(between.sub(lambda _: f"{figures()}\n", page), encoding="utf-8")


if __name__ == "__main__":
    main()
