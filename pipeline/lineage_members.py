"""A paper as the graph sees it: its names, their families, and what its sentences hold.

What the sentences hold depends on no other paper, but for which of the names that they write are
names of papers; so it is worked out once, and kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from pipeline.chunking import Sentence
from pipeline.facts import evidence
from pipeline.lineage_clauses import RelationType, introduces
from pipeline.lineage_cues import benchmarks, is_series, series, stated
from pipeline.mentions import Mention, mentions, name_key
from pipeline.names import MODEL_SIZE, parse_name
from pipeline.sheets import Evidence
from pipeline.wording import readable


class Member(NamedTuple):
    """A paper as the graph sees it.

    `names` are those that the paper coins, the main one first; `authors` are as printed, and may
    be cut; `links` are addresses that it gives for its own code and models; `sentences` are those
    of its abstract or text, in order. `title_at` is where a document prints the title; without it
    only sentences can show the name.
    """

    id: str
    label: str
    title: str | None
    names: tuple[str, ...]
    date: dt.date | None
    year_inferred: bool
    authors: tuple[str, ...]
    links: tuple[str, ...]
    sentences: Sequence[Sentence]
    title_at: Evidence | None = None


# --- Families ------------------------------------------------------------------------------


class Kin(NamedTuple):
    """A name as a member of a family; `edition` is empty for the family's main line."""

    stem: str
    version: tuple[int, ...]
    edition: str


MANY_NAMES = 1 << 16  # names of a library, each of which is asked for several times
_SIZE = re.compile(rf"^(?:{MODEL_SIZE.pattern}-?)+")
_SMALLER = re.compile(r"(mini|tiny|nano|micro|lite|pocket|fast|flash)[ -](?=\w)")
_OTHER_THING = re.compile(r"(?:bench\w*|eval\w*|data\w*|corpus|\d+k|instruct\w*|suite|test|arena)")


@lru_cache(maxsize=MANY_NAMES)
def kin(name: str) -> Kin:
    """Read the family, version and edition of a name; sizes count for nothing.

    What follows a size, as in `Foo-7B-Chat`, is an edition too.

    `Mini-Foo` and `Foo 2-Pro` are editions; whether `Foo-bar` is one depends on whether there is
    a `Foo`, and is left to `parent_stem`.
    """
    parsed = parse_name(name)
    edition = _SIZE.sub("", parsed.suffix)
    smaller = _SMALLER.match(parsed.stem)
    if smaller:
        return Kin(parsed.stem[smaller.end() :], parsed.version, f"{smaller[1]} {edition}".strip())
    return Kin(parsed.stem, parsed.version, edition)


def parent_stem(stem: str) -> Kin | None:
    """Return what an unversioned `foo-bar` is an edition of, if there is a `foo`.

    A benchmark or data set named after a work is another thing and no edition of it.
    """
    base, _, edition = stem.rpartition("-")
    if not base or not edition or _OTHER_THING.fullmatch(edition):
        return None
    parsed = kin(base)
    return Kin(parsed.stem, parsed.version, edition)


def kinships(names: Sequence[str]) -> list[Kin]:
    """List the families of a paper: of its main name, and of others of the same version."""
    if not names:
        return []
    main = kin(names[0])
    rest = [kin(name) for name in names[1:]]
    alike = [other for other in rest if main.version and other.version == main.version]
    return list(dict.fromkeys([main, *alike]))


def family_stems(names: Sequence[str]) -> frozenset[str]:
    """List the families that a paper may belong to, those that it is an edition of included."""
    found = {one.stem for one in kinships(names)}
    return frozenset(found | {base.stem for base in map(parent_stem, found) if base})


# --- What sentences hold ---------------------------------------------------------------------


class Said(NamedTuple):
    """A relation that a sentence states; `plural` is set where the name is followed by `models`."""

    type: RelationType
    name: Mention
    plural: bool
    place: Evidence


class Heard(NamedTuple):
    """What a paper states, read as long as its own names are `own`.

    Of the names that were looked up, `known` were those of papers and `unknown` were not.
    """

    own: frozenset[str]
    known: frozenset[str]
    unknown: frozenset[str]
    said: tuple[Said, ...]

    def holds(self, own: Set[str], known: Set[str]) -> bool:
        """Say whether it would be read alike where the paper and the library have these names."""
        return self.own == own and self.known <= known and known.isdisjoint(self.unknown)


