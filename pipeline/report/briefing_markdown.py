"""The page of a briefing in Markdown: what is read on the way first, long lists at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.briefing_sheet import BriefingSheet
from pipeline.report import view
from pipeline.report.briefing_view import (
    Asked,
    BriefingView,
    Own,
    Part,
    Reading,
    Row,
    Themes,
    Work,
    briefing_view,
    parts,
)
from pipeline.report.footnotes import cited_words, footnotes, marks
from pipeline.report.markdown import escape_markdown, front_matter
from pipeline.report.markdown_blocks import linked, listing, section, was_dropped, was_read
from pipeline.report.parts import ROOT

NOTHING_NEW = "Nothing in these documents is dated later."


def briefing_markdown(sheet: BriefingSheet) -> str:
    """Return the page of a briefing, ending with a newline."""
    page = briefing_view(sheet)
    # Two properties only: the warning has to stand within the first ten lines.
    blocks = [
        front_matter({"title": page.title, "tags": ["briefing"]}),
        f"# {escape_markdown(page.title)}",
        *_minutes(page),
        *_appendix(page),
        *footnotes(page.evidence, ROOT),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _minutes(page: BriefingView) -> list[str]:
    """Return what is read in two minutes."""
    return [
        _told("In short.", page.short),
        _told("Be careful.", page.careful),
        " ".join(map(cited_words, page.facts)),
        *_new(page.new),
        *section(page.reading, _numbered(map(_read, page.read))),
        *_themes(page.themes),
        *section("Work and people", *_works(page), *map(_part, parts(page))),
        *section("Ask", _numbered(map(_asked, page.asked))),
        _told("Not known from these pages.", page.unknown),
        escape_markdown(page.stamp),
    ]


def _told(lead: str, lines: Sequence[view.Line]) -> str:
    return " ".join((f"**{lead}**", *map(cited_words, lines))) if lines else ""


def _new(part: Part | None) -> list[str]:
    if part is None:
        return []
    return section(part.heading, listing("", _shown(part)) or NOTHING_NEW)


def _shown(part: Part) -> list[str]:
    return _cut([cited_words(line) for line in part.lines], part.shown)


def _cut(items: Sequence[str], shown: int) -> list[str]:
    more = len(items) - shown
    return [*items[:shown], *([f"{more:,} more at the end"] if more > 0 else [])]


def _numbered(items: Iterable[str]) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))


def _read(one: Reading) -> str:
    said = " ".join(cited_words(line) for line in (one.what, one.why) if line)
    return f"**{linked(one.paper)}** ({one.when}): {said}"


# --- Years ---------------------------------------------------------------------------------


def _themes(themes: Themes | None) -> list[str]:
    if themes is None:
        return []
    more = len(themes.rows) - themes.shown
    rest = f"{more:,} more at the end." if more > 0 else ""
    table = _table(themes, themes.rows[: themes.shown])
    return [f"## What changed ({themes.note})", table, rest]


def _table(themes: Themes, rows: Sequence[Row]) -> str:
    head = f"| | {' | '.join(themes.years)} |"
    rule = "|---" * (len(themes.years) + 1) + "|"
    lines = (f"| {escape_markdown(row.term)} | {' | '.join(row.cells)} |" for row in rows)
    return "\n".join((head, rule, *lines))


# --- Who, what and questions ---------------------------------------------------------------


def _works(page: BriefingView) -> list[str]:
    works = _cut(list(map(_work, page.works)), page.works_shown)
    return [listing("**Lines of work.**", works)]


def _work(work: Work) -> str:
    return f"**{escape_markdown(work.name)}**: {cited_words(work.line)}"


def _part(part: Part) -> str:
    lead, shown = f"**{part.heading}.**", _shown(part)
    return f"{lead} {shown[0]}" if len(shown) == 1 else listing(lead, shown)


def _asked(one: Asked) -> str:
    quotes = (
        f'   - "{escape_markdown(quote.text)}" {marks([quote.number])}' for quote in one.quotes
    )
    words = f"{cited_words(one.line)} *{escape_markdown(one.ask)}*"
    return "\n".join((words, *quotes))


# --- The long lists ------------------------------------------------------------------------


def _appendix(page: BriefingView) -> Iterator[str]:
    for part in (page.new, *parts(page)):
        if part:
            more = map(cited_words, part.lines[part.shown :])
            yield from section(
                f"More: {part.heading[:1].lower()}{part.heading[1:]}", listing("", more)
            )
    yield from section(
        "More lines of work", listing("", map(_work, page.works[page.works_shown :]))
    )
    if page.themes and (rows := page.themes.rows[page.themes.shown :]):
        yield from section("More terms by year", _table(page.themes, rows))
    yield from (
        section(_all(page), *map(escape_markdown, page.notes), *_years(page)) if page.years else []
    )
    yield from was_read(page.documents)
    yield from was_dropped(page.dropped)


def _all(page: BriefingView) -> str:
    return f"All {page.number:,} papers" if page.number > 1 else "The paper"


def _years(page: BriefingView) -> Iterator[str]:
    for year in page.years:
        yield listing(f"**{year.name}** ({len(year.papers):,})", map(_own, year.papers))


def _own(own: Own) -> str:
    return ", ".join(filter(None, (linked(own.paper), own.when)))
