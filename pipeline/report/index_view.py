"""What the page of all papers says: counts, coverage, failures, and the papers by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from pipeline.records import Coverage
from pipeline.report import parts, view
from pipeline.report.briefing_card import BriefingCard, briefing_path, by_name
from pipeline.report.cards import Card, LineCard
from pipeline.report.digest_card import (
    DigestCard,
    counted,
    days,
    digest_path,
    heading,
    newest_first,
)
from pipeline.report.search_view import SearchView, search_view
from pipeline.sheets import Failure

_SIZE = 1_900_000  # bytes of the list of papers
_MARKUP = 110  # bytes around one paper
_OPTION = 20  # bytes around the name of an author
_SHORTEST = 30  # characters


class Entry(NamedTuple):
    """One paper of the list; `iso` and `day` are empty when it has no date.

    By its `tags` the search finds it.
    """

    path: str
    label: str
    iso: str
    day: str
    short: str
    tags: str


class Year(NamedTuple):
    """The papers of one year, newest first; undated papers have a group of their own."""

    anchor: str
    name: str
    entries: list[Entry]


class Lineage(NamedTuple):
    """One line of work of the list."""

    path: str
    name: str
    members: str
    span: str


class Digest(NamedTuple):
    """One digest of the list."""

    path: str
    name: str
    words: str


class Briefing(NamedTuple):
    """One briefing of the list."""

    path: str
    name: str
    words: str


class Covered(NamedTuple):
    """How much of one document is there."""

    document: str
    path: str
    words: str


class Failed(NamedTuple):
    """One thing that failed; `path` is empty when it has no page."""

    subject: str
    path: str
    stage: str
    reason: str


class IndexView(NamedTuple):
    """Everything on the page of all papers, without markup."""

    head: str
    digests: list[Digest]
    briefings: list[Briefing]
    lineages: list[Lineage]
    search: SearchView
    years: list[Year]
    coverage: list[Covered]
    covered: str
    failed: list[Failed]
    notes: list[str]
    stamp: str


def index_view(  # noqa: PLR0913 - a list for each section
    papers: Sequence[Card],
    coverage: Sequence[Coverage],
    notes: Sequence[str],
    failed: Sequence[Failure],
    lineages: Sequence[LineCard] = (),
    digests: Sequence[DigestCard] = (),
    *,
    briefings: Sequence[BriefingCard] = (),
) -> IndexView:
    """Put the words of the page in order."""
    search = search_view(papers, lineages)
    return IndexView(
        head=_head(papers, len(coverage)),
        digests=[_digest(card) for card in newest_first(digests)],
        briefings=[_briefing(card) for card in by_name(briefings)],
        lineages=[_lineage(line) for line in lineages],
        search=search,
        years=_years(_fitted(papers, search), search),
        coverage=[_covered(c) for c in coverage],
        covered=_covered_in_all(coverage),
        failed=_failures(failed, papers),
        notes=[*_inferred(papers), *notes],
        stamp=engines((card.model, card.engine) for card in papers),
    )


def line_path(slug: str) -> str:
    """Return the address of a line's page from the top of the outputs."""
    return f"lineages/{view.address(slug)}/lineage.html"


def paper_path(paper_id: str, root: str = "") -> str:
    """Return the relative address of a paper's page; `root` leads to the folder of all outputs."""
    return f"{root}papers/{view.address(paper_id)}.html"


def _head(papers: Sequence[Card], documents: int) -> str:
    untitled = sum(not card.titled for card in papers)
    silent = sum(card.counts.claims == 0 for card in papers)
    gaps = [f"{untitled:,} without a title"] if untitled else []
    gaps += [f"{silent:,} without a summary"] if silent else []
    counted = f"{view.plural(len(papers), 'paper')} from {view.plural(documents, 'document')}"
    return "; ".join(filter(None, (counted, ", ".join(gaps)))) + "."


def _inferred(papers: Iterable[Card]) -> list[str]:
    number = sum(card.year_inferred for card in papers)
    if not number:
        return []
    printed = f"{view.plural(number, 'paper')} {'is' if number == 1 else 'are'} printed"
    return [f"{printed} without a year; it was inferred, and the day below is marked with a star."]


