"""What the page of a briefing says, in order; Markdown and HTML only dress it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.briefing_sheet import (
    Authorship,
    BriefingSheet,
    Question,
    TakesPart,
    ThemeTable,
    ToRead,
)
from pipeline.digest_sheet import Listed
from pipeline.latex import plain
from pipeline.reading_list import ordinal
from pipeline.report import view
from pipeline.report.parts import (
    Citing,
    Covered,
    Linked,
    Names,
    Refused,
    by_year,
    covered,
    newest_first,
    refused,
)
from pipeline.sheets import Claim, Evidence

_NEW = 5  # claims outside the fold, as the numbers below
_LINES = 4
_ABOUT = 3  # of people, of releases, of figures
_TERMS = 6

_AREAS = {
    "AI": "artificial intelligence",
    "AR": "computer architecture",
    "CL": "computation and language",
    "CR": "cryptography and security",
    "CV": "computer vision",
    "CY": "computers and society",
    "DB": "databases",
    "DC": "distributed computing",
    "DS": "data structures and algorithms",
    "GR": "graphics",
    "HC": "human-computer interaction",
    "IR": "information retrieval",
    "IV": "image and video processing",
    "LG": "machine learning",
    "MA": "multi-agent systems",
    "ML": "machine learning",
    "MM": "multimedia",
    "NE": "neural computing",
    "RO": "robotics",
    "SD": "sound",
    "SE": "software engineering",
    "SI": "social networks",
}

_QUOTED = re.compile(r"[\"“]([^\"“”]{3,})[\"”]")


class Part(NamedTuple):
    """Claims under one heading; the first `shown` stand outside the fold."""

    heading: str
    lines: list[view.Line]
    shown: int


class Work(NamedTuple):
    """A line of work, and how the author takes part in it."""

    line: view.Line
    name: str


class Reading(NamedTuple):
    """A paper to read; `when` is its date, and the author's place in its list where it is known."""

    paper: Linked
    when: str
    what: view.Line | None
    why: view.Line


class Row(NamedTuple):
    """A term; `cells` are its counts in words."""

    term: str
    cells: list[str]
    counts: list[int]


class Themes(NamedTuple):
    """Terms by year; the first `shown` stand outside the fold."""

    years: list[str]
    totals: list[int]
    rows: list[Row]
    shown: int
    note: str


class Quoted(NamedTuple):
    """Words of a source that a question rests on and does not repeat."""

    text: str
    number: int


class Asked(NamedTuple):
    """A question worth asking, and before it what gives cause to ask."""

    line: view.Line
    quotes: list[Quoted]
    ask: str


class Own(NamedTuple):
    """A paper of the author; `when` is its day, and their place in its list where it is known."""

    paper: Linked
    when: str


class Year(NamedTuple):
    """The author's papers of one year, newest first; undated ones have a group of their own."""

    name: str
    papers: list[Own]


class BriefingView(NamedTuple):
    """Everything on the page of a briefing, without markup; an empty part has nothing to say."""

    name: str
    area: str
    short: list[view.Line]
    careful: list[view.Line]
    facts: list[view.Line]
    new: Part | None
    reading: str
    read: list[Reading]
    themes: Themes | None
    works: list[Work]
    works_shown: int
    people: Part
    released: Part
    figures: Part
    asked: list[Asked]
    unknown: list[view.Line]
    notes: list[str]
    years: list[Year]
    number: int
    documents: list[Covered]
    dropped: list[Refused]
    evidence: list[Evidence]
    stamp: str

    @property
    def title(self) -> str:
        """The first line of the page."""
        return " · ".join(filter(None, (self.name, self.area, "for your meeting")))


def briefing_view(sheet: BriefingSheet) -> BriefingView:
    """Put the words of a sheet in the order of its page and number its evidence."""
    names, cite = Names(sheet.listed, sheet.opened), Citing()
    roles = {one.paper: role(one) for one in sheet.papers}
    return BriefingView(
        name=sheet.author,
        area=_area(sheet),
        short=_lines(sheet.short, cite),
        careful=_lines(sheet.careful, cite),
        facts=_lines(sheet.facts, cite),
        new=_new(sheet, cite),
        reading=_reading(len(sheet.read)),
        read=[_read(one, roles, names, cite) for one in sheet.read],
        themes=_themes(sheet.themes),
        works=[_work(one, cite) for one in sheet.lines],
        works_shown=_LINES,
        people=_part("With whom", sheet.people, cite),
        released=_part("Released", sheet.released, cite),
        figures=_part("Figures they will be asked about", sheet.figures, cite),
        asked=[_asked(one, cite) for one in sheet.questions],
        unknown=_lines(sheet.unknown, cite),
        notes=list(filter(None, (_printed(sheet), _unknown_roles(sheet.papers)))),
        years=_years(sheet, roles, names),
        number=len(sheet.papers),
        documents=[covered(one) for one in sheet.coverage],
        dropped=refused(sheet.dropped, lambda field: _LEADS.get(field, field)),
        evidence=cite.references.listed(),
        stamp=view.stamp_words(sheet.stamp),
    )


def _area(sheet: BriefingSheet) -> str:
    area = (sheet.profile and sheet.profile.area) or ""
    return _AREAS.get(area, area)


# --- Claims --------------------------------------------------------------------------------


