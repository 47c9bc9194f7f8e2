"""The data behind each drawing as a CSV file beside its page, in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet, TrendRow
from pipeline.lineage_sheet import LineageSheet
from pipeline.report.cards import Card
from pipeline.report.cells import BETWEEN, cell
from pipeline.report.parts import newest_first

PAPERS = "papers.csv"
TRENDS = "trends.csv"
THEMES = "themes.csv"
LINE = "lineage.csv"
BESIDE = {"litline/digest": TRENDS, "litline/briefing": THEMES, "litline/lineage": LINE}

_Cell = str | int | float | None


def papers_csv(cards: Iterable[Card]) -> str:
    """Return what the timeline counts: a row per paper, newest first."""
    header = ("id", "label", "date", "year_inferred", "themes")
    rows = (
        (one.paper, one.label, _day(one), _yes(one.year_inferred), BETWEEN.join(one.themes))
        for one in sorted(cards, key=newest_first)
    )
    return _table(header, rows)


def trends_csv(sheet: DigestSheet) -> str:
    """Return the shares of all terms of a digest, their intervals (0 to 1), tests and papers."""
    sides = [
        f"{side}_{what}"
        for side in ("window", "baseline")
        for what in ("papers", "of", "low", "high")
    ]
    papers = ("papers_in_window", "papers_in_baseline")
    header = ("term", *sides, "p", "q", "verdict", "reason", *papers)
    return _table(header, map(_trend, sheet.trends))


def themes_csv(sheet: BriefingSheet) -> str:
    """Return in how many of an author's papers of each year a term occurs."""
    themes = sheet.themes
    rows = (
        (row.term, year, papers, of)
        for row in themes.rows
        for year, papers, of in zip(themes.years, row.counts, themes.totals, strict=False)
    )
    return _table(("term", "year", "papers", "of"), rows)


def line_csv(sheet: LineageSheet) -> str:
    """Return the works of a line, then the links between them."""
    header = ("row", "id", "label", "kind", "date", "source", "target", "type", "basis", "signs")
    nodes: list[Sequence[_Cell]] = [
        ("work", one.id, one.label, one.kind, str(one.date or ""), *[""] * 5) for one in sheet.nodes
    ]
    edges: list[Sequence[_Cell]] = [
        ("link", *[""] * 4, one.source, one.target, one.type, one.basis, BETWEEN.join(one.signs))
        for one in sheet.edges
    ]
    return _table(header, [*nodes, *edges])


def _table(header: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(one) if isinstance(one, str) else one for one in row])
    return out.getvalue()


def _trend(row: TrendRow) -> Sequence[_Cell]:
    return (
        row.term,
        *(row.window.papers, row.window.of, *row.window_interval),
        *(row.baseline.papers, row.baseline.of, *row.baseline_interval),
        *(row.p, row.q, row.verdict, row.reason),
        *(BETWEEN.join(row.in_window), BETWEEN.join(row.in_baseline)),
    )


def _day(card: Card) -> str:
    return card.date.isoformat() if card.date else ""


def _yes(value: bool) -> str:
    return "yes" if value else "no"
