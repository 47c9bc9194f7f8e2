"""The stages of a job, one after the other: read, ask, check, tell."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from flows import wiring
from flows.bounds import follow_ups, settled_answers, story_keys
from flows.briefings import Authors, Briefers, nobody
from flows.cards import Cards
from flows.digests import Drafts, Span, moved_lines, week_span
from flows.issues import Background, Editor
from flows.pages import Made, Sheets, earlier_report
from flows.progress import reporter
from flows.reviewing import Verdicts
from flows.settings import Settings
from flows.shelves import Shelves
from flows.stages import StageRunner
from flows.tracing import (
    Notes,
    Told,
    Traced,
    choose_line,
    name_lines,
    tell,
    trace_again,
    trace_graph,
)
from flows.weeks import Week
from pipeline.ask import Asker
from pipeline.briefing_sheet import BriefingSheet
from pipeline.digest_sheet import DigestSheet
from pipeline.facts import FactFinder
from pipeline.lineage_graph import Member, Proposal
from pipeline.lineage_sheet import LineageSheet
from pipeline.lines import Line
from pipeline.planning import Plan, make_plan
from pipeline.prompts import load_prompt
from pipeline.report.files import Outputs
from pipeline.review.approval import unread
from pipeline.review.sheets import Sheet, subject_of
from pipeline.scribe import counted
from pipeline.sheets import Failure, PaperSheet, StageTime
from pipeline.steps.interview import STAGE as INTERVIEWS
from pipeline.steps.interview import interview, most_interviews
from pipeline.steps.lineage import side_edges
from pipeline.steps.narrative import STAGE as RELATIONS_STAGE
from pipeline.steps.narrative import (
    TELLING,
    Reading,
    Story,
    ask_relations,
    most_tellings,
    plan_relations,
    plan_story,
    tell_stories,
)
from pipeline.steps.summarise import (
    CHECKS,
    PROMPT,
    STAGE,
    Asked,
    Outcome,
    Work,
    ask_batch,
    ground_batch,
    plan_paper,
)
from pipeline.store import Store


class Clock:
    """Seconds, calls and cost per stage, in the order of the stages; `asker` is set once known."""

    def __init__(self) -> None:
        self.stages: list[StageTime] = []
        self.asker: Asker | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block, and count what is bought in it."""
        begun, (calls, cost) = time.perf_counter(), self._spent()
        yield
        seconds = round(time.perf_counter() - begun, 3)
        calls_after, after = self._spent()
        spent = None if after is None or cost is None else after - cost
        done = StageTime(name=name, seconds=seconds, calls=calls_after - calls, cost_usd=spent)
        self.stages.append(done)

    def _spent(self) -> tuple[int, float | None]:
        if self.asker is None:
            return 0, 0.0
        return self.asker.provider.requests, self.asker.purse.cost_usd


Chooser = Callable[[Shelves, Store], Sequence[Span]]


class Scope(NamedTuple):
    """What a job writes beside summaries.

    `lines`: lines of work, all of them or the one of a `name`. `spans` chooses the digests,
    `authors` whom is briefed on, `since` when they were met last. With `everything` all papers are
    summarised, else only those that digests, lines and briefings show.
    """

    lines: bool
    name: str | None = None
    spans: Chooser = lambda _shelves, _store: ()
    authors: Authors = nobody
    since: dt.date | None = None
    everything: bool = True


class Job(NamedTuple):
    """What the stages of a job work with."""

    documents: Sequence[str]
    settings: Settings
    store: Store
    shelves: Shelves
    asker: Asker
    run_stage: StageRunner
    clock: Clock
    cards: Cards


