"""The Prefect flows: thin, of plain parameters, returning the path of the main file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import jobs
from flows.settings import load_settings
from flows.stages import Batch, Work, run_wrapped

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
