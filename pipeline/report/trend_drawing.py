"""Shares of two times as dots with their intervals: no script, no file from elsewhere.

Each term has two lines: the window filled and above, the time before hollow and below. All lengths
are pixels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from markupsafe import escape

from pipeline.digest_sheet import Share, TrendRow
from pipeline.report import view

_WIDTH = 440
_LEFT = 12  # where a share of 0 stands
_RIGHT = 428  # where a share of 1 stands
_TOP = 34
_ROW = 50
_BOTTOM = 10
_LONGEST = 40  # letters of a term; wide ones count twice
_LOOK = "svg { color: #22201c } @media (prefers-color-scheme: dark) { svg { color: #e3dfd7 } }"


def trend_svg(rows: Sequence[TrendRow]) -> str:
    """Draw the shares of terms, in the order given, for a page that gives it a colour."""
    return "\n".join(_svg(rows))


def trend_file(rows: Sequence[TrendRow]) -> str:
    """Draw the same as a file of its own, dark on light or light on dark; ends with a newline."""
    head, *rest = _svg(rows)
    style = f"<style>{_LOOK}</style>"
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, style, *rest)) + "\n"


def _svg(rows: Sequence[TrendRow]) -> Iterator[str]:
    height = _TOP + _ROW * len(rows) + _BOTTOM
    yield (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" class="shares"'
        ' aria-labelledby="shares-title shares-words" fill="currentColor"'
        f' font-family="system-ui, sans-serif" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}">'
    )
    yield (
        '<title id="shares-title">Share of papers with each term, in the window and before, with'
        " 95 % intervals</title>"
    )
    yield f'<desc id="shares-words">{escape(_words(rows))}</desc>'
    yield from _axis(height)
    for number, row in enumerate(rows):
        yield _row(row, _TOP + _ROW * number)
    yield "</svg>"


# --- Words ---------------------------------------------------------------------------------


def _words(rows: Sequence[TrendRow]) -> str:
    """Say the drawing in words, for those who hear the page."""
    return " ".join(
        f"{_line_of(row.term)}: {_said(row.window, row.window_interval)} in the window,"
        f" {_said(row.baseline, row.baseline_interval)} before."
        for row in rows
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


def _axis(height: int) -> Iterator[str]:
    for percent in range(0, 101, 25):
        x = _x(percent / 100)
        anchor = {0: "start", 100: "end"}.get(percent, "middle")
        yield (
            f'<path d="M {x:.1f} {_TOP - 8} V {height - _BOTTOM}" stroke="currentColor"'
            ' stroke-opacity="0.16"/>'
        )
        yield (
            f'<text x="{x:.1f}" y="{_TOP - 16}" font-size="11" fill-opacity="0.75"'
            f' text-anchor="{anchor}">{percent} %</text>'
        )


def _row(row: TrendRow, top: int) -> str:
    return "".join(
        (
            "<g>",
            f"<title>{escape(_words([row]))}</title>",
            f'<text x="{_LEFT}" y="{top + 14}" font-size="13">{escape(_cut(row.term))}</text>',
            _counts(row, top + 14),
            _dot(row.window, row.window_interval, top + 26, filled=True),
            _dot(row.baseline, row.baseline_interval, top + 37, filled=False),
            "</g>",
        )
    )


def _counts(row: TrendRow, y: int) -> str:
    words = f"{row.window.papers:,}/{row.window.of:,} · {row.baseline.papers:,}/{row.baseline.of:,}"
    return (
        f'<text x="{_RIGHT}" y="{y}" font-size="11" fill-opacity="0.75" text-anchor="end">'
        f"{words}</text>"
    )


def _dot(share: Share, ends: tuple[float, float], y: int, *, filled: bool) -> str:
    low, high = map(_x, ends)
    x = _x(share.papers / share.of if share.of else 0)
    width, faint = ("2", "0.9") if filled else ("1.5", "0.6")
    look = "" if filled else ' fill="none" stroke="currentColor" stroke-width="1.5"'
    dot = f'<circle cx="{x:.1f}" cy="{y}" r="4"{look}/>'
    # A hollow dot stays hollow: its line stops at both sides of it.
    pieces = [(low, high)] if filled else [(low, x - 4), (x + 4, high)]
    path = " ".join(f"M {a:.1f} {y} H {b:.1f}" for a, b in pieces if a < b)
    line = f'<path d="{path}" stroke="currentColor" stroke-width="{width}" stroke-opacity="{faint}"'
    return f'{line} fill="none"/>{dot}' if path else dot


def _x(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share
