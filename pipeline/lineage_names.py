"""Which paper a written name means, and which names make one family."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from pipeline.chunking import Sentence
from pipeline.mentions import Mention, mentions, name_key
from pipeline.names import MODEL_SIZE, parse_name
from pipeline.sheets import Evidence


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
    sentences: tuple[Sentence, ...]
    title_at: Evidence | None = None


# --- Families ------------------------------------------------------------------------------


class Kin(NamedTuple):
    """A name as a member of a family; `edition` is empty for the family's main line."""

    stem: str
    version: tuple[int, ...]
    edition: str


_SIZE = re.compile(rf"^(?:{MODEL_SIZE.pattern}-?)+")
_SMALLER = re.compile(r"(mini|tiny|nano|micro|lite|pocket|fast|flash)[ -](?=\w)")
_OTHER_THING = re.compile(r"(?:bench\w*|eval\w*|data\w*|corpus|\d+k|instruct\w*|suite|test|arena)")


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


# --- Owners --------------------------------------------------------------------------------


MANY = 10  # papers of one name; more cannot be told apart
_MADE = re.compile(r"-(?:[BSLTHMG]|X{1,3}[SL]|Base|Large|Small|Tiny|Huge|Giant|Instruct|it)$")


class Index:
    """The papers of a library by the names they own; `names` has those of every paper by id."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = {member.id: member for member in members}
        self.names = {member.id: member.names for member in members}
        self._people = {member.id: people(member) for member in members}
        self._owners: dict[str, dict[str, bool]] = {}
        for member in members:
            self._add(member.id, member.names)
        for id_, name in list(_subjects(self, members)):
            self.names[id_] = (name,)
            self._add(id_, (name,))
        self.keys = {id_: frozenset(map(_key, names)) for id_, names in self.names.items()}
        self.known = frozenset(self._owners)
        self.families: dict[str, set[str]] = {}
        for id_, names in self.names.items():
            for one in kinships(names):
                self.families.setdefault(one.stem, set()).add(id_)

    def _add(self, id_: str, names: Sequence[str]) -> None:
        main = _key(names[0]) if names else ""
        for key in dict.fromkeys(map(_key, names)):
            self._owners.setdefault(key, {})[id_] = key == main

    def shared(self, one: str, other: str) -> list[str]:
        """List the authors whom two papers share, as the first prints them."""
        theirs = self._people[other]
        return [name for key, name in self._people[one].items() if key in theirs]

    def known_as(self, name: Mention) -> Mention:
        """Return a name without the size or tuning that it ends in, where only that is owned."""
        plain = _MADE.sub("", name.text)
        key, size = name_key(plain)
        if name.key in self._owners or plain == name.text or key not in self._owners:
            return name
        return name._replace(key=key, size=size or name.size, text=plain)

    def is_line(self, name: Mention) -> bool:
        """Say whether a name without version or size is that of a family of several papers."""
        one = kin(name.text)
        return not one.version and not name.size and len(self.families.get(one.stem, ())) > 1

    def owners(self, name: Mention) -> list[str]:
        """List the papers that own a name, those that have it as their main name if any do.

        Of a word that more than `MANY` papers have as a name, the first of them stand for all.
        """
        owners = self._owners.get(name.key, {})
        if len(owners) > MANY:
            return list(islice(owners, MANY))
        found = {id_: main for id_, main in owners.items() if self._written_alike(id_, name)}
        return sorted(id_ for id_, main in found.items() if main or not any(found.values()))

    def _written_alike(self, id_: str, name: Mention) -> bool:
        """Say whether a word that may be ordinary has the capitals of the paper's name."""
        forms = [form for form in self.names[id_] if _key(form) == name.key]
        plain = [form for form in forms if form.isalpha() and (form.istitle() or form.isupper())]
        return len(plain) < len(forms) or any(name.text.startswith(form) for form in plain)

    def meant(self, source: Member, name: Mention) -> list[str]:
        """Return the papers that a name may mean where a paper writes it: one if that is clear.

        Of several owners those are meant whose name is spelled just so, if any; of these a single
        one that is dated before the paper, else a single one that shares an author with it.
        """
        owners = [id_ for id_ in self.owners(name) if not self._spelled_apart(source, id_, name)]
        owners = [id_ for id_ in owners if name.text in self.names[id_]] or owners
        if len(owners) < 2 or source.id in owners:
            return [source.id] if source.id in owners else owners
        date = source.date
        dates = {id_: self.members[id_].date for id_ in owners}
        earlier = [id_ for id_, d in dates.items() if date and d and d < date]
        if len(earlier) == 1 and all(dates.values()):
            return earlier
        friends = [id_ for id_ in (earlier or owners) if self.shared(source.id, id_)]
        return friends if len(friends) == 1 else owners

    def _spelled_apart(self, source: Member, owner: str, name: Mention) -> bool:
        """Say whether a paper spells out an abbreviation otherwise than its owner does."""
        if not (name.text.isupper() and name.text.isalpha()) or owner == source.id:
            return False
        theirs = {_letters(form) for form in self.names[owner] if " " in form}
        spelled = expansions(source).get(name.key)
        return bool(theirs and spelled and _letters(spelled) not in theirs)


def _key(name: str) -> str:
    return name_key(name)[0]


def _letters(text: str) -> str:
    return re.sub(r"\W|_", "", text.casefold()).removesuffix("s")


def people(member: Member) -> dict[str, str]:
    """Map the authors of a paper, case and marks aside, to how they are printed."""
    return {re.sub(r"[\W_]+", " ", name.casefold()).strip(): name for name in member.authors}


_SPELLED = re.compile(r"((?:[A-Za-z][\w-]*\s+){1,7})\(([A-Z]{2,8})s?\)")


def expansions(member: Member) -> dict[str, str]:
    """Map abbreviations that a paper spells out to their words, as far as the letters fit."""
    found: dict[str, str] = {}
    for sentence in member.sentences:
        for words, short in _SPELLED.findall(sentence.text if "(" in sentence.quote else ""):
            row = re.split(r"[\s-]+", words.strip())
            taken = row[-len(short) :]
            if [word[:1].upper() for word in taken] == list(short):
                found.setdefault(_key(short), " ".join(taken))
    return found


# --- Names that only the text gives away ---------------------------------------------------

_SUBJECT = re.compile(r"\s+is\s+(?:an?|the|our)\s|,\s+(?:the|our)\s+(?:newest|latest|next|new)\b")


def _subjects(index: Index, members: Sequence[Member]) -> Iterator[tuple[str, str]]:
    """Find the name of a paper that coins none: `Foo 3 is a model…`, where others own `Foo`.

    The name has a version, stands as a subject, comes back, belongs to no other paper, and its
    family has a paper by one of the same authors.
    """
    taken = {_key(name) for names in index.names.values() for name in names}
    families: dict[str, list[str]] = {}
    for id_, names in index.names.items():
        for one in kinships(names):
            families.setdefault(one.stem, []).append(id_)
    for member in members:
        if member.names:
            continue
        name = _subject(member.sentences)
        alike = families.get(kin(name).stem, []) if name else []
        if name and _key(name) not in taken and any(index.shared(member.id, id_) for id_ in alike):
            yield member.id, name


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
