"""The jobs themselves, without Prefect: documents in, outputs written, the main file returned."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from flows import wiring
from flows.progress import reporter
from flows.settings import DEFAULT_STORE, Settings
from flows.stages import StageRunner
from flows.tracing import (
    Told,
    Traced,
    choose_line,
    members_looked_up,
    members_of,
    tell,
    trace_graph,
)
from pipeline import __version__
from pipeline.answers import Question
from pipeline.ask import Asker
from pipeline.database import open_store, store_folder
from pipeline.documents import find_files, load_text, shown
from pipeline.errors import DocumentError, LockHeld
from pipeline.facts import FactFinder
from pipeline.grounded import most_follow_ups
from pipeline.library import (
    Entry,
    Volume,
    add_texts,
    coverage,
    link,
    stored_rows,
    stored_volumes,
    unstored,
    with_additions,
)
from pipeline.lineage_graph import Member, Proposal
from pipeline.lineage_sheet import GraphSheet, LineageSheet
from pipeline.lines import Line
from pipeline.planning import Plan, make_plan
from pipeline.prompts import load_prompt
from pipeline.records import Coverage, Frozen, Text
from pipeline.report.files import Outputs
from pipeline.report.html import index_html, lineage_html, paper_html
from pipeline.report.lineage_markdown import lineage_markdown
from pipeline.report.markdown import paper_markdown
from pipeline.samples import sample_files
from pipeline.sheets import Failure, PaperSheet, RunReport, StageTime, Tokens, places, total
from pipeline.steps.narrative import (
    NARRATIVE,
    TELLING,
    Reading,
    Story,
    ask_relations,
    most_tellings,
    plan_relations,
    plan_story,
    tell_stories,
)
from pipeline.steps.narrative import STAGE as RELATIONS_STAGE
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
from pipeline.verdicts import known_of, settled

MAIN = "index.html"
SAMPLE_STORE = "sample.db"
LOCK = ".lock"
LIBRARY_LOCK = "library.lock"


class Shelves(NamedTuple):
    """The library as a job sees it, and what failed on the way in."""

    volumes: dict[str, Volume]
    entries: list[Entry]
    coverage: list[Coverage]
    failures: list[Failure]
    notes: list[str]


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


class Scope(NamedTuple):
    """What a job writes beside the documents: lines, all of them or the one of that name."""

    lines: bool
    name: str | None = None


async def write_all(documents: Sequence[str], settings: Settings, run_stage: StageRunner) -> Path:
    """Add documents to the library and write everything about it; see `write_summaries`."""
    return await _write(documents, settings, run_stage, Scope(lines=True))


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

    With a name, only papers of that line are summarised, and its page is returned.

    Raises:
        UsageError: no line is called so; the message names the nearest.
        ConfigError, BudgetReached: the run stopped; what was finished was written.
    """
    return await _write(documents, settings, run_stage, Scope(lines=True, name=name))


async def _write(
    documents: Sequence[str], settings: Settings, run_stage: StageRunner, scope: Scope
) -> Path:
    outputs = Outputs(Path(settings.out))
    outputs.create()
    with _lock(outputs.root):
        outputs.prepare()
        return await _write_locked(documents, settings, outputs, run_stage, scope)


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
            job = _Job(settings, store, shelves, asker, run_stage, clock)
            made = await _make(job, outputs, scope)
        with clock.stage("pages"):
            report = _write_pages(shelves, made, outputs)
        report = _report(report, made.plan, asker, clock)
        text = report.model_dump_json(indent=2) + "\n"
        outputs.write("run.json", text)
        store.save_run(wiring.surroundings().today, text)
    finally:
        store.close()
    if asker.stopped is not None:
        raise asker.stopped
    return outputs.root / (f"lineages/{made.slugs[0]}/lineage.html" if scope.name else MAIN)


class _Job(NamedTuple):
    """What the stages of a job work with."""

    settings: Settings
    store: Store
    shelves: Shelves
    asker: Asker
    run_stage: StageRunner
    clock: Clock


class _Made(NamedTuple):
    """What the stages of a job made; `graph` is None where no lines were wanted.

    `sheets` are those of all papers that have one, by id, `fresh` those made now. `told` are the
    lines that were told now, whose slugs are `slugs`; `all_lines` says that there are no others.
    """

    plan: Plan
    sheets: dict[str, PaperSheet]
    fresh: list[PaperSheet]
    failed: list[Failure]
    graph: GraphSheet | None
    told: list[LineageSheet]
    all_lines: bool

    @property
    def slugs(self) -> list[str]:
        """The folders of the lines that were told now."""
        return [sheet.slug for sheet in self.told]


