"""Which digests a job makes, and what each of them is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from flows.progress import reporter
from flows.shelves import Shelves
from flows.tracing import Traced
from flows.weeks import Week, weeks_between, weeks_to_make
from pipeline.digest_sheet import Days, DigestSheet
from pipeline.errors import UsageError
from pipeline.issue import Issue, Line, Step
from pipeline.library import Entry, Texts
from pipeline.lineage_sheet import LineageSheet
from pipeline.lines import Line as TracedLine
from pipeline.memory import Past, Selection, recall, select, state_of
from pipeline.steps.digest import make_digest
from pipeline.store import Store, StoredDigest, StoredShown

MOST_MISSED = 60  # weeks that are made up; papers of earlier ones are backlog


class Span(NamedTuple):
    """The days of one digest; `week` is None for a window, which marks nothing as shown."""

    week: str | None
    days: Days


def week_span(week: Week) -> Span:
    """Return the days of a week, Monday to Sunday."""
    return Span(str(week), Days(since=week.monday, until=week.sunday))


class Calendar(NamedTuple):
    """The weeks that have a digest, and those of them whose digest was made when they had ended."""

    weeks: Sequence[str]
    ended: Sequence[str]

    def missed(self, due: Week) -> list[Week]:
        """Return the weeks up to `due` that have no digest yet, or one of before they had ended.

        Those are the weeks after the last whose digest is whole; at most the last `MOST_MISSED`.
        """
        if self.ended:
            return weeks_to_make(self.ended, due)[-MOST_MISSED:]
        first = min(map(Week.parse, self.weeks), default=due)
        before = Week.of(first.monday - dt.timedelta(weeks=1))
        return weeks_between(before, due)[-MOST_MISSED:]


def wanted_spans(
    made: Calendar, today: dt.date, week: str | None, since: str | None, until: str | None
) -> list[Span]:
    """Return what a command asks for: a week, a window, or every week that is due.

    Due are the weeks after the last one whose digest was made when it had ended, up to the last
    that had ended before `today`; where that one has such a digest, it is the last that has one.

    Raises:
        UsageError: there is no such week or day, it has not begun, a window ends before it begins,
            or both a week and a window are asked for.
    """
    if since or until:
        if week:
            raise UsageError("name a week or a window of days, not both")
        return [Span(None, _window(since, until, today))]
    if week:
        return [week_span(_begun(week, today))]
    try:
        due = Week.of(today - dt.timedelta(weeks=1))
    except OverflowError as error:
        raise UsageError(f"--as-of: no week had ended before {today}") from error
    last = max(map(Week.parse, made.weeks), default=due)
    return [week_span(one) for one in made.missed(due) or [last]]


def _begun(text: str, today: dt.date) -> Week:
    week = Week.parse(text)
    if week.monday > today:
        raise UsageError(f"week {week} has not begun: it is {today}")
    return week


def _window(since: str | None, until: str | None, today: dt.date) -> Days:
    if since is None:
        raise UsageError("--until needs --since, the first day of the window")
    first, last = day_of("since", since), day_of("until", until) if until else today
    if last < first:
        raise UsageError(f"the window ends before it begins: {first} to {last}")
    return Days(since=first, until=last)


def day_of(option: str, text: str) -> dt.date:
    """Return the day that an option names.

    Raises:
        UsageError: it is no ISO day.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--{option}: {text!r} is no day; write it as 2026-05-25") from error


def latest_spans(entries: Iterable[Entry], today: dt.date, made: Calendar) -> list[Span]:
    """Return the latest week that has papers, none of them after `today`, and those missed before.

    Where a later week has a digest already, it is the last that has one.
    """
    dates = [entry.paper.date for entry in entries if entry.paper.date]
    past = [date for date in dates if date <= today]
    if not past:
        return []
    latest = Week.of(max(past))
    if not made.weeks:
        return [week_span(latest)]
    last = max(map(Week.parse, made.weeks))
    return [week_span(one) for one in made.missed(latest) or [last]]


Telling = Callable[[Span, Past, Selection, DigestSheet | None], Issue]


class _Draft(NamedTuple):
    """A digest of a week that is not stored yet, with what it shows."""

    stored: StoredDigest
    sheet: DigestSheet
    shown: list[StoredShown]

    @property
    def week(self) -> str:
        """The week."""
        return self.stored.week


