"""What is changing in a library: shares of papers in a window against the time before, tested."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from pipeline.digest_sheet import Days, Share, TrendRow, Verdict
from pipeline.statistics import benjamini_hochberg, fisher, wilson

Reason = Literal["", "not significant after correction", "sources pooled", "fewer than 5 papers"]

SIGNIFICANT = 0.05
WINDOW_PAPERS = 8  # a window of fewer papers is not tested
TERM_PAPERS = 3  # nor is a term in fewer papers of both sides; Fisher's test holds this sum fixed
TREND_PAPERS = 5  # a trend needs so many on the side where the share is larger
SOURCE_PAPERS = 20  # and one source that holds so many of the papers compared,
SOURCE_SIDE = 5  # so many of them on each side
TOLD: frozenset[Verdict] = frozenset({"emerging", "declining", "possible"})


class Dated(NamedTuple):
    """A paper as trends see it: its day, the terms it holds, and the sources it was found in."""

    id: str
    date: dt.date
    terms: frozenset[str]
    sources: frozenset[str]


class Counted(NamedTuple):
    """Papers without the terms that a person took off, and what of that list is unknown."""

    papers: list[Dated]
    unknown_terms: list[str]
    unknown_papers: list[str]


class _Sides(NamedTuple):
    """The papers of the window and those before it, oldest first."""

    window: list[Dated]
    baseline: list[Dated]


class _Tally(NamedTuple):
    """In how many papers each term is: of n in the window, of m before."""

    window: Counter[str]
    n: int
    baseline: Counter[str]
    m: int


class _Count(NamedTuple):
    """A term in a of n papers of the window, and in b of m before."""

    a: int
    n: int
    b: int
    m: int

    @property
    def direction(self) -> int:
        """1 where the share is larger in the window, -1 where it is smaller, else 0."""
        ours, theirs = self.a * self.m, self.b * self.n
        return (ours > theirs) - (ours < theirs)

    @property
    def is_tested(self) -> bool:
        """Whether there is enough to say anything."""
        return self.n >= WINDOW_PAPERS and self.m > 0 and self.a + self.b >= TERM_PAPERS


def leave_out(
    papers: Iterable[Dated], not_counted: Mapping[str, Collection[str]], terms: Collection[str]
) -> Counted:
    """Take papers off terms that they hold in another sense, before anything is tested.

    The papers still count in the number that shares are of.

    Args:
        papers: all papers.
        not_counted: ids of papers by the name of a term, upper or lower case.
        terms: names of the terms to be tested.
    """
    papers = list(papers)
    off = {(name.casefold(), paper) for name, ids in not_counted.items() for paper in ids}
    known = {term.casefold() for term in terms}
    ids = {paper.id for paper in papers}
    touched = {paper for _, paper in off}
    kept = [_without(paper, off) if paper.id in touched else paper for paper in papers]
    return Counted(
        kept,
        sorted(name for name in not_counted if name.casefold() not in known),
        sorted({paper for named in not_counted.values() for paper in named} - ids),
    )


def _without(paper: Dated, off: Container[tuple[str, str]]) -> Dated:
    left = (term for term in paper.terms if (term.casefold(), paper.id) not in off)
    return paper._replace(terms=frozenset(left))


def trends(papers: Iterable[Dated], terms: Sequence[str], days: Days) -> list[TrendRow]:
    """Hold the share of each term in a window against its share before; see docs/trends.md.

    Args:
        papers: each paper once; those after the window are ignored.
        terms: names to test, each once; all that are tested are corrected for together.
        days: the window; everything before it is the baseline.

    Returns:
        One row per term, in the order given.
    """
    sides = _sides(papers, days)
    tally, sources = _tally(sides), _large_sources(sides)
    counts = [_count(tally, term) for term in terms]
    ps = [fisher(*count) if count.is_tested else None for count in counts]
    qs = iter(benjamini_hochberg([p for p in ps if p is not None]))
    tested = [None if p is None else (p, next(qs)) for p in ps]
    return [
        _row(term, count, found, sides, sources)
        for term, count, found in zip(terms, counts, tested, strict=True)
    ]


def _sides(papers: Iterable[Dated], days: Days) -> _Sides:
    ordered = sorted(papers, key=lambda paper: (paper.date, paper.id))
    return _Sides(
        [paper for paper in ordered if days.since <= paper.date <= days.until],
        [paper for paper in ordered if paper.date < days.since],
    )


def _tally(sides: _Sides) -> _Tally:
    window, baseline = (Counter(term for paper in side for term in paper.terms) for side in sides)
    return _Tally(window, len(sides.window), baseline, len(sides.baseline))


def _count(tally: _Tally, term: str) -> _Count:
    return _Count(tally.window[term], tally.n, tally.baseline[term], tally.m)


def _large_sources(sides: _Sides) -> list[_Tally]:
    """Return what is counted in each source that is large enough to show a trend alone."""
    sizes = [Counter(source for paper in side for source in paper.sources) for side in sides]
    large = [
        source
        for source, papers in (sizes[0] + sizes[1]).items()
        if papers >= SOURCE_PAPERS and min(size[source] for size in sizes) >= SOURCE_SIDE
    ]
    return [
        _tally(_Sides(*([paper for paper in side if source in paper.sources] for side in sides)))
        for source in large
    ]


def _row(
    term: str,
    count: _Count,
    tested: tuple[float, float] | None,
    sides: _Sides,
    sources: Sequence[_Tally],
) -> TrendRow:
    """Put together what is known of one term; only papers of a term that is told are named."""
    verdict, reason = _verdict(term, count, tested, sources)
    p, q = tested or (None, None)
    window, baseline = (_holding(term, side) if verdict in TOLD else [] for side in sides)
    return TrendRow(
        term=term,
        window=Share(papers=count.a, of=count.n),
        baseline=Share(papers=count.b, of=count.m),
        p=p,
        q=q,
        verdict=verdict,
        reason=reason,
        window_interval=wilson(count.a, count.n),
        baseline_interval=wilson(count.b, count.m),
        in_window=window,
        in_baseline=baseline,
    )


def _holding(term: str, side: Iterable[Dated]) -> list[str]:
    return [paper.id for paper in side if term in paper.terms]


def _verdict(
    term: str, count: _Count, tested: tuple[float, float] | None, sources: Sequence[_Tally]
) -> tuple[Verdict, Reason]:
    """Choose the word for a term, and why a possible trend is no more than that."""
    if tested is None:
        return "too few to say", ""
    p, q = tested
    if p > SIGNIFICANT:
        return "steady", ""
    if q > SIGNIFICANT:
        return "possible", "not significant after correction"
    if (count.a if count.direction > 0 else count.b) < TREND_PAPERS:
        return "possible", "fewer than 5 papers"
    if all(_count(tally, term).direction != count.direction for tally in sources):
        return "possible", "sources pooled"
    return ("emerging" if count.direction > 0 else "declining"), ""
