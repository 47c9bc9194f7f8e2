"""Words as the grounding checks compare them: tokens, light stems, and words that mean alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pipeline.latex import plain
from pipeline.synonyms import FUNCTION_WORDS, SYNONYMS

_TOKEN = re.compile(
    r"(?P<address>(?:https?://|www\.|arXiv:)\S+)"
    r"|(?P<word>[^\W_](?:[\w+*&’']|[-‐‑/](?=\w)|(?<=\d)[.,](?=\d))*)"
    r"|(?P<mark>[^\w\s])"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-", "−": "-"})


class Token(NamedTuple):
    """A word, number, mark or address of a text; offsets are start inclusive, end exclusive.

    `lower` is the token in lower case without a possessive ending; `is_word` tells words and
    numbers from marks; `is_address` is true for addresses of the web and arXiv ids.
    """

    text: str
    start: int
    end: int
    lower: str
    is_word: bool
    is_address: bool


@lru_cache(maxsize=4096)
def readable(text: str) -> str:
    """Render LaTeX and compatibility characters, with plain apostrophes and hyphens."""
    return plain(unicodedata.normalize("NFKC", plain(text))).translate(_QUOTES)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """Cut a readable text into tokens."""
    return tuple(
        Token(found[0], found.start(), found.end(), *_looks(found[0]))
        for found in _TOKEN.finditer(text)
    )


@lru_cache(maxsize=65536)
def _looks(text: str) -> tuple[str, bool, bool]:
    """Return a token in lower case, whether it is a word, and whether it is an address."""
    lower = _POSSESSIVE.sub("", text.lower())
    return lower, text[0].isalnum(), text.startswith(("http://", "https://", "www.", "arXiv:"))


def unpossessed(written: str) -> str:
    """Drop a possessive ending, with a plain apostrophe."""
    return written[:-2] if written.endswith("'s") else written.removesuffix("'")


# --- Stems and meanings --------------------------------------------------------------------

_ENDINGS = re.compile(
    r"(?:isations?|izations?|ations?|ically|ingly|edly|ments?|ness|ities|ity|ances?|ences?|ables?"
    r"|ibly|ably|ible|ively|ives?|isers?|izers?|ised?|ized?|ises|izes|ising|izing|ates|ated|ating"
    r"|ators?|ate|ions?|ings?|ers?|ors?|ally|als?|ful|ous|ies|ied|est|ed|es|ly|ic|[esy])$"
)
_DOUBLED = re.compile(r"([bdgklmnprtv])\1$")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Reduce a lower-case word to what its forms share; at least three letters stay."""
    if not word.isalpha() or len(word) < 4:
        return word
    short = word
    while (found := _ENDINGS.search(short)) and found.start() >= 3:
        short = short[: found.start()]
        if len(found[0]) > 2:
            break
    return _DOUBLED.sub(r"\1", short)


@lru_cache(maxsize=65536)
def meaning(word: str) -> str:
    """Reduce a lower-case word to its group of synonyms, or to its stem when it is in none."""
    return _GROUPS.get(word) or _GROUPS.get(stem(word)) or stem(word)


def _grouped() -> dict[str, str]:
    """List the group of each word and stem of the table; a group is called by its first word."""
    groups: dict[str, str] = {}
    for line in SYNONYMS:
        first, *_ = line.split()
        for word in line.split():
            groups.setdefault(word, first)
            groups.setdefault(stem(word), first)
    return groups


_GROUPS = _grouped()


def parts(token: Token) -> tuple[str, ...]:
    """List the words that a hyphen or slash joins, in lower case."""
    return _cut(token.lower)


@lru_cache(maxsize=65536)
def _cut(word: str) -> tuple[str, ...]:
    return tuple(part for part in _JOINT.split(word) if part)


_JOINT = re.compile(r"[-/]")


def is_content(word: str) -> bool:
    """Say whether a lower-case word carries meaning of its own."""
    return len(word) > 1 and word not in FUNCTION_WORDS and not word[0].isdigit()


@lru_cache(maxsize=4096)
def content(text: str) -> tuple[str, ...]:
    """List the meanings of the content words of a readable text, in order, repeats kept."""
    return tuple(map(meaning, content_words(text)))


@lru_cache(maxsize=4096)
def content_words(text: str) -> tuple[str, ...]:
    """List the content words of a readable text in lower case, in order, repeats kept."""
    return tuple(
        part
        for token in tokens(text)
        if token.is_word and not token.is_address
        for part in parts(token)
        if is_content(part)
    )


def addresses(text: str) -> list[str]:
    """List the addresses and arXiv ids of a readable text, without marks at their ends."""
    return [t.text.rstrip(".,;:)]}'\"”") for t in tokens(text) if t.is_address]


_MOST_LISTED = 6


def some(words: Iterable[str]) -> str:
    """List the first few of some words, each once, for a message; `none` where there are none."""
    listed = list(dict.fromkeys(words))
    more = ", …" if len(listed) > _MOST_LISTED else ""
    return (", ".join(word[:60] for word in listed[:_MOST_LISTED]) + more) or "none"