async def _make(job: _Job, outputs: Outputs, scope: Scope) -> _Made:
    """Ask, check and tell; nothing is written but to the store."""
    works = [plan_paper(entry) for entry in job.shelves.entries]
    finder = FactFinder(job.store)
    members = members_of(works, finder) if scope.lines else []
    finder.save()
    traced = trace_graph(works, members)
    readings = _readings(members, traced, job.asker)
    missing = _unanswered(readings, job.asker)
    failed = list(job.shelves.failures)
    if not missing:  # what is known costs nothing, and tells which lines there will be
        traced, failed = await _with_relations(traced, members, readings, failed, job)
    wanted = [choose_line(traced, scope.name)] if scope.name else None
    chosen = _works_of(works, wanted)
    with job.clock.stage("plan"):
        lines = (wanted or traced.lines) if scope.lines else []
        plan = _plan(chosen, missing, lines, job)
    _warn_of_replacing(outputs, job.asker)
    if missing and scope.name:
        traced, failed = await _with_relations(traced, members, readings, failed, job)
        wanted = [choose_line(traced, scope.name)]
        chosen = _works_of(works, wanted)
    with job.clock.stage(STAGE):
        asked = await _ask(chosen, job)
    with job.clock.stage(CHECKS):
        outcomes = await _ground(asked, job)
    failed += [outcome.failure for outcome in outcomes if outcome.failure]
    if missing and not scope.name:  # summaries come first, if a budget does not reach for all
        traced, failed = await _with_relations(traced, members, readings, failed, job)
    fresh = [outcome.sheet for outcome in outcomes if outcome.sheet]
    sheets = _all_sheets(job.shelves, fresh, outputs)
    told: list[LineageSheet] = []
    if scope.lines:
        with job.clock.stage("lineages"):
            lines = traced.lines if wanted is None else wanted
            told = tell(lines, traced, sheets, job.shelves.coverage, job.store)
            told, untold = await _narrate(told, traced, job)
        failed += untold
        if not untold and job.asker.provider.model is not None:
            Told(job.store).keep(_story_key(line, traced.works, job.asker.key) for line in lines)
    graph = traced.graph if scope.lines else None
    return _Made(plan, sheets, fresh, failed, graph, told, wanted is None)


def _readings(members: Sequence[Member], traced: Traced, asker: Asker) -> list[Reading]:
    """Return the papers about whose relations a model is asked; none without a model."""
    return [] if asker.provider.model is None else plan_relations(members, traced.graph)


def _unanswered(readings: Sequence[Reading], asker: Asker) -> list[Reading]:
    keyed = {asker.key(reading.question): reading for reading in readings}
    known = asker.prime({key: reading.question for key, reading in keyed.items()})
    return [reading for key, reading in keyed.items() if key not in known]


async def _with_relations(
    traced: Traced,
    members: Sequence[Member],
    readings: Sequence[Reading],
    failed: Sequence[Failure],
    job: _Job,
) -> tuple[Traced, list[Failure]]:
    """Add what a model reads of relations to the graph; without a model nothing is asked."""
    if not readings:
        return traced, list(failed)
    with job.clock.stage(RELATIONS_STAGE):
        proposals, unread = await _ask_relations(readings, job)
    works = list(traced.works.values())
    return trace_graph(works, members, proposals), [*failed, *unread]


def relation_questions(
    works: Sequence[Work], traced: Traced | None, key: Callable[[Question], str]
) -> dict[str, Question]:
    """Return what a model would be asked about relations, by key; nothing without a graph."""
    if traced is None:
        return {}
    readings = plan_relations(members_looked_up(works), traced.graph)
    return {key(reading.question): reading.question for reading in readings}


def untold(traced: Traced | None, store: Store | None, key: Callable[[Question], str]) -> int:
    """Count the lines that a model has not told yet; none without a graph."""
    keys = [_story_key(line, traced.works, key) for line in traced.lines] if traced else []
    return len(Told(store).missing(keys)) if store else len(keys)


def _story_key(line: Line, works: Mapping[str, Work], key: Callable[[Question], str]) -> str:
    """Return a key for the telling of a line: its members, and the answers it is told from."""
    own = [works[node.id] for node in line.members if node.id in works]
    keys = [key(question) for work in own for question in work.questions]
    parts = [load_prompt(NARRATIVE).fingerprint, *(node.id for node in line.members), *keys]
    return sha256("\x1f".join(parts).encode()).hexdigest()


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


