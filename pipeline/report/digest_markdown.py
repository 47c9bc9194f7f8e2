"""The page of a digest in Markdown: two minutes of reading first, long lists at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.digest_sheet import DigestSheet
from pipeline.report.digest_card import card_of, digest_title
from pipeline.report.digest_view import (
    MOST,
    DigestView,
    Entry,
    Followed,
    Group,
    Line,
    Older,
    Slot,
    Updated,
    digest_view,
)
from pipeline.report.footnotes import cited_words, footnotes, marks
from pipeline.report.markdown import escape_markdown, front_matter
from pipeline.report.markdown_blocks import linked, listing, section, was_dropped, was_read
from pipeline.report.parts import ROOT, Linked
from pipeline.report.trend_view import Counted, Tested, Told, Trends

_MOST_FAILURES = 10


def digest_markdown(sheet: DigestSheet) -> str:
    """Return the page of a digest, ending with a newline.

    Where nothing is new it is shorter than ten lines, and has no properties.
    """
    page = digest_view(sheet)
    body = _quiet(page) if page.quiet else _loud(page)
    blocks = [
        "" if page.quiet else front_matter(_properties(sheet)),
        f"# {digest_title(card_of(sheet))}",
        *body,
        *footnotes(page.evidence, ROOT),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _properties(sheet: DigestSheet) -> dict[str, object]:
    return {
        "title": digest_title(card_of(sheet)),
        "week": sheet.week,
        "from": sheet.since.isoformat(),
        "to": sheet.until.isoformat(),
        "new": len(sheet.new_papers),
        "older": len(sheet.backlog),
        "tags": ["digest"],
        "engine": sheet.stamp.engine,
        "model": sheet.stamp.model,
    }


def _quiet(page: DigestView) -> list[str]:
    """Return the page of a window in which nothing is new: a line for each part."""
    followed = " ".join(map(_news, page.followed))
    trust = " ".join(map(cited_words, page.trust))
    return [
        f"**What you follow.** {followed}" if followed else "",
        _in_short(page),
        f"**Can I trust the counts?** {trust} {_failed(page.failed)}",
        escape_markdown(page.stamp),
    ]


def _loud(page: DigestView) -> list[str]:
    return [
        listing("**What you follow.**", map(_news, page.followed)),
        _in_short(page),
        *section("Open these", *map(_entry, page.opened)),
        *section(page.themed, listing("", map(_shown, page.themes))),
        *section("Lines that moved", _cut_list(list(map(_line, page.lines)))),
        *_updated(page.updated),
        *_trends(page.trends),
        *_older(page.older),
        *section("Can I trust the counts?", _trust(page), escape_markdown(page.stamp)),
        *_appendix(page),
    ]


def _cut_list(items: Sequence[str]) -> str:
    more = [f"{len(items) - MOST:,} more at the end"] if len(items) > MOST else []
    return listing("", [*items[:MOST], *more])


def _rest(heading: str, items: Sequence[str]) -> list[str]:
    """Return what `_cut_list` leaves out."""
    return section(heading, listing("", items[MOST:]))


# --- The two minutes -----------------------------------------------------------------------


def _news(news: Followed) -> str:
    return f"*{escape_markdown(news.name)}* ({news.kind}): {cited_words(news.line)}"


def _in_short(page: DigestView) -> str:
    return " ".join(("**In short.**", *map(cited_words, page.short))) if page.short else ""


def _entry(entry: Entry) -> str:
    head = f"**{entry.number} · {linked(entry.paper)}** · {escape_markdown(entry.authors)}"
    *slots, why = entry.slots
    code = " · ".join(_slot(slot) for slot in (*slots[2:], why))
    return listing(f"{head} · {entry.paper.when}", [*map(_slot, slots[:2]), code])


def _slot(slot: Slot) -> str:
    return f"*{slot.lead}*: {' '.join(map(cited_words, slot.lines)) or slot.gap}"


def _shown(group: Group) -> str:
    more = len(group.papers) - group.shown
    rest = f" · {more:,} more at the end" if more else ""
    return f"{_headed(group, group.papers[: group.shown])}{rest}"


def _group(group: Group) -> str:
    return _headed(group, group.papers)


def _headed(group: Group, papers: Sequence[Linked]) -> str:
    links = " · ".join(map(linked, papers))
    head = f"**{escape_markdown(group.name)}** ({len(group.papers):,}): " if group.name else ""
    return head + links


def _line(line: Line) -> str:
    told = " ".join(map(cited_words, line.told))
    return f"**[{escape_markdown(line.name)}]({line.path}.md)**: {told}"


def _updated(updated: Updated | None) -> list[str]:
    if updated is None:
        return []
    return section(updated.heading, _cut_list(list(map(cited_words, updated.told))))


# --- Trends --------------------------------------------------------------------------------


def _trends(trends: Trends | None) -> list[str]:
    if trends is None:
        return []
    plot = ", and a plot on [this page](digest.html#trends)" if trends.plot else ""
    return [
        f"## What is changing ({trends.scope})",
        "\n".join(_told_table(trends)),
        " ".join(map(cited_words, trends.narrated)),
        f"{trends.limits} All tests stand at the end{plot}.",
    ]


def _told_table(trends: Trends) -> Iterator[str]:
    if trends.told:
        yield f"| | {trends.window} | before | |"
        yield "|---|---|---|---|"
    for told in trends.told:
        yield f"| {escape_markdown(told.term)} | {told.window} | {told.before} | {_verdict(told)} |"


def _verdict(told: Told) -> str:
    word = f"**{told.verdict}**" if told.strong else told.verdict
    reason = f": {escape_markdown(told.reason)}" if told.reason else ""
    return " ".join(filter(None, (f"{word}{reason}", marks(told.line.numbers))))


def _tests(trends: Trends) -> Iterator[str]:
    yield f"| | {trends.window} | 95 % | before | 95 % | p | q | |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in trends.tested:
        cells = (
            *(escape_markdown(row.term), row.window, row.window_interval),
            *(row.before, row.before_interval),
            *(escape_markdown(row.p) or "–", escape_markdown(row.q) or "–", row.verdict),
        )
        yield f"| {' | '.join(cells)} |"


def _papers_counted(trends: Trends) -> list[str]:
    printed = {told.term for told in trends.told}
    rows = [row for row in trends.tested if row.term in printed]
    more = sum(row.named for row in trends.tested) > len(rows)
    rest = "Those of other terms that may have moved are in `digest.json`, by id." if more else ""
    return section("Papers counted for the printed terms", listing("", map(_sides, rows)), rest)


def _sides(row: Tested) -> str:
    window, before = _counted(row.in_window), _counted(row.in_before)
    return f"**{escape_markdown(row.term)}**, in the window: {window}. Before: {before}."


def _counted(counted: Counted) -> str:
    more = f" and {counted.more:,} more, by id in `digest.json`" if counted.more else ""
    return (" · ".join(map(linked, counted.papers)) or "none") + more


# --- What is not new, and trust --------------------------------------------------------------


def _older(older: Older | None) -> list[str]:
    if older is None:
        return []
    latest = ", ".join(f"{linked(paper)} ({paper.dated})" for paper in older.latest)
    lead = f"Latest four: {latest}. All {older.number:,} stand at the end." if older.years else ""
    return section(older.heading, " ".join(filter(None, (older.note, lead or f"{latest}."))))


def _trust(page: DigestView) -> str:
    return listing("", [*map(cited_words, page.trust), _failed(page.failed)])


def _failed(failed: Sequence[str]) -> str:
    if not failed:
        return "Nothing failed."
    named = "; ".join(map(escape_markdown, failed[:_MOST_FAILURES]))
    more = len(failed) - _MOST_FAILURES
    rest = f"; {more:,} more are in `digest.json`" if more > 0 else ""
    return f"**{len(failed):,} failed**: {named}{rest}."


# --- The long lists ------------------------------------------------------------------------


def _appendix(page: DigestView) -> Iterator[str]:
    folded = [group for group in page.themes if group.shown < len(group.papers)]
    yield from section("All new papers of large themes", listing("", map(_group, folded)))
    yield from _rest("More lines that moved", list(map(_line, page.lines)))
    if page.updated:
        yield from _rest("More changes", list(map(cited_words, page.updated.told)))
        yield from section("What changed, as printed", "\n".join(_differences(page.updated)))
    if page.older and page.older.years:
        heading = f"All {page.older.number:,} older papers"
        yield from section(heading, listing("", map(_group, page.older.years)))
    if page.trends:
        yield from section("All terms tested", "\n".join(_tests(page.trends)))
        yield from _papers_counted(page.trends) if page.trends.told else []
    yield from was_read(page.documents, page.notes)
    yield from was_dropped(page.dropped)


def _differences(updated: Updated) -> Iterator[str]:
    if updated.differences:
        yield "| Paper | What | One | Other | |"
        yield "|---|---|---|---|---|"
    for one in updated.differences:
        cells = (linked(one.paper), one.field, *map(escape_markdown, (one.before, one.after)))
        yield f"| {' | '.join(cells)} | {one.order} |"
