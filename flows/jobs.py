"""The jobs themselves, without Prefect: documents in, outputs written, the main file returned."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from flows import wiring
from flows.progress import reporter
from flows.settings import DEFAULT_STORE, Settings
from flows.stages import StageRunner
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
from pipeline.planning import Plan, make_plan
from pipeline.records import Coverage, Text
from pipeline.report.files import Outputs
from pipeline.report.html import index_html, paper_html
from pipeline.report.markdown import paper_markdown
from pipeline.samples import sample_files
from pipeline.sheets import Failure, PaperSheet, RunReport, StageTime, total
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


async def write_summaries(
    documents: Sequence[str], settings: Settings, run_stage: StageRunner
) -> Path:
    """Add documents to the library, summarise its papers, and write the outputs.

    What failed is listed in `run.json`; everything else is written.

    Raises:
        ConfigError, BudgetReached: the run stopped; what was finished was written.
    """
    outputs = Outputs(Path(settings.out))
    outputs.create()
    with _lock(outputs.root):
        outputs.prepare()
        return await _write_summaries(documents, settings, outputs, run_stage)


async def _write_summaries(
    documents: Sequence[str], settings: Settings, outputs: Outputs, run_stage: StageRunner
) -> Path:
    clock = Clock()
    store, documents = open_library(documents, settings)
    try:
        with clock.stage("read"):
            shelves = add_documents(documents, settings, store)
        async with wiring.asker(settings, store) as asker:
            with clock.stage("plan"):
                works, plan = _plan(shelves, settings, store, asker)
            _warn_of_replacing(outputs, asker)
            with clock.stage(STAGE):
                asked = await _ask(works, asker, run_stage)
            with clock.stage(CHECKS):
                outcomes = await _ground(asked, settings, store, shelves, asker, run_stage)
        with clock.stage("pages"):
            report = _write_pages(shelves, outcomes, plan, asker, outputs)
        report = report.model_copy(update={"stages": clock.stages})
        text = report.model_dump_json(indent=2) + "\n"
        outputs.write("run.json", text)
        store.save_run(wiring.surroundings().today, text)
    finally:
        store.close()
    if asker.stopped is not None:
        raise asker.stopped
    return outputs.root / MAIN


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
    shelves: Shelves, settings: Settings, store: Store, asker: Asker
) -> tuple[list[Work], Plan]:
    """Number the sentences of all papers, look their answers up, and say what is left to ask."""
    works = [plan_paper(entry) for entry in shelves.entries]
    questions = {asker.key(question): question for work in works for question in work.questions}
    known = asker.prime(questions)
    done = settled_answers(works, store, settings, asker.key)
    plan = make_plan(
        questions,
        known,
        asker.provider.model,
        wiring.price(settings),
        follow_ups=follow_ups(questions, done, settings),
    )
    reporter().say(_announcement(len(works), plan, asker))
    return works, plan


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


async def _ask(works: Sequence[Work], asker: Asker, run_stage: StageRunner) -> list[Asked]:
    say = reporter()
    say.start(STAGE, len(works))

    async def batch(part: Sequence[Work]) -> list[Asked]:
        asked = await ask_batch(part, asker)
        say.advance(STAGE, len(part))
        return asked

    return await run_stage(STAGE, works, batch)


async def _ground(
    asked: Sequence[Asked],
    settings: Settings,
    store: Store,
    shelves: Shelves,
    asker: Asker,
    run_stage: StageRunner,
) -> list[Outcome]:
    grounder = wiring.grounder(settings, store, asker)
    finder = FactFinder(store)
    say = reporter()
    say.start(CHECKS, len(asked))

    async def batch(part: Sequence[Asked]) -> list[Outcome]:
        outcomes = await ground_batch(part, grounder, finder, shelves.coverage)
        say.advance(CHECKS, len(part))
        return outcomes

    return await run_stage(CHECKS, asked, batch)


def _announcement(papers: int, plan: Plan, asker: Asker) -> str:
    if asker.provider.model is None:
        return f"{papers} papers; no language model: sentences are copied from the sources."
    cost = "price unknown" if plan.price_high is None else f"at most {plan.price_high:.4f} USD"
    more = f" and at most {plan.follow_ups} more where a check fails" * bool(plan.follow_ups)
    return f"{papers} papers; {plan.calls} calls to {asker.provider.model}{more}, {cost}."


def _write_pages(
    shelves: Shelves, outcomes: Sequence[Outcome], plan: Plan, asker: Asker, outputs: Outputs
) -> RunReport:
    failed = shelves.failures + [o.failure for o in outcomes if o.failure]
    sheets = []
    for entry, outcome in zip(shelves.entries, outcomes, strict=True):
        sheet = outcome.sheet or _earlier(entry.paper.id, outputs)
        if outcome.sheet:
            _write_sheet(outcome.sheet, outputs)
        if sheet:
            sheets.append(sheet)
    removed = outputs.remove_papers(entry.paper.id for entry in shelves.entries)
    sources, gone = _write_sources(shelves, sheets, outputs)
    outputs.write(MAIN, index_html(sheets, shelves.coverage, shelves.notes, failed))
    return RunReport(
        litline=__version__,
        engine=asker.provider.engine,
        model=asker.provider.model,
        papers=len(shelves.entries),
        claims=total(sheet.stamp.counts for sheet in sheets),
        calls=asker.provider.requests,
        cached=asker.cached,
        failed=failed,
        tokens=asker.tokens,
        cost_usd=asker.cost_usd,
        estimate_usd=plan.price_high,
        stages=[],
        coverage=shelves.coverage,
        notes=shelves.notes,
        sources=sources,
        removed=removed + gone,
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
    shelves: Shelves, sheets: Sequence[PaperSheet], outputs: Outputs
) -> tuple[list[str], list[str]]:
    """Write the texts that count or are quoted; return their documents, and what was removed."""
    quoted = {place.document for sheet in sheets for place in sheet.places()}
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
