"""Which numbers and dates of a claim have no ground in its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.derivations import Given, complements, follows
from pipeline.mentions import mentions
from pipeline.quantities import PERCENT, POINTS, Quantity, printed, quantities, single_units
from pipeline.wording import content, some, tokens

Finding = tuple[str, str]  # the token of the claim, and what was expected

# --- Dates ---------------------------------------------------------------------------------

_MONTHS = "january february march april may june july august september october november december"
_MONTH = r"(?P<{0}>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{{0,6}})\.?"
_DATE = re.compile(
    rf"\b(?P<iso>(?:19|20)\d\d)-(?P<iso_month>\d\d)(?:-(?P<iso_day>\d\d))?\b"
    rf"|\b{_MONTH.format('m1')}\s(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<y1>(?:19|20)\d\d))?\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH.format('m2')}(?:,?\s(?P<y2>(?:19|20)\d\d))?\b"
    rf"|\b{_MONTH.format('m3')},?\s(?:of\s)?(?P<y3>(?:19|20)\d\d)\b"
    rf"|\b(?:in|since|during|until|by|from)\s{_MONTH.format('m4')}\b"
    rf"|(?<![\w.,])(?P<year>(?:19|20)\d\d)(?![\w%×]|[.,]\d|\s?(?:%|percent|points))"
)


class Date(NamedTuple):
    """A day, month or year of a text; 0 for what is not printed."""

    year: int
    month: int
    day: int
    start: int
    end: int
    text: str


@lru_cache(maxsize=4096)
def dates(text: str) -> tuple[Date, ...]:
    """List the dates of a readable text; a bare number from 1900 to 2099 is a year."""
    return tuple(date for found in _DATE.finditer(text) if (date := _date(found)))


def _date(found: re.Match[str]) -> Date | None:
    """Read one date; `None` where the word is no month."""
    named = next((found[f"m{at}"] for at in range(1, 5) if found[f"m{at}"]), "")
    month = int(found["iso_month"] or 0) or _month(named)
    if named and not month:
        return None
    year = found["iso"] or found["y1"] or found["y2"] or found["y3"] or found["year"]
    day = found["iso_day"] or found["d1"] or found["d2"]
    return Date(int(year or 0), month, int(day or 0), *found.span(), found[0])


def _month(name: str) -> int:
    """Return the number of a month by its name or three letters of it; 0 for other words."""
    for number, month in enumerate(_MONTHS.split(), 1):
        if len(name) > 2 and month.startswith(name.lower()):
            return number
    return 0


def _agrees(claimed: Date, known: Date) -> bool:
    """Say whether a known date has all that the claimed one prints."""
    return all(c in (0, k) for c, k in zip(claimed[:3], known[:3], strict=True))


# --- What the evidence gives ---------------------------------------------------------------


def _spans(text: str) -> list[tuple[int, int]]:
    """List where a text's digits belong to names and addresses."""
    named = [(m.start, m.end) for m in mentions(text)]
    return named + [(t.start, t.end) for t in tokens(text) if t.is_address]


@lru_cache(maxsize=4096)
def printed_quantities(text: str, skip: tuple[tuple[int, int], ...] = ()) -> tuple[Quantity, ...]:
    """List the quantities of a readable text, those of names left out; see `quantities`."""
    return tuple(quantities(text, [*_spans(text), *skip]))


_TWO = re.compile(r"\b(?:both|neither|either|twice|second)\b", re.IGNORECASE)


@lru_cache(maxsize=2048)
def _given(evidence: str) -> Given:
    """Collect the evidence's quantities; one that shares a unit counts without it as well."""
    found = printed_quantities(evidence)
    bare = [q for q in found if q.shared]
    two = [Quantity(2, "", 1, *t.span(), t[0]) for t in _TWO.finditer(evidence)]
    return Given(
        evidence,
        [*found, *(q._replace(unit="", shared=False) for q in bare), *two, *single_units(evidence)],
    )


def unfounded_numbers(claim: str, evidence: str, metadata: str) -> Iterator[Finding]:
    """Find numbers, dates and addresses of a claim that the evidence does not give.

    Args:
        claim: the claim, readable.
        evidence: all that it rests on, readable.
        metadata: what may satisfy dates and nothing else.
    """
    known = dates(evidence) + dates(metadata)
    claimed = [date for date in dates(claim) if not _quantity_there(date, evidence)]
    for date in claimed:
        if not any(_agrees(date, other) for other in known) and not _month_there(date, evidence):
            yield date.text, f"The date {date.text} is neither in the evidence nor in the metadata."
    given = _given(evidence)
    spans = tuple((date.start, date.end) for date in claimed)
    for quantity in printed_quantities(claim, spans):
        if not follows(quantity, claim, given):
            yield quantity.text, _expected(quantity, given)
        elif repeated := _repeated(quantity, claim, given):
            yield quantity.text, repeated
        elif other := _bound_elsewhere(quantity, claim, given):
            yield quantity.text, other


