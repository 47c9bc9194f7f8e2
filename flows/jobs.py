"""The jobs themselves, without Prefect: documents in, outputs written, the main file returned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from flows import wiring
from flows.bounds import follow_ups, settled_answers, story_keys
from flows.cards import Cards
from flows.delivery import deliver, versions
from flows.digests import Drafts, Span, latest_span, moved_lines, wanted_spans
from flows.issues import Background, Editor
from flows.pages import MAIN, Made, Sheets, earlier_report, write_pages
from flows.progress import reporter
from flows.settings import Settings
from flows.shelves import Shelves, add_documents, open_library
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
from pipeline.ask import Asker
from pipeline.digest_sheet import DigestSheet
from pipeline.errors import LockHeld
from pipeline.facts import FactFinder
from pipeline.lineage_graph import Member, Proposal
from pipeline.lineage_sheet import LineageSheet
from pipeline.lines import Line
from pipeline.planning import Plan, make_plan
from pipeline.report.files import Outputs
from pipeline.sheets import Failure, RunReport, StageTime
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
    STAGE,
    Asked,
    Outcome,
    Work,
    ask_batch,
    ground_batch,
    plan_paper,
)
from pipeline.store import Store

LOCK = ".lock"


class Clock:
    """Seconds per stage, in the order of the stages."""

    def __init__(self) -> None:
        self.stages: list[StageTime] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        begun = time.perf_counter()
        yield
        seconds = round(time.perf_counter() - begun, 3)
        self.stages.append(StageTime(name=name, seconds=seconds))


Chooser = Callable[[Shelves, Store], Sequence[Span]]


class Scope(NamedTuple):
    """What a job writes beside summaries.

    `lines`: lines of work, all of them or the one of a `name`. `spans` chooses the digests; with
    `everything` all papers are summarised, else only those that the digests and lines show.
    """

    lines: bool
    name: str | None = None
    spans: Chooser = lambda _shelves, _store: ()
    everything: bool = True


async def write_all(documents: Sequence[str], settings: Settings, run_stage: StageRunner) -> Path:
    """Add documents to the library and write everything about it; see `write_summaries`."""
    as_of = settings.as_of
    scope = Scope(lines=True, spans=lambda shelves, _: latest_span(shelves.entries, as_of))
    return await _write(documents, settings, run_stage, scope)


async def write_summaries(
    documents: Sequence[str], settings: Settings, run_stage: StageRunner
) -> Path:
    """Add documents to the library, summarise its papers, and write the outputs.

    What failed is listed in `run.json`; everything else is written.

    Raises:
        ConfigError, BudgetReached: the run stopped; what was finished was written.
    """
    return await _write(documents, settings, run_stage, Scope(lines=False))


async def trace_lineage(
    documents: Sequence[str],
    settings: Settings,
    run_stage: StageRunner,
    name: str | None = None,
) -> Path:
    """Add documents to the library and write its lines of work, or the one of that name.

    With a name, only papers of that line and those beside it are summarised, and its page is
    returned.

    Raises:
        UsageError: no line is called so; the message names the nearest.
        ConfigError, BudgetReached: the run stopped; what was finished was written.
    """
    return await _write(documents, settings, run_stage, Scope(lines=True, name=name))


async def weekly_digest(
    documents: Sequence[str],
    settings: Settings,
    run_stage: StageRunner,
    week: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Path:
    """Add documents to the library and write the digest of a week, or of a window of days.

    Without either: of every week since the last that has a digest, up to the last that has ended
    on `as_of`. The page of the last one is returned. Only papers that the digests show, and those
    of lines that they move, are summarised.

    Raises:
        UsageError: there is no such week or day, or a window ends before it begins.
        ConfigError, BudgetReached: the run stopped; what was finished was written.
    """

    def chosen(_: Shelves, store: Store) -> Sequence[Span]:
        return wanted_spans(store.weeks(), settings.as_of, week, since, until)

    wanted_spans([], settings.as_of, week, since, until)  # refuses before anything is read
    scope = Scope(lines=True, spans=chosen, everything=False)
    return await _write(documents, settings, run_stage, scope)


async def _write(
    documents: Sequence[str], settings: Settings, run_stage: StageRunner, scope: Scope
) -> Path:
    outputs = Outputs(Path(settings.out))
    outputs.create()
    with _lock(outputs.root), wiring.rare_collections():
        outputs.prepare()
        before = versions(outputs.root)
        path = await _write_locked(documents, settings, outputs, run_stage, scope)
    if settings.after:
        deliver(settings.after, outputs.root, before)
    return path


async def _write_locked(
    documents: Sequence[str],
    settings: Settings,
    outputs: Outputs,
    run_stage: StageRunner,
    scope: Scope,
) -> Path:
    clock = Clock()
    store, documents = open_library(documents, settings)
    try:
        with clock.stage("read"):
            shelves = add_documents(documents, settings, store)
        async with wiring.asker(settings, store) as asker:
            cards = Cards(store, outputs)
            job = _Job(documents, settings, store, shelves, asker, run_stage, clock, cards)
            made, drafts = await _make(job, outputs, scope)
        with clock.stage("pages"):
            report = write_pages(shelves, made, outputs, cards)
        drafts.save()
        report = _report(report, made.plan, asker, clock)
        text = report.model_dump_json(indent=2) + "\n"
        outputs.write("run.json", text)
        store.save_run(wiring.surroundings().today, text)
    finally:
        store.close()
    if asker.stopped is not None:
        raise asker.stopped
    return outputs.root / _main(made, scope)


def _main(made: Made, scope: Scope) -> str:
    """Return the page that a person opens first, within the outputs folder."""
    if scope.name:
        return f"lineages/{made.told[0].slug}/lineage.html"
    return MAIN if scope.everything else f"digests/{made.digests[-1].name}/digest.html"


class _Job(NamedTuple):
    """What the stages of a job work with."""

    documents: Sequence[str]
    settings: Settings
    store: Store
    shelves: Shelves
    asker: Asker
    run_stage: StageRunner
    clock: Clock
    cards: Cards


async def _make(job: _Job, outputs: Outputs, scope: Scope) -> tuple[Made, Drafts]:
    """Ask, check and tell; nothing is written but to the store, and digests not even there."""
    works = [plan_paper(entry) for entry in job.shelves.entries]
    notes = Notes(job.store)
    members = notes.members(works) if scope.lines else []
    traced = trace_graph(works, members, notes)
    readings = _readings(members, traced, job.asker)
    missing = _unanswered(readings, job.asker)
    failed = list(job.shelves.failures)
    if not missing:  # what is known costs nothing, and tells which lines there will be
        traced, failed = await _with_relations(traced, readings, failed, job)
    spans = scope.spans(job.shelves, job.store)
    drafts = Drafts(spans, job.shelves, job.store)
    wanted = _wanted_lines(traced, scope, drafts, job)
    chosen = _works_of(works, wanted, traced, drafts, job)
    with job.clock.stage("plan"):
        lines = (traced.lines if wanted is None else wanted) if scope.lines else []
        plan = _plan(chosen, missing, lines, job)
    _warn_of_replacing(outputs, job.asker)
    if missing and wanted is not None:
        traced, failed = await _with_relations(traced, readings, failed, job)
        wanted = _wanted_lines(traced, scope, drafts, job)
        chosen = _works_of(works, wanted, traced, drafts, job)
    with job.clock.stage(STAGE):
        asked = await _ask(chosen, job)
    with job.clock.stage(CHECKS):
        outcomes = await _ground(asked, job)
    failed += [outcome.failure for outcome in outcomes if outcome.failure]
    if missing and wanted is None:  # summaries come first, if a budget does not reach for all
        traced, failed = await _with_relations(traced, readings, failed, job)
    fresh = [outcome.sheet for outcome in outcomes if outcome.sheet]
    sheets = Sheets(job.shelves.entries, fresh, outputs)
    told: list[LineageSheet] = []
    if scope.lines:
        with job.clock.stage("lineages"):
            lines = traced.lines if wanted is None else wanted
            told = tell(lines, traced, sheets, job.shelves.coverage, job.store)
            told, untold = await _narrate(told, traced, job)
        failed += untold
        if not untold and job.asker.provider.model is not None:
            judge = job.settings.judge
            Told(job.store).keep(story_keys(lines, traced.works, job.asker.key, judge=judge))
    digests: list[DigestSheet] = []
    if spans and job.asker.stopped is None:  # what a budget cut short is no week to close
        with job.clock.stage("digests"):
            background = Background(traced, told, sheets, failed)
            editor = Editor(job.documents, job.shelves, job.settings, job.store, background)
            digests = drafts.make(editor.issue)
    graph = traced.graph if scope.lines else None
    made = Made(plan, fresh, failed, graph, told, name_lines(traced, job.store), digests)
    return made, drafts


def _readings(members: Sequence[Member], traced: Traced, asker: Asker) -> list[Reading]:
    """Return the papers about whose relations a model is asked; none without a model."""
    return [] if asker.provider.model is None else plan_relations(members, traced.graph)


def _unanswered(readings: Sequence[Reading], asker: Asker) -> list[Reading]:
    keyed = {asker.key(reading.question): reading for reading in readings}
    known = asker.prime({key: reading.question for key, reading in keyed.items()})
    return [reading for key, reading in keyed.items() if key not in known]


async def _with_relations(
    traced: Traced, readings: Sequence[Reading], failed: Sequence[Failure], job: _Job
) -> tuple[Traced, list[Failure]]:
    """Add what a model reads of relations to the graph; without a model nothing is asked."""
    if not readings:
        return traced, list(failed)
    with job.clock.stage(RELATIONS_STAGE):
        proposals, unread = await _ask_relations(readings, job)
    return trace_again(traced, proposals), [*failed, *unread]


async def _ask_relations(
    readings: Sequence[Reading], job: _Job
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
    told: Sequence[LineageSheet], traced: Traced, job: _Job
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


def _wanted_lines(traced: Traced, scope: Scope, drafts: Drafts, job: _Job) -> list[Line] | None:
    """Return the lines that are told, None for all: the named one, or those that a digest moves.

    With these go the lines of which an earlier page draws what is no longer so.
    """
    if scope.name:
        return [choose_line(traced, scope.name)]
    if scope.everything:
        return None
    moved = moved_lines(traced, drafts.new())
    others = {slug: one for slug, one in name_lines(traced, job.store).items() if one not in moved}
    return moved + job.cards.outdated_lines(others, traced.graph)


def _works_of(
    works: Sequence[Work], wanted: Sequence[Line] | None, traced: Traced, drafts: Drafts, job: _Job
) -> list[Work]:
    """Return the works that the pages of some lines and digests lead to, or all.

    What a digest shows comes first, then the members of lines, then what stands beside these. A
    digest leaves out those whose page still stands, and adds those whose page does so no more.
    """
    if wanted is None:
        return list(works)
    members = {node.id for line in wanted for node in line.members}
    beside = set[str]().union(*(side_edges(line, traced.graph) for line in wanted))
    outdated, standing = _pages_of(job) if drafts.spans else (set[str](), set[str]())
    ranked = (outdated, beside - standing, members - standing, drafts.shown())
    rank = {id_: -n for n, ids in enumerate(ranked) for id_ in ids}
    shown = [work for work in works if work.entry.paper.id in rank]
    return sorted(shown, key=lambda work: rank[work.entry.paper.id])


def _pages_of(job: _Job) -> tuple[set[str], set[str]]:
    """Part the papers that have a page: those it no longer tells truly, those this engine wrote."""
    entries, engine = job.shelves.entries, job.asker.provider
    standing = job.cards.standing(entries)
    written = {card.paper for card in job.cards.papers([e.paper.id for e in entries], {})}
    own = {
        id_
        for id_, card in standing.items()
        if (card.engine, card.model) == (engine.engine, engine.model)
    }
    return written - standing.keys(), own


@contextmanager
def _lock(root: Path) -> Iterator[None]:
    lock = FileLock(root / LOCK, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockHeld(
            f"another run is writing to {root}; wait for it, or name another --out"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _plan(
    works: Sequence[Work], readings: Sequence[Reading], lines: Sequence[Line], job: _Job
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
    price = wiring.price(settings)
    plan = make_plan(asked, known, asker.provider.model, price, follow_ups=more)
    reporter().say(_announcement(len(works), plan, asker))
    return plan


def _warn_of_replacing(outputs: Outputs, asker: Asker) -> None:
    """Say so where pages that a model wrote are about to be written without one."""
    before = earlier_report(outputs)
    if before is not None and before.model is not None and asker.provider.model is None:
        reporter().say(
            f"Warning: {before.model} wrote the pages in {outputs.root}; this run replaces them. "
            "Its answers stay in the store: a run with that model brings them back free of charge."
        )


async def _ask(works: Sequence[Work], job: _Job) -> list[Asked]:
    say = reporter()
    say.start(STAGE, len(works))

    async def batch(part: Sequence[Work]) -> list[Asked]:
        asked = await ask_batch(part, job.asker)
        say.advance(STAGE, len(part))
        return asked

    return await job.run_stage(STAGE, works, batch)


async def _ground(asked: Sequence[Asked], job: _Job) -> list[Outcome]:
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
    if asker.provider.model is None:
        return f"{papers} papers; no language model: sentences are copied from the sources."
    cost = "price unknown" if plan.price_high is None else f"at most {plan.price_high:.4f} USD"
    more = f" and at most {plan.follow_ups} more where a check fails" * bool(plan.follow_ups)
    return f"{papers} papers; {plan.calls} calls to {asker.provider.model}{more}, {cost}."


def _report(report: RunReport, plan: Plan, asker: Asker, clock: Clock) -> RunReport:
    """Add what the run itself was: its engine, its calls and their price, its times."""
    return report.model_copy(
        update={
            "engine": asker.provider.engine,
            "model": asker.provider.model,
            "calls": asker.provider.requests,
            "cached": asker.cached,
            "tokens": asker.tokens,
            "cost_usd": asker.cost_usd,
            "estimate_usd": plan.price_high,
            "stages": clock.stages,
        }
    )
