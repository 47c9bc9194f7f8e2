"""Which papers of each theme there are by year, or by quarter where they span few years."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.report.cards import Card

_MOST_THEMES = 6
_MOST_PERIODS = 12
_FEW_YEARS = 3  # up to which quarters are counted


class Row(NamedTuple):
    """A theme and its papers, one count per period."""

    name: str
    counts: list[int]


class Timeline(NamedTuple):
    """Themes over time; `totals` count all papers of each period, oldest first.

    The first period holds all that is older where `older` says so.
    """

    periods: list[str]
    totals: list[int]
    rows: list[Row]
    older: bool


def timeline(cards: Sequence[Card]) -> Timeline | None:
    """Count the dated papers of the largest themes; None where there is nothing to count."""
    dated = [(card.date, card.themes) for card in cards if card.date]
    themes = Counter(theme for _, held in dated for theme in held)
    if not themes:
        return None
    days = [day for day, _ in dated]
    quarters = max(days).year - min(days).year < _FEW_YEARS
    steps = 4 if quarters else 1
    last, first = _step(max(days), steps), _step(min(days), steps)
    start = max(first, last - _MOST_PERIODS + 1)
    places = range(start, last + 1)
    at = [(max(start, _step(day, steps)), held) for day, held in dated]
    largest = sorted(themes, key=lambda theme: (-themes[theme], theme))[:_MOST_THEMES]
    return Timeline(
        periods=[_name(place, steps) for place in places],
        totals=_counts((place for place, _ in at), places),
        rows=[
            Row(name, _counts((p for p, held in at if name in held), places)) for name in largest
        ],
        older=first < start,
    )


def _step(day: dt.date, steps: int) -> int:
    """Number the periods of time, with so many in a year."""
    return steps * day.year + (day.month - 1) * steps // 12


def _name(place: int, steps: int) -> str:
    return f"{place // steps} Q{place % steps + 1}" if steps > 1 else f"{place}"


def _counts(found: Iterable[int], places: range) -> list[int]:
    counted = Counter(found)
    return [counted[place] for place in places]
