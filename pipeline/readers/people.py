"""Author lists: the names in them, and what tells them from titles and sentences."""

from __future__ import annotations

import re

from pipeline.people import PARTICLES

_ET_AL = re.compile(r",?\s*\bet al\.?$")
_COMMA = re.compile(r"\s*[,，、]\s*+(?!(?:Jr|Sr|II|III|IV)\b)(?:and\s+)?|\s+(?:and|&)\s+")
_SEMICOLON = re.compile(r"\s*[;；]\s*(?:and\s+)?")
_NO_NAME = re.compile(r"[\d:?!\"()\[\]{}@#$%=<>/\\|*_]")
_DOTTED = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]*|[A-Z][a-z]{1,3}\.")
_ELIDED = re.compile(r"(?P<before>[^\W\d_]{1,3})['’](?P<after>[^\W\d_])")
_MOST_WORDS = 7


def parse_authors(text: str) -> tuple[list[str], bool]:
    """Return the names of an author list and whether "et al." cuts it.

    Semicolons, where there are any, part the names; then a comma belongs to a name.
    """
    line = " ".join(text.split())
    shortened = _ET_AL.sub("", line)
    separator = _SEMICOLON if _SEMICOLON.search(shortened) else _COMMA
    return [name for name in separator.split(shortened) if name], shortened != line


def looks_like_authors(text: str) -> bool:
    """Tell whether `text` is a list of personal names, and not a title or a sentence."""
    names, cut = parse_authors(text)
    if cut:
        return bool(names) and all(map(_may_be_name, names))
    single = sum(" " not in name and name.isascii() for name in names)
    return bool(names) and all(map(_is_name, names)) and single <= 0.2 * len(names)


def may_be_authors(text: str) -> bool:
    """Tell whether `text`, where authors are expected, may be names, however unusual."""
    names, _ = parse_authors(text)
    return bool(names) and not text.endswith(".") and all(map(_may_be_name, names))


def _may_be_name(name: str) -> bool:
    words = name.split()
    return len(words) <= _MOST_WORDS and not _starts_small(words[0])


def _is_name(name: str) -> bool:
    words = name.split()
    if len(words) > _MOST_WORDS or len(name) > 80 or _NO_NAME.search(name):
        return False
    return all(map(_is_name_word, words)) and not name.islower()


def _is_name_word(word: str) -> bool:
    if word.endswith("."):
        return _DOTTED.fullmatch(word) is not None
    return not _starts_small(word)


def _starts_small(word: str) -> bool:
    """Tell whether a word begins in lower case, though not as `van`, `al-Amin` or `d'Orsay` do."""
    elided = _ELIDED.match(word)
    if not word[0].islower() or word.partition("-")[0] in PARTICLES:
        return False
    return elided is None or elided["after"].islower()