class Making:
    """One job on its way; nothing is written but to the store, and digests not even there."""

    def __init__(self, job: Job, outputs: Outputs, scope: Scope) -> None:
        self._job = job
        self._outputs = outputs
        self._scope = scope
        self.verdicts = Verdicts(job.store)
        self._failed = list(job.shelves.failures)
        self._works = [plan_paper(entry) for entry in job.shelves.entries]
        authors = scope.authors(job.shelves, job.store)
        notes = Notes(job.store)
        members = notes.members(self._works) if scope.lines or authors else []
        self._traced = trace_graph(self._works, members, notes)
        self._spans = self._with_lost(scope.spans(job.shelves, job.store))
        self.drafts = Drafts(self._spans, job.shelves, job.store, job.settings.as_of)
        self._briefers = Briefers(authors, scope.since, job.shelves, job.store, self._works)
        self._readings, self._missing = self._read_or_missing(members)

    def _with_lost(self, wanted: Sequence[Span]) -> list[Span]:
        """Add the weeks whose digest is stored and lies in the outputs no more, oldest first."""
        if not wanted:
            return []
        named = {span.week for span in wanted}
        there = self._outputs.by_folder("digests/*/digest.json")
        lost = [week for week in self._job.store.weeks() if week not in {*named, *there}]
        return [*(week_span(Week.parse(week)) for week in lost), *wanted]

    def _read_or_missing(self, members: Sequence[Member]) -> tuple[list[Reading], list[Reading]]:
        """Return the papers about whose relations a model is asked, and those not answered yet.

        A briefing takes what is known of lines, and buys nothing for it.
        """
        readings = _readings(members, self._traced, self._job.asker)
        missing = _unanswered(readings, self._job.asker)
        if self._scope.lines:
            return readings, missing
        return [reading for reading in readings if reading not in missing], []

    async def made(self) -> Made:
        """Run all stages."""
        job = self._job
        if not self._missing:  # what is known costs nothing, and tells which lines there will be
            await self._add_relations()
        lines = self._wanted_lines()
        with job.clock.stage("plan"):
            told = (self._traced.lines if lines is None else lines) if self._scope.lines else []
            plan = _plan(self._chosen(lines), self._missing, told, self._interviews(), job)
        _warn_of_replacing(self._outputs, job.asker)
        if self._missing and lines is not None:
            await self._add_relations()
            lines = self._wanted_lines()
        fresh = await self._summaries(lines)
        if self._missing and lines is None:  # summaries first, if a budget does not reach for all
            await self._add_relations()
        verdicts, outputs = self.verdicts, self._outputs
        fresh = verdicts.all(fresh)
        fresh += verdicts.behind(PaperSheet, {sheet.paper.id for sheet in fresh}, outputs)
        sheets = Sheets(job.shelves.entries, fresh, outputs)
        lineages = verdicts.all(await self._lines(lines, sheets))
        digests = self._approved(verdicts.all(self._digests(lineages, sheets)), sheets)
        for digest in digests:
            reporter().say(f"{digest.name}: {counted(len(digest.new_papers), 'new paper')}.")
        briefings = verdicts.all(await self._briefings(sheets))
        return Made(
            plan,
            fresh,
            self._failed,
            self._traced.graph if self._scope.lines else None,
            lineages,
            name_lines(self._traced, job.store),
            digests,
            briefings,
            self._behind([*lineages, *digests, *briefings]),
        )

    def _approved(self, made: Sequence[DigestSheet], sheets: Sheets) -> list[DigestSheet]:
        """Return the digests up to the first that is held back for want of approval."""
        if not self._job.settings.only_approved:
            return list(made)
        waiting = [unread(sheet, sheets) for sheet in made]
        first = next((n for n, claims in enumerate(waiting) if claims), len(made))
        for sheet, claims in zip(made[first:], waiting[first:], strict=True):
            self._failed += _held_back(sheet.name, claims)
        self.drafts.hold({sheet.name for sheet in made[first:]})
        return list(made[:first])

    def _behind(self, made: Sequence[Sheet]) -> list[Sheet]:
        """Return the sheets of earlier runs, but for papers', that lack a verdict about them."""
        found: list[Sheet] = []
        for kind in (LineageSheet, DigestSheet, BriefingSheet):
            known = {subject_of(sheet) for sheet in made if isinstance(sheet, kind)}
            found += self.verdicts.behind(kind, known, self._outputs)
        return found

    async def _add_relations(self) -> None:
        """Add what a model reads of relations to the graph; without a model nothing is asked."""
        if not self._readings:
            return
        with self._job.clock.stage(RELATIONS_STAGE):
            proposals, unread = await _ask_relations(self._readings, self._job)
        self._traced = trace_again(self._traced, proposals)
        self._failed += unread

    def _wanted_lines(self) -> list[Line] | None:
        """Return the lines that are told, None for all: the named one, or those a digest moves.

        With these go the lines of which an earlier page draws what is no longer so.
        """
        scope, traced = self._scope, self._traced
        if scope.name:
            return [choose_line(traced, scope.name)]
        if scope.everything:
            return None
        if not scope.lines:
            return []
        moved = moved_lines(traced, self.drafts.new())
        named = name_lines(traced, self._job.store)
        others = {slug: line for slug, line in named.items() if line not in moved}
        return moved + self._job.cards.outdated_lines(others, traced.graph)

    def _chosen(self, lines: Sequence[Line] | None) -> list[Work]:
        """Return the works that the pages of some lines, digests and briefings lead to, or all.

        What digests and briefings show comes first, then the members of lines, then what stands
        beside these. A digest leaves out those whose page still stands, and adds those whose page
        does so no more.
        """
        if lines is None:
            return list(self._works)
        members = {node.id for line in lines for node in line.members}
        beside = set[str]().union(*(side_edges(line, self._traced.graph) for line in lines))
        outdated, standing = set[str](), set[str]()
        if self._spans:
            outdated, standing = _pages_of(self._job, self.drafts.seen())
        shown = self.drafts.shown() | self._briefers.shown(self._traced)
        ranked = (outdated, beside - standing, members - standing, shown)
        rank = {id_: -n for n, ids in enumerate(ranked) for id_ in ids}
        chosen = [work for work in self._works if work.entry.paper.id in rank]
        return sorted(chosen, key=lambda work: rank[work.entry.paper.id])

    async def _summaries(self, lines: Sequence[Line] | None) -> list[PaperSheet]:
        job = self._job
        with job.clock.stage(STAGE):
            asked = await _ask(self._chosen(lines), job)
        with job.clock.stage(CHECKS):
            outcomes = await _ground(asked, job)
        self._failed += [outcome.failure for outcome in outcomes if outcome.failure]
        return [outcome.sheet for outcome in outcomes if outcome.sheet]

    async def _lines(self, lines: Sequence[Line] | None, sheets: Sheets) -> list[LineageSheet]:
        job, traced = self._job, self._traced
        if not self._scope.lines:
            return []
        with job.clock.stage("lineages"):
            chosen = traced.lines if lines is None else lines
            told = tell(chosen, traced, sheets, job.shelves.coverage, job.store)
            told, untold = await _narrate(told, traced, job)
        self._failed += untold
        if not untold and job.asker.provider.model is not None:
            keys = story_keys(chosen, traced.works, job.asker.key, judge=job.settings.judge)
            Told(job.store).keep(keys)
        return told

    def _digests(self, told: Sequence[LineageSheet], sheets: Sheets) -> list[DigestSheet]:
        """Make the digests; what a budget cut short is no week to close."""
        job = self._job
        if not self._spans or job.asker.stopped is not None:
            return []
        with job.clock.stage("digests"):
            background = Background(self._traced, told, sheets, self._failed)
            editor = Editor(job.documents, job.shelves, job.settings, job.store, background)
            for words, _ in editor.remarks:
                reporter().say(words)
            return self.drafts.make(editor.issue)

    def _interviews(self) -> list[str]:
        """Return a key for what a model is asked about each author."""
        asker = self._job.asker
        if asker.provider.model is None:
            return []
        return self._briefers.keys(self._traced, asker.key, judge=self._job.settings.judge)

    async def _briefings(self, sheets: Sheets) -> list[BriefingSheet]:
        """Make the briefings, and let a model add to them, where there is one."""
        job = self._job
        if not self._briefers.authors or job.asker.stopped is not None:
            return []
        with job.clock.stage(INTERVIEWS):
            planned = self._briefers.make(self._traced, sheets)
            if job.asker.provider.model is None:
                return [one.sheet for one in planned]
            made = await interview(planned, wiring.grounder(job.settings, job.store, job.asker))
        failed = [failure for _, failure in made if failure]
        self._failed += failed
        if not failed:
            Told(job.store).keep(self._interviews())
        return [sheet for sheet, _ in made]


