"""Whether a claim says which way things go as its evidence does: up or down, yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.mentions import mentions
from pipeline.negation import (
    Word,
    beside,
    closeness,
    denied_later,
    excuses,
    marked_words,
    opened,
    word_at,
)
from pipeline.numbers import Finding
from pipeline.poles import AXES, COSTS, STRONG, TURNED
from pipeline.sides import comparand, compares, exchanged, mirrored
from pipeline.wording import stem


class Pole(NamedTuple):
    """A word that says which way: its axis, and +1 or -1, negation taken in."""

    axis: str
    sign: int
    at: int
    word: str
    lacking: frozenset[str]


def _forms() -> dict[str, list[tuple[str, int]]]:
    """List the axes and signs of each word of the table."""
    forms: dict[str, list[tuple[str, int]]] = {}
    for axis, (plus, minus) in AXES.items():
        for words, sign in ((plus, 1), (minus, -1)):
            for word in words.split():
                forms.setdefault(word, []).append((axis, sign))
    return forms


_FORMS = _forms()
_FIGURE = re.compile(
    r"\d|hal[fv]|doubl|tripl|twice|one|two|three|four|five|six|seven|eight|nine|ten"
)


@lru_cache(maxsize=2048)
def poles(text: str) -> tuple[Pole, ...]:
    """List the words of a readable text that say which way things go."""
    words = marked_words(text)
    return tuple(
        Pole(
            _bounded(axis, words, at),
            -sign if _is_denied(word, axis) and not _joined(words, at) else sign,
            at,
            word.text,
            word.lacking,
        )
        for at, word in enumerate(words)
        for axis, sign in _senses(words, at)
        if not _set_phrase(words, at)
    )


_FAR_DENIED = frozenset("sight holding manner".split())  # a denial reaches them over a verb


def _is_denied(word: Word, axis: str) -> bool:
    return axis in TURNED and (word.denied or (word.negated and axis in _FAR_DENIED))


def _senses(words: tuple[Word, ...], at: int) -> list[tuple[str, int]]:
    """List the axes and signs of a word; what takes longer is slower as well."""
    forms = _FORMS.get(words[at].text, [])
    lasting = [sign for axis, sign in forms if axis == "length"]
    if lasting and any(word.text in _TAKES for word in words[max(0, at - 4) : at]):
        return [*forms, ("speed", -lasting[0])]
    return forms


_TAKES = frozenset("take takes took taking needs needed".split())


def _joined(words: tuple[Word, ...], at: int) -> bool:
    """Say whether a word is part of one with a hyphen, such as `fine-tuning`."""
    return any(
        other and other.start == words[at].start
        for other in (word_at(words, at - 1), word_at(words, at + 1))
    )


def _bounded(axis: str, words: tuple[Word, ...], at: int) -> str:
    """Tell `more than 100`, which bounds a number, from `more tokens`."""
    after = [word.text for word in words[at + 1 : at + 3]]
    bounds = after[:1] == ["than"] and len(after) > 1 and _FIGURE.match(after[1])
    direct = axis == "place" and after and re.match(r"\d", after[0])
    return "bound" if bounds or (direct and words[at].text in ("over", "under")) else axis


_PHRASES = frozenset(
    """
    more-than less-than no-more at-least at-most large-language high-level low-level long-term
    short-term deep-learning more-over high-dimensional low-dimensional large-scale small-scale
    open-source long-short least-squares
    """.split()
)


def _set_phrase(words: tuple[Word, ...], at: int) -> bool:
    """Say whether a word is part of a phrase in which it says no direction."""
    pair = "-".join(word.text for word in words[at : at + 2])
    before = "-".join(word.text for word in words[max(0, at - 1) : at + 1])
    return (pair in _PHRASES and words[at].text not in ("more", "less")) or before in _PHRASES


# --- Comparing -----------------------------------------------------------------------------


def turned_directions(claim: str, evidence: str) -> Iterator[Finding]:
    """Find words of a readable claim that go the other way than the evidence does."""
    here, there = marked_words(claim), marked_words(evidence)
    turned: dict[int, Pole] = {}
    for pole in poles(claim):
        other = _opposite(pole, (poles(claim), poles(evidence)), here, there)
        if other and not _changed_sides(claim, here[pole.at], evidence, there[other.at]):
            turned.setdefault(pole.at, other)
    if _turned_together(list(turned), here):
        return
    for at, other in turned.items():
        word = here[at].text
        how = (
            "is denied only in one of them"
            if stem(word) == stem(other.word)
            else "goes the other way"
        )
        yield word, f"“{word}” {how}: the evidence says “{other.word}”."


_UNGRADED = frozenset("company place order direction bound".split())


def exchanged_sides(claim: str, evidence: str) -> Iterator[Finding]:
    """Find comparisons of a readable claim whose two sides, no names, have changed places."""
    here, there = marked_words(claim), marked_words(evidence)
    if not (compares(here) and compares(there)):
        return
    for pole in (one for one in poles(claim) if one.axis not in _UNGRADED):
        alike = [o.at for o in poles(evidence) if (o.axis, o.sign) == (pole.axis, pole.sign)]
        kept = any(comparand(here, pole.at) & comparand(there, at) for at in alike)
        graded = _FORMS.keys() & {word.text for word in here[pole.at + 1 : pole.at + 3]}
        if not kept and not graded and any(exchanged(here, pole.at, there, at) for at in alike):
            message = f"The two sides of the comparison “{pole.word}” have changed places."
            yield pole.word, message


_PREFIX = re.compile(
    r"(?:un|non|dis(?!cover|count|play|patch|close|charge|card|course|pos))(?=[a-z]{4})"
    r"|i[nmr](?=[a-z]{3,}(?:ble|bly|ate|ent|ant|ect|al|ive|ar|ently|ately|ectly)\b)"
)


def turned_prefixes(claim: str, evidence: str) -> Iterator[Finding]:
    """Find words of a readable claim such as `disagree` where the evidence has `agree`, or back."""
    here, there = marked_words(claim), marked_words(evidence)
    for said, known in _prefixed(here, there):
        yield said.text, f"“{said.text}” is the opposite of “{known.text}” in the evidence."
    for known, said in _prefixed(there, here):
        yield said.text, f"“{said.text}” is the opposite of “{known.text}” in the evidence."


def _prefixed(mine: tuple[Word, ...], theirs: tuple[Word, ...]) -> Iterator[tuple[Word, Word]]:
    """List the words of one text with a prefix that denies, and the plain words of the other."""
    enough = 1.0 if len(mine) <= _SHORT and len(theirs) <= _SHORT else 3.5
    for at, word in enumerate(mine):
        found = _PREFIX.match(word.text)
        bare = stem(word.text[found.end() :]) if found else ""
        place = _place_of(bare, theirs) if bare else None
        if place is None or _has(bare, mine) or _has(stem(word.text), theirs):
            continue
        other, near = theirs[place], closeness(mine, at, theirs, place)
        apart = word.negated != other.negated or word.lacking | other.lacking
        if near >= enough and not apart:
            yield word, other


def _has(short: str, words: tuple[Word, ...]) -> bool:
    return _place_of(short, words) is not None


def _place_of(short: str, words: tuple[Word, ...]) -> int | None:
    """Find a word with a stem; `agre` is that of `agrees` as well as of `agreement`."""
    places = (
        at
        for at, word in enumerate(words)
        if (other := stem(word.text)).startswith(short) or short.startswith(other)
        if len(other) > 2 and abs(len(short) - len(other)) < 3
    )
    return next(places, None)


def _turned_together(places: list[int], here: tuple[Word, ...]) -> bool:
    """Say whether two turns are one statement: `smaller models err more` for `larger ... less`."""
    if len(places) != 2 or places[1] - places[0] < 2 or any(here[at].denied for at in places):
        return False
    between = {word.text for word in here[places[0] : places[1]]}
    return between.isdisjoint({"and", "or", ",", ";", ":", "."})


def _opposite(
    pole: Pole,
    both: tuple[tuple[Pole, ...], tuple[Pole, ...]],
    here: tuple[Word, ...],
    there: tuple[Word, ...],
) -> Pole | None:
    """Return the word of the evidence that says the opposite in the same place."""
    own, known = both
    alike = [other for other in known if other.axis == pole.axis] or [
        other for other in map(_as_amount, [there] * len(known), known) if other.axis == pole.axis
    ]
    if excuses(pole.lacking, there) or _denied_alike(pole, here, there):
        return None
    alike = [other for other in alike if not excuses(other.lacking, here)]
    scored = [(closeness(here, pole.at, there, other.at), other) for other in alike]
    if pole.axis == "quality":
        above = [other for other in known if other.axis == "place" and other.sign == pole.sign]
        scored += [(closeness(here, pole.at, there, other.at), other) for other in above]
    same = max((score for score, other in scored if other.sign == pole.sign), default=0.0)
    against = [pair for pair in scored if pair[1].sign != pole.sign]
    best, other = max(against, key=lambda pair: pair[0], default=(0.0, pole))
    if best <= same or best < _enough(pole, there, same > 0):
        return None
    taken = any(
        mine.axis == other.axis
        and mine.sign == other.sign
        and closeness(here, mine.at, there, other.at) >= best
        for mine in own
    )
    level = _both_ways(pole, own, known) and best - same < _CLEAR
    if taken or level or mirrored(here, pole.at, there, other.at):
        return None
    if pole.axis in STRONG:
        return other if _in_company(here, pole.at, there, other.at) else None
    told = any(_neighbours_agree(here, pole.at, there, o.at) for o in alike if o.sign == pole.sign)
    return other if _neighbours_agree(here, pole.at, there, other.at) and not told else None


def _denied_alike(pole: Pole, here: tuple[Word, ...], there: tuple[Word, ...]) -> bool:
    """Say whether a denial of the claim is about a word right after, which the evidence denies."""
    return here[pole.at].denied and denied_later(here, pole.at, there)


def _both_ways(pole: Pole, own: tuple[Pole, ...], known: tuple[Pole, ...]) -> bool:
    """Say whether both texts go up and down equally often, as in `with it` and `without it`."""
    mine, theirs = (
        sorted(other.sign for other in some if other.axis == pole.axis) for some in (own, known)
    )
    return len(set(mine)) == 2 and mine == theirs


_CLEAR = 2.5  # so much closer an opposite must be where both texts go both ways
_SHORT = 60  # words; in more, the same words turn up in other matters


def _enough(pole: Pole, there: tuple[Word, ...], both_ways: bool) -> float:
    """Say how close an opposite must stand to count."""
    if len(there) > _SHORT:
        return 3.5
    return 1.0 if pole.axis in STRONG and not both_ways else 2.5


def _neighbours_agree(here: tuple[Word, ...], at: int, there: tuple[Word, ...], other: int) -> bool:
    """Say whether two words have the same word directly before or after them."""
    pairs = [(word_at(here, at + d), word_at(there, other + d)) for d in (-1, 1)]
    ends = [after.text for after in pairs[1] if after and after.text[0].isdigit()]
    if len(ends) == 2 and len(set(ends)) > 1:
        return False
    return any(a and b and a.meaning == b.meaning and a.text.isalnum() for a, b in pairs)


def _in_company(here: tuple[Word, ...], at: int, there: tuple[Word, ...], other: int) -> bool:
    """Say whether two words share a content word beside them in their clauses, on either side."""
    mine, theirs = beside(here, at), beside(there, other)
    return not mine or not theirs or bool(mine & theirs)


def _changed_sides(claim: str, word: Word, evidence: str, other: Word) -> bool:
    """Say whether one text compares the names of the other, seen from the other one's side."""
    mine, theirs = _names_around(claim, word), _names_around(evidence, other)
    return mine[0] != "" and mine[0] == theirs[1] != theirs[0] and mine[1] in ("", theirs[0])


def _names_around(text: str, word: Word) -> tuple[str, str]:
    """Return the keys of the names nearest before and after a word; empty where there is none."""
    named = mentions(opened(text))
    before = [m.key for m in named if m.end <= word.start]
    after = [m.key for m in named if m.start > word.start]
    return (before[-1] if before else "", after[0] if after else "")


def _as_amount(words: tuple[Word, ...], pole: Pole) -> Pole:
    """Read better as more and worse as less, and the other way round beside a word for cost."""
    if pole.axis not in ("quality", "amount"):
        return pole
    near = words[max(0, pole.at - 3) : pole.at + 5]
    costly = any(stem(word.text) in COSTS or word.text in COSTS for word in near)
    axis = "amount" if pole.axis == "quality" else "quality"
    return pole._replace(axis=axis, sign=-pole.sign if costly else pole.sign)
