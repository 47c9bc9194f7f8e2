"""What a library has most of, for a person who decides what to follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.people import person

MOST = 5


class Suggested(NamedTuple):
    """A name, and how many papers, or members of a line, speak for it."""

    name: str
    amount: int


class Suggestions(NamedTuple):
    """At most `MOST` names of each kind, the strongest first."""

    authors: list[Suggested]
    topics: list[Suggested]
    lineages: list[Suggested]


def strongest(
    authors: Mapping[str, int], topics: Mapping[str, int], lineages: Mapping[str, int]
) -> Suggestions:
    """Return the names with the highest counts; of equal counts, the first by alphabet.

    Authors and topics count in papers, lineages in members; what counts nothing is left out.
    """
    return Suggestions(_top(authors), _top(topics), _top(lineages))


def _top(counts: Mapping[str, int]) -> list[Suggested]:
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold(), item[0]))
    return [Suggested(name, count) for name, count in order[:MOST] if count > 0]


def papers_by_author(lists: Iterable[Sequence[str]]) -> dict[str, int]:
    """Count the author lists that print a name, case, accents and order of its parts aside.

    A name stands as most of the lists print it. An initialled name counts for itself alone.
    """
    printed: dict[object, Counter[str]] = {}
    for authors in lists:
        for key, name in {person(name): name for name in authors}.items():
            printed.setdefault(key, Counter())[name] += 1
    return {_usual(names): names.total() for names in printed.values()}


def _usual(names: Counter[str]) -> str:
    return min(names, key=lambda name: (-names[name], name))
