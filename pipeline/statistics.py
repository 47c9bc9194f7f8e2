"""Comparing two shares: Wilson intervals, Fisher's exact test, many tests at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

_Z = 1.959963984540054  # 97.5 % of a normal distribution lie below
# Tables this little more probable than the observed one count as equally probable, as in R.
_TOLERANCE = 10**7


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of k of n (E. B. Wilson, JASA 22, 1927).

    Both ends lie within 0 and 1, inclusive; without any observation the interval is all of that.
    """
    if n == 0:
        return 0.0, 1.0
    share, spread = k / n, _Z * _Z / n
    middle = share + spread / 2
    half = _Z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    low = (middle - half) / (1 + spread) if k else 0.0
    high = (middle + half) / (1 + spread) if k < n else 1.0
    return low, high


def fisher(a: int, n: int, b: int, m: int) -> float:
    """Return the two-sided p value of a of n against b of m (R. A. Fisher, 1935).

    The sum of the probabilities of all tables with the same margins that are no more probable than
    the observed one, as `fisher.test` of R sums them. Integers until the last division, so exact.
    """
    tables = list(_tables(n, m, a + b))
    observed = tables[a - max(0, a + b - m)]
    rare = sum(w for w in tables if w <= observed or (w - observed) * _TOLERANCE <= observed)
    return rare / sum(tables)


def _tables(n: int, m: int, total: int) -> Iterator[int]:
    """Count the ways to each table with `total` of n + m, from the fewest of n to the most."""
    low, high = max(0, total - m), min(total, n)
    ways = math.comb(n, low) * math.comb(m, total - low)
    for k in range(low, high + 1):
        yield ways
        ways = ways * (n - k) * (total - k) // ((k + 1) * (m - total + k + 1))


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Return the q value of each p value, in the order given (Benjamini and Hochberg, 1995).

    Of the tests whose q is at most x, a share of x or less is expected to be false. The q of a
    smaller p is never larger, and no q exceeds 1.
    """
    qs = [1.0] * len(ps)
    lowest = 1.0
    for rank, at in sorted(enumerate(sorted(range(len(ps)), key=ps.__getitem__), 1), reverse=True):
        lowest = min(lowest, ps[at] * (len(ps) / rank))
        qs[at] = lowest
    return qs