class Drafts:
    """The digests of one job: what each shows, and its sheet once papers and lines are told.

    A week is closed, and its digest stays as it was, once a later week has one. What is made is
    stored by `save`, after its pages are written: a run that is killed before shows nothing.
    `fresh` are those made now of days that are over.
    """

    def __init__(
        self, spans: Sequence[Span], shelves: Shelves, store: Store, today: dt.date
    ) -> None:
        self._today = today
        self.spans = spans
        self._store = store
        self._texts = Texts(shelves.volumes)
        self._entries = {entry.paper.id: entry for entry in shelves.entries}
        self._made: list[_Draft] = []
        self.fresh: list[DigestSheet] = []
        self._selected: dict[tuple[Span, int], tuple[Past, Selection]] = {}
        self._first = [self._select(span) for span in spans if not self._closed(span)]

    def shown(self) -> set[str]:
        """Return the papers that the digests will show, as far as can be told before they are made.

        Closed weeks need none.
        """
        return {entry.paper.id for _, chosen in self._first for entry in chosen.shown}

    def new(self) -> set[str]:
        """Return the papers that are new in one of the digests."""
        return {entry.paper.id for _, chosen in self._first for entry in chosen.new}

    def seen(self) -> set[str]:
        """Return the papers that stored digests have shown."""
        aliases = self._store.aliases()
        return {aliases.get(row.paper, row.paper) for row in self._store.shown()}

    def make(self, told: Telling) -> list[DigestSheet]:
        """Make the digests in order; each knows what those before it show."""
        made = []
        for span in self.spans:
            closed = self._closed(span)
            if closed is not None:
                reporter().say(f"{span.week} is closed, since a later week has a digest.")
            made.append(closed or self._make(span, told))
        return made

    def hold(self, held: Collection[str]) -> None:
        """Forget digests, given by their folders, as if they had not been made."""
        self._made = [draft for draft in self._made if draft.sheet.name not in held]
        self.fresh = [sheet for sheet in self.fresh if sheet.name not in held]

    def save(self) -> None:
        """Store the digests that were made, and what they show."""
        for draft in self._made:
            self._store.save_digest(draft.stored, draft.shown)

    def _make(self, span: Span, told: Telling) -> DigestSheet:
        past, chosen = self._select(span)
        before = [week for week in past.weeks if span.week is None or week < span.week]
        sheet = make_digest(told(span, past, chosen, self._sheet(before[-1]) if before else None))
        ended = span.days.until < self._today
        if ended:
            self.fresh.append(sheet)
        if span.week is not None:
            # What is made after a later week is a look back, and counts as showing nothing.
            back = any(week > span.week for week in self._ended())
            late = back and span.week not in self._store.weeks()
            rows = self._rows_before(span.week) if back else self._rows(span.week, chosen)
            stored = StoredDigest(span.week, sheet.model_dump_json(), ended, late)
            self._made.append(_Draft(stored, sheet, rows))
        return sheet

    def _rows(self, week: str, chosen: Selection) -> list[StoredShown]:
        return [
            StoredShown(week, entry.paper.id, state_of(entry, self._texts).model_dump_json())
            for entry in sorted(chosen.shown, key=lambda entry: entry.paper.id)
        ]

    def _rows_before(self, week: str) -> list[StoredShown]:
        """Return what the stored digest of a week shows; nothing where there is none."""
        return [row for row in self._store.shown() if row.week == week]

    def _weeks(self) -> list[str]:
        return sorted({*self._store.weeks(), *(d.week for d in self._made if not d.stored.late)})

    def _ended(self) -> list[str]:
        own = (d.week for d in self._made if d.stored.ended and not d.stored.late)
        return [*self._store.ended_weeks(), *own]

    def _select(self, span: Span) -> tuple[Past, Selection]:
        """Return what a digest is about, which those that were made before it may change."""
        at = (span, len(self._made))
        if at not in self._selected:
            own = {draft.week for draft in self._made}
            rows = [row for row in self._store.shown() if row.week not in own]
            rows += [row for draft in self._made for row in draft.shown]
            past = recall(rows, self._weeks(), span.week, self._store.aliases())
            chosen = select(self._entries.values(), span.days, past, self._texts)
            self._selected[at] = past, chosen
        return self._selected[at]

    def _closed(self, span: Span) -> DigestSheet | None:
        """Return the digest of a week after which another one has a digest."""
        if span.week is None or not any(week > span.week for week in self._weeks()):
            return None
        return self._sheet(span.week)

    def _sheet(self, week: str) -> DigestSheet | None:
        made = next((draft.sheet for draft in self._made if draft.week == week), None)
        if made is not None:
            return made
        try:
            return DigestSheet.model_validate_json(self._store.digest(week) or "")
        except ValidationError:
            return None


def moved_lines(traced: Traced, new: set[str]) -> list[TracedLine]:
    """Return the lines of which a new paper is a step."""
    return [line for line in traced.lines if new & line.parents.keys()]


def told_lines(sheets: Sequence[LineageSheet], traced: Traced, chosen: Selection) -> list[Line]:
    """Return the lines that new papers move, as a digest tells them."""
    new = {entry.paper.id for entry in chosen.new}
    by_member = {step.node: sheet for sheet in sheets for step in sheet.steps}
    found = []
    for line in moved_lines(traced, new):
        sheet = by_member[line.members[0].id]
        steps = [Step(id_, edge) for id_, edge in line.parents.items() if id_ in new]
        labels = {step.node: step.label for step in sheet.steps}
        found.append(Line(sheet.slug, sheet.name, steps, labels))
    return found
