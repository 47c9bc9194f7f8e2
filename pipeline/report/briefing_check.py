"""Whether a briefing holds together: its papers, places, years and questions; not its claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.briefing_sheet import Authorship, BriefingSheet, ProfileFigures, Question, ThemeTable
from pipeline.digest_sheet import Listed
from pipeline.people import may_be_one
from pipeline.questions import MOST_QUESTIONS, asks_beyond, speaks_of_a_role
from pipeline.reading_list import MOST_READ
from pipeline.records import Wording
from pipeline.report.check_parts import page_of, twice
from pipeline.sheets import Evidence
from pipeline.themes import MOST_YEARS

_FIGURES = ("h_index", "papers", "citations", "novelty_percent", "ai_score")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def briefing_faults(sheet: BriefingSheet, folder: Path) -> Iterator[str]:
    """Yield what is wrong with a briefing that lies in `folder` of `briefings` in the outputs."""
    if sheet.slug != folder.name:
        yield f"holds the briefing {sheet.slug}"
    if sheet.new and sheet.since is None:
        yield "something is new, but no day is named since when"
    yield from _paper_faults(sheet)
    yield from _place_faults(sheet)
    yield from _read_faults(sheet)
    yield from _profile_faults(sheet.profile) if sheet.profile else ()
    yield from _theme_faults(sheet.themes, sheet.listed)
    yield from _asking_faults(sheet)
    yield from _question_faults(sheet, folder.parent.with_name("papers"))


# --- Papers and places ---------------------------------------------------------------------


def _paper_faults(sheet: BriefingSheet) -> Iterator[str]:
    own = [one.paper for one in sheet.papers]
    listed = [one.paper for one in sheet.listed]
    for what, ids in (("papers", own), ("listed", listed)):
        yield from (f"{what}: {id_} stands twice" for id_ in twice(ids))
    yield from (f"{id_} is not listed" for id_ in sorted(set(own) - set(listed)))
    yield from (f"{id_} is listed, but not the author's" for id_ in sorted(set(listed) - set(own)))
    printed = sum(one.position is not None for one in sheet.papers)
    twofold = sum(one.position is None and one.authors_complete for one in sheet.papers)
    if not printed <= sheet.named.printed <= printed + twofold or sheet.named.of != len(own):
        yield (
            f"the name is said to stand on {sheet.named.printed} of {sheet.named.of} papers,"
            f" it has a place on {printed} of {len(own)}"
        )


def _place_faults(sheet: BriefingSheet) -> Iterator[str]:
    listed = {one.paper: one for one in sheet.listed}
    names = {sheet.author, *sheet.names}
    for one in sheet.papers:
        if fault := _place_fault(one) or _name_fault(one, listed.get(one.paper), names):
            yield f"{one.paper}: {fault}"


def _place_fault(one: Authorship) -> str:
    if one.position is None:
        return ""
    if one.of is None:
        return "it has a place for the author, but no list of authors"
    outside = not 1 <= one.position <= one.of
    return f"the place {one.position} lies outside a list of {one.of}" if outside else ""


def _name_fault(one: Authorship, listed: Listed | None, names: set[str]) -> str:
    """Search the name at its place, where the whole printed list is there."""
    authors = (listed.authors if listed else None) or []
    if one.position is None or len(authors) != one.of:
        return ""
    if any(may_be_one(authors[one.position - 1], name) for name in names):
        return ""
    return f"place {one.position} of its list is not the author's"


def _read_faults(sheet: BriefingSheet) -> Iterator[str]:
    ids, own = [one.paper for one in sheet.read], {one.paper for one in sheet.papers}
    if len(ids) > MOST_READ:
        yield f"{len(ids)} papers are to be read, more than {MOST_READ}"
    yield from (f"to read: {id_} stands twice" for id_ in twice(ids))
    yield from (f"{id_} is to be read, but not the author's" for id_ in ids if id_ not in own)


def _profile_faults(profile: ProfileFigures) -> Iterator[str]:
    """Search each figure of the profile in the lines of its header."""
    quotes = " ".join(place.quote for place in profile.evidence)
    printed = {float(number.replace(",", "")) for number in _NUMBER.findall(quotes)}
    for name in _FIGURES:
        figure: float | None = getattr(profile, name)
        if figure is not None and figure not in printed:
            yield f"the profile's {name} is said to be {figure:g}, which its header does not print"


# --- Years ---------------------------------------------------------------------------------


def _theme_faults(table: ThemeTable, listed: Sequence[Listed]) -> Iterator[str]:
    if table.years != sorted(set(table.years)) or len(table.years) > MOST_YEARS:
        yield f"the years are not at most {MOST_YEARS}, oldest first"
    dates = {one.paper: one.date.year for one in listed if one.date}
    if table.totals != _by_year(dates, list(dates), table.years):
        yield "the papers of each year differ from those listed"
    yield from (f"the term {term} stands twice" for term in twice(row.term for row in table.rows))
    for row in table.rows:
        if row.counts != _by_year(dates, row.papers, table.years) or twice(row.papers):
            yield f"the term {row.term}: its counts differ from its papers"
        elif sum(row.counts) != len(row.papers):
            yield f"the term {row.term}: it counts a paper of none of the years"


def _by_year(dates: dict[str, int], papers: Sequence[str], years: Sequence[int]) -> list[int]:
    dated = [dates.get(paper) for paper in papers]
    return [dated.count(year) for year in years]


# --- Questions -----------------------------------------------------------------------------


def _asking_faults(sheet: BriefingSheet) -> Iterator[str]:
    """Hold what a model asks, and says of the author, against what it rests on."""
    for one in sheet.questions:
        quotes = [place.quote for place in one.claim.evidence]
        wrong = asks_beyond(one.ask, quotes, sheet.known()) if one.claim.origin == "model" else ""
        if wrong:
            yield f"question {one.claim.id}: {one.ask} {wrong}"
    for field, claim in sheet.claims():
        if claim.kind == "derived" and (wrong := speaks_of_a_role(claim.text)):
            yield f"{field} {claim.id}: {wrong}"


def _question_faults(sheet: BriefingSheet, papers: Path) -> Iterator[str]:
    if len(sheet.questions) > MOST_QUESTIONS:
        yield f"{len(sheet.questions)} questions, more than {MOST_QUESTIONS}"
    own = {one.paper for one in sheet.papers}
    for question in sheet.questions:
        if fault := _question_fault(question, own, papers):
            yield f"claim {question.claim.id}: {fault}"


def _question_fault(question: Question, own: set[str], papers: Path) -> str:
    named, places = set(question.papers), set(question.claim.evidence)
    if not named & own:
        return "it asks about no paper of the author"
    if question.kind == "limit":
        return "" if places else "it quotes no limit"
    if len(named) < 2 or len(places) < 2:
        return "it is a pair, but does not quote two papers"
    return "it is a pair, but its quotes are of one paper" if _of_one(question, papers) else ""


def _of_one(question: Question, papers: Path) -> bool:
    """Whether all quotes lie in the abstract of one of the papers, as the papers' pages tell it."""
    pages = (page_of(id_, papers) for id_ in set(question.papers))
    return any(
        all(_inside(place, page.details.wordings) for place in question.claim.evidence)
        for page in pages
        if page
    )


def _inside(place: Evidence, wordings: Sequence[Wording]) -> bool:
    return any(
        w.document == place.document and w.start <= place.start and place.end <= w.end
        for w in wordings
    )
