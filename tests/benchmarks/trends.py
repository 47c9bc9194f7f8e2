"""How often trends are seen where there are none, and missed where there is one; and the time.

python -m tests.benchmarks.trends
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from random import Random

from pipeline.digest_sheet import TrendRow
from pipeline.terms import choose, curated, phrases_of, terms_of
from pipeline.trends import Dated, trends
from tests.benchmarks.papers import record
from tests.trend_draws import ALL, PLANTED, WINDOW, confounded, day, planted, subjects, trendless

DRAWS = 2_000
TEXTS = 5_000
CHARACTERS = 1_500
SEED = 20_310_531
Draw = Callable[[Random], tuple[list[Dated], list[str]]]


def share(name: str, draw: Draw, holds: Callable[[list[TrendRow]], bool]) -> None:
    """Print in how many draws the verdicts are as asked for."""
    random = Random(SEED)
    found = 0
    for _ in range(DRAWS):
        papers, terms = draw(random)
        found += holds(trends(papers, terms, WINDOW))
    print(f"{name}: {found} of {DRAWS} draws ({found / DRAWS:.2%})")


def any_trend(found: list[TrendRow]) -> bool:
    return any(trend.verdict in ("emerging", "declining") for trend in found)


def planted_is_emerging(found: list[TrendRow]) -> bool:
    return any(t.term == PLANTED and t.verdict == "emerging" for t in found)


def significant(found: list[TrendRow]) -> bool:
    return any(trend.q is not None and trend.q <= 0.05 for trend in found)


def speed() -> None:
    """Print the seconds of the processor that reading many abstracts and testing them takes."""
    texts = ["\n".join(map(record, range(n, n + 3)))[:CHARACTERS] for n in range(TEXTS)]
    begun = time.process_time()
    held = [terms_of(text) for text in texts]
    counted = time.process_time()
    phrases = [phrases_of(text) for text in texts]
    found = time.process_time()
    chosen = choose(Counter(phrase for one in phrases for phrase in one), curated())
    ranked = time.process_time()
    random, names = Random(SEED), frozenset(term.name for term in chosen)
    papers = [
        Dated(str(n), day(random, ALL), held[n] | (phrases[n] & names), frozenset({str(n % 9)}))
        for n in range(TEXTS)
    ]
    made = time.process_time()
    trends(papers, [*(term.name for term in curated()), *names], WINDOW)
    tested = time.process_time()
    print(
        f"{TEXTS} texts of {CHARACTERS} characters, each: terms {(counted - begun) / TEXTS:.2e} s, "
        f"phrases {(found - counted) / TEXTS:.2e} s; all: {len(chosen)} phrases chosen in "
        f"{ranked - found:.3f} s, trends in {tested - made:.3f} s"
    )


def main() -> None:
    share("no trend, any called emerging or declining", trendless, any_trend)
    share("no trend, any q <= 0.05", trendless, significant)
    share("no trend, subjects, any called emerging or declining", subjects, any_trend)
    share("planted in one source, found", lambda r: planted(r, 1), planted_is_emerging)
    share("planted over two sources, found", lambda r: planted(r, 2), planted_is_emerging)
    share("planted over four sources, found", lambda r: planted(r, 4), planted_is_emerging)
    share("pages of two subjects, q <= 0.05", confounded, significant)
    share("pages of two subjects, called emerging", confounded, any_trend)
    speed()


if __name__ == "__main__":
    main()
