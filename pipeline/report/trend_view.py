"""What a digest's page says of trends: the printed terms in counts, and every test in the fold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pipeline.digest_sheet import Days, DigestSheet, Share, TrendRow
from pipeline.report import view
from pipeline.report.parts import Linked, Names
from pipeline.report.trend_drawing import Curve, Plot
from pipeline.sheets import Claim

STRONG = frozenset({"emerging", "declining"})
MOST_COUNTED = 100  # papers that are linked on each side of a printed term
_MOST_OTHERS = 20  # and of one that is not printed
_MOST_DRAWN = 6
_SMALL = 200  # papers in all

Cite = Callable[[Claim], view.Line]


class Told(NamedTuple):
    """A printed term; `strong` says that its verdict is one that passed the correction."""

    term: str
    window: str
    before: str
    verdict: str
    strong: bool
    reason: str
    line: view.Line


class Counted(NamedTuple):
    """The papers named on one side of a term; `more` says how many are not linked."""

    papers: list[Linked]
    more: int


class Tested(NamedTuple):
    """A term with its tests; `p` and `q` are empty where it was not tested.

    `named` says that its papers are named.
    """

    term: str
    window: str
    before: str
    window_interval: str
    before_interval: str
    p: str
    q: str
    verdict: str
    named: bool
    in_window: Counted
    in_before: Counted


class Trends(NamedTuple):
    """Everything about trends, without markup; `plot` is None where no term was tested."""

    scope: str
    window: str
    told: list[Told]
    narrated: list[view.Line]
    limits: str
    plot: Plot | None
    tested: list[Tested]


def trends_view(sheet: DigestSheet, names: Names, cite: Cite) -> Trends | None:
    """Put the trends of a sheet in order; None where no term was counted."""
    if not sheet.trends:
        return None
    rows = {row.term: row for row in sheet.trends}
    claims = [(claim, rows[term]) for claim in sheet.told if (term := _term(claim)) in rows]
    printed = [row for _, row in claims]
    return Trends(
        scope=scope(sheet),
        window=_window(sheet.trend_window) or "window",
        told=[_told(row, cite(claim)) for claim, row in claims],
        narrated=[cite(claim) for claim in sheet.told if _term(claim) not in rows],
        limits=" ".join(_limits(sheet)),
        plot=_plot(sheet, printed, names),
        tested=[
            _tested(row, names, MOST_COUNTED if row in printed else _MOST_OTHERS)
            for row in sheet.trends
        ],
    )


def _term(claim: Claim) -> str:
    return str((claim.data or {}).get("term", ""))


# --- Words ---------------------------------------------------------------------------------


def scope(sheet: DigestSheet) -> str:
    """Say which time is compared with which: `12 months to 31 May 2026: 26 papers; …`."""
    first, days = sheet.trends[0], sheet.trend_window
    window = _window(days)
    since = f"{window} to" if window else f"{view.human_date(days.since)} –"
    papers = view.plural(first.window.of, "paper")
    return f"{since} {view.human_date(days.until)}: {papers}; the time before: {before(first)}"


def before(row: TrendRow) -> str:
    """Count the papers of the time before."""
    return f"{row.baseline.of:,}"


def _window(days: Days) -> str:
    """Say how many whole months a window takes; empty where it ends within one."""
    end = days.until + dt.timedelta(days=1) if days.until < dt.date.max else days.until
    months = 12 * (end.year - days.since.year) + end.month - days.since.month
    return view.plural(months, "month") if months and end.day == days.since.day else ""


def _limits(sheet: DigestSheet) -> Iterator[str]:
    number = sum(row.p is not None for row in sheet.trends)
    few = len(sheet.trends) - number
    if not number:
        yield f"No term was tested: {_nothing_to_test(sheet)}."
    else:
        rare = f"; {few:,} more {_have(few)} too few papers to say" if few else ""
        yield f"{view.plural(number, 'term')} {'was' if number == 1 else 'were'} tested{rare}."
        if not any(row.verdict in STRONG for row in sheet.trends):
            yield "None is emerging or declining."
    yield from _small(sheet)
    documents = view.plural(len(sheet.coverage), "document") if sheet.coverage else "documents"
    yield f"These are shares within these {documents}, not of the field.".replace(
        "these 1 document", "this document"
    )


def _nothing_to_test(sheet: DigestSheet) -> str:
    if not sheet.trends[0].baseline.of:
        return "no paper is dated before the window"
    few = len(sheet.trends)
    return f"{few:,} {_have(few)} too few papers to say"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _small(sheet: DigestSheet) -> Iterator[str]:
    """Say it where papers are too few for more than a large change to be seen."""
    row = sheet.trends[0]
    papers = row.window.of + row.baseline.of
    if papers < _SMALL:
        window = _window(sheet.trend_window) or "this window"
        told = f"Over {view.plural(papers, 'paper')} a weekly trend cannot be told"
        yield f"{told}, and one over {window} hardly."


def _told(row: TrendRow, line: view.Line) -> Told:
    strong = row.verdict in STRONG
    return Told(
        term=row.term,
        window=share(row.window),
        before=share(row.baseline),
        verdict=row.verdict,
        strong=strong,
        reason=row.reason,
        line=line,
    )


def share(one: Share) -> str:
    """Write a share in counts: `10 of 26`."""
    return f"{one.papers:,} of {one.of:,}"


def interval(ends: tuple[float, float]) -> str:
    """Write an interval of a share, given from 0 to 1, in per cent."""
    low, high = (f"{100 * end:.0f}" for end in ends)
    return f"{low}–{high} %"


def chance(value: float | None) -> str:
    """Write a p or q value with two digits that count; empty where there is none."""
    if value is None:
        return ""
    return "< 0.001" if value < 0.001 else f"{value:.2g}"


# --- The fold ------------------------------------------------------------------------------


def _tested(row: TrendRow, names: Names, most: int) -> Tested:
    return Tested(
        term=row.term,
        window=share(row.window),
        before=share(row.baseline),
        window_interval=interval(row.window_interval),
        before_interval=interval(row.baseline_interval),
        p=chance(row.p),
        q=chance(row.q),
        verdict=row.verdict,
        named=bool(row.in_window or row.in_baseline),
        in_window=_counted(row.in_window, names, most),
        in_before=_counted(row.in_baseline, names, most),
    )


def _counted(papers: Sequence[str], names: Names, most: int) -> Counted:
    return Counted([names[paper] for paper in papers[:most]], max(0, len(papers) - most))


def _plot(sheet: DigestSheet, printed: Sequence[TrendRow], names: Names) -> Plot | None:
    """Return the printed terms, and after them the tested ones that differ most surely."""
    others = [row for row in sheet.trends if row.p is not None and row not in printed]
    sure = sorted(others, key=lambda row: (row.p or 0.0, row.term))
    drawn = [*printed, *sure][:_MOST_DRAWN]
    return Plot(sheet.trend_window, [_curve(row, names) for row in drawn]) if drawn else None


def _curve(row: TrendRow, names: Names) -> Curve:
    papers = map(names.paper, (*row.in_baseline, *row.in_window))
    return Curve(row, [paper.date for paper in papers if paper.date])
