"""Numbers with their units as sentences print them, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

PERCENT, POINTS, TIMES = "%", "points", "times"


class Quantity(NamedTuple):
    """A number of a text.

    `value` is in the base of its unit: seconds, bytes, hertz, or single things. `unit` is empty
    where none is printed. `grain` is the value of the last printed digit: 0.1 for `84.3`, 1,000
    for `40k`. `shared` marks a unit that is printed once for several numbers, as in `2 to 4
    seconds`. `vague` marks words such as `half`. Offsets are start inclusive, end exclusive.
    """

    value: float
    unit: str
    grain: float
    start: int
    end: int
    text: str
    shared: bool = False
    vague: bool = False


_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: dict[str, float] = {
    **{word: at for at, word in enumerate(_ONES)},
    **{word: 10 * at for at, word in enumerate(_TENS, 2)},
    **{f"{ten}-{one}": 10 * at + n for at, ten in enumerate(_TENS, 2)
       for n, one in enumerate(_ONES[:10]) if n},
    **{"dozen": 12, "pair": 2},
}  # fmt: skip
_SHARES: dict[str, float] = {
    **{"half": 50, "halves": 50, "halved": 50, "halving": 50, "halve": 50},
    **{"third": 100 / 3, "thirds": 100 / 3, "quarter": 25, "quarters": 25, "fifth": 20},
    **{"fifths": 20, "tenth": 10, "tenths": 10},
}
_MULTIPLES: dict[str, float] = {
    **{"twice": 2, "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "thrice": 3},
    **{"triple": 3, "triples": 3, "tripled": 3, "tripling": 3, "quadruple": 4, "quadruples": 4},
    **{"quadrupled": 4, "twofold": 2, "threefold": 3, "fourfold": 4, "fivefold": 5, "tenfold": 10},
}
_SCALES: dict[str, float] = {
    **{"hundred": 100, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6},
    **{"millions": 1e6, "billion": 1e9, "billions": 1e9, "bn": 1e9, "b": 1e9},
    **{"trillion": 1e12, "trillions": 1e12, "t": 1e12},
}
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(["ns", "nanosecond", "nanoseconds"], ("seconds", 1e-9)),
    **dict.fromkeys(["µs", "μs", "us", "microsecond", "microseconds"], ("seconds", 1e-6)),
    **dict.fromkeys(["ms", "millisecond", "milliseconds"], ("seconds", 1e-3)),
    **dict.fromkeys(["s", "sec", "secs", "second", "seconds"], ("seconds", 1)),
    **dict.fromkeys(["min", "mins", "minute", "minutes"], ("seconds", 60)),
    **dict.fromkeys(["h", "hr", "hrs", "hour", "hours"], ("seconds", 3600)),
    **dict.fromkeys(["day", "days"], ("seconds", 86400)),
    **dict.fromkeys(["week", "weeks"], ("seconds", 604800)),
    **dict.fromkeys(["month", "months"], ("months", 1)),
    **dict.fromkeys(["year", "years"], ("months", 12)),
    **dict.fromkeys(["decade", "decades"], ("months", 120)),
    **dict.fromkeys(["century", "centuries"], ("months", 1200)),
    **dict.fromkeys(["byte", "bytes"], ("bytes", 1)),
    **dict.fromkeys(["kb", "kilobyte", "kilobytes"], ("bytes", 1e3)),
    **dict.fromkeys(["mb", "megabyte", "megabytes"], ("bytes", 1e6)),
    **dict.fromkeys(["gb", "gigabyte", "gigabytes"], ("bytes", 1e9)),
    **dict.fromkeys(["tb", "terabyte", "terabytes"], ("bytes", 1e12)),
    "hz": ("hertz", 1),
    "khz": ("hertz", 1e3),
    "mhz": ("hertz", 1e6),
    "ghz": ("hertz", 1e9),
    **dict.fromkeys(["db", "decibel", "decibels"], ("decibels", 1)),
    **dict.fromkeys(["mm", "millimetre", "millimetres", "millimeters"], ("metres", 1e-3)),
    **dict.fromkeys(["cm", "centimetre", "centimetres", "centimeters"], ("metres", 1e-2)),
    **dict.fromkeys(["metre", "metres", "meter", "meters"], ("metres", 1)),
    **dict.fromkeys(["km", "kilometre", "kilometres", "kilometers"], ("metres", 1e3)),
}

_SPELLED = "|".join(sorted(_WORDS, key=len, reverse=True))
_FRACTION = "|".join(sorted(_SHARES, key=len, reverse=True))
_SCALE = r"hundred|thousand|millions?|billions?|trillions?|bn|mn|[kKMBT](?![\w'])"
_MULTIPLE = "|".join(word for word in _MULTIPLES if word != "twice")
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_AFTER = rf"""
    (?P<scale>[ -]?(?:{_SCALE}))?
    (?:
      (?P<points>[ -]?(?:absolute[ ])?(?:(?:%|per\s?cent|percent|percentage|accuracy)[ -])?
         (?:points?|pts?)\b|[ ]?pp\b)
    | (?P<percent>[ -]?(?:%|per\s?cent\b|percent\b))
    | (?P<times>[ -]?(?:×(?!\s?\d)|[xX]\b(?!\s?\d)|times\b|fold\b|-fold\b))
    | [ -]?(?P<unit>(?i:{_UNIT}))(?![\w'])
    )?
"""
_NUMBER = re.compile(
    rf"""
    (?<![\w.])(?<!\d,)(?:
      (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:[eE](?P<power>-?\d{{1,2}})\b)?
      {_AFTER}
    | (?P<share>(?:(?P<count>\d|(?i:one|two|three|four|a))[ -])?\b(?P<fraction>(?i:{_FRACTION}))\b)
    | (?P<multiple>\b(?:twice(?=\s(?:as|the|that|more))|(?i:{_MULTIPLE}))\b)
    | (?P<spelled>\b(?i:{_SPELLED}|a(?=[ -](?:hundred|thousand|million|billion|trillion))))\b
      {_AFTER.replace("?P<", "?P<w_")}
    )(?!-?D\b)(?!(?<=\d)(?:[A-Za-z]|\)(?!\s?[,.;])))
    """,
    re.VERBOSE,
)
_JOINT = re.compile(
    r"\s*(?:to|and|or|–|-|—|, and|and/or|but|by|versus|vs\.?|instead of|rather than"
    r"|compared (?:to|with)|(?:up |down )?from)\s*(?:to |by )?"
)
_AGE = re.compile(r"\bage[ds]?\s(?:of\s|between\s|from\s)?(?:\d+\s?(?:to|and|-|–)\s?)?$")
_OF_UNIT = re.compile(rf"\s+an?\s+(?P<unit>{_UNIT})\b", re.IGNORECASE)
_BEFORE = 30  # characters before a number in which `age of` or `factor of` stands
_FACTOR = re.compile(r"\bfactors?\s+(?:of\s+)?(?:about\s+|roughly\s+|nearly\s+)?$")


def quantities(text: str, skip: Iterable[tuple[int, int]] = ()) -> list[Quantity]:
    """List the numbers of a readable text with their units, in order.

    Args:
        text: the text; `one` and ordinals are left out, for they rarely count.
        skip: spans whose digits belong to something else, such as names and dates.
    """
    spans = tuple(skip)
    found = [q for q in _all(text) if not any(a <= q.start < b for a, b in spans)]
    return _share_units(found, text)


@lru_cache(maxsize=4096)
def _all(text: str) -> tuple[Quantity, ...]:
    """List the numbers of a text, names and dates included, without shared units."""
    return tuple(q for found in _NUMBER.finditer(text) if (q := _quantity(found)))


def _quantity(found: re.Match[str]) -> Quantity | None:
    """Read one number; `None` for `one` as a pronoun, for ordinals and for `zero-shot`."""
    if found["share"]:
        return _share(found)
    if found["multiple"]:
        value = _MULTIPLES[found["multiple"].lower()]
        return Quantity(value, TIMES, 1, *found.span(), found[0], vague=True)
    mark = "" if found["digits"] else "w_"
    value, grain = _value(found)
    scale = (found[f"{mark}scale"] or "").strip(" -").lower()
    spelled = (found["spelled"] or "").lower()
    if spelled == "one" and not _counts(found, mark):
        return None
    if spelled == "zero" and found.string[found.end() : found.end() + 1] == "-":
        return None
    unit, size = _unit(found, mark)
    factor = _SCALES.get(scale, 1) * size
    return Quantity(value * factor, unit, grain * factor, *found.span(), found[0].strip())


def _counts(found: re.Match[str], mark: str) -> bool:
    """Say whether `one` is a number; `one day` is no more than a day."""
    return any(found[mark + group] for group in ("scale", "percent", "points", "times"))


def _share(found: re.Match[str]) -> Quantity | None:
    """Read `half` or `two thirds`; `third` after no count is an ordinal."""
    word, count = found["fraction"].lower(), (found["count"] or "").lower()
    if not count and not word.startswith("hal"):
        return None
    whole = _OF_UNIT.match(found.string, found.end())
    if whole and word == "half":
        unit, size = _UNITS[whole["unit"].lower()]
        return Quantity(0.5 * size, unit, 0.5 * size, found.start(), whole.end(), found[0])
    many = {"one": 1, "two": 2, "three": 3, "four": 4, "a": 1, "": 1}.get(count) or int(count)
    return Quantity(many * _SHARES[word], PERCENT, 1, *found.span(), found[0], vague=True)


def _value(found: re.Match[str]) -> tuple[float, float]:
    """Return the number as printed and the value of its last digit."""
    if found["spelled"]:
        return _WORDS.get(found["spelled"].lower(), 1), 1
    digits = found["digits"].replace(",", "")
    decimals = len(digits.partition(".")[2])
    power = 10.0 ** int(found["power"] or 0)
    return float(digits) * power, 10.0**-decimals * power


def _unit(found: re.Match[str], mark: str) -> tuple[str, float]:
    """Return the unit and how much of it one printed unit is."""
    for group, unit in (("points", POINTS), ("percent", PERCENT), ("times", TIMES)):
        if found[mark + group]:
            return unit, 1
    printed = found[f"{mark}unit"]
    if printed:
        return _UNITS[printed.lower()]
    before = found.string[max(0, found.start() - _BEFORE) : found.start()]
    if _AGE.search(before):
        return _UNITS["years"]
    return (TIMES, 1) if _FACTOR.search(before) else ("", 1)


def _share_units(found: list[Quantity], text: str) -> list[Quantity]:
    """Give a number without a unit the unit of the next one in `2 to 4 seconds`."""
    out = list(found)
    for at in range(len(out) - 2, -1, -1):
        this, after = out[at], out[at + 1]
        joined = _JOINT.fullmatch(text[this.end : after.start])
        if joined and not this.unit and this.grain <= 1 and (after.unit or after.grain > 1):
            size = unit_size(after)
            out[at] = this._replace(
                value=this.value * size, grain=this.grain * size, unit=after.unit, shared=True
            )
    return out


_SINGLE = re.compile(rf"\b(?:an?|one|per|each|every)\s(?P<unit>{_UNIT})\b", re.IGNORECASE)


def single_units(text: str) -> list[Quantity]:
    """List what a readable text counts without a number, as in `an hour` or `per second`."""
    return [
        Quantity(size, unit, size, *found.span(), found[0])
        for found in _SINGLE.finditer(text)
        for unit, size in [_UNITS[found["unit"].lower()]]
        if len(found["unit"]) > 2
    ]


def unit_size(quantity: Quantity) -> float:
    """Return how much one printed unit of a quantity is: 1,000,000 for `2.4 million`."""
    found = _NUMBER.match(quantity.text)
    value = _value(found)[0] if found and (found["digits"] or found["spelled"]) else 0.0
    return quantity.value / value if value else 1.0


def printed(quantity: Quantity) -> str:
    """Write a quantity as its text has it, with a unit that it shares."""
    return f"{quantity.text} {quantity.unit}" if quantity.shared else quantity.text