def _lines(claims: Sequence[Claim], cite: Citing) -> list[view.Line]:
    return [cite.sentence(claim) for claim in claims]


def _part(heading: str, claims: Sequence[Claim], cite: Citing, shown: int = _ABOUT) -> Part:
    return Part(heading, _lines(claims, cite), shown)


def _new(sheet: BriefingSheet, cite: Citing) -> Part | None:
    if sheet.since is None:
        return None
    return _part(f"New since {view.human_date(sheet.since)}", sheet.new, cite, _NEW)


def _reading(number: int) -> str:
    words = ["", "this", "these two", "these three", "these four", "these five"]
    return f"Read {words[number] if number < len(words) else 'these'} first"


def _read(one: ToRead, roles: Mapping[str, str], names: Names, cite: Citing) -> Reading:
    paper, listed = names[one.paper], names.paper(one.paper)
    what = cite.sentence(one.what) if one.what else None
    when = _when(paper.dated, listed, roles.get(one.paper, ""))
    return Reading(paper, when, what, cite.sentence(one.why))


def _when(date: str, one: Listed, role: str) -> str:
    return ", ".join(filter(None, (date, "year inferred" * one.year_inferred, role)))


def _work(one: TakesPart, cite: Citing) -> Work:
    return Work(cite.sentence(one.claim), one.name)


def _asked(question: Question, cite: Citing) -> Asked:
    """Show the quotes behind a question that code put, where its words do not hold them."""
    line = cite.sentence(question.claim)
    numbered = zip(line.numbers, dict.fromkeys(question.claim.evidence), strict=True)
    quotes = [Quoted(plain(e.quote), n) for n, e in numbered if not _said(e.quote, line.text)]
    if question.claim.kind != "computed":
        return Asked(line, [], question.ask)
    shown = {quote.number for quote in quotes}
    rest = tuple(number for number in line.numbers if number not in shown)
    return Asked(line._replace(numbers=rest), quotes, question.ask)


def _said(quote: str, text: str) -> bool:
    """Whether a text holds a quote, or words of it in quotation marks."""
    whole, words = _even(plain(quote)), _even(text)
    return whole in words or any(_even(part) in whole for part in _QUOTED.findall(text))


def _even(text: str) -> str:
    return " ".join(text.split()).casefold()


# --- Years ---------------------------------------------------------------------------------


def _themes(table: ThemeTable) -> Themes | None:
    if not table.rows:
        return None
    whole = sum(table.totals)
    return Themes(
        years=[f"{year}" for year in table.years],
        totals=table.totals,
        rows=[Row(one.term, _cells(one.counts, table.totals), one.counts) for one in table.rows],
        shown=_TERMS,
        note=f"papers that mention it, of the {view.plural(whole, 'paper')} present of these years",
    )


def _cells(counts: Sequence[int], totals: Sequence[int]) -> list[str]:
    pairs = zip(counts, totals, strict=False)
    return [f"{count:,} of {total:,}" if total else "–" for count, total in pairs]


# --- The author's papers -------------------------------------------------------------------


def role(one: Authorship) -> str:
    """Say which place the author has in the printed list; empty where that is unknown."""
    if one.position is None:
        return ""
    if not one.authors_complete or one.of is None:
        return f"{ordinal(one.position)} name, list cut"
    return f"{ordinal(one.position)} of {one.of:,}" if one.of > 1 else "only author"


def _printed(sheet: BriefingSheet) -> str:
    """Name the ways in which the name is printed, where there is more than the author's own."""
    others = [name for name in sheet.names if name != sheet.author]
    return f"Taken as the same person: {' · '.join(others)}." if others else ""


def _unknown_roles(papers: Sequence[Authorship]) -> str:
    """Say once, for all papers, where the role is unknown and why; empty where it is nowhere."""
    why = Counter(_why(one) for one in papers if one.position is None)
    if not why:
        return ""
    said = "; ".join(
        f"on {view.plural(number, 'paper')} {reason}" for reason, number in why.items()
    )
    return f"Where no place is given the role is unknown: {said}."


def _why(one: Authorship) -> str:
    if one.of is None:
        return "no list of authors is printed"
    if one.authors_complete:
        return "the whole list does not print the name, or twice"
    return "the list is cut before the name"


def _years(sheet: BriefingSheet, roles: Mapping[str, str], names: Names) -> list[Year]:
    ordered = sorted((names.paper(one.paper) for one in sheet.papers), key=newest_first)
    return [
        Year(year, [_own(one, roles, names) for one in group]) for year, group in by_year(ordered)
    ]


def _own(one: Listed, roles: Mapping[str, str], names: Names) -> Own:
    paper = names[one.paper]
    return Own(paper, _when(paper.day, one, roles[one.paper]))


# --- What is not printed -------------------------------------------------------------------

_LEADS = {
    "short": "In short",
    "careful": "Be careful",
    "facts": "The profile's own figures",
    "new": "New since",
    "what": "Read first",
    "why": "Read first",
    "lines": "Lines of work",
    "people": "With whom",
    "released": "Released",
    "figures": "Figures they will be asked about",
    "questions": "Ask",
    "unknown": "Not known",
}


def parts(page: BriefingView) -> Iterator[Part]:
    """Yield the parts that a page prints under one heading, in order."""
    yield from (part for part in (page.people, page.released, page.figures) if part.lines)
