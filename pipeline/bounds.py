"""Whether figures keep their sense: at least or at most, and from which to which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.derivations import same
from pipeline.numbers import Finding, printed_quantities
from pipeline.quantities import Quantity

_SIDE = re.compile(
    r"(?:(?P<least>(?:more|greater|larger|higher|longer|older|later)\sthan|above|over|exceed\w*"
    r"|at\sleast|minimum\sof|[≥>])"
    r"|(?P<most>(?:less|fewer|lower|smaller|shorter|younger|earlier)\sthan|below|under|at\smost"
    r"|up\sto|maximum\sof|[≤<]))\s?(?:the\s|an?\s)?(?:age\sof\s)?$",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|never|cannot|without|n't)\b[^.;,]*$", re.IGNORECASE)
_NEAR = 30  # characters before a figure in which its bound stands


def turned_bounds(claim: str, evidence: str) -> Iterator[Finding]:
    """Find figures of a readable claim bounded from above where the evidence does from below."""
    there = printed_quantities(evidence)
    for claimed in printed_quantities(claim):
        side = _side(claimed, claim)
        own = [_side(q, evidence) for q in there if side and same(claimed, q, claim)]
        if own and all(other == -side for other in own):
            which = "more than" if side < 0 else "less than"
            yield (
                claimed.text,
                f"{claimed.text} bounds from the other side: the evidence says {which} that.",
            )


def _side(quantity: Quantity, text: str) -> int:
    """Say whether a figure bounds from below (1) or above (-1); 0 where it does neither."""
    before = text[max(0, quantity.start - _NEAR) : quantity.start]
    found = _SIDE.search(before)
    if not found or _DENIED.search(before[: found.start()]):
        return 0
    return 1 if found["least"] else -1


# --- From one figure to another -------------------------------------------------------------

_TO = re.compile(r"\S?[\w ]{0,12}?\bto\s(?:(?:about|only|just|nearly)\s)?")


def turned_trends(claim: str, evidence: str) -> Iterator[Finding]:
    """Find changes from one figure to another that the evidence has the other way round."""
    there = [(a.value, b.value) for a, b in _trends(evidence)]
    for first, last in _trends(claim):
        if (last.value, first.value) in there and (first.value, last.value) not in there:
            yield (
                f"{first.text} to {last.text}",
                f"The evidence goes from {last.text} to {first.text}, not the other way.",
            )


def _trends(text: str) -> list[tuple[Quantity, Quantity]]:
    """List the figures of `from 18 to 7`, and of `7, down from 18`, in the order of time."""
    row = printed_quantities(text)
    found = []
    for one, other in pairwise(row):
        between = text[one.end : other.start]
        if re.search(r"\bfrom\s\S?$", text[: one.start]) and _TO.fullmatch(between):
            found.append((one, other))
        elif re.search(r"\b(?:up|down) from\s\S?$", between) and len(between) < _NEAR:
            found.append((other, one))
    return found
