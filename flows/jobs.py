"""The jobs themselves, without Prefect: documents in, outputs written, the main file returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from flows import wiring
from flows.accounts import accounted, say_spent
from flows.briefings import named_author, page_owners
from flows.cards import Cards
from flows.delivery import Deliveries
from flows.digests import Calendar, Span, day_of, latest_spans, wanted_spans
from flows.making import Clock, Job, Making, Scope
from flows.pages import MAIN, REPORT, Made, write_moved, write_pages
from flows.reviewing import settle_verdicts
from flows.settings import Settings
from flows.shelves import Shelves, add_documents, open_library
from flows.stages import StageRunner
from pipeline.errors import LockHeld
from pipeline.report.files import Outputs
from pipeline.store import Store

LOCK = ".lock"


async def write_all(documents: Sequence[str], settings: Settings, run_stage: StageRunner) -> Path:
    """Add documents to the library and write everything about it; see `write_summaries`."""
    as_of = settings.as_of
    scope = Scope(
        lines=True,
        spans=lambda shelves, store: latest_spans(shelves.entries, as_of, _calendar(store)),
        authors=page_owners,
    )
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

    Without either: of every week since the last that has a whole digest, up to the last that has
    ended on `as_of`. The page of the last one is returned. Only papers that the digests show, and
    those of lines that they move, are summarised.

    Raises:
        UsageError: there is no such week or day, or a window ends before it begins.
        ConfigError, BudgetReached: the run stopped; what was finished was written.
    """

    def chosen(_: Shelves, store: Store) -> Sequence[Span]:
        return wanted_spans(_calendar(store), settings.as_of, week, since, until)

    wanted_spans(
        Calendar([], []), settings.as_of, week, since, until
    )  # refuses before anything is read
    scope = Scope(lines=True, spans=chosen, everything=False)
    return await _write(documents, settings, run_stage, scope)


async def author_briefing(
    documents: Sequence[str],
    settings: Settings,
    run_stage: StageRunner,
    author: str,
    owner: str | None = None,
    since: str | None = None,
) -> Path:
    """Add documents to the library and write what one should know of an author before a meeting.

    `owner` says whose page a document is (FILE=NAME), `since` when the last meeting was. Only the
    papers of which the page shows more than the title are summarised.

    Raises:
        UsageError: nobody is called so, or several people may be; the message names them.
        ConfigError, BudgetReached: the run stopped; what was finished was written.
    """
    scope = Scope(
        lines=False,
        authors=named_author(author, owner),
        since=day_of("since", since) if since else None,
        everything=False,
    )
    return await _write(documents, settings, run_stage, scope)


def _calendar(store: Store) -> Calendar:
    return Calendar(store.weeks(), store.ended_weeks())


async def _write(
    documents: Sequence[str], settings: Settings, run_stage: StageRunner, scope: Scope
) -> Path:
    outputs = Outputs(Path(settings.out))
    outputs.create()
    with _lock(outputs.root), wiring.rare_collections():
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
    store, documents = open_library(documents, settings, samples=scope.everything)
    try:
        with clock.stage("read"):
            shelves = add_documents(documents, settings, store)
        async with wiring.asker(settings, store) as asker:
            clock.asker = asker
            cards = Cards(store, outputs)
            job = Job(documents, settings, store, shelves, asker, run_stage, clock, cards)
            making = Making(job, outputs, scope)
            made = await making.made()
        with clock.stage("pages"):
            report = write_pages(shelves, made, outputs, cards)
            write_moved(outputs, store)
        making.drafts.save()
        report = accounted(report, made, asker, clock)
        say_spent(report)
        text = report.model_dump_json(indent=2) + "\n"
        outputs.write(REPORT, text)
        settle_verdicts(making.verdicts, outputs, store)
        wiring.remember_changed(settings, store, asker.provider)
        store.save_run(wiring.surroundings().today, text)
        if settings.after:
            Deliveries(settings.after, outputs, store).deliver(making.drafts.fresh)
    finally:
        store.close()
    if asker.stopped is not None:
        raise asker.stopped
    return outputs.root / _main(made, scope)


def _main(made: Made, scope: Scope) -> str:
    """Return the page that a person opens first, within the outputs folder."""
    if not scope.everything and made.briefings:
        return f"briefings/{made.briefings[0].slug}/briefing.html"
    if scope.name:
        return f"lineages/{made.told[0].slug}/lineage.html"
    return (
        MAIN
        if scope.everything or not made.digests
        else f"digests/{made.digests[-1].name}/digest.html"
    )


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