def _works_of(works: Sequence[Work], wanted: Sequence[Line] | None) -> list[Work]:
    """Return the works of the papers of some lines, or all."""
    if wanted is None:
        return list(works)
    members = {node.id for line in wanted for node in line.members}
    return [work for work in works if work.entry.paper.id in members]


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


def open_library(documents: Sequence[str], settings: Settings) -> tuple[Store, Sequence[str]]:
    """Open the store; without documents and with an empty library, the samples and their store."""
    store = open_store(settings.store)
    if documents or store.documents():
        return store, documents
    store.close()
    reporter().say("The library is empty: showing the sample documents that ship with Litline.")
    folder = store_folder(settings.store) or Path(DEFAULT_STORE).parent
    return open_store(str(folder / SAMPLE_STORE)), sample_files()


def add_documents(documents: Sequence[str], settings: Settings, store: Store) -> Shelves:
    """Read documents, store what is new, and return the whole library.

    One process at a time: ids of documents and papers are given by what is there.
    """
    with _library_lock(settings):
        return _add_documents(documents, settings, store)


@contextmanager
def _library_lock(settings: Settings) -> Iterator[None]:
    folder = store_folder(settings.store)
    if folder is None:
        yield
        return
    with FileLock(folder / LIBRARY_LOCK, mode=0o600):
        yield


def _add_documents(documents: Sequence[str], settings: Settings, store: Store) -> Shelves:
    texts, failures = load_texts(documents)
    volumes = stored_volumes(store.documents())
    added = add_texts(texts, volumes, settings.as_of)
    store.save_documents(stored_rows(added.volumes), added.paths)
    volumes = stored_volumes(store.documents()) if added.paths else volumes
    stored = store.papers()
    entries, rows = link(volumes, stored)
    store.save_papers(unstored(rows, stored))
    notes = reading_notes(volume for volume in volumes.values() if volume.current)
    return Shelves(volumes, entries, coverage(volumes), failures + added.failures, notes)


def load_texts(documents: Sequence[str]) -> tuple[list[Text], list[Failure]]:
    """Load files and folders; what cannot be loaded is listed."""
    files, refused = find_files(documents)
    failures = [Failure(document=path, stage="read", reason=reason) for path, reason in refused]
    texts = []
    for file in files:
        try:
            texts.append(load_text(file))
        except DocumentError as error:
            failures.append(Failure(document=shown(file), stage="read", reason=str(error)))
    return texts, failures


def look_up(documents: Sequence[str], settings: Settings, store: Store | None) -> Shelves:
    """Return the library as it would be with these documents, without writing anything."""
    texts, failures = load_texts(documents)
    volumes = stored_volumes(store.documents()) if store else {}
    added = add_texts(texts, volumes, settings.as_of)
    volumes = with_additions(volumes, added)
    entries, _ = link(volumes, store.papers() if store else [])
    notes = reading_notes(added.volumes)
    return Shelves(volumes, entries, coverage(volumes), failures + added.failures, notes)


def reading_notes(volumes: Iterable[Volume]) -> list[str]:
    """Return what a person should know about how these documents were read."""
    return [f"{v.document.id}: {note}" for v in volumes for note in v.reading.notes]


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
        new = Told(job.store).missing([_story_key(line, by_id, asker.key) for line in lines])
        more += most_tellings(len(new) + len(readings), judge=settings.judge)
    price = wiring.price(settings)
    plan = make_plan(asked, known, asker.provider.model, price, follow_ups=more)
    reporter().say(_announcement(len(works), plan, asker))
    return plan


def settled_answers(
    works: Iterable[Work], store: Store, settings: Settings, key: Callable[[Question], str]
) -> set[str]:
    """Return the keys of the answers about which the checks have nothing left to ask."""
    known = {
        key(question): known_of(work.entry.paper) for work in works for question in work.questions
    }
    return settled(store, known, judge=settings.judge)


def _warn_of_replacing(outputs: Outputs, asker: Asker) -> None:
    """Say so where pages that a model wrote are about to be written without one."""
    before = _earlier_report(outputs)
    if before is not None and before.model is not None and asker.provider.model is None:
        reporter().say(
            f"Warning: {before.model} wrote the pages in {outputs.root}; this run replaces them. "
            "Its answers stay in the store: a run with that model brings them back free of charge."
        )


def follow_ups(
    questions: Mapping[str, Question], done: Container[str], settings: Settings
) -> list[tuple[int, int]]:
    """Return the most tokens, in and out, of each call that the checks may lead to."""
    return [
        tokens
        for key, question in questions.items()
        if key not in done
        for tokens in most_follow_ups(question, judge=settings.judge)
    ]


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


