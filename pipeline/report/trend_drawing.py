"""Shares over time: what holds in the window beside what held before; no script, no other file.

Each term has a panel over one time axis. A line is the share of papers in its time, the band around
it the 95 % interval, and each paper that was counted is a tick at its day. Lengths are pixels.
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import escape

from pipeline.digest_sheet import Days, Share, TrendRow
from pipeline.report import view

_WIDTH = 440
_LEFT = 40  # where the time axis begins
_RIGHT = 428  # and ends
_PANEL = 92  # from one term to the next
_NAME = 16  # from the top of a panel to the line its name stands on
_HIGH = 26  # to the largest share
_LOW = 70  # to a share of 0
_TICK = 7  # below it
_BOTTOM = 26  # under the last panel, for the days
_LONGEST = 36  # letters of a term; wide ones count twice
_MOST_BEFORE = 4  # windows of time before the window that are drawn


class Curve(NamedTuple):
    """One term, and the days of the papers that were counted for it."""

    row: TrendRow
    days: Sequence[dt.date]


class Plot(NamedTuple):
    """Terms over one time axis; `window` is the time that is held against all before it."""

    window: Days
    curves: Sequence[Curve]


class _Scale(NamedTuple):
    """Where a day and a share stand; what is earlier than `first` stands at the left end."""

    first: dt.date
    last: dt.date
    largest: float

    def x(self, day: dt.date) -> float:
        whole = max(1, (self.last - self.first).days)
        return _LEFT + (_RIGHT - _LEFT) * min(1.0, max(0, (day - self.first).days) / whole)

    def y(self, share: float) -> float:
        """Return how far below the top of its panel a share stands."""
        return _LOW - (_LOW - _HIGH) * share / self.largest


def trend_svg(plot: Plot) -> str:
    """Draw terms in the order given, for a page that gives the drawing a colour."""
    return "\n".join(_svg(plot))


def _svg(plot: Plot) -> Iterator[str]:
    height = _PANEL * len(plot.curves) + _BOTTOM
    scale = _scale(plot)
    yield (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" class="shares"'
        ' aria-labelledby="shares-title shares-words" fill="currentColor"'
        f' font-family="system-ui, sans-serif" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}">'
    )
    title = "Share of papers with each term, before the window and in it"
    yield f'<title id="shares-title">{title}</title>'
    yield f'<desc id="shares-words">{escape(_words(plot.curves))}</desc>'
    for number, curve in enumerate(plot.curves):
        yield f'<g transform="translate(0 {_PANEL * number})">'
        yield from _panel(curve, plot.window, scale)
        yield "</g>"
    yield from _axis(plot.window, scale, height)
    yield "</svg>"


def _scale(plot: Plot) -> _Scale:
    window = plot.window
    length = (window.until - window.since).days + 1
    earliest = max(0, window.since.toordinal() - _MOST_BEFORE * length)
    days = [day for curve in plot.curves for day in curve.days if day < window.since]
    shown = [day for day in days if day.toordinal() >= earliest]
    # Without a paper before, the time before still takes as much room as the window.
    first = min(shown) if shown else dt.date.fromordinal(max(1, window.since.toordinal() - length))
    if len(shown) < len(days):
        first = dt.date.fromordinal(max(1, earliest))
    ends = [end for curve in plot.curves for end in _ends(curve.row)]
    return _Scale(first, window.until, max(0.1, math.ceil(10 * max(ends, default=1.0)) / 10))


def _ends(row: TrendRow) -> tuple[float, float]:
    return row.window_interval[1], row.baseline_interval[1]


# --- Words ---------------------------------------------------------------------------------


def _words(curves: Sequence[Curve]) -> str:
    """Say the drawing in words, for those who hear the page."""
    return " ".join(
        f"{_line_of(row.term)}: {_said(row.baseline, row.baseline_interval)} before,"
        f" {_said(row.window, row.window_interval)} in the window."
        for row, _ in curves
    )


def _said(share: Share, ends: tuple[float, float]) -> str:
    low, high = (f"{100 * end:.0f}" for end in ends)
    return f"{share.papers:,} of {share.of:,} ({low} to {high} %)"


def _line_of(text: str) -> str:
    return " ".join(view.visible(text).split())


def _cut(text: str) -> str:
    """Cut a term where it would leave the drawing."""
    line, left = _line_of(text), _LONGEST
    for number, letter in enumerate(line):
        left -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if left < 0:
            return f"{line[:number].rstrip()}…"
    return line


# --- The drawing ---------------------------------------------------------------------------


def _panel(curve: Curve, window: Days, scale: _Scale) -> Iterator[str]:
    row = curve.row
    counts = (
        f"{row.baseline.papers:,}/{row.baseline.of:,} → {row.window.papers:,}/{row.window.of:,}"
    )
    yield f'<text x="{_LEFT}" y="{_NAME}" font-size="13">{escape(_cut(row.term))}</text>'
    yield _small(_RIGHT, _NAME, "end", counts)
    yield _small(_LEFT - 6, _HIGH + 4, "end", f"{100 * scale.largest:.0f} %")
    yield _small(_LEFT - 6, _LOW + 4, "end", "0")
    yield _line(f"M {_LEFT} {_LOW} H {_RIGHT}", "1", "0.3")
    middle = scale.x(window.since)
    yield from _level(row.baseline, row.baseline_interval, (_LEFT, middle), "1.5", scale)
    yield from _level(row.window, row.window_interval, (middle, _RIGHT), "3", scale)
    yield _line(f"M {middle:.1f} {_HIGH} V {_LOW}", "1", "0.3", ' stroke-dasharray="2 3"')
    places = dict.fromkeys(f"{scale.x(day):.1f}" for day in sorted(curve.days))
    if places:
        yield _line(" ".join(f"M {x} {_LOW} v {_TICK}" for x in places), "1", "0.6")


def _level(
    share: Share, ends: tuple[float, float], sides: tuple[float, float], width: str, scale: _Scale
) -> Iterator[str]:
    """Draw a share as a line from side to side, and its interval as a band around it."""
    left, right = sides
    low, high = map(scale.y, ends)
    yield (
        f'<rect x="{left:.1f}" y="{high:.1f}" width="{right - left:.1f}"'
        f' height="{low - high:.1f}" fill-opacity="0.12"/>'
    )
    y = scale.y(share.papers / share.of if share.of else 0)
    yield _line(f"M {left:.1f} {y:.1f} H {right:.1f}", width, "1")


def _axis(window: Days, scale: _Scale, height: int) -> Iterator[str]:
    """Write the first day, the first of the window and the last under the panels."""
    y = height - 8
    yield _small(_LEFT, y, "start", _month(scale.first))
    if scale.x(window.since) - _LEFT > 90 and _RIGHT - scale.x(window.since) > 90:
        yield _small(scale.x(window.since), y, "middle", _month(window.since))
    yield _small(_RIGHT, y, "end", _month(scale.last))


def _month(day: dt.date) -> str:
    return " ".join(view.human_date(day).split()[1:])


def _small(x: float, y: float, anchor: str, words: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" font-size="11" fill-opacity="0.75"'
        f' text-anchor="{anchor}">{words}</text>'
    )


def _line(path: str, width: str, opacity: str, more: str = "") -> str:
    return (
        f'<path d="{path}" stroke="currentColor" stroke-width="{width}"'
        f' stroke-opacity="{opacity}" fill="none"{more}/>'
    )