def _readings(members: Sequence[Member], traced: Traced, asker: Asker) -> list[Reading]:
    """Return the papers about whose relations a model is asked; none without a model."""
    return [] if asker.provider.model is None else plan_relations(members, traced.graph)


def _unanswered(readings: Sequence[Reading], asker: Asker) -> list[Reading]:
    keyed = {asker.key(reading.question): reading for reading in readings}
    known = asker.prime({key: reading.question for key, reading in keyed.items()})
    return [reading for key, reading in keyed.items() if key not in known]


async def _ask_relations(
    readings: Sequence[Reading], job: Job
) -> tuple[list[Proposal], list[Failure]]:
    say = reporter()
    say.start(RELATIONS_STAGE, len(readings))

    async def batch(part: Sequence[Reading]) -> list[tuple[list[Proposal], Failure | None]]:
        found = await ask_relations(part, job.asker)
        say.advance(RELATIONS_STAGE, len(part))
        return found

    asked = await job.run_stage(RELATIONS_STAGE, readings, batch)
    proposals = [one for some, _ in asked for one in some]
    return proposals, [failure for _, failure in asked if failure]


async def _narrate(
    told: Sequence[LineageSheet], traced: Traced, job: Job
) -> tuple[list[LineageSheet], list[Failure]]:
    """Let a model tell the lines, where there is one."""
    if job.asker.provider.model is None or not told:
        return list(told), []
    grounder = wiring.grounder(job.settings, job.store, job.asker)
    stories = [plan_story(sheet) for sheet in told]

    async def batch(part: Sequence[Story]) -> list[tuple[LineageSheet, Failure | None]]:
        return await tell_stories(part, grounder, traced.names)

    found = await job.run_stage(TELLING, stories, batch)
    return [sheet for sheet, _ in found], [failure for _, failure in found if failure]