def _all_sheets(
    shelves: Shelves, fresh: Sequence[PaperSheet], outputs: Outputs
) -> dict[str, PaperSheet]:
    """Return the sheets of all papers that have one, made now or by an earlier run."""
    made = {sheet.paper.id: sheet for sheet in fresh}
    ids = [entry.paper.id for entry in shelves.entries]
    there = ((id_, made.get(id_) or _earlier(id_, outputs)) for id_ in ids)
    return {id_: sheet for id_, sheet in there if sheet is not None}


def _write_pages(shelves: Shelves, made: _Made, outputs: Outputs) -> RunReport:
    """Write everything, remove what is no longer stood behind, and say what there is."""
    for sheet in made.fresh:
        _write_sheet(sheet, outputs)
    removed = outputs.remove_papers(entry.paper.id for entry in shelves.entries)
    lines = _write_lines(made, outputs)
    if made.graph is not None and made.all_lines:
        removed += outputs.remove_lines(made.slugs)
    graph = [GraphSheet.model_validate_json(t) for t in outputs.texts("lineages/graph.json")]
    listed = list(made.sheets.values())
    sources, gone = _write_sources(shelves, [*listed, *lines, *graph], outputs)
    page = index_html(listed, shelves.coverage, shelves.notes, made.failed, lineages=lines)
    outputs.write(MAIN, page)
    return RunReport(
        litline=__version__,
        engine="",
        model=None,
        papers=len(shelves.entries),
        claims=total([*(s.stamp.counts for s in listed), *(s.stamp.counts for s in lines)]),
        calls=0,
        cached=0,
        failed=made.failed,
        tokens=Tokens(),
        cost_usd=None,
        estimate_usd=None,
        stages=[],
        coverage=shelves.coverage,
        notes=shelves.notes,
        sources=sources,
        removed=removed + gone,
    )


def _write_lines(made: _Made, outputs: Outputs) -> list[LineageSheet]:
    """Write the lines that were told, and return all that the outputs then hold, by name."""
    if made.graph is not None:
        outputs.write("lineages/graph.json", made.graph.model_dump_json(indent=2) + "\n")
    for sheet in made.told:
        stem = f"lineages/{sheet.slug}/lineage"
        outputs.write(f"{stem}.json", sheet.model_dump_json(indent=2) + "\n")
        outputs.write(f"{stem}.md", lineage_markdown(sheet))
        outputs.write(f"{stem}.html", lineage_html(sheet))
    others = made.graph is None or not made.all_lines
    kept = [one for one in _earlier_lines(outputs) if one.slug not in made.slugs] if others else []
    return sorted([*made.told, *kept], key=lambda sheet: (sheet.name.casefold(), sheet.slug))


def _earlier_lines(outputs: Outputs) -> list[LineageSheet]:
    found = []
    for text in outputs.texts("lineages/*/lineage.json"):
        with suppress(ValueError):
            found.append(LineageSheet.model_validate_json(text))
    return found


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


def _write_sheet(sheet: PaperSheet, outputs: Outputs) -> None:
    stem = f"papers/{sheet.paper.id}"
    outputs.write(f"{stem}.json", sheet.model_dump_json(indent=2) + "\n")
    outputs.write(f"{stem}.md", paper_markdown(sheet))
    outputs.write(f"{stem}.html", paper_html(sheet))


def _earlier(paper: str, outputs: Outputs) -> PaperSheet | None:
    """Return the sheet of an earlier run, which still holds when this one brought none."""
    text = outputs.read(f"papers/{paper}.json")
    try:
        return PaperSheet.model_validate_json(text) if text else None
    except ValueError:
        return None


def _write_sources(
    shelves: Shelves, sheets: Sequence[Frozen], outputs: Outputs
) -> tuple[list[str], list[str]]:
    """Write the texts that count or are quoted; return their documents, and what was removed."""
    quoted = {place.document for sheet in sheets for place in places(sheet)}
    kept = {id_ for id_, v in shelves.volumes.items() if v.current} | quoted
    for id_ in sorted(kept & shelves.volumes.keys()):
        outputs.write(f"sources/{id_}.txt", shelves.volumes[id_].document.text)
    written = {*shelves.volumes, *_earlier_sources(outputs)}
    return sorted(kept), outputs.remove_sources(kept, written)


def _earlier_sources(outputs: Outputs) -> list[str]:
    """Return the documents whose texts the run before this one wrote here."""
    report = _earlier_report(outputs)
    return report.sources if report else []


def _earlier_report(outputs: Outputs) -> RunReport | None:
    text = outputs.read("run.json")
    try:
        return RunReport.model_validate_json(text) if text else None
    except ValueError:
        return None
