"""Whether a text knows the names that another one mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from pipeline.mentions import Mention, mentions, name_key
from pipeline.wording import Token, meaning, parts, stem, tokens, unpossessed

_DIGIT = re.compile(r"\d")
_RUN = 4  # the most words that one name has
_CONNECTORS = frozenset("of the and for in to a with by on".split())
_FAMILY = frozenset("series family line models suite lineage versions generation".split())
_PRINTED_SIZE = re.compile(r"(?<![\d.])a?\d+(?:\.\d+)?[bm]\b")


class Known(NamedTuple):
    """The names that a text knows: keys of its runs of words, sizes, stems, and first letters."""

    keys: frozenset[str]
    sizes: frozenset[str]
    sized: frozenset[tuple[str, str]]
    stems: frozenset[str]
    families: frozenset[str]
    initials: tuple[str, str]


@lru_cache(maxsize=2048)
def known_names(text: str) -> Known:
    """Collect what a readable text may call things; a versioned name is not known without it."""
    row = [token for token in tokens(text) if token.is_word and not token.is_address]
    found = mentions(text)
    versioned = {m.start for m in found if _DIGIT.search(m.key)}
    longer = {m.start for m in found if m.start in versioned and " " in m.text}
    runs = [
        (key, size)
        for at, token in enumerate(row)
        for end, key, size in _runs(text, row, at)
        if end > token.end or token.start not in longer
    ]
    words = [part for token in row for part in parts(token)]
    plain = [part for token in row if token.start not in versioned for part in _loose(token)]
    return Known(
        frozenset(key for key, _ in runs),
        frozenset(_PRINTED_SIZE.findall(" ".join(words))),
        frozenset(run for run in runs if run[1]),
        frozenset(form for word in plain for form in (word, stem(word), meaning(word))),
        frozenset(m.key.split("|")[0] for m in found),
        ("".join(w[0] for w in words), "".join(w[0] for w in words if w not in _CONNECTORS)),
    )


def _runs(text: str, row: list[Token], at: int) -> Iterator[tuple[int, str, str]]:
    """Read the runs of words from a place on as names: where each ends, its key and its size."""
    plain: str | None = ""
    for token in row[at : at + _RUN]:
        if token.text.islower() and token.text.isalpha() and plain is not None:
            plain += token.text
            yield token.end, plain, ""
        else:
            plain = None
            yield token.end, *name_key(unpossessed(text[row[at].start : token.end]))


def _loose(token: Token) -> tuple[str, ...]:
    """List the parts of a token that stand for themselves; those of `Foo-Mini-2B` do not."""
    after = token.text.split("-")[1:]
    return () if after and all(not piece[:1].islower() for piece in after) else parts(token)


# --- Comparing -----------------------------------------------------------------------------


def unknown_names(text: str, known: Known) -> list[Mention]:
    """List the names of a readable text that are not among those known."""
    row = [token for token in tokens(text) if token.is_word]
    named = mentions(text)
    covered = _covered(text, row, known, {m.start for m in named})
    return [
        mention
        for mention in named
        if mention.end > covered[mention.start]
        and not _known_alone(mention, known)
        and not _of_family(row, mention, known)
    ]


def _covered(text: str, row: list[Token], known: Known, wanted: set[int]) -> dict[int, int]:
    """Map each word's start to the end of the longest known name that reaches over it.

    Names begin at most `_RUN` words before one of the wanted starts.
    """
    places = {near for at, token in enumerate(row) if token.start in wanted
              for near in range(max(0, at - _RUN + 1), at + 1)}  # fmt: skip
    reach = [_reach(text, row, at, known) if at in places else -1 for at in range(len(row))]
    return dict(zip((token.start for token in row), accumulate(reach, max), strict=True))


def _reach(text: str, row: list[Token], at: int, known: Known) -> int:
    """Find where the longest known name from a place on ends; -1 when none begins there."""
    known_ends = (end for end, key, size in _runs(text, row, at) if _is_known(key, size, known))
    return max(known_ends, default=-1)


def _is_known(key: str, size: str, known: Known) -> bool:
    """Say whether a name is known, in this size where it has one; a plural is known as one."""
    if key not in known.keys and key.removesuffix("s") not in known.keys:
        return False
    return not size or (key, size) in known.sized or set(size.split("-")) <= known.sizes


def _known_alone(mention: Mention, known: Known) -> bool:
    """Say whether a name without a version is an ordinary word or short form of the other text."""
    if mention.size or _DIGIT.search(mention.key):
        return False
    named = [piece for piece in re.split(r"[-/]", mention.text) if piece != piece.lower()]
    pieces = [piece.lower() for piece in named]
    if all(not known.stems.isdisjoint((p, stem(p), meaning(p))) for p in pieces):
        return True
    if _PEOPLE.fullmatch(mention.text) and _of_country(mention.text.lower(), known):
        return True
    return mention.text.rstrip("s").isupper() and _spelled_out(mention.text.lower(), known)


_PEOPLE = re.compile(r"[A-Z][a-z]{3,}(?:ian|ish|ese|ean|an|i)s?")


def _of_country(adjective: str, known: Known) -> bool:
    """Say whether an adjective such as `norwegian` begins as a country that the text names."""
    return any(
        family[:4] == adjective[:4] and re.fullmatch(r"[a-z]{0,5}", family[4:])
        for family in known.families
        if len(family) > 3
    )


def _spelled_out(short: str, known: Known) -> bool:
    """Say whether the letters of a short form begin words that follow each other."""
    letters = re.sub(r"[^a-z0-9]", "", short)
    forms = {letters, letters.removesuffix("s")}
    return any(form in row for form in forms for row in known.initials if len(form) > 1)


def _of_family(row: list[Token], mention: Mention, known: Known) -> bool:
    """Say whether a name without its version is called a series, as in `the Foo models`."""
    after = {token.lower for token in row if mention.end <= token.start <= mention.end + 12}
    return mention.key in known.families and not _FAMILY.isdisjoint(after)


# --- Short forms ---------------------------------------------------------------------------

_SHORT_FORM = re.compile(r"\b[A-Z]{2,6}(?=s?\b)")


_FIRST_LETTER = re.compile(r"\b[A-Za-z](?=[a-z]{2})")


def shortened(text: str, other: str) -> str:
    """Put short forms that another text has, and never spells out, for the words they stand for."""
    initials = "".join(_FIRST_LETTER.findall(text)).upper()
    for short in dict.fromkeys(_SHORT_FORM.findall(other)):
        if short in initials and not (words := _words_of(short)).search(other):
            text = words.sub(short, text)
    return text


@lru_cache(maxsize=1024)
def _words_of(short: str) -> re.Pattern[str]:
    """Return what a short form stands for as a pattern, with the form in brackets after it."""
    words = r"[ -]".join(rf"{letter}[a-z]{{2,}}" for letter in short)
    return re.compile(rf"\b{words}(?:\s\({short}s?\))?", re.IGNORECASE)
