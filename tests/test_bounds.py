"""Bounds keep their side, and changes their direction."""

from __future__ import annotations

import pytest

from pipeline.bounds import turned_bounds, turned_trends


@pytest.mark.parametrize(
    ("claim", "evidence", "count"),
    [
        ("A ratio of at most 2.", "A ratio of at least 2.", 1),
        ("Nobody older than 18.", "Nobody younger than 18.", 1),
        ("Inputs above 8k tokens.", "Inputs of more than 8,000 tokens.", 0),
        ("No more than 20 objects.", "At most 20 objects.", 0),
        ("A ratio of 2.", "A ratio of at least 2.", 0),
    ],
)
def test_a_bound_from_the_other_side_is_found(claim: str, evidence: str, count: int) -> None:
    assert len(list(turned_bounds(claim, evidence))) == count


FALLS = "Latency falls from 18 ms to 7 ms."


@pytest.mark.parametrize(
    ("claim", "count"),
    [
        ("Latency goes from 7 ms to 18 ms.", 1),
        ("Latency is 18 ms, up from 7 ms.", 1),
        ("Latency is 7 ms, down from 18 ms.", 0),
        ("Latency is 7 ms instead of 18 ms.", 0),
        (FALLS, 0),
    ],
)
def test_a_change_the_other_way_round_is_found(claim: str, count: int) -> None:
    assert len(list(turned_trends(claim, FALLS))) == count
