from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.statistics import benjamini_hochberg, fisher, wilson

PS = st.lists(st.floats(0, 1), max_size=40)


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Draw a of n against b of m."""
    n, m = draw(st.integers(0, 60)), draw(st.integers(0, 60))
    return draw(st.integers(0, n)), n, draw(st.integers(0, m)), m


# --- Intervals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 0, 0, 1),
        (0, 10, 0, 0.2775),
        (10, 10, 0.7225, 1),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


@given(tables())
def test_an_interval_holds_its_share_and_mirrors_that_of_the_rest(
    table: tuple[int, int, int, int],
) -> None:
    k, n, _, _ = table
    low, high = wilson(k, n)
    assert 0 <= low <= high <= 1
    assert n == 0 or low <= k / n <= high
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_more_papers_narrow_an_interval() -> None:
    widths = [high - low for low, high in (wilson(n // 5, n) for n in (10, 50, 250, 5000))]
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == 4


# --- Fisher ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ((3, 4, 1, 4), 34 / 70),  # the lady who tasted tea
        ((4, 4, 0, 4), 2 / 70),
        ((2, 4, 2, 4), 1.0),
        ((1, 12, 9, 12), 5412 / comb(24, 10)),
        ((0, 0, 3, 9), 1.0),
        ((10, 26, 2, 42), 0.000673928),
        ((8, 26, 4, 42), 0.046415045),
    ],
)
def test_fisher_by_hand(table: tuple[int, int, int, int], p: float) -> None:
    assert fisher(*table) == pytest.approx(p, rel=1e-6)


@given(tables())
def test_fisher_sums_all_tables_that_are_no_more_probable(table: tuple[int, int, int, int]) -> None:
    a, n, b, m = table
    ways = {k: comb(n, k) * comb(m, a + b - k) for k in range(a + b + 1)}
    rare = sum(w for w in ways.values() if w <= ways[a])
    assert fisher(*table) == pytest.approx(float(Fraction(rare, comb(n + m, a + b))), rel=1e-12)


@given(tables())
def test_fisher_does_not_mind_which_side_or_what_is_counted(
    table: tuple[int, int, int, int],
) -> None:
    a, n, b, m = table
    assert 0 < fisher(a, n, b, m) <= 1
    assert fisher(a, n, b, m) == fisher(b, m, a, n) == fisher(n - a, n, m - b, m)


def test_fisher_holds_for_ten_thousand_papers() -> None:
    assert fisher(5000, 10_000, 5000, 10_000) == 1
    # The normal approximation with a continuity correction.
    assert fisher(5000, 10_000, 5100, 10_000) == pytest.approx(0.1615, abs=5e-4)
    assert 0 < fisher(500, 10_000, 0, 10_000) < 1e-150


# --- Many tests ------------------------------------------------------------------------------


def test_benjamini_hochberg_by_hand() -> None:
    ps = [0.01, 0.04, 0.03, 0.005]
    assert benjamini_hochberg(ps) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert benjamini_hochberg([0.9, 0.04]) == pytest.approx([0.9, 0.08])
    assert benjamini_hochberg([]) == []


def test_benjamini_hochberg_gives_the_values_of_the_paper() -> None:
    """Section 3.2 of the paper of 1995: four of the fifteen are significant at 0.05."""
    ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    qs = benjamini_hochberg([*ps, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])
    assert [q <= 0.05 for q in qs] == [True] * 4 + [False] * 11


@given(PS)
def test_q_values_are_no_smaller_than_p_and_in_their_order(ps: list[float]) -> None:
    qs = benjamini_hochberg(ps)
    assert all(0 <= p <= q <= 1 for p, q in zip(ps, qs, strict=True))
    ranked = [q for _, q in sorted(zip(ps, qs, strict=True))]
    assert ranked == sorted(ranked)


@given(PS.flatmap(lambda ps: st.tuples(st.just(ps), st.permutations(ps))))
def test_q_values_do_not_depend_on_the_order(orders: tuple[list[float], list[float]]) -> None:
    first, second = (dict(zip(ps, benjamini_hochberg(ps), strict=True)) for ps in orders)
    assert first == second
