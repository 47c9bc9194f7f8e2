"""Invented libraries for trends: papers whose terms do not depend on time, and a planted one."""

from __future__ import annotations

import datetime as dt
from random import Random

from pipeline.trends import Dated, TrendWindow

WINDOW = TrendWindow(dt.date(2030, 6, 1), dt.date(2031, 5, 31))
BEGIN = dt.date(2027, 6, 1)
PLANTED = "planted"


def day(random: Random, since: dt.date, until: dt.date) -> dt.date:
    """Draw a day, both ends inclusive."""
    return since + dt.timedelta(days=random.randint(0, (until - since).days))


def trendless(random: Random) -> tuple[list[Dated], list[str]]:
    """Draw 68 to 200 papers of one to five sources over four years, and their 40 to 90 terms.

    The shares of terms differ between terms and between sources, never in time. Some papers belong
    to two sources. Pairs of terms hang together, as phrases of one subject do.
    """
    terms = [f"term {number}" for number in range(random.randint(40, 90))]
    sources = [f"source {number}" for number in range(random.randint(1, 5))]
    common = {term: random.choice((0.02, 0.05, 0.1, 0.2, 0.4)) for term in terms}
    shares = {
        s: {t: share * random.uniform(0.5, 1.5) for t, share in common.items()} for s in sources
    }
    papers = []
    for number in range(random.randint(68, 200)):
        source = random.choice(sources)
        terms_of = {term for term in terms if random.random() < shares[source][term]}
        terms_of |= {terms[at - 1] for at in range(1, len(terms), 7) if terms[at] in terms_of}
        also = {random.choice(sources)} if random.random() < 0.2 else set()
        date = day(random, BEGIN, WINDOW.until)
        papers.append(Dated(f"p{number}", date, frozenset(terms_of), frozenset({source, *also})))
    return papers, terms


def planted(random: Random, sources: int) -> tuple[list[Dated], list[str]]:
    """Draw 40 papers before with the planted term in 4, 40 within with it in 20, and noise terms.

    The papers take turns between so many sources, those with the term and those without.
    """
    noise = [f"term {number}" for number in range(random.randint(20, 60))]
    shares = {term: random.choice((0.02, 0.05, 0.1, 0.2, 0.4)) for term in noise}
    papers = []
    sides = (("old", 4, BEGIN, WINDOW.since - dt.timedelta(days=1)), ("new", 20, *WINDOW))
    for side, hits, since, until in sides:
        for number in range(40):
            held = {term for term in noise if random.random() < shares[term]}
            held |= {PLANTED} if number < hits else set()
            source = frozenset({f"source {number % sources}"})
            papers.append(
                Dated(f"{side} {number}", day(random, since, until), frozenset(held), source)
            )
    return papers, [*noise, PLANTED]


def confounded(random: Random) -> tuple[list[Dated], list[str]]:
    """Draw a page of 40 mostly older papers and one of 30 mostly newer ones, nothing changing.

    The planted term has a share of 0.1 on the first page and of 0.6 on the second.
    """
    papers = []
    for source, size, share, newer in (("old page", 40, 0.1, 0.2), ("new page", 30, 0.6, 0.8)):
        for number in range(size):
            inside = random.random() < newer
            date = day(random, *(WINDOW if inside else (BEGIN, WINDOW.since - dt.timedelta(1))))
            held = frozenset({PLANTED} if random.random() < share else set())
            papers.append(Dated(f"{source} {number}", date, held, frozenset({source})))
    return papers, [PLANTED]
