"""How long it takes to find an author, and who stands beside them, among many names.

Run with `python -m tests.benchmarks.names`.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.authorship import authorships, named, who
from pipeline.companions import beside
from pipeline.library import Entry
from tests.bylines import LISTING, byline, page, pages

PAPERS, LARGE, OWN = 5_000, 100, 300  # every hundredth paper has three thousand names
T = TypeVar("T")


def library() -> list[Entry]:
    """Return invented papers, the first of them of Ada Brew and on her page."""
    chance = random.Random(1)
    people = [_name(chance) for _ in range(120_000)]
    entries = []
    for number in range(PAPERS):
        size = 3_000 if number % LARGE == 0 else chance.randint(5, 40)
        names = chance.sample(people, size) + ["Ada Brew"] * (number < OWN)
        day = dt.date(2025 + number % 6, 1, 1 + number % 28)
        place = "own.txt" if number < OWN else LISTING
        entries.append(byline(f"paper-{number}", *names, on=[place], day=day))
    return entries


def _name(chance: random.Random) -> str:
    """Return a name; a fifth of all people share three families, a seventh print an initial."""
    common = chance.random() < 0.2
    family = chance.choice(["Pan", "Lid", "Pot"]) if common else _word(chance)
    given = _word(chance)
    return f"{given[0]}. {family}" if chance.random() < 0.15 else f"{given} {family}"


def _word(chance: random.Random) -> str:
    length = chance.randint(1, 3)
    parts = (
        chance.choice("bcdfgklmnprst") + chance.choice("aeiou" * 6 + "é") for _ in range(length)
    )
    return "".join(parts).title()


def timed(what: str, work: Callable[[], T]) -> T:
    """Print the seconds of the processor that some work takes."""
    start = time.process_time()
    result = work()
    print(f"{what}: {time.process_time() - start:.3f} s")
    return result


def main() -> None:
    """Print the figures, with names seen for the first time and once more."""
    entries = library()
    print(f"{sum(len(entry.paper.authors or ()) for entry in entries)} names")
    for turn in ("first", "again"):
        measure(turn, entries)


def measure(turn: str, entries: list[Entry]) -> None:
    """Print what one briefing asks for."""
    volumes = pages(page("own.txt", "Ada Brew"))
    author = timed(f"{turn}: who", lambda: who("Ada Brew", entries, volumes, {}))
    timed(f"{turn}: authorships", lambda: authorships(author, entries))
    timed(f"{turn}: named", lambda: named(author, entries))
    timed(f"{turn}: beside", lambda: beside(author, entries))


if __name__ == "__main__":
    main()
