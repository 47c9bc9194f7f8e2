"""Shares by year as small bars beside the counts of a table; no script, no other file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_BAR = 11  # pixels, as all lengths here
_STEP = 15  # from one year to the next
_HIGH = 22  # a share of 1


def year_bars(counts: Sequence[int], totals: Sequence[int]) -> str:
    """Draw one bar per year, as high as the share; the pale one behind it is a share of 1.

    A year without papers has no bar. The drawing is hidden from those who hear the page: the counts
    stand beside it.
    """
    return "".join(_svg(counts, totals))


def _svg(counts: Sequence[int], totals: Sequence[int]) -> Iterator[str]:
    width = _STEP * max(1, len(totals))
    yield (
        '<svg xmlns="http://www.w3.org/2000/svg" class="bars" aria-hidden="true"'
        f' fill="currentColor" width="{width}" height="{_HIGH}" viewBox="0 0 {width} {_HIGH}">'
    )
    for year, (count, total) in enumerate(zip(counts, totals, strict=False)):
        if total > 0:
            yield _bar(_STEP * year, _HIGH, "0.13")
            yield _bar(_STEP * year, _HIGH * min(1.0, count / total), "0.8")
    yield "</svg>"


def _bar(x: int, height: float, opacity: str) -> str:
    return (
        f'<rect x="{x}" y="{_HIGH - height:.1f}" width="{_BAR}" height="{height:.1f}"'
        f' fill-opacity="{opacity}"/>'
    )
