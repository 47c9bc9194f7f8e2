"""The digest of a week, or of a window of days: what is new, what moved, what to open first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from pipeline.digest_sheet import (
    Change,
    DigestSheet,
    Listed,
    Moved,
    News,
    Theme,
)
from pipeline.issue import Interest, Issue, Line, Step
from pipeline.library import newest_first
from pipeline.opening import Opener
from pipeline.scribe import Scribe, counted, listed, printed_day
from pipeline.sheets import Claim, Datum, code_stamp
from pipeline.terms import broad

STAGE = "digest"
ENGINE = "digest 1"
_SHEET = "litline/digest"
MOST_TOLD = 5
_THEME = 2  # papers that make a theme
_NAMED = 3  # papers that a sentence names


def make_digest(issue: Issue) -> DigestSheet:
    """Make the digest of a week; every choice and every figure in it is made by code."""
    scribe = Scribe(_SHEET, issue.name)
    teller, opener = _Teller(issue, scribe), Opener(issue, scribe)
    chosen = opener.read_first()
    sheet = DigestSheet(
        week=issue.week,
        since=issue.days.since,
        until=issue.days.until,
        first=not issue.past.weeks,
        followed=[teller.news(one) for one in issue.interests],
        short=list(teller.short()),
        new_papers=[entry.paper.id for entry in issue.selection.new],
        read_first=chosen,
        opened=[opener.opened(one) for one in chosen],
        themes=list(_themes(issue)),
        lines=[teller.moved(line) for line in issue.lines],
        updated=issue.selection.changes,
        changed=list(teller.changed()),
        backlog=[entry.paper.id for entry in issue.selection.backlog],
        listed=[],
        trends=list(issue.trends.rows),
        trend_window=issue.trends.days,
        told=list(teller.told()),
        failed=list(issue.failed),
        coverage=list(issue.coverage),
        notes=list(issue.notes),
        trust=list(teller.trust()),
        stamp=code_stamp(ENGINE, [], []),
        dropped=[],
    )
    inputs = [one.stamp for id_ in sheet.new_papers if (one := issue.sheets.get(id_))]
    stamp = code_stamp(ENGINE, [claim for _, claim in sheet.claims()], inputs)
    return sheet.model_copy(update={"listed": _listed(issue, sheet), "stamp": stamp})


def _listed(issue: Issue, sheet: DigestSheet) -> list[Listed]:
    """List every paper that the page leads to, in the order of their dates, newest first."""
    named = {*sheet.new_papers, *sheet.backlog, *(one.paper for one in sheet.updated)}
    named |= {id_ for row in sheet.trends for id_ in (*row.in_window, *row.in_baseline)}
    known = [issue.entries[id_] for id_ in named if id_ in issue.entries]
    return [listed(entry) for entry in sorted(known, key=newest_first)]


def _themes(issue: Issue) -> Iterator[Theme]:
    """Part the new papers: again and again, the term of most papers that are left.

    A term that says too little, or is in more than half of all, parts nothing.
    """
    left = [entry.paper.id for entry in issue.selection.new]
    most = max(len(left) // 2, _THEME)
    while left:
        by_term: dict[str, list[str]] = {}
        for id_ in left:
            for term in issue.trends.terms.get(id_, frozenset()) - broad():
                by_term.setdefault(term, []).append(id_)
        fit = [term for term, papers in by_term.items() if _THEME <= len(papers) <= most]
        name = min(fit, key=lambda term: (-len(by_term[term]), term), default=None)
        if name is None:
            yield Theme(name="other" if len(left) < len(issue.selection.new) else "", papers=left)
            return
        yield Theme(name=name, papers=by_term[name])
        left = [id_ for id_ in left if id_ not in by_term[name]]


class _Teller:
    """Makes the claims of one digest."""

    def __init__(self, issue: Issue, scribe: Scribe) -> None:
        self._issue = issue
        self._scribe = scribe
        self._new = issue.new

    # --- In short, lines, followed --------------------------------------------------------------

    def short(self) -> Iterator[Claim]:
        """Yield the week in counts and names; for an empty week, why it is empty."""
        new = self._new
        if not new:
            yield from self._empty()
            yield from self._changed_in_short()
            return
        text = f"{counted(len(new), 'new paper')}."
        yield self._scribe.computed("short", text, {"papers": new, "new": f"{len(new):,}"})
        for line in self._issue.lines:
            for step in line.steps:
                yield self._step("short", line, step)
        yield from self._figures()
        yield from self._changed_in_short()
        for verdict, words in (("emerging", "A larger"), ("declining", "A smaller")):
            terms = ", ".join(r.term for r in self._issue.trends.rows if r.verdict == verdict)
            if terms:
                text = f"{words} share of papers than before ({verdict}): {terms}."
                yield self._scribe.computed("short", text, {"papers": new, "terms": terms})

    def _changed_in_short(self) -> Iterator[Claim]:
        papers = [entry.paper.id for entry in self._issue.selection.changed]
        if papers:
            text = f"{counted(len(papers), 'paper')} shown before changed."
            data: dict[str, Datum] = {"papers": papers, "changed": f"{len(papers):,}"}
            yield self._scribe.computed("short", text, data)

    def _figures(self) -> Iterator[Claim]:
        sheets = self._issue.sheets
        read = [id_ for id_ in self._new if id_ in sheets and sheets[id_].details.wordings]
        silent = [id_ for id_ in read if id_ in self._issue.silent]
        if not silent:
            return
        if len(silent) == len(read):
            whole = {1: "The abstract gives no figure.", 2: "Neither abstract gives a figure."}
            text = whole.get(len(read), f"None of the {len(read):,} abstracts gives a figure.")
        else:
            verb = "gives" if len(silent) == 1 else "give"
            text = f"{len(silent):,} of {len(read):,} abstracts {verb} no figure."
        data: dict[str, Datum] = {
            "papers": silent,
            "figures": f"{len(silent):,} {len(read):,}",
        }
        yield self._scribe.computed("short", text, data)

    def _empty(self) -> Iterator[Claim]:
        issue = self._issue
        span = "this week" if issue.week else "these days"
        dates = [e.paper.date for e in issue.entries.values() if e.paper.date]
        before = max((day for day in dates if day < issue.days.since), default=None)
        documents = [one.document for one in issue.coverage]
        latest = (
            f" The latest before is of {printed_day(before)} ({_week(before)})." if before else ""
        )
        data: dict[str, Datum] = {"documents": documents, "latest": latest}
        text = f"Nothing new: no paper in these documents is dated in {span}.{latest}"
        if issue.selection.again:
            shown = [entry.paper.id for entry in issue.selection.again]
            of = counted(len(shown), "paper")
            verb = "was" if len(shown) == 1 else "were"
            text = f"Nothing new: {of} dated in {span} {verb} shown before."
            data = {"papers": shown, "shown": of}
        yield self._scribe.computed("short", text, data)
        if issue.nothing_since:
            text = f"No new document was read since the digest of {issue.nothing_since}."
            data = {"documents": documents, "week": issue.nothing_since}
            yield self._scribe.computed("short", text, data)

    def _step(self, field: str, line: Line, step: Step) -> Claim:
        later, earlier = self._issue.label(step.paper), line.labels[step.edge.target]
        if step.edge.basis == "stated":
            verb = "succeeds" if step.edge.type == "succeeds" else "builds on"
            text, signs = f"{later} {verb} {earlier} (stated).", ""
        else:
            signs = ", ".join(step.edge.signs)
            how = f"guessed: {signs}" if field == "lines" else "guessed"
            text = f"{later} appears to continue {earlier} ({how})."
        data: dict[str, Datum] = {
            "papers": [step.paper], "later": later, "earlier": earlier, "signs": signs
        }  # fmt: skip
        return self._scribe.computed(field, text, data, step.edge.evidence)

    def moved(self, line: Line) -> Moved:
        """Tell how a line went on."""
        claims = [self._step("lines", line, step) for step in line.steps]
        return Moved(slug=line.slug, name=line.name, claims=claims)

    def news(self, interest: Interest) -> News:
        """Say what is new about something that is followed."""
        chosen = self._issue.selection
        kinds = (("new", chosen.new), ("changed", chosen.changed), ("older", chosen.backlog))
        found = [
            (f"{kind} paper", [e.paper.id for e in entries if e.paper.id in interest.papers])
            for kind, entries in kinds
        ]
        told = [self._some(what, papers) for what, papers in found if papers]
        text = f"{interest.name}: {'; '.join(told) or 'nothing new'}."
        papers = [id_ for _, some in found for id_ in some]
        data: dict[str, Datum] = {
            "papers": papers,
            "documents": [one.document for one in self._issue.coverage],
            "name": interest.name,
            "counts": " ".join(_sizes(some) for _, some in found),
            "names": [self._issue.label(id_) for id_ in papers],
        }
        return News(
            kind=interest.kind,
            name=interest.name,
            claim=self._scribe.computed("followed", text, data),
        )

    def _some(self, what: str, papers: Sequence[str]) -> str:
        """Count papers and name the first of them."""
        names = ", ".join(self._issue.label(id_) for id_ in papers[:_NAMED])
        more = f" and {len(papers) - _NAMED:,} more" if len(papers) > _NAMED else ""
        return f"{counted(len(papers), what)}: {names}{more}"

    # --- What changed, trends -------------------------------------------------------------------

    def changed(self) -> Iterator[Claim]:
        """Say of each paper that was shown before what changed."""
        for change in self._issue.selection.changes:
            label = self._issue.label(change.paper)
            data: dict[str, Datum] = {
                "papers": [change.paper],
                "label": label,
                "before": change.before or "",
                "after": change.after or "",
                "documents": change.documents,
            }
            yield self._scribe.computed("changed", f"{label}: {_what(change)}.", data)

    def told(self) -> Iterator[Claim]:
        """Tell the terms that moved, the surest first; at most five."""
        moved = [r for r in self._issue.trends.rows if r.verdict in _RANK]
        order = sorted(moved, key=lambda r: (_RANK[r.verdict], r.q or 0.0, r.p or 0.0, r.term))
        for row in order[:MOST_TOLD]:
            reason = f", {row.reason}" if row.reason else ""
            text = (
                f"{row.term}: {row.window.papers:,} of {row.window.of:,} papers, before "
                f"{row.baseline.papers:,} of {row.baseline.of:,}: {row.verdict}{reason}."
            )
            data: dict[str, Datum] = {
                "term": row.term,
                "papers": [*row.in_window, *row.in_baseline],
                "reason": row.reason,
                "window": f"{row.window.papers:,} of {row.window.of:,}",
                "baseline": f"{row.baseline.papers:,} of {row.baseline.of:,}",
            }
            yield self._scribe.computed("trends", text, data)

    # --- Trust ----------------------------------------------------------------------------------

    def trust(self) -> Iterator[Claim]:
        """Say what was read, what is missing, and what was inferred."""
        yield from self._read()
        yield from self._missing()
        untitled = [id_ for id_, e in self._issue.entries.items() if e.paper.title is None]
        if untitled and (self._new or self._issue.selection.backlog):
            verb = "has" if len(untitled) == 1 else "have"
            text = f"{counted(len(untitled), 'paper')} {verb} no title in any document."
            data: dict[str, Datum] = {"papers": untitled, "untitled": f"{len(untitled):,}"}
            yield self._scribe.computed("trust", text, data)
        guessed = [id_ for id_ in self._new if self._issue.entries[id_].details.year_inferred]
        if guessed:
            text = (
                f"{len(guessed):,} of {counted(len(self._new), 'new paper')} "
                f"{'is' if len(guessed) == 1 else 'are'} printed without a year; it was inferred."
            )
            data = {"papers": guessed, "figures": f"{len(guessed):,} {len(self._new):,}"}
            yield self._scribe.computed("trust", text, data)
        yield from self._worded()
        later = [entry.paper.id for entry in self._issue.selection.later]
        if later:
            day = printed_day(self._issue.days.until)
            verb = "is" if len(later) == 1 else "are"
            text = f"{counted(len(later), 'paper')} {verb} dated after {day}, and left for later."
            yield self._scribe.computed(
                "trust", text, {"papers": later, "later": f"{len(later):,}", "day": day}
            )
        documents = [one.document for one in self._issue.coverage]
        for words, figures in self._issue.remarks:
            yield self._scribe.computed("trust", words, {"documents": documents, **figures})

    def _read(self) -> Iterator[Claim]:
        coverage = self._issue.coverage
        entries = sum(one.present for one in coverage)
        current = {one.document for one in coverage}
        known = self._issue.entries.values()
        here = sum(any(ref.document in current for ref in e.paper.records) for e in known)
        documents, papers, gone = len(coverage), here, len(known) - here
        verb = "is" if entries == 1 else "are"
        text = (
            f"{entries:,} {'entry' if entries == 1 else 'entries'} in "
            f"{counted(documents, 'document')} {verb} {counted(papers, 'paper')}."
        )
        if gone:
            verb = "is" if gone == 1 else "are"
            text += f" {counted(gone, 'more paper')} {verb} only in texts that newer ones replaced."
        data: dict[str, Datum] = {
            "documents": [one.document for one in coverage],
            "figures": f"{entries:,} {documents:,} {papers:,} {gone:,}",
        }
        yield self._scribe.computed("trust", text, data)

    def _worded(self) -> Iterator[Claim]:
        several = [id_ for id_, e in self._issue.entries.items() if len(e.details.wordings) > 1]
        if several and (self._new or self._issue.selection.backlog):
            verb, their = ("has", "its") if len(several) == 1 else ("have", "their")
            papers = counted(len(several), "paper")
            text = f"{papers} {verb} more than one wording of {their} abstract."
            data: dict[str, Datum] = {"papers": several, "worded": f"{len(several):,}"}
            yield self._scribe.computed("trust", text, data)

    def _missing(self) -> Iterator[Claim]:
        for one in self._issue.coverage:
            if (one.declared or 0) <= one.present:
                continue
            lost = (one.declared or 0) - one.present
            verb = "is" if lost == 1 else "are"
            text = (
                f"{one.document} declares {counted(one.declared or 0, 'paper')} and holds "
                f"{one.present:,}: {lost:,} {verb} missing, and a new one may be among them."
            )
            data: dict[str, Datum] = {
                "documents": [one.document],
                "figures": f"{one.declared:,} {one.present:,} {lost:,}",
                "name": one.document,
            }
            yield self._scribe.computed("trust", text, data)


def _sizes(papers: Sequence[str]) -> str:
    """Print the numbers that `_some` prints."""
    return f"{len(papers):,} {max(len(papers) - _NAMED, 0):,}"


_RANK = {"emerging": 0, "declining": 0, "possible": 1}


def _week(date: dt.date) -> str:
    year, number, _ = date.isocalendar()
    return f"{year}-W{number:02}"


def _what(change: Change) -> str:
    if change.order == "unknown":
        if change.field == "abstract":
            return "another wording of the abstract; no date says which is the later one"
        return f'two wordings of the {change.field}, "{change.before}" and "{change.after}"'
    if change.field == "version":
        since = f", after that of {change.before}" if change.before else ""
        return f"a version of {change.after}{since}"
    return f"now has a {change.field}: {change.after}"
