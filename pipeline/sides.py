"""Which side of a comparison is which: `A more than B` is `B less than A`, not `B more than A`."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.negation import Word

_COMPARATORS = frozenset("than versus vs compared relative unlike contrast opposed".split())
_ENDS = frozenset(".;,()")
_MOST = 3  # content words of what a comparison is made with

Words = tuple[Word, ...]


def compares(words: Words) -> bool:
    """Say whether a text compares two things in words such as `than`."""
    return any(word.text in _COMPARATORS or word.text == "as" for word in words)


def comparand(words: Words, at: int) -> frozenset[str]:
    """Collect what the word at a place compares with: what follows the nearest `than`."""
    place = _comparator(words, at)
    said: list[str] = []
    for word in words[place + 1 : place + 10]:
        if word.text in _ENDS or word.start == words[at].start or len(said) == _MOST:
            break
        said += [word.meaning] if word.content or word.text.isdigit() else []
    return frozenset(said)


def _comparator(words: Words, at: int) -> int:
    """Find the `than` or `as ... as` of a place, after it or else before; the end where none is."""
    marks = _COMPARATORS | ({"as"} if at and words[at - 1].text == "as" else set())
    ahead = (i for i in _sentence(words, at, 1) if words[i].text in marks)
    behind = (i for i in _sentence(words, at, -1) if words[i].text in _COMPARATORS)
    return next(ahead, next(behind, len(words)))


def _sentence(words: Words, at: int, step: int) -> Iterator[int]:
    """List the places after or before a place in its sentence; what is in brackets is left out."""
    place, deep = at + step, 0
    while 0 <= place < len(words) and words[place].text not in (".", ";"):
        deep += {"(": step, ")": -step}.get(words[place].text, 0)
        if deep <= 0:
            yield place
        place += step


def mirrored(here: Words, at: int, there: Words, other: int) -> bool:
    """Say whether two words compare the same two things, each seen from the other side."""
    mine, theirs = comparand(here, at), comparand(there, other)
    before = {here[place].meaning for place in _sentence(here, at, -1)}
    if not mine or not theirs:
        return bool(theirs) and theirs <= before
    said = before | {here[place].meaning for place in _sentence(here, at, 1)}
    rest = {word.meaning for word in there} - theirs
    apart = len(mine & rest - _often(here, mine)) > len(mine & theirs)
    return apart and (not theirs & said or bool(theirs & (said - mine)))


def _often(words: Words, among: frozenset[str]) -> set[str]:
    """List the meanings among some that a text has more than once; they tell no side."""
    return {m for m in among if sum(word.meaning == m for word in words) > 1}


def exchanged(here: Words, at: int, there: Words, other: int) -> bool:
    """Say whether two words that say the same compare the same things the wrong way round."""
    mine, theirs = comparand(here, at), comparand(there, other)
    if _multiple(here, at) != _multiple(there, other):
        return False
    own, known = _before(here, at), _before(there, other)
    mine, theirs = mine - own, theirs - known
    return bool(mine and theirs) and not mine & theirs and theirs <= own and mine <= known


def _multiple(words: Words, at: int) -> str:
    """Return the `twice` of `twice as large`; empty where there is none."""
    return words[at - 2].text if at > 1 and words[at - 1].text == "as" else ""


def _before(words: Words, at: int) -> set[str]:
    """Collect the content words up to a comparison, or up to a place where it comes first."""
    place = _comparator(words, at)
    until = place if at < place < len(words) else at
    said = {words[i].meaning for i in _sentence(words, until, -1) if words[i].content}
    return said - comparand(words, at) if place < at else said
