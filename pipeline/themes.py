"""What an author works on now against before: terms by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.briefing_sheet import ThemeRow, ThemeTable
from pipeline.library import Entry

MOST_YEARS = 5
MOST_ROWS = 4
_LEAST = 3  # papers that a row needs
_LATE = 2  # newest years that are held against those before
_KINDS = frozenset({"benchmark", "dataset"})  # of a paper, not of its subject


class Shift(NamedTuple):
    """A term in the newest years against those before; `papers` are all that hold it."""

    term: str
    late: int
    early: int
    papers: tuple[str, ...]


class Shifts(NamedTuple):
    """The shifts of all terms; `late` and `early` say the years, and count the papers of each."""

    late: tuple[int, int]
    early: tuple[int, int] | None
    of_late: int
    of_early: int
    terms: tuple[Shift, ...]

    def change(self, one: Shift) -> float:
        """Return by how much the share of a term has grown, from -1 to 1; 0 with nothing before."""
        if not self.of_early or not self.of_late:
            return 0.0
        return one.late / self.of_late - one.early / self.of_early


def shifts(entries: Sequence[Entry], terms: Mapping[str, frozenset[str]]) -> Shifts | None:
    """Count each term in the two newest years with papers, and before; None without a date."""
    dated = [(e.paper.date.year, e.paper.id) for e in entries if e.paper.date]
    years = sorted({year for year, _ in dated})
    if not years:
        return None
    late = years[-_LATE:]
    early = [year for year in years if year not in late]
    inside = {id_ for year, id_ in dated if year in late}
    before = {id_ for year, id_ in dated} - inside
    found = []
    for term in sorted(set[str]().union(*terms.values()) - _KINDS):
        papers = tuple(e.paper.id for e in entries if term in terms.get(e.paper.id, ()))
        found.append(Shift(term, len(inside & {*papers}), len(before & {*papers}), papers))
    return Shifts(
        (late[0], late[-1]),
        (early[0], early[-1]) if early else None,
        len(inside),
        len(before),
        tuple(found),
    )


def theme_table(
    entries: Sequence[Entry], terms: Mapping[str, frozenset[str]], found: Shifts | None
) -> ThemeTable:
    """Return the terms whose share changed most, in both directions, and the most frequent one."""
    years = sorted({e.paper.date.year for e in entries if e.paper.date})[-MOST_YEARS:]
    of_year = {
        year: [e.paper.id for e in entries if e.paper.date and e.paper.date.year == year]
        for year in years
    }
    rows = []
    for one in _rows(found) if found else []:
        held = {id_ for id_, own in terms.items() if one.term in own}
        counts = [len(held & {*ids}) for ids in of_year.values()]
        papers = [id_ for ids in of_year.values() for id_ in ids if id_ in held]
        rows.append(ThemeRow(term=one.term, counts=counts, papers=papers))
    totals = [len(ids) for ids in of_year.values()]
    return ThemeTable(years=years, totals=totals, rows=rows)


def _rows(found: Shifts) -> list[Shift]:
    """Choose terms: the most frequent, the one that fell most, then by how far."""
    often = [one for one in found.terms if len(one.papers) >= _LEAST]
    if not often:
        return []
    first = min(often, key=lambda one: (-len(one.papers), one.term))
    fell = [min(often, key=lambda one: (found.change(one), one.term))]
    moved = sorted(often, key=lambda one: (-abs(found.change(one)), one.term))
    held = [one for one in fell if found.change(one) < 0]
    chosen = list(dict.fromkeys([first, *held, *moved]))[:MOST_ROWS]
    return sorted(chosen, key=lambda one: (found.change(one), one.term))
