"""Which papers appear to continue which, by family name, version and date, without a quote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.lineage_clauses import RelationType
from pipeline.lineage_members import Kin, Member, parent_stem
from pipeline.lineage_names import Index
from pipeline.sheets import Evidence

DISAGREE = "the order of the versions and the order of the dates disagree"
_NAMED = 3  # authors whom a sign names
_BACK = 20  # earlier versions tried before a paper counts as unlinked


class Guess(NamedTuple):
    """What appears to continue what; `signs` is empty where dates speak against it."""

    type: RelationType
    source: str
    target: str
    signs: tuple[str, ...]
    evidence: tuple[Evidence, ...]


class _Relative(NamedTuple):
    kin: Kin
    member: Member


def guesses(index: Index) -> Iterator[Guess]:
    """Link each paper of a family to the nearest earlier one; see docs/lineage.md.

    Same family name and a further sign (an author, a repository, or that the paper speaks of the
    series) are needed; an undated paper, and one whose name stands nowhere, are left out.
    """
    families: dict[str, list[_Relative]] = {}
    for member in index.members.values():
        for one in index.kin[member.id] if member.date is not None else ():
            families.setdefault(one.stem, []).append(_Relative(one, member))
    for stem in sorted(families):
        family = sorted(families[stem], key=_rank)
        lines: dict[str, list[_Relative]] = {}
        for relative in family:
            line = lines.setdefault(relative.kin.edition, [])
            yield from _nearest(index, relative, line[-_BACK:])
            line.append(relative)
        for relative in family:
            yield from _editions(index, relative, families)


def _rank(relative: _Relative) -> tuple[tuple[int, ...], dt.date, str]:
    return relative.kin.version, relative.member.date or dt.date.min, relative.member.id


def _editions(
    index: Index, relative: _Relative, families: Mapping[str, Sequence[_Relative]]
) -> Iterator[Guess]:
    """Link an edition, such as `Foo 2-Pro` or `foo-bar` where there is a `foo`, to its base."""
    if relative.kin.edition:
        yield from _base(index, relative, families[relative.kin.stem])
    elif not relative.kin.version:
        base = parent_stem(relative.kin.stem)
        if base:
            yield from _base(index, relative._replace(kin=base), families.get(base.stem, []))


def _nearest(index: Index, later: _Relative, line: Sequence[_Relative]) -> Iterator[Guess]:
    """Link a paper to the nearest of a line that stands before it in the order of versions."""
    for earlier in reversed(line):
        guess = _guess(index, "succeeds", later.member, earlier.member)
        if guess:
            yield guess
        if guess and guess.signs:
            return


def _base(index: Index, later: _Relative, family: Sequence[_Relative]) -> Iterator[Guess]:
    """Link an edition to the member of its family that it names, else to that of its version."""
    date = later.member.date or dt.date.min
    plain = [one for one in family if not one.kin.edition and (one.member.date or date) < date]
    named = _named(index, later.member)
    bases = [one for one in plain if not named.isdisjoint(index.keys[one.member.id])]
    bases = bases or [one for one in plain if one.kin.version == later.kin.version]
    for one in reversed(bases[-_BACK:]):
        guess = _guess(index, "builds-on", later.member, one.member)
        if guess:
            yield guess
            return


def _named(index: Index, member: Member) -> set[str]:
    """List the keys of names in a paper's text, its own and those of whole families left out."""
    return set(index.words[member.id].named - index.keys[member.id])


def _guess(index: Index, kind: RelationType, later: Member, earlier: Member) -> Guess | None:
    """Collect the signs that one paper continues another; `None` when there are too few."""
    if later.id == earlier.id or later.date == earlier.date:
        return None
    further = [*_authors(index, later, earlier), *_repository(later, earlier)]
    further += _series(index, later, earlier)
    places = [index.words[one.id].place for one in (later, earlier)] if further else []
    found = tuple(place for place in places if place)
    if len(found) < 2:
        return None
    before = bool(later.date and earlier.date and later.date > earlier.date)
    guessed = later.year_inferred or earlier.year_inferred
    date = "later date, a year of which is inferred" if guessed else "later date"
    signs = ("same family name", *further, date) if before else ()
    return Guess(kind, later.id, earlier.id, signs, found)


def _authors(index: Index, later: Member, earlier: Member) -> list[str]:
    shared = index.shared(later.id, earlier.id)
    more = f" and {len(shared) - _NAMED} more" if len(shared) > _NAMED else ""
    plural = "s" if len(shared) > 1 else ""
    return [f"shared author{plural}: {', '.join(shared[:_NAMED])}{more}"] if shared else []


def _repository(later: Member, earlier: Member) -> list[str]:
    same = set(map(_place_of_code, later.links)) & set(map(_place_of_code, earlier.links))
    return ["same repository"] if same - {""} else []


def _place_of_code(url: str) -> str:
    """Reduce an address to host, owner and project; empty for one that names no project."""
    parts = urlsplit(url)
    path = [part for part in parts.path.lower().removesuffix(".git").split("/") if part]
    return "/".join([parts.netloc.lower(), *path[:2]]) if len(path) > 1 else ""


def _series(index: Index, later: Member, earlier: Member) -> list[str]:
    """Say so where a paper speaks of the series that both belong to."""
    stems = {one.stem for one in index.kin[earlier.id]}
    words = (words for stem, words in index.words[later.id].series if stem in stems)
    return [f'it speaks of "the {one}"' for one in islice(words, 1)]
