"""What papers can be found by on the page of all papers, in few bytes for each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.report.cards import Card, LineCard
from pipeline.report.view import plural

CODE, READ, LEFT = "k", "r", "o"  # tags: has code, reviewed, not reviewed
_AUTHORS = 220_000  # bytes for names and tags of authors, those with most papers first
_MARKUP = 24  # bytes around a name
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Choice(NamedTuple):
    """One thing to choose, and how many papers it leaves; papers bear `tag`."""

    tag: str
    name: str
    papers: int


class Filter(NamedTuple):
    """One list to choose from; `id` is a short word, `name` what a reader calls it."""

    id: str
    name: str
    choices: list[Choice]


_Found = tuple[Filter, dict[str, list[str]]]  # a filter, and the tags of each paper


class SearchView(NamedTuple):
    """All that can be chosen; `tags` are those of each paper, parted by spaces.

    The tag of an author is `a` and the place in `authors`, as all numbers of tags to base 36.
    """

    filters: list[Filter]
    authors: list[str]
    note: str
    tags: dict[str, str]


def search_view(
    papers: Sequence[Card],
    lineages: Sequence[LineCard],
) -> SearchView:
    """Give each paper tags for its category, topics, lines, code, reviews and authors."""
    ids = [card.paper for card in papers]
    found = [
        _filter("category", "Category", {card.paper: card.categories for card in papers}),
        _filter("topic", "Topic", {card.paper: card.themes for card in papers}),
        _lines(lineages, set(ids)),
        _code(papers),
        _reviews(papers),
    ]
    authors, tagged, left = _authors(papers)
    tags = {id_: list[str]() for id_ in ids}
    for of in (*(given for _, given in found), tagged):
        for id_, some in of.items():
            tags[id_] += some
    years = _years(papers)
    filters = [one for one in (years, *(one for one, _ in found)) if _parts(one, len(papers))]
    note = (
        f"{plural(left, 'author')} of fewer papers {'is' if left == 1 else 'are'} not in this list."
    )
    return SearchView(
        filters, authors, note if left else "", {id_: " ".join(some) for id_, some in tags.items()}
    )


def tag(letter: str, number: int) -> str:
    """Return a tag: a letter, and a number to base 36."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return letter + digits


def _parts(one: Filter, papers: int) -> bool:
    """Whether a choice leaves fewer papers than all."""
    return any(choice.papers < papers for choice in one.choices)


def _years(papers: Iterable[Card]) -> Filter:
    """Years need no tags: papers stand under theirs, whose anchors these are."""
    counts = Counter(card.date.year if card.date else 0 for card in papers)
    choices = [
        Choice(f"y{year}" if year else "undated", f"{year}" if year else "not stated", counts[year])
        for year in sorted(counts, reverse=True)
    ]
    return Filter("year", "Year", choices)


def _filter(id_: str, name: str, values: Mapping[str, Iterable[str]]) -> _Found:
    """Return a filter over values of papers, most frequent first, and the tags of each paper."""
    counts = Counter(value for some in values.values() for value in set(some))
    ordered = sorted(counts, key=lambda value: (-counts[value], value.casefold(), value))
    tags = {value: tag(id_[0], number) for number, value in enumerate(ordered)}
    tagged = {paper: [tags[value] for value in dict.fromkeys(v)] for paper, v in values.items()}
    return Filter(id_, name, [Choice(tags[v], v, counts[v]) for v in ordered]), tagged


def _lines(lineages: Sequence[LineCard], known: set[str]) -> _Found:
    """Return a filter over lines of work; two of one name stay two."""
    choices, tagged = [], dict[str, list[str]]()
    for number, line in enumerate(lineages):
        members = known & set(line.papers)
        if members:
            choices.append(Choice(tag("l", number), line.name, len(members)))
        for id_ in members:
            tagged.setdefault(id_, []).append(tag("l", number))
    return Filter("lineage", "Line of work", choices), tagged


def _code(papers: Iterable[Card]) -> _Found:
    having = [card.paper for card in papers if card.code]
    choices = [Choice(CODE, "has code", len(having))] if having else []
    return Filter("code", "Code", choices), {id_: [CODE] for id_ in having}


def _reviews(papers: Sequence[Card]) -> _Found:
    """Part the papers by whether somebody decided on each claim, once any was read so."""
    tags = {card.paper: [LEFT if card.progress.open else READ] for card in papers}
    read = sum(not card.progress.open for card in papers)
    if not read:
        return Filter("review", "Review", []), {}
    choices = [Choice(READ, "reviewed", read), Choice(LEFT, "not reviewed", len(papers) - read)]
    return Filter("review", "Review", choices), tags


def _authors(papers: Iterable[Card]) -> tuple[list[str], dict[str, list[str]], int]:
    """Return names, the tags of each paper, and how many names there is no room for."""
    of: dict[str, list[str]] = {}
    for card in papers:
        for name in dict.fromkeys(card.authors):
            of.setdefault(name, []).append(card.paper)
    ordered = sorted(of, key=lambda name: (-len(of[name]), name.casefold(), name))
    tagged: dict[str, list[str]] = {}
    taken, size = list[str](), 0
    for number, name in enumerate(ordered):
        mark = tag("a", number)
        size += len(name.encode(errors="replace")) + _MARKUP + len(of[name]) * (len(mark) + 1)
        if size > _AUTHORS:
            break
        taken.append(name)
        for id_ in of[name]:
            tagged.setdefault(id_, []).append(mark)
    return taken, tagged, len(ordered) - len(taken)
