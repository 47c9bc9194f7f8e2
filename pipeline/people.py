"""Names of people: taken apart, compared, and grouped by person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pipeline.latex import plain

_CACHED = 65_536


class Person(NamedTuple):
    """A name taken apart: given names in order and the family name, case and accents aside.

    The second part of a hyphenated given name keeps its hyphen. A name of one word is all
    family, one without a letter is empty.
    """

    given: tuple[str, ...]
    family: str


_APOSTROPHES = re.compile(r"['’ʼ`]")
_NAME_PART = re.compile(r"-?[^\W\d_]+")
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"}
    | dict.fromkeys("\u2010\u2011\u2012\u2013", "-")
)


@lru_cache(maxsize=_CACHED)
def person(name: str) -> Person:
    """Take a name apart; `Lu, Lewei` is `Lewei Lu`."""
    family, comma, given = name.partition(",")
    flat = _APOSTROPHES.sub("", _folded(f"{given} {family}" if comma else name))
    parts = _NAME_PART.findall(flat.replace(".", " "))
    return Person(tuple(parts[:-1]), parts[-1].lstrip("-") if parts else "")


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", plain(text).casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).translate(_PLAIN)


def may_be_one(one: str, other: str) -> bool:
    """Say whether two printed names may be those of one person.

    The family names are equal, and the given names agree in order, an initial with any name that
    it opens; further initials may be missing (`John Smith`, `John A. Smith`), a further name that
    is written out may not. A family name alone is nobody's but its own.
    """
    first, second = person(one), person(other)
    if first.family != second.family or not first.family:
        return False
    if not first.given or not second.given:
        return first.given == second.given
    return _agree(*sorted((first.given, second.given), key=len))


def _agree(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Compare given names: `Yu-Gang`, `Yugang`, `Yu Gang` agree; `Jean` and `Jean-Luc` do not."""
    if _glued(short) == _glued(long):
        return True
    pairs = [(a.lstrip("-"), b.lstrip("-")) for a, b in zip(short, long, strict=False)]
    alike = (a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in pairs)
    shortened = 1 in map(len, pairs[-1])
    rest = long[len(short) :]
    return all(alike) and all(shortened if n[0] == "-" else len(n) == 1 for n in rest)


def _glued(names: Iterable[str]) -> str:
    return "".join(names).replace("-", "")


def authors_of(printed: Iterable[str], followed: str) -> list[str]:
    """List the printed names that may be those of a followed author, each once, in order."""
    return [name for name in dict.fromkeys(printed) if may_be_one(name, followed)]


def people(printed: Iterable[str]) -> list[list[str]]:
    """Group printed names by person, in order of first sight.

    A name that may be that of several of the others, as `L. Lu` beside `Lewei Lu` and `Lin Lu`,
    stands alone: nothing says whose it is.
    """
    names = list(dict.fromkeys(printed))
    groups: list[list[str]] = []
    for name in sorted(names, key=lambda name: -len(_glued(person(name).given))):
        same = [group for group in groups if any(person(name) == person(one) for one in group)]
        fitting = [group for group in groups if all(may_be_one(name, one) for one in group)]
        if same or len(fitting) == 1:
            (same or fitting)[0].append(name)
        else:
            groups.append([name])
    place = names.index
    return sorted((sorted(group, key=place) for group in groups), key=lambda group: place(group[0]))
