"""What the page of a digest says, in order; Markdown and HTML only dress it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.digest_sheet import Change, DigestSheet, Listed, Moved, News, Opened, Theme
from pipeline.report import view
from pipeline.report.digest_card import card_of, counted, days, heading
from pipeline.report.parts import (
    ROOT,
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
from pipeline.report.trend_view import Trends, trends_view
from pipeline.sheets import Claim, Evidence, Failure

LATEST = 4  # older papers that are named outside the fold
MOST = 5  # lines that moved, and changes, outside the fold
_FEW = 5  # papers of a theme that are shown without a fold
_LONG = 160  # characters of what changed
NO_SENTENCE = "no sentence found"


class Followed(NamedTuple):
    """News about something that is followed."""

    kind: str
    name: str
    line: view.Line


class Slot(NamedTuple):
    """One of the four slots of an entry; `gap` says what is missing when there is no line."""

    lead: str
    lines: list[view.Line]
    gap: str


class Entry(NamedTuple):
    """One paper to open, numbered from 1."""

    number: int
    paper: Linked
    authors: str
    slots: list[Slot]


class Group(NamedTuple):
    """Papers under one heading, which may be empty; so many are shown outside the fold."""

    name: str
    papers: list[Linked]
    shown: int


class Line(NamedTuple):
    """A line of work that moved."""

    name: str
    path: str
    told: list[view.Line]


class Difference(NamedTuple):
    """A fact of a paper as two documents give it."""

    paper: Linked
    field: str
    before: str
    after: str
    order: str


class Updated(NamedTuple):
    """What changed about papers that were shown before."""

    heading: str
    told: list[view.Line]
    differences: list[Difference]


class Older(NamedTuple):
    """Papers that are new to the library but not new; `years` holds them all, newest first."""

    heading: str
    note: str
    latest: list[Linked]
    years: list[Group]
    number: int


class DigestView(NamedTuple):
    """Everything on the page of a digest, without markup.

    A part that has nothing to say is empty, or None. `quiet` says that the page is the short one
    of a window in which nothing is new: of such a page only head, news, trust and stamp are there.
    """

    heading: str
    days: str
    counted: str
    quiet: bool
    followed: list[Followed]
    short: list[view.Line]
    opened: list[Entry]
    themed: str
    themes: list[Group]
    lines: list[Line]
    updated: Updated | None
    trends: Trends | None
    older: Older | None
    trust: list[view.Line]
    failed: list[str]
    documents: list[Covered]
    notes: list[str]
    dropped: list[Refused]
    evidence: list[Evidence]
    stamp: str


def digest_view(sheet: DigestSheet) -> DigestView:
    """Put the words of a sheet in the order of its page and number its evidence."""
    names, cite, card = Names(sheet.listed), Citing(), card_of(sheet)
    quiet = is_quiet(sheet)
    return DigestView(
        heading=heading(card),
        days=days(card),
        counted=counted(card),
        quiet=quiet,
        followed=[_followed(news, cite) for news in sheet.followed],
        short=[cite(claim) for claim in sheet.short],
        opened=[_entry(n, one, names, cite) for n, one in enumerate(sheet.opened, 1)],
        themed=_themed(sheet),
        themes=_themes(sheet, names),
        lines=[_line(moved, cite) for moved in sheet.lines],
        updated=_updated(sheet, names, cite),
        trends=None if quiet else trends_view(sheet, names, cite),
        older=_older(sheet, names),
        trust=[cite(claim) for claim in sheet.trust],
        failed=[failure_words(one, names) for one in sheet.failed],
        documents=[covered(one) for one in sheet.coverage],
        notes=sheet.notes,
        dropped=refused(sheet.dropped, lambda field: _LEADS.get(field, field)),
        evidence=cite.references.listed(),
        stamp=view.stamp_words(sheet.stamp),
    )


def is_quiet(sheet: DigestSheet) -> bool:
    """Whether nothing at all is new, so that the short page is enough."""
    return not (sheet.new_papers or sheet.backlog or sheet.updated or sheet.lines)


# --- The head ------------------------------------------------------------------------------


def _followed(news: News, cite: Citing) -> Followed:
    line = cite(news.claim)
    said = line.text.removeprefix(f"{news.name}: ")  # the name is printed before it
    return Followed(news.kind, news.name, line._replace(text=said))


# --- Papers --------------------------------------------------------------------------------


def _entry(number: int, one: Opened, names: Names, cite: Citing) -> Entry:
    paper = names.paper(one.paper)
    authors = view.author_line(paper.authors, paper.et_al)
    return Entry(number, names[one.paper], authors, list(_slots(one, cite)))


def _slots(one: Opened, cite: Citing) -> Iterator[Slot]:
    """Yield the slots of an entry; what a result lacks is said once, by its gap."""
    yield _slot("New", [one.new], cite)
    result = _slot("Result", [one.result, one.gap], cite)
    yield result._replace(lines=[_silent(line) for line in result.lines]) if one.gap else result
    if one.code:
        yield _slot("Code", [one.code], cite)
    yield _slot("Why here", [one.why], cite)


def _slot(lead: str, claims: Sequence[Claim | None], cite: Citing) -> Slot:
    lines = [cite.sentence(claim) for claim in claims if claim]
    return Slot(lead, lines, "" if lines else NO_SENTENCE)


def _silent(line: view.Line) -> view.Line:
    return line._replace(lacking="")


def _themes(sheet: DigestSheet, names: Names) -> list[Group]:
    """Return the themes where more is new than is opened."""
    more = len(sheet.new_papers) > len(sheet.opened)
    return [_theme(theme, names) for theme in sheet.themes] if more else []


def _theme(theme: Theme, names: Names) -> Group:
    papers = [names[paper] for paper in theme.papers]
    return Group(theme.name, papers, len(papers) if len(papers) <= _FEW else _FEW - 1)


def _themed(sheet: DigestSheet) -> str:
    named = any(theme.name for theme in sheet.themes)
    return "New by theme" if named else f"All {len(sheet.new_papers):,} new papers"


def _line(moved: Moved, cite: Citing) -> Line:
    path = f"{ROOT}lineages/{view.address(moved.slug)}/lineage"
    return Line(moved.name, path, [cite(claim) for claim in moved.claims])


# --- What is not new -----------------------------------------------------------------------

_ORDERS = {
    "stated": "the later is dated",
    "unknown": "a difference: no date says which is later",
}


def _updated(sheet: DigestSheet, names: Names, cite: Citing) -> Updated | None:
    if not sheet.updated and not sheet.changed:
        return None
    orders = {change.order for change in sheet.updated}
    heading = {
        frozenset({"unknown"}): "Worded differently",
        frozenset({"stated", "unknown"}): "Updated, or worded differently",
    }.get(frozenset(orders), "Updated")
    told = [cite(claim) for claim in sheet.changed]
    return Updated(heading, told, [_difference(one, names) for one in sheet.updated])


def _difference(change: Change, names: Names) -> Difference:
    return Difference(
        paper=names[change.paper],
        field=change.field,
        before=_cut(change.before),
        after=_cut(change.after),
        order=_ORDERS[change.order],
    )


def _cut(text: str | None) -> str:
    if text is None:
        return "none"
    return text if len(text) <= _LONG else f"{text[: _LONG - 1].rstrip()}…"


def _older(sheet: DigestSheet, names: Names) -> Older | None:
    if not sheet.backlog:
        return None
    ordered = sorted(map(names.paper, sheet.backlog), key=newest_first)
    return Older(
        heading=f"Not new, but new to you: {view.plural(len(ordered), 'older paper')}",
        note="First digest of this library." if sheet.first else "",
        latest=[names[one.paper] for one in ordered[:LATEST]],
        years=_years(ordered, names) if len(ordered) > LATEST else [],
        number=len(ordered),
    )


def _years(ordered: Sequence[Listed], names: Names) -> list[Group]:
    groups = ((year, [names[one.paper] for one in group]) for year, group in by_year(ordered))
    return [Group(year, papers, len(papers)) for year, papers in groups]


# --- Trust ---------------------------------------------------------------------------------


def failure_words(failure: Failure, names: Names) -> str:
    """Say what failed, at which stage, and why."""
    paper = names.paper(failure.paper).label if failure.paper else ""
    subject = paper or failure.document or "the run"
    return f"{subject}, {failure.stage}: {failure.reason}"


_LEADS = {
    "followed": "What you follow",
    "short": "In short",
    "new": "New",
    "result": "Result",
    "gap": "Result",
    "code": "Code",
    "why": "Why here",
    "lines": "Lines that moved",
    "changed": "Updated",
    "trends": "What is changing",
    "trust": "Can I trust the counts?",
}
