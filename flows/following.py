"""`litline follow`: what is followed, what could be, and one name more."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import typer

from flows.settings import FILE, Settings
from flows.settings_file import add_followed
from flows.shelves import look_up, reading_store
from flows.tracing import Traced, lines_by_name, members_looked_up, trace_graph
from pipeline.errors import UsageError
from pipeline.following import Follow, Kind, by_any_name, is_about, same_topic, signed
from pipeline.library import Entry
from pipeline.lines import Line
from pipeline.people import authors_of, may_be_one, people, person
from pipeline.scribe import counted
from pipeline.steps.lineage import line_name
from pipeline.steps.summarise import plan_paper
from pipeline.suggestions import Suggested, papers_by_author, strongest
from pipeline.terms import curated

TOPICS = tuple(term.name for term in curated())
_KINDS: tuple[Kind, ...] = ("author", "topic", "lineage")
_NEAR = 3
_ALIKE = 0.6  # of two spellings, from 0 to 1
_EMPTY = "the library is empty; `litline run DOC` adds documents to it"


class _Library(NamedTuple):
    """The papers, whom each is by, all these names as printed, and the lines of work."""

    entries: Sequence[Entry]
    signed: Sequence[Sequence[str]]
    printed: Sequence[str]
    traced: Traced
    lines: dict[str, Line]

    def about(self, topic: str) -> int:
        """Count the papers that hold a topic."""
        return sum(is_about(entry, topic) for entry in self.entries)

    def about_each(self, topics: Collection[str]) -> Counter[str]:
        """Count the papers that hold each of many topics, in one pass over the papers."""
        return Counter(t for entry in self.entries for t in topics if is_about(entry, t))

    def by(self, author: str) -> int:
        """Count the papers that may be by an author."""
        return sum(bool(authors_of(names, author)) for names in self.signed)

    def members(self, name: str) -> int:
        """Count the members of the line that a name is of; 0 where there is none."""
        line = by_any_name(self.lines, name)
        return len(line.members) if line else 0

    def amount(self, kind: Kind, name: str) -> int:
        """Count the papers, or the members, that speak for a name."""
        return {"author": self.by, "topic": self.about, "lineage": self.members}[kind](name)


def show(settings: Settings) -> None:
    """Print what is followed, and the strongest of what is not; writes nothing."""
    library = _library(settings)
    for line in _followed(settings.follow, library):
        typer.echo(line)
    if not library.entries:
        typer.echo(_EMPTY)
        return
    for line in _suggested(settings.follow, library):
        typer.echo(line)


def add(name: str, settings: Settings) -> None:
    """Add a line of work, an author or a topic to the settings file, and print which it is.

    Raises:
        UsageError: the library has nothing of that name.
        ConfigError: the settings file cannot be read or written.
    """
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise UsageError("a name to follow has letters that can be printed")
    library = _library(settings)
    taken = _taken_for(name, library) or _already(name, settings.follow)
    if taken is None:
        raise UsageError(_unknown(name, library))
    kind, written = taken
    known = _same(kind, written, settings.follow, library)
    if known or not add_followed(Path(FILE), kind, written):
        typer.echo(f"already followed: {kind} {known or written}")
        return
    typer.echo(f"following {kind} {written} ({_amount(kind, library.amount(kind, written))})")
    _say_if_several(kind, written, library)


def _library(settings: Settings) -> _Library:
    with reading_store(settings) as store:
        shelves = look_up([], settings, store)
    entries = shelves.entries
    works = [plan_paper(entry) for entry in entries]
    traced = trace_graph(works, members_looked_up(works))
    names = [signed(entry, shelves.volumes) for entry in entries]
    printed = list(dict.fromkeys(name for one in names for name in one))
    return _Library(entries, names, printed, traced, lines_by_name(traced))


# --- Showing -------------------------------------------------------------------------------


def _followed(follow: Follow, library: _Library) -> Iterator[str]:
    yield f"followed ({FILE}), and how much the library has of it:"
    for kind in _KINDS:
        counts = (Suggested(name, library.amount(kind, name)) for name in follow.of(kind))
        yield _row(kind, counts)


def _suggested(follow: Follow, library: _Library) -> Iterator[str]:
    """Name the strongest of what is not followed yet."""
    yield f"strongest of the rest, in {counted(len(library.entries), 'paper')}:"
    authors = papers_by_author(library.signed)
    found = strongest(
        {n: c for n, c in authors.items() if not any(may_be_one(n, o) for o in follow.authors)},
        library.about_each(_unfollowed_topics(follow)),
        dict(_unfollowed_lines(follow, library)),
    )
    for kind, names in zip(_KINDS, found, strict=True):
        yield _row(kind, names)


def _unfollowed_topics(follow: Follow) -> list[str]:
    return [one for one in TOPICS if not any(same_topic(one, other) for other in follow.topics)]


def _unfollowed_lines(follow: Follow, library: _Library) -> Iterator[tuple[str, int]]:
    followed = [by_any_name(library.lines, name) for name in follow.lineages]
    for line in library.traced.lines:
        name = line_name(line, library.traced.names)
        if line not in followed and by_any_name(library.lines, name) is line:
            yield name, len(line.members)


def _row(kind: Kind, found: Iterable[Suggested]) -> str:
    shown = ", ".join(f"{name} ({count})" for name, count in found)
    return f"  {kind}s: {shown or 'none'}"


def _amount(kind: Kind, count: int) -> str:
    return counted(count, "member" if kind == "lineage" else "paper")


def _say_if_several(kind: Kind, name: str, library: _Library) -> None:
    if kind == "author":
        groups = people(authors_of(library.printed, name))
        if len(groups) > 1:
            shown = "; ".join(" or ".join(group) for group in groups)
            typer.echo(f"note: {name} may be several people: {shown}", err=True)


# --- Deciding ------------------------------------------------------------------------------


def _taken_for(name: str, library: _Library) -> tuple[Kind, str] | None:
    """Return what a name is of, a line before an author before a topic, and how to write it."""
    line = by_any_name(library.lines, name)
    if line is not None:
        own = line_name(line, library.traced.names)
        return "lineage", own if by_any_name(library.lines, own) is line else name
    printed = authors_of(library.printed, name)
    if printed:
        return "author", _fullest(name, printed)
    return ("topic", name) if any(is_about(entry, name) for entry in library.entries) else None


def _fullest(name: str, printed: Sequence[str]) -> str:
    """Return the fullest way to write an author, of all names that may be theirs.

    Where they may be of several people, it is the name as given.
    """
    several = len(people(printed)) > 1
    same = [one for one in printed if not several or person(one) == person(name)]
    return max((*same, name), key=lambda one: len("".join(person(one).given)))


def _already(name: str, follow: Follow) -> tuple[Kind, str] | None:
    """Return what a name that the library does not have is followed as."""
    found = ((kind, one) for kind in _KINDS for one in follow.of(kind))
    return next(((k, one) for k, one in found if one.casefold() == name.casefold()), None)


def _same(kind: Kind, name: str, follow: Follow, library: _Library) -> str | None:
    """Return the name under which the same is followed already."""
    line = by_any_name(library.lines, name)
    for one in follow.of(kind):
        same = {
            "author": person(one) == person(name),
            "topic": same_topic(one, name),
            "lineage": line is not None and by_any_name(library.lines, one) is line,
        }
        if one == name or same[kind]:
            return one
    return None


def _unknown(name: str, library: _Library) -> str:
    unknown = f"{name!r} is no line of work, author or topic of the library"
    if not library.entries:
        return f"{unknown}; {_EMPTY}"
    near = "; ".join(_near(name, library))
    found = f"nearest are {near}" if near else "nothing in it is near to that"
    by_hand = f"a topic that no paper has yet may be written under [follow] in {FILE} by hand"
    return f"{unknown}; {found}; {by_hand}"


def _near(name: str, library: _Library) -> Iterator[str]:
    """Name the nearest of each kind; of a line, whichever of its names is near, its own."""
    traced = library.traced
    own = {
        other: line_name(line, traced.names)
        for line in traced.lines
        for node in line.members
        for other in traced.names.get(node.id, ())
    }
    topics = library.about_each(TOPICS)
    for kind, names in (
        ("lineages", own),
        ("authors", {one: one for one in library.printed}),
        ("topics", {one: one for one in topics}),
    ):
        found = _nearest(name, names)
        if found:
            yield f"{kind} {', '.join(found)}"


def _nearest(name: str, names: Mapping[str, str]) -> list[str]:
    """Return what is called by the names that share most words with one, or are spelled like it."""
    words = set(name.casefold().split())
    found: dict[str, tuple[int, float]] = {}
    for one in names:
        shared = len(words & set(one.casefold().split()))
        alike = difflib.SequenceMatcher(None, name.casefold(), one.casefold()).ratio()
        if shared or alike >= _ALIKE:
            found[one] = (-shared, -alike)
    return list(dict.fromkeys(names[one] for one in sorted(found, key=found.__getitem__)))[:_NEAR]