def _pages_of(job: Job, seen: set[str]) -> tuple[set[str], set[str]]:
    """Return the papers whose page is missing or not true any more, and those this engine wrote.

    A page may be missing of those that digests have `seen`: it failed, or the outputs are others.
    """
    entries, engine = job.shelves.entries, job.asker.provider
    standing = job.cards.standing(entries)
    written = {card.paper for card in job.cards.papers([e.paper.id for e in entries], {})}
    prompt = load_prompt(PROMPT)
    model = job.asker.model_for(prompt)
    made = (engine.engine, model, f"{prompt.name} {prompt.version}")
    own = {id_ for id_, c in standing.items() if (c.engine, c.model, c.prompt) == made}
    known = {entry.paper.id for entry in entries}
    return (written | seen & known) - standing.keys(), own


def _plan(
    works: Sequence[Work],
    readings: Sequence[Reading],
    lines: Sequence[Line],
    interviews: Sequence[str],
    job: Job,
) -> Plan:
    """Look the answers up, and say what is left to ask; each reading may lead to one more line."""
    asker, settings = job.asker, job.settings
    questions = {asker.key(q): q for work in works for q in work.questions}
    asked = questions | {asker.key(reading.question): reading.question for reading in readings}
    known = asker.prime(asked)
    done = settled_answers(works, job.store, settings, asker.key)
    more = follow_ups(questions, done, settings)
    if asker.provider.model is not None:
        by_id = {work.entry.paper.id: work for work in works}
        keys = story_keys(lines, by_id, asker.key, judge=settings.judge)
        new = Told(job.store).missing(keys)
        more += most_tellings(len(new) + len(readings), judge=settings.judge)
        asked_about = Told(job.store).missing(interviews)
        more += most_interviews(len(asked_about), judge=settings.judge)
    prices = wiring.prices(settings)
    plan = make_plan(asked, known, asker.provider.model, prices, follow_ups=more)
    reporter().say(_announcement(len(works), plan, asker))
    return plan


def _held_back(name: str, claims: Mapping[str, Sequence[str]]) -> list[Failure]:
    """Say why a digest is not written, for each paper with claims that are to be read for it."""
    held = f"{name} is held back"
    if not claims:
        return [Failure(stage="digests", reason=f"{held}: an earlier one is")]
    return [
        Failure(
            paper=paper,
            stage="digests",
            reason=f"{held}: {counted(len(ids), 'claim')} of this paper not approved yet "
            f"(litline review): {' '.join(ids)}",
        )
        for paper, ids in claims.items()
    ]


def _warn_of_replacing(outputs: Outputs, asker: Asker) -> None:
    """Say so where pages that a model wrote are about to be written without one."""
    before = earlier_report(outputs)
    if before is not None and before.model is not None and asker.provider.model is None:
        reporter().say(
            f"Warning: {before.model} wrote the pages in {outputs.root}; this run replaces them. "
            "Its answers stay in the store: a run with that model brings them back free of charge."
        )


async def _ask(works: Sequence[Work], job: Job) -> list[Asked]:
    say = reporter()
    say.start(STAGE, len(works))

    async def batch(part: Sequence[Work]) -> list[Asked]:
        asked = await ask_batch(part, job.asker)
        say.advance(STAGE, len(part))
        return asked

    return await job.run_stage(STAGE, works, batch)


async def _ground(asked: Sequence[Asked], job: Job) -> list[Outcome]:
    grounder = wiring.grounder(job.settings, job.store, job.asker)
    finder = FactFinder(job.store)
    say = reporter()
    say.start(CHECKS, len(asked))

    async def batch(part: Sequence[Asked]) -> list[Outcome]:
        outcomes = await ground_batch(part, grounder, finder, job.shelves.coverage)
        say.advance(CHECKS, len(part))
        return outcomes

    return await job.run_stage(CHECKS, asked, batch)


def _announcement(papers: int, plan: Plan, asker: Asker) -> str:
    if not papers and not plan.calls:
        return "Every page that is needed is there; no summary is made anew."
    if asker.provider.model is None:
        return f"{papers} papers; no language model: sentences are copied from the sources."
    cost = "price unknown" if plan.price_high is None else f"at most {plan.price_high:.4f} USD"
    more = f" and at most {plan.follow_ups} more where a check fails" * bool(plan.follow_ups)
    return f"{papers} papers; {plan.calls} calls to {asker.provider.model}{more}, {cost}."
