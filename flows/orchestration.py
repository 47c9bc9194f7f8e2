"""The Prefect flows: thin, of plain parameters, returning the path of the main file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, cast

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from flows import jobs
from flows.settings import load_settings
from flows.stages import Batch, Work, run_wrapped
from pipeline.digest_sheet import DigestSheet

T = TypeVar("T")
R = TypeVar("R")


async def run_as_tasks(name: str, items: Sequence[T], work: Work[T, R]) -> list[R]:
    """Run a stage with one Prefect task per batch; results stay in memory, no text reaches it."""
    return await run_wrapped(name, items, work, _as_task)


def _as_task(name: str, function: Batch) -> Batch:
    decorate = task(name=name, persist_result=False, cache_policy=NO_CACHE, retries=0)
    return cast("Batch", decorate(function))


@flow(name="litline-run", persist_result=False, retries=0, validate_parameters=False)
async def run(
    documents: list[str],
    out: str | None = None,
    store: str | None = None,
    engine: str | None = None,
    model: str | None = None,
    as_of: str | None = None,
    budget: float | None = None,
    concurrency: int | None = None,
) -> str:
    """Add documents to the library and write everything about it; None is the setting's default."""
    settings = load_settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
    )
    return str(await jobs.write_all(documents, settings, run_as_tasks))


@flow(name="litline-summarize", persist_result=False, retries=0, validate_parameters=False)
async def summarize_papers(
    documents: list[str],
    out: str | None = None,
    store: str | None = None,
    engine: str | None = None,
    model: str | None = None,
    as_of: str | None = None,
    budget: float | None = None,
    concurrency: int | None = None,
) -> str:
    """Add documents to the library and write a summary of each paper."""
    settings = load_settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
    )
    return str(await jobs.write_summaries(documents, settings, run_as_tasks))


@flow(name="litline-lineage", persist_result=False, retries=0, validate_parameters=False)
async def trace_lineage(
    documents: list[str],
    name: str | None = None,
    out: str | None = None,
    store: str | None = None,
    engine: str | None = None,
    model: str | None = None,
    as_of: str | None = None,
    budget: float | None = None,
    concurrency: int | None = None,
) -> str:
    """Add documents to the library and write its lines of work, or the one of that name."""
    settings = load_settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
    )
    return str(await jobs.trace_lineage(documents, settings, run_as_tasks, name))


@flow(name="litline-brief", persist_result=False, retries=0, validate_parameters=False)
async def author_briefing(
    documents: list[str],
    author: str,
    owner: str | None = None,
    since: str | None = None,
    out: str | None = None,
    store: str | None = None,
    engine: str | None = None,
    model: str | None = None,
    as_of: str | None = None,
    budget: float | None = None,
    concurrency: int | None = None,
) -> str:
    """Add documents to the library and write what one should know of an author."""
    settings = load_settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
    )
    return str(await jobs.author_briefing(documents, settings, run_as_tasks, author, owner, since))


@flow(name="litline-digest", persist_result=False, retries=0, validate_parameters=False)
async def weekly_digest(
    documents: list[str],
    week: str | None = None,
    since: str | None = None,
    until: str | None = None,
    out: str | None = None,
    store: str | None = None,
    engine: str | None = None,
    model: str | None = None,
    as_of: str | None = None,
    budget: float | None = None,
    concurrency: int | None = None,
    horizon: int | None = None,
    only_approved: bool | None = None,
) -> str:
    """Add documents to the library and write the digests that are due, of a week or of a window."""
    settings = load_settings(
        out=out,
        store=store,
        engine=engine,
        model=model,
        as_of=as_of,
        budget=budget,
        concurrency=concurrency,
        horizon=horizon,
        only_approved=only_approved,
    )
    page = await jobs.weekly_digest(documents, settings, run_as_tasks, week, since, until)
    await show_digest(page)
    return str(page)


async def show_digest(page: Path) -> None:
    """Put the digest on the page of the run: its text, and the terms that were told.

    A run that held all digests back has none to show.
    """
    if page.stem != "digest":
        return
    text = page.with_suffix(".json").read_text(encoding="utf-8")
    sheet = DigestSheet.model_validate_json(text)
    key = f"digest-{sheet.name}".lower()
    await acreate_markdown_artifact(page.with_suffix(".md").read_text(encoding="utf-8"), key=key)
    rows = [
        {
            "term": row.term,
            "window": f"{row.window.papers} of {row.window.of}",
            "before": f"{row.baseline.papers} of {row.baseline.of}",
            "verdict": row.verdict,
        }
        for row in sheet.trends
        if row.p is not None
    ]
    await acreate_table_artifact(rows, key=f"{key}-trends")