def complement_clauses(claim: str, evidence: str) -> list[str]:
    """List the clauses of a readable claim whose figure is what a given one leaves."""
    given = _given(evidence)
    rests = [q for q in printed_quantities(claim) if complements(q, claim, given)]
    cuts = [0, *(found.end() for found in _CLAUSE.finditer(claim)), len(claim)]
    spans = list(pairwise(cuts))
    return [claim[a:b] for a, b in spans if any(a <= q.start < b for q in rests)]


_CLAUSE = re.compile(r"[,;]\s|\b(?:and|but|while|whereas)\s")


def _month_there(date: Date, evidence: str) -> bool:
    """Say whether a month without year or day is named in the evidence, wherever its year is."""
    lone = date.month and not (date.year or date.day)
    return bool(lone) and _MONTHS.split()[date.month - 1].title() in evidence


def _quantity_there(date: Date, evidence: str) -> bool:
    """Say whether what looks like a year is a plain number of the evidence."""
    bare = date.year and not date.month
    return bool(bare) and bool(re.search(rf"(?<![\w.]){date.year:,}(?![\w])", evidence))


def _expected(quantity: Quantity, given: Given) -> str:
    """Say what the evidence has in place of a number."""
    what = printed(quantity)
    equal = [q for q in given.quantities if abs(q.value - quantity.value) < 1e-9 and q.unit]
    if {quantity.unit, *(q.unit for q in equal)} >= {PERCENT, POINTS}:
        return f"{what}: the evidence has {printed(equal[0])}; percent are not percentage points."
    there = some(printed(q) for q in given.quantities)
    return f"{what} is not in the evidence and does not follow from it; the numbers there: {there}."


_GOES_ON = re.compile(r"[\w.,]")
_TIE = re.compile(r"\s*(?:and|or|of|to|out of|–|-|,)\s*")


def _repeated(quantity: Quantity, claim: str, given: Given) -> str:
    """Explain that a claim says a number twice in a row, as in `nine of nine`; empty if not."""
    tie = _TIE.match(claim, quantity.end)
    again = tie and not quantity.shared and claim.startswith(quantity.text, tie.end())
    if not tie or not again or _GOES_ON.match(claim, tie.end() + len(quantity.text)):
        return ""
    if sum(q.text == quantity.text for q in given.quantities) != 1:
        return ""
    there = ", ".join(dict.fromkeys(printed(q) for q in given.quantities))
    return f"{quantity.text} is said twice, but the evidence has {there}."


# --- What is counted -----------------------------------------------------------------------

_STOP = re.compile(r"[,;:.()]|\b(?:and|or|from|to|in|on|with|for|by|at|is|are|that|which)\b")


# `57 the longer one` and `183 preferred it` leave out what they count.
_ELLIPTIC = re.compile(r"\s*(?:the|a|an|of|their|its|them)\b|\s*\w+ed\b")


# In `6,000 training, 1,000 validation and 2,000 test questions` the noun comes last.
_LISTED = re.compile(r"\s*[\w-]*[^\W\ds](?:,|,? and|,? or|,? to)\s\d")


def counted(quantity: Quantity, text: str) -> set[str]:
    """Collect what a number counts: the content words right after it."""
    after = text[quantity.end : quantity.end + 60]
    if _ELLIPTIC.match(after):
        return set()
    if _LISTED.match(after):
        return set()
    stop = _STOP.search(after)
    return set(content(after[: stop.start()] if stop else after)[:3])


def _bound_elsewhere(quantity: Quantity, claim: str, given: Given) -> str:
    """Explain that the evidence counts something else with this number; empty if it does not."""
    things = counted(quantity, claim)
    if quantity.unit or quantity.vague or not things:
        return ""
    own = [q for q in given.quantities if abs(q.value - quantity.value) < 1e-9]
    mine = [(q, counted(q, given.text)) for q in own]
    if not own or any((not there and not q.unit) or things & there for q, there in mine):
        return ""
    others = [q for q in given.quantities if q not in own and things & counted(q, given.text)]
    if not others:
        return ""
    return f"The evidence gives {printed(others[0])}, not {quantity.text}, for this."
