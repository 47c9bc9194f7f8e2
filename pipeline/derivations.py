"""How a number may follow from the numbers of another text: each way has a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from pipeline.quantities import PERCENT, POINTS, TIMES, Quantity, quantities, unit_size
from pipeline.wording import content, meaning


class Given(NamedTuple):
    """A text and the quantities that it prints."""

    text: str
    quantities: Sequence[Quantity]


_BOUND = re.compile(
    r"(?P<least>(?:more|greater|larger|higher|better) than|over|above|exceed(?:s|ing)?|at least"
    r"|beyond|upwards? of)\s+(?:a |an |the |by )?$"
    r"|(?P<most>(?:less|fewer|lower) than|under|below|almost|nearly|close to|just short of)"
    r"\s+(?:a |an |the )?$"
    r"|(?P<about>about|around|roughly|approximately|some|circa|ca\.?|[~≈∼]|or so)\s*$",
    re.IGNORECASE,
)
_BEFORE = 30  # characters before a figure in which its bound stands
_DIFFERENCE = re.compile(
    r"\b(?:by|gains?|gained|more|fewer|less|longer|shorter|higher|lower|larger|smaller|faster"
    r"|slower|difference|gap|margin|drops?|increase[sd]?|reductions?|improve\w*|saves?|saving"
    r"|additional|extra|above|below|ahead|behind|earlier|later|apart|better|worse|lead|up|down"
    r"|miss(?:es|ed)?|fail\w*|remaining|differ)\b",
    re.IGNORECASE,
)
_OPPOSITES = frozenset(
    map(
        meaning,
        """wrong error errs fail miss missed not no other others rest remaining remainder lost
        loss reject refuse deny dislike without less incorrect incorrectly unanswered failed
        invalid cut reduce lower save neither unable outside faulty absent except
        exclude excluded""".split(),
    )
)


def follows(claimed: Quantity, claim: str, given: Given) -> bool:
    """Say whether a claimed quantity occurs among those given or follows by a named derivation."""
    return any(
        same(claimed, known, claim) or _vaguely_same(claimed, known) for known in given.quantities
    ) or any(
        way(claimed, claim, given) for way in (_difference, _complement, _rest, _share, _ratio)
    )


_MONTH = 30.4375 * 86400  # seconds, on average


# --- The same number, another way of writing -----------------------------------------------


def same(claimed: Quantity, known: Quantity, claim: str) -> bool:
    """Say whether two quantities are equal, or one is the other rounded or in another unit."""
    if (claimed.unit, known.unit) == ("months", "seconds"):
        value, grain = known.value / _MONTH, known.grain / _MONTH
        known = known._replace(value=value, grain=grain, unit="months")
    if not _same_unit(claimed, known):
        return False
    if _close(claimed.value, known.value) or (not claimed.unit and _printed_alike(claimed, known)):
        return True
    return _rounded(claimed, known.value, known.grain, claim)


def _same_unit(claimed: Quantity, known: Quantity) -> bool:
    """Say whether units agree; a unit may be left out, but never be added or changed."""
    if claimed.unit == known.unit or not claimed.unit or claimed.shared:
        return claimed.unit == known.unit or claimed.grain <= known.grain * 10
    return known.shared and claimed.unit == ""


def _printed_alike(claimed: Quantity, known: Quantity) -> bool:
    """Say whether a number without a unit is printed as a number with one: `30` for `30 years`."""
    return bool(known.unit) and _close(claimed.value, known.value / unit_size(known))


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other), 1e-12)


def _rounded(claimed: Quantity, value: float, grain: float, claim: str) -> bool:
    """Say whether a value rounds to the claimed one at the digits that the claim prints."""
    off = abs(claimed.value - value)
    if off > 0.25 * abs(value):
        return False
    bound = _BOUND.search(claim[max(0, claimed.start - _BEFORE) : claimed.start])
    if bound and _on_side(bound, claimed.value, value):
        digit = _last_digit(claimed)
        room = 0.50001 if bound["about"] or bound["most"] else 1.0001
        return off < digit * room and not _whole(value / digit)
    if claimed.grain <= grain * 1.0001:
        return False
    return off <= claimed.grain * 0.50001 and off <= 0.05 * abs(value)


def _on_side(bound: re.Match[str], claimed: float, value: float) -> bool:
    """Say whether the value lies where the word before the claimed number puts it."""
    if bound["about"]:
        return abs(claimed - value) <= 0.1 * abs(value)
    return claimed <= value if bound["least"] else claimed >= value


def _last_digit(claimed: Quantity) -> float:
    """Return the value of the last digit that is no trailing zero: 100 for `8,400`."""
    digit = claimed.grain
    while digit < abs(claimed.value) and _whole(claimed.value / (digit * 10)):
        digit *= 10
    return digit


def _whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-9


def _vaguely_same(claimed: Quantity, known: Quantity) -> bool:
    """Say whether a word such as `half` or `two thirds` stands for a printed share, or back."""
    if not (claimed.vague or known.vague):
        return False
    if claimed.unit == known.unit == PERCENT:
        return abs(claimed.value - known.value) <= 2
    if claimed.unit == known.unit:
        return abs(claimed.value - known.value) <= 0.1 * known.value
    return {claimed.unit, known.unit} == {TIMES, PERCENT} and _inverse(claimed, known)


def _inverse(claimed: Quantity, known: Quantity) -> bool:
    """Say whether one is `twice` and the other `half`, whichever way one looks at it."""
    return abs(claimed.value * known.value - 100) <= 2


def complements(claimed: Quantity, claim: str, given: Given) -> bool:
    """Say whether a claimed share follows only as what a given one leaves of 100 %."""
    plain = any(same(claimed, known, claim) for known in given.quantities)
    return not plain and any(way(claimed, claim, given) for way in (_complement, _rest))


# --- Numbers that follow from two ----------------------------------------------------------


def _difference(claimed: Quantity, claim: str, given: Given) -> bool:
    """Say whether two given quantities of one unit differ by the claimed one."""
    if claimed.unit in (PERCENT, TIMES) or claimed.vague:
        return False
    near = claim[max(0, claimed.start - 40) : claimed.end + 30]
    if claimed.unit != POINTS and not _DIFFERENCE.search(near):
        return False
    unit = PERCENT if claimed.unit == POINTS else claimed.unit
    pairs = combinations([q for q in given.quantities if q.unit == unit and not q.vague], 2)
    return any(_differ_by(one, other, claimed, claim) for one, other in pairs)


def _differ_by(one: Quantity, other: Quantity, claimed: Quantity, claim: str) -> bool:
    off = abs(one.value - other.value)
    grain = max(one.grain, other.grain)
    if not claimed.unit and claimed.grain == grain == 1 and off < 10:
        return False
    return _close(off, claimed.value) or _rounded(claimed, off, grain, claim)


def _complement(claimed: Quantity, claim: str, given: Given) -> bool:
    """Say whether a claimed share is what a given one leaves of 100 %, and one text says so."""
    if claimed.unit != PERCENT:
        return False
    said = _says_opposite(claim, given.text)
    rests = [q for q in given.quantities if q.unit == PERCENT]
    return said and any(
        _close(claimed.value, 100 - q.value) or _rounded(claimed, 100 - q.value, q.grain, claim)
        for q in rests
    )


def _rest(claimed: Quantity, claim: str, given: Given) -> bool:
    """Say whether a claimed count is what `41 of 50` leaves, and one text says so."""
    if claimed.unit or claimed.vague or not _says_opposite(claim, given.text):
        return False
    whole = _whole_of(claimed, claim)
    wholes = [whole] if whole else []
    pairs = [
        *_parts(given),
        *((q.value, w) for w in wholes for q in given.quantities if q.value < w),
    ]
    known = {q.value for q in given.quantities}
    return any(w in known and _close(w - part, claimed.value) for part, w in pairs)


def _share(claimed: Quantity, claim: str, given: Given) -> bool:
    """Say whether a claimed share is that of `41 of 50`, or its rest where one text says so."""
    if claimed.unit != PERCENT:
        return False
    shares = [100 * part / whole for part, whole in _parts(given) if whole]
    if _says_opposite(claim, given.text):
        shares += [100 - share for share in shares]
    return any(
        abs(claimed.value - s) <= (3 if claimed.vague else 0.50001 * claimed.grain) for s in shares
    )


_OF = re.compile(r"\s(?:out )?of (?:the |all |these |those |our )?")


def _parts(given: Given) -> list[tuple[float, float]]:
    """List the counts and wholes of `41 of 50` in a text."""
    row = [q for q in given.quantities if not q.unit]
    return [
        (one.value, other.value)
        for one, other in pairwise(row)
        if one.value <= other.value and _OF.fullmatch(given.text[one.end : other.start])
    ]


def _whole_of(claimed: Quantity, claim: str) -> float:
    """Return the 50 of `41 of 50` where the 41 is claimed; 0 where there is none."""
    tie = _OF.match(claim, claimed.end)
    rest = quantities(claim[tie.end() : tie.end() + 30]) if tie else []
    return rest[0].value if rest and rest[0].start == 0 and not rest[0].unit else 0.0


def _says_opposite(claim: str, evidence: str) -> bool:
    """Say whether words such as `wrong` or `not` stand in one text and not in the other."""
    return _OPPOSITES & _plain_words(claim) != _OPPOSITES & _plain_words(evidence)


def _plain_words(text: str) -> set[str]:
    """Collect the meanings of a text's words, small words included."""
    small = {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) < 8}
    return set(content(text)) | small


def _ratio(claimed: Quantity, claim: str, given: Given) -> bool:
    """Say whether two given quantities of one unit are as far apart as `half` or `twice` says."""
    if not claimed.vague:
        return False
    times = 100 / claimed.value if claimed.unit == PERCENT else claimed.value
    bound = _BOUND.search(claim[max(0, claimed.start - _BEFORE) : claimed.start])
    loose = 0.3 if bound else 0.1
    pairs = combinations([q for q in given.quantities if not q.vague and q.value > 0], 2)
    return times >= 1.5 and any(
        one.unit == other.unit
        and abs(max(one.value, other.value) / min(one.value, other.value) - times) <= loose * times
        for one, other in pairs
    )
