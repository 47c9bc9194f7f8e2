"""Which paper a written name means."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from pipeline.lineage_members import MANY_NAMES, Kin, Member, Words, kin, words_of
from pipeline.mentions import Mention, name_key

MANY = 10  # papers of one name; more cannot be told apart
_MADE = re.compile(r"-(?:[BSLTHMG]|X{1,3}[SL]|Base|Large|Small|Tiny|Huge|Giant|Instruct|it)$")


class Index:
    """The papers of a library by the names they own; `names` has those of every paper by id.

    `words` are what their sentences hold, by id; those that are not given are read.
    """

    def __init__(self, members: Iterable[Member], words: Mapping[str, Words] | None = None) -> None:
        members = sorted(members, key=lambda member: member.id)
        given = words or {}
        self.members = {member.id: member for member in members}
        self.words = {one.id: given.get(one.id) or words_of(one) for one in members}
        self.names = {member.id: member.names for member in members}
        self.keys: dict[str, frozenset[str]] = {}
        self.kin: dict[str, tuple[Kin, ...]] = {}
        self.families: dict[str, set[str]] = {}
        self._owners: dict[str, dict[str, bool]] = {}
        self._people: dict[str, dict[str, str]] = {}
        for id_, names in self.names.items():
            self._add(id_, named=bool(names))
        for id_, name in list(_subjects(self, self._owners)):
            self.names[id_] = (name,)
            self._add(id_, named=True)
        self.known = frozenset(self._owners)

    def _add(self, id_: str, *, named: bool) -> None:
        words = self.words[id_]
        keys, self.kin[id_] = (words.keys, words.kin) if named else ((), ())
        self.keys[id_] = frozenset(keys)
        for key in keys:
            self._owners.setdefault(key, {})[id_] = key == keys[0]
        for one in self.kin[id_]:
            self.families.setdefault(one.stem, set()).add(id_)

    def shared(self, one: str, other: str) -> list[str]:
        """List the authors whom two papers share, as the first prints them."""
        theirs = self._authors(other)
        return [name for key, name in self._authors(one).items() if key in theirs]

    def _authors(self, id_: str) -> dict[str, str]:
        if id_ not in self._people:
            self._people[id_] = people(self.members[id_])
        return self._people[id_]

    def known_as(self, name: Mention) -> Mention:
        """Return a name without the size or tuning that it ends in, where only that is owned."""
        plain = _MADE.sub("", name.text)
        if name.key in self._owners or plain == name.text:
            return name
        key, size = name_key(plain)
        if key not in self._owners:
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
        spelled = self.words[source.id].spelled.get(name.key)
        return bool(theirs and spelled and _letters(spelled) not in theirs)


@lru_cache(maxsize=MANY_NAMES)
def _key(name: str) -> str:
    return name_key(name)[0]


def _letters(text: str) -> str:
    return re.sub(r"\W|_", "", text.casefold()).removesuffix("s")


def people(member: Member) -> dict[str, str]:
    """Map the authors of a paper, case and marks aside, to how they are printed."""
    return {re.sub(r"[\W_]+", " ", name.casefold()).strip(): name for name in member.authors}


# --- Names that only the text gives away ---------------------------------------------------


def _subjects(index: Index, taken: Container[str]) -> Iterator[tuple[str, str]]:
    """Find the name of a paper that coins none: `Foo 3 is a model…`, where others own `Foo`.

    The name has a version, stands as a subject, comes back, is none of those `taken`, and its
    family has a paper by one of the same authors.
    """
    for id_, words in index.words.items():
        name = words.subject
        alike = index.families.get(kin(name).stem, set()) if name else set()
        if name and _key(name) not in taken and any(index.shared(id_, other) for other in alike):
            yield id_, name