class Words(NamedTuple):
    """What the names and sentences of one paper hold for the graph.

    `subject` is the name that the text gives away where the paper coins none; `keys` and `kin`
    are those of the paper's names, or of this one. `spelled` are the words of abbreviations, `data`
    and `named` the keys of names: those called a benchmark or data, and all that do not stand for a
    series. `series` are families spoken of, each with the words used. `place` is the first sentence
    with a name by which the paper belongs to its family.
    """

    keys: tuple[str, ...]
    kin: tuple[Kin, ...]
    subject: str | None
    spelled: dict[str, str]
    data: frozenset[str]
    named: frozenset[str]
    series: tuple[tuple[str, str], ...]
    place: Evidence | None
    heard: Heard | None = None


def words_of(member: Member) -> Words:
    """Read the sentences of a paper for what they hold whatever other papers there are."""
    texts = [readable(sentence.quote) for sentence in member.sentences]
    named = [(text, name) for text in texts for name in mentions(text)]
    subject = None if member.names else _subject(member.sentences)
    names = member.names or ((subject,) if subject else ())
    return Words(
        keys=tuple(dict.fromkeys(name_key(name)[0] for name in names)),
        kin=tuple(kinships(names)),
        subject=subject,
        spelled=expansions(member),
        data=frozenset(name.key for text in texts for name in benchmarks(text)),
        named=frozenset(name.key for text, name in named if not is_series(text, name)),
        series=tuple(dict.fromkeys(_series(member.sentences))),
        place=_place(member, names),
    )


def hear(member: Member, own: frozenset[str], known: Set[str]) -> Heard:
    """Read what a paper states of its own work, where these are its names and those of papers."""
    asked = _Asked(known)
    said = tuple(_said(member, own, asked))
    return Heard(own, frozenset(asked.found), frozenset(asked.missed), said)


class _Asked(Container[str]):
    """Names, and which of them were looked up, found and missed."""

    def __init__(self, names: Set[str]) -> None:
        self._names = names
        self.found: set[str] = set()
        self.missed: set[str] = set()

    def __contains__(self, name: object) -> bool:
        there = name in self._names
        (self.found if there else self.missed).add(str(name))
        return there


_PLURAL = re.compile(r"\s+(?:[a-z]+\s+)?(?:models|versions|variants|checkpoints|releases|works)\b")


def _said(member: Member, own: frozenset[str], known: Container[str]) -> Iterator[Said]:
    opened = False
    for sentence in member.sentences:
        text = readable(sentence.quote)
        opened = opened or introduces(text, own)
        for one in stated(text, own, known, opened=opened):
            plural = bool(_PLURAL.match(text, one.name.end))
            yield Said(one.type, one.name, plural, evidence(sentence))


def _series(sentences: Iterable[Sentence]) -> Iterator[tuple[str, str]]:
    """List the families of which a paper speaks as a series, and in which words."""
    for sentence in sentences:
        if "seri" not in sentence.quote and "famil" not in sentence.quote:
            continue
        text = readable(sentence.quote)
        for name in mentions(text):
            one = kin(name.text)
            words = series(text, name)
            if words and not one.version:
                yield one.stem, words


def _place(member: Member, names: Sequence[str]) -> Evidence | None:
    """Return where a document prints a name by which a paper belongs to its family."""
    if not names:
        return None
    main = names[0]
    stem = kin(main).stem
    keys = {name_key(name)[0] for name in names if kin(name).stem == stem}
    for sentence in member.sentences:
        text = readable(sentence.quote)
        if main in text or any(name.key in keys for name in mentions(text)):
            return evidence(sentence)
    return member.title_at if main in (member.title or "") else None


_SPELLED = re.compile(r"((?:[A-Za-z][\w-]*\s+){1,7})\(([A-Z]{2,8})s?\)")


def expansions(member: Member) -> dict[str, str]:
    """Map abbreviations that a paper spells out to their words, as far as the letters fit."""
    found: dict[str, str] = {}
    for sentence in member.sentences:
        for words, short in _SPELLED.findall(sentence.text if "(" in sentence.quote else ""):
            row = re.split(r"[\s-]+", words.strip())
            taken = row[-len(short) :]
            if [word[:1].upper() for word in taken] == list(short):
                found.setdefault(name_key(short)[0], " ".join(taken))
    return found


_SUBJECT = re.compile(r"\s+is\s+(?:an?|the|our)\s|,\s+(?:the|our)\s+(?:newest|latest|next|new)\b")


def _subject(sentences: Iterable[Sentence]) -> str | None:
    """Return a name with a version that opens a sentence as its subject and comes back."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for sentence in sentences:
        for name in mentions(sentence.text):
            counts[name.key] += 1
            opens = name.start == 0 and _SUBJECT.match(sentence.text, name.end)
            if opens and kin(name.text).version:
                first.setdefault(name.key, name.text)
    return next((name for key, name in first.items() if counts[key] > 1), None)
