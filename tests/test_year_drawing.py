from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pipeline.report.year_drawing import year_bars

NAMESPACE = "{http://www.w3.org/2000/svg}"


def bars(counts: list[int], totals: list[int]) -> list[tuple[float, float]]:
    """Return place and height of each bar, those of whole shares included."""
    drawn = ElementTree.fromstring(year_bars(counts, totals))
    found = drawn.iter(f"{NAMESPACE}rect")
    return [(float(one.get("x", "")), float(one.get("height", ""))) for one in found]


def test_a_bar_is_as_high_as_the_share() -> None:
    assert bars([3, 0, 4], [6, 8, 4]) == [(0, 22), (0, 11), (15, 22), (15, 0), (30, 22), (30, 22)]


def test_a_year_without_papers_has_no_bar() -> None:
    assert bars([0, 1], [0, 2]) == [(15, 22), (15, 11)]
    assert bars([], []) == []


@pytest.mark.parametrize(("counts", "totals"), [([9], [3]), ([1, 2, 3], [4])])
def test_no_bar_leaves_the_drawing(counts: list[int], totals: list[int]) -> None:
    assert all(height <= 22 for _, height in bars(counts, totals))