def _lineage(line: LineCard) -> Lineage:
    return Lineage(line_path(line.slug), line.name, line.members, line.span)


def _digest(card: DigestCard) -> Digest:
    words = " · ".join(filter(None, (days(card), counted(card))))
    return Digest(digest_path(card), heading(card), words)


def _briefing(card: BriefingCard) -> Briefing:
    return Briefing(
        briefing_path(card), card.author, f"{view.plural(card.papers, 'paper')} present"
    )


# --- Papers --------------------------------------------------------------------------------


def _fitted(papers: Sequence[Card], search: SearchView) -> Sequence[Card]:
    """Cut the sentences below papers where these are so many that the page would be too large."""
    fixed = sum(_size(card.label) + len(card.paper) + _MARKUP for card in papers)
    fixed += sum(map(len, search.tags.values()))
    fixed += sum(_size(name) + _OPTION for name in search.authors)
    if not papers or fixed + sum(_size(card.short) for card in papers) <= _SIZE:
        return papers
    room = max(0, _SIZE - fixed) // len(papers)
    return [card.model_copy(update={"short": _cut(card.short, room)}) for card in papers]


def _size(text: str) -> int:
    return len(escape(text).encode(errors="replace"))


def _cut(text: str, room: int) -> str:
    """Cut a text after a word to so many bytes; nothing is left where that says too little."""
    if _size(text) <= room:
        return text
    words = ""
    for word in text.split():
        if _size(f"{words} {word} …") > room:
            break
        words += f" {word}"
    return f"{words.strip()} …" if len(words) >= _SHORTEST else ""


def _years(papers: Iterable[Card], search: SearchView) -> list[Year]:
    ordered = sorted(papers, key=parts.newest_first)
    return [
        Year(
            f"y{year}" if year else "undated",
            f"{year}" if year else "Date not stated",
            [_entry(card, search.tags[card.paper]) for card in group],
        )
        for year, group in groupby(ordered, key=_year)
    ]


def _year(card: Card) -> int:
    return card.date.year if card.date else 0


def _entry(card: Card, tags: str) -> Entry:
    star = "*" if card.year_inferred else ""
    return Entry(
        path=paper_path(card.paper),
        label=card.label,
        iso=card.date.isoformat() if card.date else "",
        day=view.day_and_month(card.date) + star if card.date else "",
        short=card.short,
        tags=tags,
    )


# --- Coverage, failures, engines -----------------------------------------------------------


def _covered(coverage: Coverage) -> Covered:
    path = view.source_path(coverage.document, root="")
    return Covered(coverage.document, path, view.coverage_words(coverage))


def _covered_in_all(coverage: Sequence[Coverage]) -> str:
    short = sum((c.declared or 0) > c.present for c in coverage)
    gap = f"; {short:,} with fewer papers than declared" if short else ""
    return f"{view.plural(len(coverage), 'document')}{gap}"


def _failures(failed: Iterable[Failure], papers: Iterable[Card]) -> list[Failed]:
    labels = {card.paper: card.label for card in papers}
    return [
        Failed(
            subject=labels.get(f.paper or "") or f.paper or f.document or "the run",
            path=paper_path(f.paper) if f.paper in labels else "",
            stage=f.stage,
            reason=f.reason,
        )
        for f in failed
    ]


def engines(wrote: Iterable[tuple[str | None, str]]) -> str:
    """Say what wrote the pages behind a list, by model and engine; empty when there are none."""
    counts = Counter(wrote)
    if not counts:
        return ""
    if {model for model, _ in counts} == {None}:
        names = ", ".join(sorted(engine for _, engine in counts))
        return f"No language model was used for these pages. Engine: {names}."
    return (
        f"Written by {', '.join(_engine(*key, n) for key, n in sorted(counts.items(), key=repr))}."
    )


def _engine(model: str | None, engine: str, pages: int) -> str:
    name = f"{model} ({engine})" if model else f"{engine} without a language model"
    return f"{name}: {view.plural(pages, 'page')}"
