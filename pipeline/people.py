"""Names of people: taken apart, compared, and grouped by person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from pipeline.latex import plain

PARTICLES = frozenset(
    "van von vom der den de da das di del della la le los bin ibn bint al el abu do dos du te ten "
    "ter op zu zum zur y e af av 't ’t".split()
)
_CACHED = 262_144  # names; a paper of a large collaboration has three thousand


class Person(NamedTuple):
    """A name taken apart: given names in order and the family name, case and accents aside.

    The second part of a hyphenated given name keeps its hyphen; words such as `van der` count as
    given names. A name of one word or in East Asian characters is all family, one without a letter
    is empty.
    """

    given: tuple[str, ...]
    family: str


_APOSTROPHES = re.compile(r"['’ʼ`]")
_NAME_PART = re.compile(r"-?[^\W\d_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"}
    | dict.fromkeys("\u2010\u2011\u2012\u2013", "-")
)


@lru_cache(maxsize=_CACHED)
def person(name: str) -> Person:
    """Take a name apart; `Lu, Lewei` is `Lewei Lu`, and what stands in brackets is left out."""
    spaced = name.replace(".", " ")
    if spaced.isascii() and spaced.replace(" ", "").isalpha():
        return _person(spaced.lower().split())
    bare = _BRACKETED.sub(" ", name)
    family, comma, given = (bare if bare.strip() else name).partition(",")
    parts = _parts(f"{given} {family}" if comma else family)
    if _EAST_ASIAN.fullmatch("".join(parts)):
        return Person((), "".join(_parts(f"{family} {given}")))
    return _person(parts)


def _person(parts: list[str]) -> Person:
    return Person(tuple(parts[:-1]), parts[-1].lstrip("-") if parts else "")


def _parts(name: str) -> list[str]:
    return _NAME_PART.findall(_APOSTROPHES.sub("", _folded(name)).replace(".", " "))


def _folded(text: str) -> str:
    letters = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain(text).casefold()))
    if letters.isascii():
        return letters
    return "".join(c for c in letters if not unicodedata.combining(c)).translate(_PLAIN)


def may_be_one(one: str, other: str) -> bool:
    """Say whether two printed names may be those of one person; see `fits`."""
    return fits(person(one), person(other))


def fits(one: Person, other: Person) -> bool:
    """Say whether two names may be those of one person.

    The family names are equal, and the given names agree in order, an initial with any name that
    it opens; further initials may be missing (`John Smith`, `John A. Smith`), a further name that
    is written out may not, nor may a particle. A family name alone is nobody's but its own.
    """
    if one.family != other.family or not one.family:
        return False
    if not one.given or not other.given:
        return one.given == other.given
    given = [one.given, other.given]
    shared = particles(one.given)
    if shared and shared == particles(other.given):
        given = [names[: -len(shared)] for names in given]
    return _agree(*sorted(given, key=len))


def particles(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the particles before the family name, as `van der`; the first name is none."""
    start = len(given)
    while start > 1 and given[start - 1] in PARTICLES:
        start -= 1
    return given[start:]


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


def around(one: Person, others: Iterable[Person]) -> set[Person]:
    """Return a name and those of the others that may be the same person's."""
    return {one, *(other for other in others if fits(one, other))}


def agree(
    names: Collection[Person], together: Callable[[Person, Person], bool] = lambda *_: True
) -> bool:
    """Say whether all of the names may be one person's; `together` may part two that fit."""
    return all(fits(a, b) and together(a, b) for a, b in combinations(names, 2))


def same_person(
    one: Person,
    others: Collection[Person],
    together: Callable[[Person, Person], bool] = lambda *_: True,
) -> set[Person]:
    """Return a name and those of the others that are taken for the same person's.

    Nothing is guessed: a name that may be that of several people, as `L. Lu` beside `Lewei Lu` and
    `Lin Lu`, stands alone. So the order of names decides nothing.
    """
    near = around(one, others)
    if not agree(near, together):
        return {one}
    return {name for name in near if agree(around(name, others), together)} | {one}


def authors_of(printed: Iterable[str], followed: str) -> list[str]:
    """List the printed names that may be those of a followed author, each once, in order."""
    return [name for name in dict.fromkeys(printed) if may_be_one(name, followed)]


def people(printed: Iterable[str]) -> list[list[str]]:
    """Group printed names by person, in order of first sight; see `same_person`."""
    listed = {name: person(name) for name in printed}
    names = dict.fromkeys(listed.values())
    groups = dict.fromkeys(frozenset(same_person(one, names)) for one in names)
    return [[name for name, one in listed.items() if one in group] for group in groups]
