"""Papers by theme over time, as bars; no script, no other file.

Each theme has a row of bars over one axis of time. The pale bar is all papers of that time, the
dark one in front of it those of the theme, both on one scale. Lengths are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import escape

from pipeline.report import view
from pipeline.report.timeline import Row, Timeline

_WIDTH = 440
_STEP = 64  # the widest column
_ROW = 66  # from one theme to the next
_NAME = 16  # from the top of a row to the line its name stands on
_TOP = 34  # to the top of the highest bar, its number above it
_LOW = 60  # to the foot of the bars
_BOTTOM = 34  # under the last row, for the time


def timeline_svg(shown: Timeline) -> str:
    """Draw the themes in the order given, for a page that gives the drawing a colour."""
    return "\n".join(_svg(shown))


def _svg(shown: Timeline) -> Iterator[str]:
    height = _ROW * len(shown.rows) + _BOTTOM
    yield (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" class="timeline"'
        ' aria-labelledby="timeline-title timeline-words" fill="currentColor"'
        f' font-family="system-ui, sans-serif" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}">'
    )
    yield '<title id="timeline-title">Papers by theme over time</title>'
    yield f'<desc id="timeline-words">{escape(view.visible(_words(shown)))}</desc>'
    for number, row in enumerate(shown.rows):
        yield f'<g transform="translate(0 {_ROW * number})">'
        yield from _bars(row, shown.totals)
        yield "</g>"
    yield from _axis(shown, height)
    yield "</svg>"


def _words(shown: Timeline) -> str:
    """Say the drawing in words, for those who hear the page."""
    rows = [Row("All papers", shown.totals), *shown.rows]
    return " ".join(f"{row.name}: {_said(row, shown)}." for row in rows)


def _said(row: Row, shown: Timeline) -> str:
    first = f"{shown.periods[0]} and before" if shown.older else shown.periods[0]
    periods = [first, *shown.periods[1:]]
    counted = zip(row.counts, periods, strict=True)
    return ", ".join(f"{count:,} in {period}" for count, period in counted if count)


def _bars(row: Row, totals: list[int]) -> Iterator[str]:
    most = max(totals)
    step = _step(totals)
    yield f'<text x="0" y="{_NAME}" font-size="13">{escape(view.visible(row.name))}</text>'
    foot = f"M 0 {_LOW} H {step * len(totals):.1f}"
    yield f'<path d="{foot}" stroke="currentColor" stroke-opacity="0.3"/>'
    for place, (count, total) in enumerate(zip(row.counts, totals, strict=True)):
        if total:
            yield _bar(place * step, step, total / most, "0.15")
        if count:
            yield _bar(place * step, step, count / most, "0.8")
            above = _LOW - (_LOW - _TOP) * max(count, total) / most - 3
            yield _small(place * step + step / 2 - 2, above, f"{count:,}")


def _step(totals: list[int]) -> float:
    return min(_STEP, _WIDTH / len(totals))


def _bar(x: float, step: float, part: float, opacity: str) -> str:
    height = (_LOW - _TOP) * part
    return (
        f'<rect x="{x:.1f}" y="{_LOW - height:.1f}" width="{step - 4:.1f}" height="{height:.1f}"'
        f' fill-opacity="{opacity}"/>'
    )


def _axis(shown: Timeline, height: int) -> Iterator[str]:
    """Write the time under the bars: the quarter, and its year where that begins."""
    step = _step(shown.totals)
    for place, period in enumerate(shown.periods):
        year, _, quarter = period.partition(" ")
        middle = place * step + step / 2 - 2
        older = "≤ " if shown.older and not place else ""
        yield _small(middle, height - 20, older + (quarter or year))
        if quarter and (not place or quarter == "Q1"):
            yield _small(middle, height - 6, year)


def _small(x: float, y: float, words: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" fill-opacity="0.8"'
        f' text-anchor="middle">{words}</text>'
    )
