"""Amounts of a sentence that may be figures of a result, with the words right around them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.figures import printed_numbers
from pipeline.numbers import printed_quantities
from pipeline.quantities import TIMES, Quantity, quantities

_BETWEEN = re.compile(r"(\d\s?(?:%|points?)?)\s*(?:-|–|—|to)\s*[+−-]?(?=\d)")


class Amount(NamedTuple):
    """A number as a sentence prints it.

    `number` is below zero for a fall and the lower end of a range. `printed` is a span of the
    sentence, its unit included where it stands there: `67.0`, `1%-2%`. `unit` is `%`, `points`,
    `×`, `ms` or the like, None where none is printed. `bound` is `up to`, `more than` or the like.
    """

    number: float
    printed: str
    unit: str | None
    bound: str = ""

    @property
    def digits(self) -> str:
        """The digits as printed, without a unit at their end."""
        return re.sub(r"\D+$", "", self.printed)

    @property
    def words(self) -> str:
        """The amount as a page shows it: bound, number and unit, also one printed further on."""
        unit = self.unit if self.unit and self.printed[-1:].isdigit() else ""
        return " ".join(filter(None, (self.bound, self.printed, unit)))

    @property
    def change(self) -> str:
        """The same for a difference, with its sign: `up to +7.7 points`; a ratio has none."""
        if self.unit == TIMES:
            return self.words
        sign = "−" if self.number < 0 else "+"
        bare = self._replace(bound="", printed=self.printed.lstrip("+-−±")).words
        signed = _BETWEEN.sub(lambda found: f"{found[1]} to {sign}", bare, count=1)
        return " ".join(filter(None, (self.bound, sign + signed.replace("-point", " points"))))

    @property
    def is_range(self) -> bool:
        """Whether two numbers are printed, as in `1%-2%` and `5 to 10`."""
        return bool(_BETWEEN.search(self.printed.lstrip("+-−±")))


class Group(NamedTuple):
    """Amounts side by side, as in `1.7% and 1.4%`, in a text.

    `head` is the text before them without bound, article and sign; `after` is the text behind them.
    `signed` says that a plus or minus is printed.
    """

    amounts: tuple[Amount, ...]
    head: str
    after: str
    start: int
    end: int
    signed: bool


class _Spot(NamedTuple):
    """An amount and where its text has it; start inclusive, end exclusive."""

    amount: Amount
    start: int
    end: int


_UNITS = {"x": "×", "X": "×", "point": "points", "percentage point": "percentage points"}
_INSIDE = re.compile(r"(?:[A-Za-z]-|[@/_^#=:*]|\d[.,]|=[+-])$")
_GOES_ON = re.compile(r"[@/:]|-[^\W\d]|×|\s?×\s?\d|\s+out\s+of\b|\s+of\s+(?:the\s+)?\d")
_RANGE = re.compile(r"\s?[-–—]\s?|\s+to\s+\+?")
_LIST = re.compile(r"(?:\s+and\s+|,\s+(?:and\s+)?)\+?")
_FROM = re.compile(r"\b(?:from|between)\s+\W?$")
_BOUND = re.compile(
    r"\b(?P<bound>up\s+to|more\s+than|less\s+than|at\s+least|at\s+most|as\s+much\s+as|over|above"
    r"|around|about|nearly|almost|roughly|approximately|close\s+to|surpass(?:es|ed|ing)?"
    r"|exceed(?:s|ed|ing)?)\s+(?:an?\s+)?$"
)
_VERB = re.compile(r"surpass|exceed")
_BEFORE = re.compile(
    r"(?:(?:^|(?<=\s))(?:an?|the|its|absolute|relative|average|additional|further|another|whopping"
    r"|remarkable|significant|substantial|notable|new|record|overall|only|just|state-of-the-art)"
    r"\s+)*[+~≈(]{0,2}\s?$"
)


@lru_cache(maxsize=1024)
def groups(text: str) -> tuple[Group, ...]:
    """List the amounts in digits of a readable text; sizes, counts of data and names have none."""
    if not any(map(str.isdigit, text)) or not quantities(text):
        return ()
    spots = _spots(text)
    found: list[Group] = []
    row: list[_Spot] = []
    for at, spot in enumerate(spots):
        row.append(spot)
        nearby = at + 1 < len(spots) and _LIST.fullmatch(text[spot.end : spots[at + 1].start])
        if not nearby or spots[at + 1].amount.unit != spot.amount.unit:
            found.append(_group(text, row))
            row = []
    return tuple(found)


def _group(text: str, row: list[_Spot]) -> Group:
    before = text[: row[0].start]
    bound = _bound(before)
    short = _stripped(before)
    sign = before.endswith("+") or bool(re.search(r"(?:^|[\s(])[-−]$", before))
    return Group(
        tuple(spot.amount._replace(bound=bound) for spot in row),
        _stripped(_BOUND.sub(_only_verbs, f"{short} ")),
        text[row[-1].end :],
        row[0].start,
        row[-1].end,
        sign,
    )


def _stripped(before: str) -> str:
    """Drop articles, lone adjectives and signs at the end of what stands before an amount."""
    return _BEFORE.sub("", re.sub(r"(?:(?<=[\s(])|^)[-−]$", "", before)).rstrip()


def _bound(before: str) -> str:
    """Read a word such as `up to`, also one before the article; `surpasses` is `more than`."""
    found = _BOUND.search(re.sub(r"[+~≈]$", "", before)) or _BOUND.search(_stripped(before) + " ")
    if not found:
        return "≈" if before.endswith(("~", "≈")) else ""
    word = " ".join(found["bound"].split())
    return "more than" if _VERB.match(word) else word


def _only_verbs(found: re.Match[str]) -> str:
    return found[0] if _VERB.match(found["bound"]) else ""


def _spots(text: str) -> list[_Spot]:
    """List the amounts of a text, a range as one."""
    out: list[_Spot] = []
    previous: Quantity | None = None
    for quantity in _candidates(text):
        spot = _spot(text, quantity)
        if previous and out and _is_range(text, previous, quantity):
            out[-1] = _joined(text, out[-1], spot)
        else:
            out.append(spot)
        previous = quantity
    return [spot for spot in out if not _GOES_ON.match(text, spot.end)]


def _candidates(text: str) -> list[Quantity]:
    """Leave out sizes such as 7B and 4K, counts such as 6,161, and digits inside words."""
    return [
        quantity
        for quantity in printed_quantities(text, ())
        if printed_numbers(quantity.text)
        and quantity.text[0] != "."
        and (quantity.grain <= 1 or quantity.unit not in ("", TIMES))
        and not (not quantity.unit and quantity.value >= 1000)
        and not _INSIDE.search(text[max(0, quantity.start - 2) : quantity.start])
    ]


def _is_range(text: str, one: Quantity, other: Quantity) -> bool:
    between = text[one.end : other.start]
    same = one.unit == other.unit
    return same and bool(_RANGE.fullmatch(between)) and not _FROM.search(text[: one.start])


def _spot(text: str, quantity: Quantity) -> _Spot:
    number = max(printed_numbers(quantity.text))
    return _Spot(
        Amount(number, text[quantity.start : quantity.end].strip(), _unit(quantity)),
        quantity.start,
        quantity.end,
    )


def _unit(quantity: Quantity) -> str | None:
    """Return the unit as printed, in the plural."""
    if quantity.shared:
        return quantity.unit
    printed = " ".join(re.sub(r"^[\d.,]+", "", quantity.text).replace("-", " ").split())
    return _UNITS.get(printed, printed) or ("×" if quantity.unit == TIMES else None)


def _joined(text: str, low: _Spot, high: _Spot) -> _Spot:
    """Make a range of its two ends."""
    printed = text[low.start : high.end].strip()
    return _Spot(Amount(low.amount.number, printed, high.amount.unit), low.start, high.end)
