"""Which part of an abstract a sentence plays, each role with a probability.

Two linear steps: a sentence's own signs give a first guess; the guesses of the sentences around it
then correct it. The second step takes the place of a search for the best sequence of roles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.providers.extractive.features import ABSTRACT, signs
from pipeline.providers.extractive.weights import weights

ROLES = ("background", "objective", "method", "result", "other")
BACKGROUND, OBJECTIVE, METHOD, RESULT, OTHER = range(len(ROLES))
REACH = 3
"""How many sentences before and after are looked at one by one."""

_NONE = [0.0] * len(ROLES)
Row = list[float]


def roles(sentences: Sequence[Sequence[str]]) -> list[Row]:
    """Return each sentence's probabilities in the order of `ROLES`; they add up to 1.

    Args:
        sentences: the `tokens` of each sentence, in order.
    """
    guessed = [first_guess(signs(s, i, len(sentences))) for i, s in enumerate(sentences)]
    table = weights().company
    return [
        _softmax([sum(map(float.__mul__, row, seen)) for row in table]) for seen in company(guessed)
    ]


def first_guess(found: set[str]) -> Row:
    """Return the probabilities of the roles by a sentence's own signs."""
    known = weights().signs
    rows = [known[sign] for sign in found if sign in known]
    return _softmax([math.fsum(column) for column in zip(*rows, strict=True)] or _NONE)


def company(guessed: Sequence[Row]) -> list[Row]:
    """Return for each sentence what is guessed of it and of those around it, and where it is."""
    return [_company(guessed, number) for number in range(len(guessed))]


def _company(guessed: Sequence[Row], number: int) -> Row:
    near = guessed[max(number - ABSTRACT, 0) : number + ABSTRACT + 1]
    at, last = min(number, ABSTRACT), len(near) - 1 - min(number, ABSTRACT)
    seen = [1.0, at / ABSTRACT, last / ABSTRACT, at / (at + last + 1)]
    for other in range(at - REACH, at + REACH + 1):
        seen += near[other] if 0 <= other < len(near) else _NONE
    seen += [math.log(p + 1e-4) for p in near[at]]
    seen += [sum(c) - own for c, own in zip(zip(*near, strict=True), near[at], strict=True)]
    seen += _highest(near[:at])
    seen += _highest(near[at + 1 :])
    return seen


def _highest(rows: Sequence[Row]) -> Row:
    return [max(column) for column in zip(*rows, strict=True)] or _NONE


def _softmax(scores: Sequence[float]) -> Row:
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = math.fsum(powers)
    return [power / total for power in powers]
