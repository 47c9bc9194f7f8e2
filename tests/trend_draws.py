"""Invented libraries for trends: papers whose terms do not depend on time, and a planted one."""

from __future__ import annotations

import datetime as dt
from random import Random

from pipeline.digest_sheet import Days
from pipeline.trends import Dated

WINDOW = Days(since=dt.date(2030, 6, 1), until=dt.date(2031, 5, 31))
BEFORE = Days(since=dt.date(2027, 6, 1), until=dt.date(2030, 5, 31))
ALL = Days(since=BEFORE.since, until=WINDOW.until)
PLANTED = "planted"


def day(random: Random, days: Days) -> dt.date:
    """Draw one of the days."""
    return days.since + dt.timedelta(days=random.randint(0, (days.until - days.since).days))


def trendless(random: Random) -> tuple[list[Dated], list[str]]:
    """Draw 68 to 200 papers of one to five sources over four years, and their 40 to 120 terms.

    The shares of terms differ between terms and between sources, never in time. Some papers belong
    to two sources. Pairs of terms hang together, as phrases of one subject do.
    """
    terms = [f"term {number}" for number in range(random.randint(40, 120))]
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
        date = day(random, ALL)
        papers.append(Dated(f"p{number}", date, frozenset(terms_of), frozenset({source, *also})))
    return papers, terms


def subjects(random: Random) -> tuple[list[Dated], list[str]]:
    """Draw 60 to 200 papers of two to five subjects, each with many words of its own.

    Terms hang together far more than in `trendless`; the subjects' shares do not change in time.
    """
    terms = [f"term {number}" for number in range(random.randint(40, 120))]
    own = [
        {t: random.uniform(0.3, 0.9) if random.random() < 0.2 else 0.03 for t in terms}
        for _ in range(random.randint(2, 5))
    ]
    papers = []
    for number in range(random.randint(60, 200)):
        shares = random.choice(own)
        held = frozenset(term for term in terms if random.random() < shares[term])
        papers.append(Dated(f"p{number}", day(random, ALL), held, frozenset({"one source"})))
    return papers, terms


def planted(random: Random, sources: int) -> tuple[list[Dated], list[str]]:
    """Draw 40 papers before with the planted term in 4, 40 within with it in 20, and noise terms.

    The papers take turns between so many sources, those with the term and those without.
    """
    noise = [f"term {number}" for number in range(random.randint(20, 120))]
    shares = {term: random.choice((0.02, 0.05, 0.1, 0.2, 0.4)) for term in noise}
    papers = []
    for side, hits, days in (("old", 4, BEFORE), ("new", 20, WINDOW)):
        for number in range(40):
            held = {term for term in noise if random.random() < shares[term]}
            held |= {PLANTED} if number < hits else set()
            source = frozenset({f"source {number % sources}"})
            papers.append(Dated(f"{side} {number}", day(random, days), frozenset(held), source))
    return papers, [*noise, PLANTED]


def confounded(random: Random) -> tuple[list[Dated], list[str]]:
    """Draw a page of 40 mostly older papers and one of 30 mostly newer ones, nothing changing.

    The planted term has a share of 0.1 on the first page and of 0.6 on the second.
    """
    papers = []
    for source, size, share, newer in (("old page", 40, 0.1, 0.2), ("new page", 30, 0.6, 0.8)):
        for number in range(size):
            inside = random.random() < newer
            date = day(random, WINDOW if inside else BEFORE)
            held = frozenset({PLANTED} if random.random() < share else set())
            papers.append(Dated(f"{source} {number}", date, held, frozenset({source})))
    return papers, [PLANTED]
