"""Whether a digest holds together: its lists, days and counts; claims are checked elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from pipeline.digest_sheet import Days, DigestSheet, Share, TrendRow
from pipeline.opening import MOST_OPENED
from pipeline.report.check_parts import twice
from pipeline.report.trend_view import STRONG
from pipeline.sheets import Claim
from pipeline.steps.digest import MOST_TOLD
from pipeline.trends import SIGNIFICANT, TOLD, TREND_PAPERS

_FEW = "too few to say"


def digest_faults(sheet: DigestSheet, folder: Path) -> Iterator[str]:
    """Yield what is wrong with a digest that lies in `folder` of `digests` in the outputs."""
    if sheet.name != folder.name:
        yield f"holds the digest {sheet.name}"
    yield from _days_faults(sheet)
    yield from _list_faults(sheet)
    yield from _date_faults(sheet)
    yield from _opened_faults(sheet)
    yield from _named_faults(sheet, folder.parent.with_name("papers"))
    yield from _trends_faults(sheet)
    yield from _told_faults(sheet)


# --- Days and lists ------------------------------------------------------------------------


def _days_faults(sheet: DigestSheet) -> Iterator[str]:
    if sheet.until < sheet.since:
        yield f"ends on {sheet.until}, before it begins"
    if sheet.week is not None and _week_of(sheet) != sheet.week:
        yield f"{sheet.since} to {sheet.until} is not the week {sheet.week}"


def _week_of(sheet: DigestSheet) -> str | None:
    """Return the ISO week from Monday to Sunday that the days are; None where they are none."""
    first, last = sheet.since.isocalendar(), sheet.until.isocalendar()
    whole = first.weekday == 1 and (sheet.until - sheet.since).days == 6
    return f"{last.year}-W{last.week:02}" if whole else None


def _list_faults(sheet: DigestSheet) -> Iterator[str]:
    for what, ids in (
        ("new", sheet.new_papers),
        ("backlog", sheet.backlog),
        ("listed", [one.paper for one in sheet.listed]),
        ("to read first", [one.paper for one in sheet.read_first]),
    ):
        yield from (f"{what}: {id_} stands twice" for id_ in twice(ids))
    for id_ in sorted(set(sheet.new_papers) & set(sheet.backlog)):
        yield f"{id_} is both new and backlog"
    themed = [id_ for theme in sheet.themes for id_ in theme.papers]
    if Counter(themed) != Counter(sheet.new_papers):
        yield "the themes do not hold each new paper once"


def _date_faults(sheet: DigestSheet) -> Iterator[str]:
    dates = {one.paper: one.date for one in sheet.listed}
    for id_ in sheet.new_papers:
        date = dates.get(id_)
        if date is None or not sheet.since <= date <= sheet.until:
            yield f"{id_} is new, but not dated in the window"
    for id_ in sheet.backlog:
        date = dates.get(id_)
        if date is not None and date >= sheet.since:
            yield f"{id_} is backlog, but not dated before the window"


def _opened_faults(sheet: DigestSheet) -> Iterator[str]:
    first = [one.paper for one in sheet.read_first]
    if len(first) > MOST_OPENED:
        yield f"{len(first)} papers are to be read first, more than {MOST_OPENED}"
    if first != [one.paper for one in sheet.opened]:
        yield "the opened papers are not those to be read first"
    yield from (f"{id_} is opened, but not new" for id_ in first if id_ not in sheet.new_papers)


def _named_faults(sheet: DigestSheet, papers: Path) -> Iterator[str]:
    """Search each paper that is named among those listed, else among the pages of papers."""
    listed = {one.paper for one in sheet.listed}
    for id_ in sorted(_named(sheet) - listed):
        if Path(id_).name != id_ or not (papers / f"{id_}.json").is_file():
            yield f"there is no paper {id_}"


def _named(sheet: DigestSheet) -> set[str]:
    counted = (id_ for row in sheet.trends for id_ in (*row.in_window, *row.in_baseline))
    opened = [*(one.paper for one in sheet.read_first), *(one.paper for one in sheet.opened)]
    changed = (one.paper for one in sheet.updated)
    return {*sheet.new_papers, *sheet.backlog, *opened, *changed, *counted}


# --- Trends --------------------------------------------------------------------------------


def _trends_faults(sheet: DigestSheet) -> Iterator[str]:
    yield from (f"the term {name} stands twice" for name in twice(r.term for r in sheet.trends))
    dates = {one.paper: one.date for one in sheet.listed}
    for row in sheet.trends:
        faults = (*_row_faults(row), *_counted_faults(row, sheet.trend_window, dates))
        yield from (f"the term {row.term}: {fault}" for fault in faults)
    for what in ("window", "baseline"):
        if len({getattr(row, what).of for row in sheet.trends}) > 1:
            yield f"terms are shares of different numbers of papers in the {what}"
    yield from _order_faults(sheet.trends)


def _row_faults(row: TrendRow) -> Iterator[str]:
    if (row.p is None) != (row.q is None) or (row.p is None) != (row.verdict == _FEW):
        yield "p and q are those of a tested term, and of no other"
    elif row.p is not None and row.q is not None and not 0 <= row.p <= row.q <= 1:
        yield f"p = {row.p} and q = {row.q} are not in order between 0 and 1"
    if row.verdict == "possible" and not row.reason:
        yield "nothing says why it is no more than possible"
    if row.verdict in STRONG:
        yield from _strong_faults(row)
    for share, ends in ((row.window, row.window_interval), (row.baseline, row.baseline_interval)):
        if not _within(share, ends):
            yield f"{share.papers} of {share.of} lies outside its interval"


def _strong_faults(row: TrendRow) -> Iterator[str]:
    """Hold a verdict against its numbers; shares are compared without dividing."""
    ours, theirs = row.window.papers * row.baseline.of, row.baseline.papers * row.window.of
    larger = row.window if ours > theirs else row.baseline
    if ours == theirs or (ours > theirs) != (row.verdict == "emerging"):
        yield f"it is not {row.verdict} by its counts"
    elif larger.papers < TREND_PAPERS:
        yield f"it is {row.verdict} with fewer than {TREND_PAPERS} papers"
    if row.q is not None and row.q > SIGNIFICANT:
        yield f"it is {row.verdict}, but not significant after correction"


def _within(share: Share, ends: tuple[float, float]) -> bool:
    low, high = ends
    part = share.papers / share.of if share.of else None
    # Wilson's ends are computed: at shares of 0 and 1 they may miss them by a rounding.
    inside = part is None or low - 1e-9 <= part <= high + 1e-9
    return 0 <= share.papers <= share.of and low <= high and inside


def _counted_faults(row: TrendRow, window: Days, dates: dict[str, dt.date | None]) -> Iterator[str]:
    for share, ids, what in (
        (row.window, row.in_window, "in the window"),
        (row.baseline, row.in_baseline, "before"),
    ):
        if _named_papers(row) and (len(set(ids)) != len(ids) or len(ids) != share.papers):
            yield f"{len(set(ids))} papers are named {what}, {share.papers} counted"
    for id_ in row.in_window:
        if (date := dates.get(id_)) and not window.since <= date <= window.until:
            yield f"{id_} is counted in the window, but not dated in it"
    for id_ in row.in_baseline:
        if (date := dates.get(id_)) and date >= window.since:
            yield f"{id_} is counted before the window, but not dated before it"


def _named_papers(row: TrendRow) -> bool:
    """Whether a row has to name the papers that it counts: one that moved or may have."""
    return row.verdict in TOLD or bool(row.in_window or row.in_baseline)


def _order_faults(rows: Sequence[TrendRow]) -> Iterator[str]:
    """Correction keeps the order of p: of two terms, the surer has no larger q."""
    tested = [(r.p, r.q, r.term) for r in rows if r.p is not None and r.q is not None]
    for (_, surer, _), (_, q, term) in pairwise(sorted(tested)):
        if q < surer:
            yield f"the term {term}: its q is smaller than that of a surer term"


def _told_faults(sheet: DigestSheet) -> Iterator[str]:
    """Hold what is printed of a term against its row."""
    if len(_printed(sheet.told)) > MOST_TOLD:
        yield f"more than {MOST_TOLD} terms are printed"
    rows = {row.term: row for row in sheet.trends}
    for claim in _printed(sheet.told):
        row = rows.get(str((claim.data or {})["term"]))
        if row is None:
            yield f"claim {claim.id}: the term that it tells was not counted"
            continue
        for words in (_share(row.window), _share(row.baseline), row.verdict):
            if words not in claim.text:
                yield f"claim {claim.id}: its term has {words}, which it does not say"


def _printed(told: Sequence[Claim]) -> Collection[Claim]:
    return [claim for claim in told if "term" in (claim.data or {})]


def _share(share: Share) -> str:
    return f"{share.papers:,} of {share.of:,}"
