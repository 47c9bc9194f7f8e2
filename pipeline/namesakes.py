"""Pages that print one name, and may be those of several people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.errors import AmbiguousName
from pipeline.library import Entry, Volume

Figures = tuple[int | None, int | None, int | None]


def own_pages(
    name: str,
    pages: Sequence[str],
    entries: Iterable[Entry],
    volumes: Mapping[str, Volume],
    owners: Mapping[str, str],
) -> list[str]:
    """Return which pages of one name are those of the person who is meant.

    Where they may be of several people, `owners` holds at least one page of the one who is meant.

    Raises:
        AmbiguousName: they may be of several people, and nobody has said whose is meant.
    """
    groups = pages_by_person(pages, entries, volumes)
    own = [group for group in groups if any(page in owners for page in group)]
    if len(groups) > 1 and not own:
        listed = "; ".join(", ".join(group) for group in groups)
        raise AmbiguousName(
            f"pages headed {name!r} share no paper and print other figures, so they may be of "
            f'several people: {listed}; say whose is meant, as in --owner {groups[0][0]}="{name}"'
        )
    return sorted(page for group in own or groups for page in group)


def pages_by_person(
    pages: Sequence[str], entries: Iterable[Entry], volumes: Mapping[str, Volume]
) -> list[list[str]]:
    """Group pages of one name: those that share a paper, or print the same figures, are of one.

    Pages that share neither may be of two people, unless only one of them prints figures at all.
    """
    figures = {page: _figures(volumes[page]) for page in pages}
    marks: dict[str, set[object]] = {page: {own} if own else set() for page, own in figures.items()}
    for entry in entries:
        for ref in entry.paper.records:
            if ref.document in marks:
                marks[ref.document].add(entry.paper.id)
    groups = _linked(pages, marks)
    figured = [group for group in groups if any(figures[page] for page in group)]
    return groups if len(figured) > 1 else [sorted(pages)]


def _figures(volume: Volume) -> Figures | None:
    header = volume.reading.header
    if header is None:
        return None
    printed = (header.h_index, header.papers, header.citations)
    return printed if any(figure is not None for figure in printed) else None


def _linked(pages: Sequence[str], marks: Mapping[str, set[object]]) -> list[list[str]]:
    groups: list[tuple[list[str], set[object]]] = []
    for page in pages:
        joined = [group for group in groups if group[1] & marks[page]]
        groups = [group for group in groups if group not in joined]
        members = sorted([page, *(one for group, _ in joined for one in group)])
        groups.append((members, marks[page].union(*(found for _, found in joined))))
    return sorted(group for group, _ in groups)
