"""How often trends are seen where there are none, and missed where there is one; and the time.

python -m tests.benchmarks.trends
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from pipeline.digest_sheet import TrendRow
from pipeline.terms import Finder, Term, choose, curated, phrases_of
from pipeline.trends import Dated, trends
from tests.benchmarks.papers import record
from tests.trend_draws import PLANTED, WINDOW, confounded, planted, trendless

DRAWS = 2_000
TEXTS = 5_000
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
    """Print the seconds of the processor that one pass over many abstracts takes."""
    texts = [record(number) for number in range(TEXTS)]
    terms = [*curated(), *(Term(f"further {n}", (f"kettle number{n}",)) for n in range(40))]
    finder = Finder(terms)
    begun = time.process_time()
    for text in texts:
        finder.terms_of(text)
    counted = time.process_time()
    phrases = [phrases_of(text) for text in texts]
    read = time.process_time()
    choose({phrase: 3 for found in phrases for phrase in found}, curated())
    chosen = time.process_time()
    print(
        f"{TEXTS} texts of {sum(map(len, texts)) // TEXTS} characters: {len(terms)} terms counted "
        f"in {counted - begun:.2f} s, phrases read in {read - counted:.2f} s, "
        f"chosen in {chosen - read:.2f} s"
    )


def main() -> None:
    share("no trend, any called emerging or declining", trendless, any_trend)
    share("no trend, any q <= 0.05", trendless, significant)
    share("planted in one source, found", lambda r: planted(r, 1), planted_is_emerging)
    share("planted over two sources, found", lambda r: planted(r, 2), planted_is_emerging)
    share("planted over four sources, found", lambda r: planted(r, 4), planted_is_emerging)
    share("pages of two subjects, q <= 0.05", confounded, significant)
    share("pages of two subjects, called emerging", confounded, any_trend)
    speed()


if __name__ == "__main__":
    main()
