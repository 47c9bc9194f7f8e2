"""Who and what a person follows, and which papers it is found in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints

from pipeline.latex import plain
from pipeline.library import Entry, Volume
from pipeline.mentions import name_key
from pipeline.people import person
from pipeline.records import Frozen

Kind = Literal["author", "topic", "lineage"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
T = TypeVar("T")

_CACHED = 65_536


class Follow(Frozen):
    """What is followed: `[follow]` of the settings file; each name as a person wrote it."""

    authors: list[Name] = Field([], description="People, in any usual way of writing them.")
    topics: list[Name] = Field([], description="Words or phrases of titles and abstracts.")
    lineages: list[Name] = Field([], description="Lines of work, by any name of any member.")

    def of(self, kind: Kind) -> list[str]:
        """Return the names of one kind."""
        return {"author": self.authors, "topic": self.topics, "lineage": self.lineages}[kind]


# --- Authors -------------------------------------------------------------------------------


def signed(entry: Entry, volumes: Mapping[str, Volume]) -> list[str]:
    """List who a paper is by, each name once, in order.

    Those are its authors as printed, and whose pages list it, since a list of authors may be cut.
    """
    headers = (volumes[ref.document].reading.header for ref in entry.paper.records)
    owners = (header.name for header in headers if header is not None and header.name)
    named: list[str] = []
    for name in (*(entry.paper.authors or ()), *owners):
        if not any(person(name) == person(one) for one in named):
            named.append(name)
    return named


# --- Topics --------------------------------------------------------------------------------

_HYPHEN = r"[\-‐‑–]"
_SPACE = rf"(?:\s|{_HYPHEN})+"
_JOINT = rf"(?:\s|{_HYPHEN})*"
_BREAK = rf"(?:{_HYPHEN}\s?)?"  # a word's own, or the printer's
_SINGULAR = ("ss", "us", "is", "ics", "news")


def topic_in(text: str, topic: str) -> bool:
    """Say whether a text holds a topic as whole words in a row.

    Hyphens of the text count for nothing, those of the topic also stand for a space or none, and
    singular and plural in `s` are alike. Case counts only where the topic is in capitals (`SFT`).
    """
    capitals, pattern = _pattern(topic)
    return pattern is not None and pattern.search(_readable(text, folded=not capitals)) is not None


@lru_cache(maxsize=256)
def _readable(text: str, *, folded: bool) -> str:
    letters = unicodedata.normalize("NFKC", plain(text))
    return letters.casefold() if folded else letters


@lru_cache(maxsize=_CACHED)
def _pattern(topic: str) -> tuple[bool, re.Pattern[str] | None]:
    """Return whether case counts, and the pattern of a topic; None for one without letters."""
    letters = unicodedata.normalize("NFKC", topic)
    parted = [list(filter(None, re.split(_HYPHEN, word))) for word in letters.split()]
    words = [parts for parts in parted if parts]
    if not re.search(r"[^\W_]", letters):
        return False, None
    capitals = all(_capitals(part) for parts in words for part in parts)
    if not capitals:
        words = [[part.casefold() for part in parts] for parts in words]
    row = _SPACE.join(_JOINT.join(map(_form, parts)) for parts in words)
    # A search leaps to a pattern's first letter, unless a look-behind stands before it.
    first = re.escape(words[0][0][0])
    rest = row.removeprefix(first)
    return capitals, re.compile(rf"{first}(?<!\w{first})(?<!\d\.{first}){rest}(?!\w|\.\d)")


def _capitals(word: str) -> bool:
    return word.removesuffix("s").isupper() or not re.search(r"[^\W\d_]", word)


def _form(word: str) -> str:
    """Return the pattern of a word in singular and plural."""
    one = _singular(word)
    plural = "s?" if one[-1:].isalpha() and not one.endswith(("s", "S")) else ""
    return _BREAK.join(map(re.escape, one)) + plural


def _singular(word: str) -> str:
    """Return a word without its plural's s; `news` and `physics` are none."""
    long = len(word) > 3 and not word.casefold().endswith(_SINGULAR)
    return word[:-1] if word.endswith("s") and (long or word[:-1].isupper()) else word


def is_about(entry: Entry, topic: str) -> bool:
    """Say whether the title or the abstract of a paper holds a topic."""
    texts = (entry.paper.title, entry.record and entry.record.abstract)
    return any(topic_in(text, topic) for text in texts if text)


def same_topic(one: str, other: str) -> bool:
    """Say whether two ways of writing a topic are found in the same texts."""
    return topic_in(one, other) and topic_in(other, one)


# --- Lineages ------------------------------------------------------------------------------


def name_keys(name: str) -> list[str]:
    """Return what two ways of writing a work's name share, the surest first."""
    return [key for key in (name_key(name)[0], name.casefold()) if key]


def by_any_name(named: Mapping[str, T], name: str) -> T | None:
    """Return what goes by a name, however that is written; None where nothing does.

    `named` maps names and slugs, of a line and of its members, to the line; the first counts.
    """
    by_key: dict[str, T] = {}
    for written, one in named.items():
        for key in name_keys(written):
            by_key.setdefault(key, one)
    return next((by_key[key] for key in name_keys(name) if key in by_key), None)
